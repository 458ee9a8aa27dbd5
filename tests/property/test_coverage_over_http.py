"""Coverage over HTTP: random histories stored as real rows, against the second implementation."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import datetime
import uuid

from hypothesis import given
from tests.harness import coverage
from tests.harness.coverage import Record
from tests.harness.examples import examples
from tests.property import coverage_reference as reference
from tests.property import coverage_reference_resident as reference_resident
from tests.property import test_coverage
from tests.property.coverage_types import EmployeeRule, ResidentRule

A_FEW = examples(8)


def finding_texts(value):
    if isinstance(value, list):
        return [text for item in value for text in finding_texts(item)]
    if isinstance(value, dict):
        own = [value["text"]] if "rule_code" in value else []
        return own + [text for item in value.values() for text in finding_texts(item)]
    return []


def record_of(period):
    is_back_payment = period.paid_on and period.scheme == "employee"
    kind = "deemed_years" if period.deemed else "back_payment" if is_back_payment else "regular"
    text = f"{period.month // 12:04d}-{period.month % 12 + 1:02d}"
    amounts = {"personal_fen": 0, "employer_fen": 0} if period.deemed else {"employer_fen": 0}
    paid_on = period.paid_on and period.paid_on.isoformat()
    return Record(text, kind, period.scheme, paid_on=paid_on, document=str(uuid.uuid4()), **amounts)


def text_of(date):
    return date and date.isoformat()


def month_text(number):
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def check_section(section, answer, counts):
    benefits = section["benefits"]
    assert (benefits["status"].removesuffix("_paid"), benefits["since"], benefits["starts_on"]) == (
        answer.status, text_of(answer.since), text_of(answer.starts_on))  # fmt: skip
    shown = ("from", "to", "missing", "can_back_pay", "back_pay_until")
    assert [tuple(gap[name] for name in shown) for gap in section["gaps"]] == [
        (month_text(gap.first), month_text(gap.last), gap.missing, gap.can_back_pay, text_of(gap.back_pay_until))
        for gap in answer.gaps
    ]
    paid = section["if_paid"]
    assert (paid["benefits_from"], paid["benefits_from_with_back_payment"], paid["pay_until"]) == tuple(
        text_of(date) for date in (
            answer.payment.benefits_from, answer.payment.with_back_payment, answer.payment.pay_until))  # fmt: skip
    assert (section["months_counted"], section["months_back_paid"]) == (counts.months, counts.back_paid)
    assert all("{" not in text and "  " not in text for text in finding_texts(section))


@A_FEW
@given(history=test_coverage.histories(), on=test_coverage.DAYS)
def test_random_histories(api, sql, new_token, demo, history, on):
    history = dataclasses.replace(
        test_coverage.ends_on(history, on), retired_on=None, deceased_on=None, birth_date=datetime.date(1990, 3, 4)
    )
    staff = next(s for s in demo.all_staff if s.role == "operator" and "000000" in s.regions)
    one = coverage.Insured(api, sql, new_token, staff, map(record_of, history.periods))
    for language in ("zh", "en"):
        body = one.summary(on=on.isoformat(), language=language)
        for section in body["schemes"]:
            if section["scheme"] == "employee":
                answer = reference.employee(history, EmployeeRule(), on)
            else:
                answer = reference_resident.resident(history, ResidentRule(), on)
            check_section(section, answer, reference_resident.counts(history, section["scheme"], 12, on))
