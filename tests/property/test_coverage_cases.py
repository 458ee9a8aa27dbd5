"""Coverage of employees: the cases of docs/coverage.md by name, under the rules that are shipped for the nation."""
# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.property.coverage_asking import RULE, day, employee, months, only_gap, years
from tests.property.coverage_types import EmployeeRule, History, Period, first_day, month


def test_gap_0(c):
    answer = employee(c, months("2024-01", "2026-08"), "2026-08-10")
    assert (answer.status, answer.since, answer.gaps) == ("covered", day("2024-01-01"), [])


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_gap_of_1_to_3_brings_no_wait_and_may_be_back_paid(c, length):
    resumed = month("2025-06") + length
    periods = (*months("2024-01", "2025-05"), *(Period(m) for m in range(resumed, resumed + 6)))
    answer = employee(c, periods, first_day(resumed).isoformat())
    gap = only_gap(answer)
    assert (gap.length, gap.can_back_pay, gap.back_pay_until, gap.is_open) == (length, True, None, False)
    assert (answer.status, answer.since) == ("covered", first_day(resumed))


@pytest.mark.parametrize(
    ("on", "status"), [("2025-10-01", "waiting"), ("2026-03-31", "waiting"), ("2026-04-01", "covered")]
)
def test_a_gap_of_4_waits_six_months_from_the_month_of_re_enrolment(c, on, status):
    answer = employee(c, (*months("2024-01", "2025-05"), *months("2025-10", "2026-08")), on)
    assert answer.status == status
    assert only_gap(answer).can_back_pay is False
    assert answer.starts_on == (day("2026-04-01") if status == "waiting" else None)


@pytest.mark.parametrize(
    ("on", "length", "until"),
    [
        ("2026-06-30", 0, None),
        ("2026-07-01", 1, "2026-09-30"),
        ("2026-08-31", 2, "2026-09-30"),
        ("2026-09-30", 3, "2026-09-30"),
        ("2026-10-01", 4, None),
    ],
)
def test_an_open_gap_counts_up_to_the_day(c, on, length, until):
    answer = employee(c, months("2024-01", "2026-05"), on)
    assert [gap.length for gap in answer.gaps] == ([length] if length else [])
    assert all(gap.is_open and gap.back_pay_until == (day(until) if until else None) for gap in answer.gaps)
    assert answer.status == ("covered" if length == 0 else "stopped")
    assert answer.since == (day("2024-01-01") if length == 0 else day("2026-06-01"))


def test_the_current_month_before_and_after_its_deadline(c):
    rule = EmployeeRule(payment_deadline_day=15)
    before = employee(c, months("2026-01", "2026-07"), "2026-08-15", rule)
    after = employee(c, months("2026-01", "2026-07"), "2026-08-16", rule)
    assert (before.status, before.gaps) == ("covered", [])
    assert (after.status, after.since, only_gap(after).length) == ("stopped", day("2026-08-01"), 1)


@pytest.mark.parametrize(
    ("pay_on", "without", "with_back_payment", "until"),
    [
        ("2026-06-30", "2024-01-01", None, "2026-09-30"),
        ("2026-07-10", "2026-07-01", "2026-06-01", "2026-09-30"),
        ("2026-09-30", "2026-09-01", "2026-06-01", "2026-09-30"),
        ("2026-10-01", "2027-04-01", None, None),
    ],
)
def test_if_i_pay_on_a_day(c, pay_on, without, with_back_payment, until):
    payment = employee(c, months("2024-01", "2026-05"), pay_on).payment
    assert payment.benefits_from == day(without)
    assert payment.with_back_payment == (day(with_back_payment) if with_back_payment else None)
    assert payment.pay_until == (day(until) if until else None)


def bridged(before):
    """So many employee months, then 17 in the resident scheme, then employee months again."""
    first = month("2024-06") - before + 1
    paid = tuple(Period(m) for m in range(first, month("2024-06") + 1))
    return (*paid, *years(2025, y2024="2024-07-15"), *months("2025-12", "2026-08"))


def test_bridged_by_the_resident_scheme(c):
    answer = employee(c, bridged(24), "2026-01-10")
    assert (answer.status, answer.since, answer.gaps) == ("covered", day("2025-12-01"), [])
    assert "bridged" in c.findings["benefits"]


