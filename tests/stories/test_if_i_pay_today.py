"""Story: between two jobs: if I pay today, from when am I covered, and until when can I still back-pay?"""
# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest
from tests.harness import coverage
from tests.harness.coverage import Record, months
from tests.property.coverage_types import first_day, last_day, month_of

TODAY = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date()
THIS_MONTH = month_of(TODAY)


def text(number):
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


@pytest.fixture(scope="module")
def between_jobs(api, sql, new_token):
    """Paid until the month before the one before the last: two whole months are missed today."""
    staff = new_token("staff", roles=["operator"], regions=["000000"])
    return lambda missed: coverage.Insured(
        api, sql, new_token, staff, months(text(THIS_MONTH - 60), text(THIS_MONTH - missed - 1)), name="何日新"
    )


def test_two_months_missed_can_be_made_good(between_jobs, sql):
    one = between_jobs(2)
    asked = one.section()
    (gap,) = asked["gaps"]
    assert asked["benefits"]["status"] == "stopped" and asked["benefits"]["since"] == f"{text(THIS_MONTH - 2)}-01"
    assert (gap["from"], gap["to"], gap["is_open"]) == (text(THIS_MONTH - 2), text(THIS_MONTH - 1), True)
    pay = asked["if_paid"]
    assert pay["benefits_from"] == f"{text(THIS_MONTH)}-01"
    assert pay["benefits_from_with_back_payment"] == f"{text(THIS_MONTH - 2)}-01"
    until = last_day(THIS_MONTH + 1).isoformat()
    assert pay["pay_until"] == gap["back_pay_until"] == until
    assert any(until in finding["text"] for finding in pay["findings"]), "and a sentence says so"

    paid = months(pay["back_pay_from"], pay["back_pay_to"], kind="back_payment", paid_on=TODAY.isoformat())
    coverage.store(sql, one.person_id, [*paid, Record(text(THIS_MONTH), document="NEW")])
    after = one.section()
    assert after["gaps"] == [] and after["months_back_paid"] == 2
    assert (after["benefits"]["status"], after["benefits"]["since"]) == ("covered", asked["first_period"] + "-01")


def test_after_the_last_day_it_is_too_late(between_jobs):
    one = between_jobs(2)
    last = datetime.date.fromisoformat(one.section()["if_paid"]["pay_until"])
    in_time = one.section(if_paid_on=last.isoformat())["if_paid"]
    day_later = last + datetime.timedelta(days=1)
    too_late = one.section(if_paid_on=day_later.isoformat())["if_paid"]
    assert in_time["benefits_from_with_back_payment"] == f"{text(THIS_MONTH - 2)}-01"
    assert in_time["back_pay_length"] == 3
    assert too_late["benefits_from_with_back_payment"] is None and too_late["pay_until"] is None
    assert too_late["benefits_from"] == first_day(month_of(day_later) + 6).isoformat()
    assert too_late["waiting_months"] == 6


def test_four_months_missed_bring_the_wait_that_was_announced(between_jobs, sql):
    one = between_jobs(4)
    announced = one.section()["if_paid"]
    assert announced["benefits_from"] == first_day(THIS_MONTH + 6).isoformat()
    coverage.store(sql, one.person_id, [Record(text(THIS_MONTH), document="NEW")])
    body = one.summary()
    assert body["benefits"]["status"] == "waiting" and body["benefits"]["starts_on"] == announced["benefits_from"]
