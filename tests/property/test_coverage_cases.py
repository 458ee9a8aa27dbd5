"""Coverage: the cases of docs/coverage.md by name, under the rules that are shipped for the nation."""
# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest
from tests.property import coverage_in_c
from tests.property.coverage_types import EmployeeRule, History, Period, ResidentRule, first_day, month

RULE, RESIDENT_RULE = EmployeeRule(), ResidentRule()


@pytest.fixture(scope="module")
def c(tmp_path_factory):
    return coverage_in_c.build(tmp_path_factory.mktemp("coverage"))


def day(text):
    return datetime.date.fromisoformat(text)


def months(first, last, **more):
    return tuple(Period(m, **more) for m in range(month(first), month(last) + 1))


def years(*numbers, **paid_on):
    """Paid in time, or on a day: y2026="2026-03-15"."""
    late = ((int(name[1:]), day(text)) for name, text in paid_on.items())
    in_time = ((year, datetime.date(year - 1, 11, 18)) for year in numbers)
    return tuple(Period(12 * year, paid, "resident") for year, paid in (*in_time, *late))


def employee(c, periods, on, rule=RULE, **person):
    return c.employee(History(tuple(periods), **person), rule, day(on))


def resident(c, periods, on, rule=RESIDENT_RULE, **person):
    return c.resident(History(tuple(periods), **person), rule, day(on))


def only_gap(answer):
    (gap,) = answer.gaps
    return gap


# --- employee ---------------------------------------------------------------------------------------------------------


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


# --- resident ---------------------------------------------------------------------------------------------------------


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
