"""Histories, rules and answers of coverage, as both implementations understand them."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import datetime

EPOCH = datetime.date(1970, 1, 1)
DATE_NONE = None


def number_of(date):
    return (date - EPOCH).days


def day_of(number):
    return EPOCH + datetime.timedelta(days=number)


def month_of(date):
    return 12 * date.year + date.month - 1


def first_day(month):
    return datetime.date(month // 12, month % 12 + 1, 1)


def last_day(month):
    return first_day(month + 1) - datetime.timedelta(days=1)


def on_day(month, day):
    """That day of the month, or its last one; None or 0 is the last one."""
    return min(first_day(month) + datetime.timedelta(days=day - 1), last_day(month)) if day else last_day(month)


def month(text):
    return 12 * int(text[:4]) + int(text[5:7]) - 1


def runs(months):
    """Sorted numbers as lists of neighbours."""
    found = []
    for month in sorted(months):
        if found and found[-1][-1] == month - 1:
            found[-1].append(month)
        else:
            found.append([month])
    return found


@dataclasses.dataclass(frozen=True)
class Period:
    month: int
    paid_on: datetime.date = None  # None: in time
    scheme: str = "employee"
    deemed: bool = False
    pool: int = 0


@dataclasses.dataclass(frozen=True)
class History:
    periods: tuple
    birth_date: datetime.date = datetime.date(1980, 1, 1)
    deceased_on: datetime.date = None
    retired_on: datetime.date = None
    sex: str = "male"

    def plus(self, *periods):
        return dataclasses.replace(self, periods=(*self.periods, *periods))


@dataclasses.dataclass(frozen=True)
class EmployeeRule:
    payment_deadline_day: int = 0
    benefits_grace_months: int = 0
    back_payable_gap_months: int = 3
    waiting_months: int = 6
    bridge_min_continuous_months: int = 24
    deemed_record_months: int = 12
    retirement_years_male: int = 0
    retirement_years_female: int = 0


@dataclasses.dataclass(frozen=True)
class ResidentRule:
    first_counted_year: int = 2025
    fixed_wait_months: int = 3
    variable_wait_months: int = 1
    repaired_wait_months: int = 1
    long_break_years: int = 4
    long_break_wait_months: int = 6
    newborn_days: int = 90
    switch_gap_months: int = 3
    window_opens_month: int = -3
    window_opens_day: int = 1
    window_closes_month: int = 0
    window_closes_day: int = 0
    exempts_person: bool = False


@dataclasses.dataclass(frozen=True)
class Gap:
    first: int
    last: int
    length: int
    missing: int
    is_open: bool
    can_back_pay: bool
    back_pay_until: datetime.date


@dataclasses.dataclass(frozen=True)
class Payment:
    benefits_from: datetime.date
    with_back_payment: datetime.date
    back_pay_length: int
    pay_until: datetime.date


@dataclasses.dataclass(frozen=True)
class Answer:
    status: str
    since: datetime.date
    starts_on: datetime.date
    gaps: list
    payment: Payment


@dataclasses.dataclass(frozen=True)
class Counts:
    months: int
    deemed: int
    back_paid: int
    first: int
    last: int
