"""Coverage: for any history the C module and a second implementation from docs/coverage.md say the same."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.harness.examples import examples
from tests.property import coverage_reference as reference
from tests.property import coverage_reference_resident as reference_resident
from tests.property.coverage_types import EmployeeRule, History, Period, ResidentRule, first_day, month, month_of

MANY = examples(120)
FIRST, LAST = month("2019-01"), month("2030-12")

DATES = st.dates(datetime.date(2019, 1, 1), datetime.date(2031, 6, 30))
NEAR_ENDS = st.builds(
    lambda m, day: first_day(m) + datetime.timedelta(days=day), st.integers(FIRST, LAST), st.integers(-2, 2)
)
DAYS = st.one_of(DATES, NEAR_ENDS)
MAYBE_DAYS = st.one_of(st.none(), DAYS)


@st.composite
def employee_months(draw):
    """Stretches of paid months with gaps of every size between them, some of them back-paid at some time."""
    periods, at = [], draw(st.integers(FIRST, FIRST + 30))
    for _ in range(draw(st.integers(0, 5))):
        length = draw(st.one_of(st.integers(1, 6), st.integers(20, 30)))
        periods += [Period(m, pool=draw(st.integers(0, 1))) for m in range(at, at + length)]
        at += length
        gap = draw(st.sampled_from([0, 1, 2, 3, 4, 5, 6, 7, 12, 18]))
        days = draw(st.lists(st.integers(0, 9), min_size=gap, max_size=gap))
        offsets = [draw(st.integers(1, 200)), draw(st.integers(20, 130))]
        for m, how in zip(range(at, at + gap), days):
            if how < 2:
                periods.append(Period(m, paid_on=first_day(at) + datetime.timedelta(days=offsets[how])))
            elif how == 2:
                periods.append(Period(m, paid_on=draw(DAYS)))
        at += gap
    return [period for period in periods if period.paid_on is None or month_of(period.paid_on) >= period.month]


@st.composite
def resident_years(draw):
    periods = []
    for year in range(2019, 2032):
        how = draw(st.integers(0, 5))
        if how == 0:
            periods.append(Period(12 * year, scheme="resident"))
        elif how <= 2:
            day = datetime.date(year - 1, 9, 1) + datetime.timedelta(days=draw(st.integers(0, 900)))
            periods.append(Period(12 * year, day, "resident"))
        elif how == 3 and draw(st.booleans()):
            day = datetime.date(year - 1, 9, 1) + datetime.timedelta(days=draw(st.integers(0, 122)))
            periods.append(Period(12 * year, day, "resident"))
    return periods


DEEMED = st.lists(st.builds(lambda m: Period(m, deemed=True), st.integers(FIRST - 200, LAST)), max_size=2)


@st.composite
def histories(draw):
    periods = draw(employee_months()) + draw(st.one_of(st.just([]), resident_years())) + draw(
        st.one_of(st.just([]), DEEMED))  # fmt: skip
    adult, child = st.just(datetime.date(1980, 1, 1)), st.dates(datetime.date(2019, 1, 1), datetime.date(2027, 1, 1))
    birth = draw(st.one_of(adult, child))
    rarely = st.integers(0, 9).flatmap(lambda n: DAYS if n == 0 else st.none())
    return History(tuple(periods), birth, draw(rarely), draw(rarely))


EMPLOYEE_RULES = st.one_of(
    st.just(EmployeeRule()),
    st.builds(
        EmployeeRule,
        payment_deadline_day=st.sampled_from([0, 1, 15, 25, 31]),
        benefits_grace_months=st.sampled_from([0, 0, 1, 3]),
        back_payable_gap_months=st.integers(0, 4),
        waiting_months=st.integers(0, 6),
        bridge_min_continuous_months=st.sampled_from([0, 1, 3, 12, 24]),
        deemed_record_months=st.sampled_from([1, 12]),
    ),
)
RESIDENT_RULES = st.one_of(
    st.just(ResidentRule()),
    st.builds(
        ResidentRule,
        first_counted_year=st.integers(2020, 2027),
        fixed_wait_months=st.integers(0, 4),
        variable_wait_months=st.integers(0, 2),
        repaired_wait_months=st.integers(0, 2),
        long_break_years=st.integers(1, 5),
        long_break_wait_months=st.integers(0, 8),
        newborn_days=st.sampled_from([0, 28, 90]),
        switch_gap_months=st.sampled_from([None, 0, 3]),
        window_opens_month=st.just(-3),
        window_closes_month=st.integers(-1, 6),
        window_closes_day=st.sampled_from([0, 10, 31]),
        exempts_person=st.integers(0, 5).map(lambda n: n == 0),
    ),
)


def ends_on(history, on):
    """What is known on that day: for the payment, which is tried out there."""
    return dataclasses.replace(
        history,
        periods=tuple(
            period for period in history.periods
            if period.month <= month_of(on) and (period.paid_on is None or period.paid_on <= on) and not period.deemed
        ),
    )  # fmt: skip


def without_payment(answer):
    return dataclasses.replace(answer, payment=None)


@MANY
@given(history=histories(), rule=EMPLOYEE_RULES, on=DAYS)
def test_employee_status_and_gaps(c, history, rule, on):
    until = min(filter(None, (history.deceased_on, on)))
    known = reference.Employee(history, rule, until)
    mine = c.employee(history, rule, on)
    assert (mine.status, mine.since, mine.starts_on) == known.benefits(on)
    assert mine.gaps == known.gaps(until)


@MANY
@given(history=histories(), rule=EMPLOYEE_RULES, on=DAYS)
def test_employee_if_paid(c, history, rule, on):
    history = ends_on(history, on)
    alive = {name: None for name in ("retired_on", "deceased_on") if (getattr(history, name) or on) >= on}
    history = dataclasses.replace(history, **alive)
    assert c.employee(history, rule, on) == reference.employee(history, rule, on)


@MANY
@given(history=histories(), rule=RESIDENT_RULES, on=DAYS)
def test_resident(c, history, rule, on):
    assert c.resident(history, rule, on) == reference_resident.resident(history, rule, on)


@MANY
@given(history=histories(), scheme=st.sampled_from(["employee", "resident"]), on=DAYS, length=st.integers(1, 12),
       pool=st.sampled_from([None, 0, 1]))  # fmt: skip
def test_counts(c, history, scheme, on, length, pool):
    mine = c.counts(history, scheme, length, on, -1 if pool is None else pool)
    assert mine == reference_resident.counts(history, scheme, length, on, pool)