def test_not_bridged_with_less_than_two_continuous_years(c):
    answer = employee(c, bridged(23), "2026-01-10")
    assert (answer.status, answer.starts_on, only_gap(answer).length) == ("waiting", day("2026-06-01"), 17)
    assert c.findings["gaps"] == [["gap_too_long", "not_bridged"]]


def back_paid(paid_on):
    return (*months("2024-01", "2025-05"), *months("2025-06", "2025-08", paid_on=day(paid_on)))


def test_back_paid_in_time_is_continuous(c):
    answer = employee(c, (*back_paid("2025-09-30"), *months("2025-09", "2025-12")), "2025-07-20")
    assert (answer.status, answer.since, answer.gaps) == ("covered", day("2024-01-01"), [])


def test_back_paid_too_late_counts_and_still_waits(c):
    answer = employee(c, (*back_paid("2025-10-01"), *months("2025-10", "2025-12")), "2025-12-20")
    gap = only_gap(answer)
    assert (gap.length, gap.missing, gap.can_back_pay) == (4, 1, False)
    assert (answer.status, answer.starts_on) == ("waiting", day("2026-04-01"))


def test_a_long_gap_paid_in_pieces_is_not_shortened(c):
    periods = (*months("2024-01", "2025-05"), *months("2025-11", "2026-01"))
    pieces = (Period(month("2025-06"), day("2025-11-05")), *months("2025-07", "2025-09", paid_on=day("2025-12-05")))
    answer = employee(c, (*periods, *pieces), "2026-01-10")
    assert (only_gap(answer).length, only_gap(answer).missing) == (5, 1)
    assert answer.starts_on == day("2026-05-01")


def test_nobody_waits_for_a_first_contribution(c):
    answer = employee(c, (), "2026-08-10")
    assert (answer.status, answer.since, answer.gaps) == ("never", None, [])
    assert answer.payment.benefits_from == day("2026-08-01")


def test_on_a_day_before_the_first_contribution(c):
    assert employee(c, months("2024-01", "2026-08"), "2023-12-31").status == "never"


def test_on_a_day_to_come(c):
    answer = employee(c, months("2024-01", "2026-08"), "2027-02-10")
    assert (answer.status, only_gap(answer).length) == ("stopped", 5)


def test_retired_people_go_on_without_paying(c):
    answer = employee(c, months("1999-03", "2021-02"), "2026-08-10", retired_on=day("2021-03-01"))
    assert (answer.status, answer.since, answer.gaps) == ("covered", day("1999-03-01"), [])


def test_retirement_after_a_long_gap_does_not_wait(c):
    answer = employee(c, months("1999-03", "2020-06"), "2021-03-20", retired_on=day("2021-03-15"))
    assert (answer.status, answer.since, only_gap(answer).length) == ("covered", day("2021-03-15"), 8)


def test_nothing_is_missed_after_death(c):
    answer = employee(c, months("2024-01", "2026-05"), "2026-12-31", deceased_on=day("2026-05-20"))
    assert (answer.status, answer.since, answer.gaps) == ("deceased", day("2026-05-21"), [])


def test_grace_months_keep_benefits(c):
    rule = EmployeeRule(benefits_grace_months=1)
    assert employee(c, months("2024-01", "2026-05"), "2026-07-10", rule).since == day("2026-07-01")
    assert employee(c, months("2024-01", "2026-05"), "2026-06-30", rule).status == "covered"


def test_deemed_years_count_twelve_months_each_and_leave_no_gap(c):
    deemed = tuple(Period(12 * year, deemed=True) for year in (1985, 1986, 1987))
    history = History((*deemed, *months("1995-07", "1996-06")))
    assert c.counts(history, "employee", 12, day("2020-01-01")).months == 48
    assert c.employee(history, RULE, day("1996-06-10")).gaps == []


def test_months_of_several_pools_count_once(c):
    history = History((*months("2020-01", "2020-12", pool=0), *months("2020-11", "2021-06", pool=1)))
    everywhere = c.counts(history, "employee", 12, day("2026-01-01"))
    assert (everywhere.months, everywhere.first, everywhere.last) == (18, month("2020-01"), month("2021-06"))
    assert c.counts(history, "employee", 12, day("2026-01-01"), pool=1).months == 8
