"""Deadlines of transfers: working days over holidays, make-up days and years, by the clock of each step's own desk."""
# SPDX-License-Identifier: Apache-2.0
import csv
import datetime
import pathlib
import random

import pytest

DATA = pathlib.Path(__file__).resolve().parents[2] / "db" / "data" / "working_days.csv"
TIANSHUI, GUANGZHOU = "620500", "440100"
ONE = datetime.timedelta(days=1)


def exceptions():
    with DATA.open(encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {datetime.date.fromisoformat(list(row.values())[0]): row["kind"] for row in rows}


EXCEPTIONS = exceptions()


def is_worked(day):
    return EXCEPTIONS.get(day, "workday" if day.weekday() < 5 else "holiday") == "workday"


def after(day, count):
    while count > 0:
        day += ONE
        count -= is_worked(day)
    return day


def asked(connection, function, *values):
    marks = ", ".join(["%s"] * len(values))
    return connection.execute(f"SELECT {function}({marks})", values).fetchone()[0]


def due(connection, state, entered_on, machine="transfer", to_pool=GUANGZHOU):
    return asked(connection, "transfer_due_on", machine, state, TIANSHUI, to_pool, entered_on)


@pytest.mark.parametrize(("state", "entered_on", "due_on"), [
    ("out_review", "2026-03-02", "2026-03-16"),  # two plain weeks
    ("in_review", "2026-03-06", "2026-03-13"),  # from a Friday
    ("in_review", "2026-03-07", "2026-03-13"),  # from a Saturday
    # Spring Festival of 2026: Saturday 14 February is worked, 16 to 23 are off, Saturday 28 is worked.
    ("in_review", "2026-02-11", "2026-02-25"),
    ("out_review", "2026-02-11", "2026-03-03"),
    # National Day of 2025, with Mid-Autumn: Sunday 28 September is worked, 1 to 8 October are off, Saturday 11 is worked.
    ("in_review", "2025-09-26", "2025-10-10"),
    ("out_review", "2025-09-26", "2025-10-16"),
    # National Day of 2026: 1 to 7 October are off, Saturday 10 is worked.
    ("in_review", "2026-09-30", "2026-10-13"),
    # Year's end: 1 and 2 January 2026 are off, Sunday 4 is worked.
    ("in_review", "2025-12-29", "2026-01-06"),
    ("in_review", "2024-12-30", "2025-01-07"),
])
def test_over_holidays_and_make_up_days(owner, state, entered_on, due_on):
    assert due(owner, state, entered_on).isoformat() == due_on


@pytest.mark.parametrize(("machine", "state", "days"), [
    ("transfer", "submitted", 5), ("transfer", "checked_out", 5), ("transfer", "checked_in", 5), ("transfer", "out_review", 10),
    ("transfer", "in_review", 5), ("transfer", "completed", None), ("transfer", "rejected", None), ("transfer", "cancelled", None),
    ("transfer_payout", "submitted", 5), ("transfer_payout", "out_review", 10), ("transfer_payout", "paying", None),
    ("transfer_payout", "completed", None),
])
def test_each_state_has_its_clock_or_none(owner, machine, state, days):
    monday = datetime.date(2026, 3, 2)
    assert due(owner, state, monday, machine) == (after(monday, days) if days else None)
    states = {row[0] for row in owner.execute(
        "SELECT next_state FROM state_step WHERE machine = %s AND EXISTS (SELECT FROM state_step AS later"
        " WHERE later.machine = state_step.machine AND later.state = state_step.next_state)", [machine])}
    for one in states:
        desks = asked(owner, "transfer_desks", machine, one)
        assert (due(owner, one, monday, machine) is not None) == bool(desks), one


def test_the_clock_is_that_of_the_desks_own_pool(owner):
    owner.execute("INSERT INTO transfer_rule SELECT %s, '2026-03-01', 3, 8, 2, 1, false, 'test'", [GUANGZHOU])
    monday = datetime.date(2026, 3, 2)
    wanted = {"submitted": 3, "checked_out": 3, "checked_in": 5, "out_review": 10, "in_review": 2}
    for state, days in wanted.items():
        assert due(owner, state, monday) == after(monday, days), state
    assert due(owner, "in_review", datetime.date(2026, 2, 27)) == after(datetime.date(2026, 2, 27), 5), "not in force yet"


def test_days_left_are_those_that_were_given(owner):
    dice = random.Random(20260213)
    first = datetime.date(2024, 12, 1)
    for _ in range(200):
        day, count = first + dice.randrange(700) * ONE, dice.randrange(1, 25)
        until = after(day, count)
        assert asked(owner, "working_day_after", day, count) == until, (day, count)
        assert asked(owner, "working_days_until", day, until) == count, (day, count)
        assert asked(owner, "working_days_until", until, day) == -count, (day, count)


@pytest.mark.parametrize(("machine", "state", "desks"), [
    ("transfer", "submitted", ["out", "in"]), ("transfer", "checked_out", ["in"]), ("transfer", "checked_in", ["out"]),
    ("transfer", "out_review", ["out"]), ("transfer", "in_review", ["in"]), ("transfer", "completed", []),
    ("transfer_payout", "submitted", ["out"]), ("transfer_payout", "paying", []),
])
def test_whose_desk_it_is_on(owner, machine, state, desks):
    assert asked(owner, "transfer_desks", machine, state) == desks


@pytest.mark.parametrize(("way", "account", "scheme", "mode", "money"), [
    ("in_province", True, "employee", None, "stays"), ("in_province", False, "employee", None, "none"),
    ("cross_province", True, "employee", None, "moves"), ("cross_province", True, "employee", "with_account", "moves"),
    ("cross_province", True, "employee", "pooled_only", "stays"), ("cross_province", True, "resident", None, "stays"),
    ("cross_province", False, "employee", None, "none"), ("payout", True, "employee", None, "paid_out"),
    ("scheme_only", True, "resident", None, "stays"), ("scheme_only", False, "employee", None, "none"),
])
def test_what_becomes_of_the_money(owner, way, account, scheme, mode, money):
    account_id = "018f3a52-7c01-7a11-9d3c-5b1f0a2e4c68" if account else None
    assert asked(owner, "transfer_money", way, account_id, scheme, mode) == money
