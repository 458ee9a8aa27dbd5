"""Months and years in a few letters, and the rules of the nation asked about them."""
# SPDX-License-Identifier: Apache-2.0
import datetime

from tests.property.coverage_types import EmployeeRule, History, Period, ResidentRule, month

RULE, RESIDENT_RULE = EmployeeRule(), ResidentRule()


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
