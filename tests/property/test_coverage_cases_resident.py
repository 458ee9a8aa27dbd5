"""Coverage of residents: the cases of docs/coverage.md by name, under the rules that are shipped for the nation."""
# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest
from tests.property.coverage_asking import day, months, resident, years
from tests.property.coverage_types import ResidentRule, first_day


def rejoined(broken, repaired=0):
    """Paid for 2025, nothing for so many years, then again in the window; some missed years paid at the same time."""
    back = 2026 + broken
    repairs = {f"y{2026 + n}": f"{back}-01-01" for n in range(repaired)}
    return years(2025, back, **repairs), back


@pytest.mark.parametrize(
    ("broken", "repaired", "wait"),
    [
        (0, 0, 0), (1, 0, 3), (2, 0, 4), (3, 0, 5), (4, 0, 6), (5, 0, 7),
        (1, 1, 3), (2, 1, 3), (2, 2, 3), (4, 1, 6), (5, 1, 6), (5, 5, 6), (7, 1, 8), (7, 6, 6),
    ],
)  # fmt: skip
def test_resident_years_broken_and_repaired(c, broken, repaired, wait):
    periods, back = rejoined(broken, repaired)
    starts = first_day(12 * back + wait)
    answer = resident(c, periods, f"{back}-01-01")
    assert answer.status == ("waiting" if wait else "covered")
    assert answer.starts_on == (starts if wait else None)
    assert resident(c, periods, starts.isoformat()).status == "covered"
    assert [gap.length for gap in answer.gaps] == ([broken] if broken else [])
    assert all(gap.can_back_pay == (repaired < broken) for gap in answer.gaps)


def test_years_up_to_2024_are_not_broken(c):
    answer = resident(c, years(2019, 2025), "2025-01-01")
    assert (answer.status, answer.gaps) == ("covered", [])


def test_missing_the_window_waits_three_months(c):
    answer = resident(c, years(2025, y2026="2026-03-15"), "2026-05-31")
    assert (answer.status, answer.since, answer.starts_on) == ("waiting", day("2026-03-01"), day("2026-06-01"))
    assert resident(c, years(2025, y2026="2026-03-15"), "2026-03-01").status == "waiting"
    assert resident(c, years(2025, y2026="2026-03-15"), "2026-02-28").status == "stopped"


def test_the_last_day_of_the_window(c):
    rule = ResidentRule(window_closes_month=2, window_closes_day=10)
    assert resident(c, years(2025, y2026="2026-02-10"), "2026-01-05", rule).status == "covered"
    assert resident(c, years(2025, y2026="2026-02-11"), "2026-04-30", rule).starts_on == day("2026-05-01")


def test_a_repair_shortens_the_wait_from_its_day_on(c):
    periods = years(2025, 2029, y2026="2029-05-10")
    assert resident(c, periods, "2029-01-01").starts_on == day("2029-05-10")


@pytest.mark.parametrize(("days", "since"), [(0, "2026-03-05"), (90, "2026-03-05"), (91, None)])
def test_newborns(c, days, since):
    born = day("2026-03-05")
    paid = born + datetime.timedelta(days=days)
    answer = resident(c, years(y2026=paid.isoformat()), "2026-06-20", birth_date=born)
    assert answer.status == ("covered" if since else "waiting")
    assert answer.since == (day(since) if since else day("2026-06-01"))


def test_listed_groups_never_wait(c):
    rule = ResidentRule(exempts_person=True)
    assert resident(c, years(2025, y2029="2029-05-15"), "2029-05-15", rule).status == "covered"


@pytest.mark.parametrize(("last", "status"), [("2026-02", "covered"), ("2026-01", "waiting")])
def test_from_the_employee_to_the_resident_scheme(c, last, status):
    periods = (*months("2020-01", last), *years(y2026="2026-06-10"))
    assert resident(c, periods, "2026-06-10").status == status


def test_months_as_an_employee_are_no_broken_years(c):
    answer = resident(c, (*years(2025, 2028), *months("2026-03", "2027-06")), "2028-01-01")
    assert (answer.status, answer.gaps) == ("covered", [])


@pytest.mark.parametrize(
    ("pay_on", "starts", "with_back_payment", "until"),
    [
        ("2026-02-10", "2026-05-01", None, None),
        ("2029-02-10", "2029-07-01", "2029-05-01", None),
        ("2030-02-10", "2030-08-01", None, None),
    ],
)
def test_if_i_pay_for_this_year(c, pay_on, starts, with_back_payment, until):
    payment = resident(c, years(2025), pay_on).payment
    assert payment.benefits_from == day(starts)
    assert payment.with_back_payment == (day(with_back_payment) if with_back_payment else None)
    assert payment.pay_until == (day(until) if until else None)


def test_nobody_who_never_was_a_member_has_broken_years(c):
    payment = resident(c, (), "2030-02-10").payment
    assert payment.benefits_from == day("2030-05-01")
