"""Deadlines of desks: reminded before, noted once when they have passed, each desk in an event of its own."""
# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest

from tests.db.moving_world import GUANGZHOU, START, TIANSHUI, UNCONNECTED, Application, add_mover, apply, cancel

DAY = datetime.timedelta(days=1)  # START is Monday 2 March 2026; the first check is due on Monday the 9th


@pytest.fixture
def asked(owner):
    made = Application(add_mover(owner))
    apply(owner, made)
    owner.execute("DELETE FROM outbox")
    return made


def remind(connection, days, limit=100):
    """How many transfers, so many days after the application."""
    return connection.execute("SELECT transfer_remind(%s, %s, %s)",
                              [START + days * DAY, datetime.datetime.now(datetime.timezone.utc), limit]).fetchone()[0]


def told(connection):
    rows = connection.execute("SELECT event ->> 'event', event ->> 'pool_code', event ->> 'desk', event ->> 'due_on' FROM outbox"
                              " ORDER BY created_at, event ->> 'desk' DESC").fetchall()
    connection.execute("DELETE FROM outbox")
    return rows


def test_both_desks_are_reminded_two_working_days_before_and_once(owner, asked):
    assert [remind(owner, days) for days in (0, 2)] == [0, 0], "Wednesday is three working days before"
    assert [remind(owner, 3), remind(owner, 3), remind(owner, 4)] == [1, 0, 0]
    assert told(owner) == [("transfer.reminder", TIANSHUI, "out", "2026-03-09"), ("transfer.reminder", GUANGZHOU, "in", "2026-03-09")]
    assert owner.execute("SELECT reminded_on::text, overdue_noted_on FROM transfer").fetchone() == ("2026-03-05", None)


def test_what_has_passed_is_noted_once(owner, asked):
    assert [remind(owner, 7), remind(owner, 8), remind(owner, 9)] == [1, 1, 0], "on the day itself it is reminded of, as it was not before"
    assert [event for event, *_ in told(owner)] == ["transfer.reminder"] * 2 + ["transfer.overdue"] * 2
    assert owner.execute("SELECT reminded_on::text, overdue_noted_on::text FROM transfer").fetchone() == ("2026-03-09", "2026-03-10")


def test_after_a_long_stop_it_is_overdue_at_once_and_not_reminded_of_any_more(owner, asked):
    assert [remind(owner, 30), remind(owner, 31)] == [1, 0]
    assert {event for event, *_ in told(owner)} == {"transfer.overdue"}


def test_a_new_deadline_is_reminded_of_anew_and_only_its_own_desk(owner, asked):
    assert remind(owner, 4) == 1
    told(owner)
    owner.execute("UPDATE transfer SET state = 'checked_out', due_on = '2026-03-13', reminded_on = NULL, overdue_noted_on = NULL")
    assert [remind(owner, 8), remind(owner, 9)] == [0, 1]
    assert told(owner) == [("transfer.reminder", GUANGZHOU, "in", "2026-03-13")]


def test_what_is_over_or_with_a_bank_is_nobodys_to_remind(owner, asked):
    assert cancel(owner, asked)[0][0] == "done"
    other = Application(add_mover(owner), to_region_code=UNCONNECTED, bank_card_sealed=bytes(40))
    apply(owner, other)
    owner.execute("UPDATE transfer SET state = 'paying', due_on = NULL WHERE transfer_id = %s", [other.transfer_id])
    assert remind(owner, 60) == 0


def test_over_a_holiday_the_reminder_comes_before_it(owner):
    """Applied for on Thursday before Spring Festival: due on Thursday after it, so reminded on Tuesday after it."""
    late = Application(add_mover(owner), instant=START.replace(month=2, day=12))
    apply(owner, late)
    assert owner.execute("SELECT due_on::text FROM transfer").fetchone() == ("2026-02-26",)
    counts = {day: owner.execute("SELECT transfer_remind(%s, now(), 100)",
                                 [START.replace(month=2, day=day)]).fetchone()[0] for day in range(12, 27)}
    assert [day for day, count in counts.items() if count] == [24]


def test_a_region_says_how_early(owner, asked):
    owner.execute("INSERT INTO transfer_rule SELECT %s, '2026-01-01', 5, 10, 5, 4, false, 'test'", [GUANGZHOU])
    assert [remind(owner, 0), remind(owner, 1)] == [0, 1]


def test_slices_and_what_somebody_has_locked(cluster, migrated, owner):
    made = [Application(add_mover(owner)) for _ in range(5)]
    apply(owner, *made)
    with cluster.connect(migrated.database, "owner") as other:
        with other.transaction():
            other.execute("SELECT FROM transfer WHERE transfer_id = %s FOR NO KEY UPDATE", [made[0].transfer_id])
            assert [remind(owner, 4, limit=2) for _ in range(3)] == [2, 2, 0]
    assert [remind(owner, 4), remind(owner, 4)] == [1, 0]
