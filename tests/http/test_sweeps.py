"""Holds that expire by themselves, keys that are forgotten, snapshots that are cut: by whichever process has its turn."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import re
import uuid

import httpx
import psycopg
import pytest
from tests.db.charging import add_account, add_provider, created, hold, money, row
from tests.db.moving_world import Application, add_mover, apply
from tests.harness.database import BINARY, Database
from tests.harness.server import wait_until

DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture(scope="module")
def database(own_database, tmp_path_factory):
    return Database(own_database.cluster, "sweeps", tmp_path_factory.mktemp("sweeps"))


@pytest.fixture
def start(database, servers):
    with servers.on(database) as own:
        yield own


@pytest.fixture
def books(database):
    with psycopg.connect(database.url, autocommit=True) as connection:
        yield connection


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def held(books, count=1, **how):
    """So many accounts with a hold of 100 fen each."""
    provider = add_provider(books)
    return [created(books, hold(add_account(books, 1000), provider, 100, **how)) for _ in range(count)]


def state(books, charge):
    return row(books, charge, "state")[0]


def metric(server, name):
    return float(re.search(rf"^{name} (.*)$", httpx.get(f"{server.ops_url}/metrics").text, re.M)[1])


def test_a_hold_expires_by_itself_when_its_time_has_come(books, start):
    [over], [open_] = held(books, instant=now() - DAY, lasts=DAY - SECOND), held(books, instant=now(), lasts=DAY)
    server = start()
    wait_until(lambda: state(books, over) == "expired", "the hold to expire")
    assert money(books, over.account)[2] == 0
    assert state(books, open_) == "held" and money(books, open_.account)[2] == 100
    wait_until(lambda: metric(server, "yibaod_holds_expired_total") == 1, "the count")
    event = "SELECT actor_kind FROM audit_event WHERE object_id = %s AND action = 'expire_charge'"
    assert books.execute(event, [over.charge_id]).fetchall() == [("system",)]


def test_business_time_decides_not_real_time(books, start):
    [charge] = held(books, instant=now(), lasts=20 * HOUR)
    first = start(command="work", settings={"YIBAO_TEST_CLOCK": (now() + 19 * HOUR).isoformat(timespec="seconds")})
    [early] = held(books, instant=now(), lasts=18 * HOUR)
    wait_until(lambda: state(books, early) == "expired", "the earlier hold to expire")
    assert state(books, charge) == "held"
    first.stop()
    start(command="work", settings={"YIBAO_TEST_CLOCK": (now() + 20 * HOUR + 60 * SECOND).isoformat(timespec="seconds")})
    wait_until(lambda: state(books, charge) == "expired", "the hold to expire")


def test_many_are_shared_by_several_processes_and_each_expires_once(books, start, database):
    charges = held(books, 40, instant=now() - DAY, lasts=DAY - SECOND)
    for command in ("serve", "work", "work"):
        start(command=command, wait=False)
    wait_until(lambda: all(state(books, charge) == "expired" for charge in charges), "all to expire")
    assert books.execute("SELECT count(*) FROM hold_event WHERE kind = 'expired' AND hold_id = ANY(%s)",
                         [[charge.charge_id for charge in charges]]).fetchone() == (40,)
    database.run(BINARY, "audit")


def test_the_age_of_what_is_overdue_can_be_watched(books, start):
    """An account that somebody holds on to is passed over."""
    [charge] = held(books, instant=now() - 2 * DAY, lasts=DAY)
    with psycopg.connect(books.info.dsn) as other:
        other.execute("SELECT FROM account WHERE account_id = %s FOR UPDATE", [charge.account.account_id])
        server = start(command="work")
        wait_until(lambda: metric(server, "yibaod_oldest_due_hold_seconds") > 86000, "the age")
    wait_until(lambda: state(books, charge) == "expired", "the hold to expire")
    wait_until(lambda: metric(server, "yibaod_oldest_due_hold_seconds") == 0, "nothing to be due")


def test_a_server_that_does_not_work_leaves_them_alone(books, start):
    [charge] = held(books, instant=now() - DAY, lasts=DAY - SECOND)
    start({"YIBAO_SERVE_WORKS": "no"})
    start(command="work")
    wait_until(lambda: state(books, charge) == "expired", "the worker")


def test_old_keys_are_forgotten(books, start):
    def put(days):
        key = f"key-{uuid.uuid4()}"
        books.execute("INSERT INTO idempotency_key (principal_id, operation, key, content_hash, status, created_at)"
                      " VALUES (gen_random_uuid(), 'create_charge', %s, sha256('x'), 'created', %s)", [key, now() - days * DAY])
        return key

    old, young = put(30.1), put(29.9)
    books.execute("UPDATE sweep SET next_at = '-infinity' WHERE name = 'idempotency_keys'")
    server = start(command="work", settings={"YIBAO_IDEMPOTENCY_KEY_DAYS": "30"})
    exists = "SELECT EXISTS (SELECT FROM idempotency_key WHERE key = %s)"
    wait_until(lambda: books.execute(exists, [old]).fetchone() == (False,), "the old key to go")
    assert books.execute(exists, [young]).fetchone() == (True,)
    assert metric(server, "yibaod_idempotency_keys_deleted_total") >= 1


def test_snapshots_begin_a_day_after_the_installation_and_follow_the_midnights(books, start):
    """What happens at midnight must not depend on what the first start finds."""
    closed = "SELECT open_from, cut_at FROM ledger_close"
    start(command="work")
    wait_until(lambda: books.execute("SELECT last_at FROM sweep WHERE name = 'snapshots'").fetchone()[0], "the appointment")
    [(next_at,)] = books.execute("SELECT next_at FROM sweep WHERE name = 'snapshots'").fetchall()
    assert next_at > now() + 23 * HOUR
    assert books.execute(closed).fetchone()[0].year == 1970
    books.execute("UPDATE sweep SET next_at = '-infinity' WHERE name = 'snapshots'")
    wait_until(lambda: (lambda row: row[0] == row[1] and row[0].year > 1970)(books.execute(closed).fetchone()), "the cut")
    open_from = books.execute("SELECT open_from AT TIME ZONE 'Asia/Shanghai' FROM ledger_close").fetchone()[0]
    assert open_from.time() == datetime.time(0) and now() - 26 * HOUR < books.execute(closed).fetchone()[0] <= now()


def test_a_test_clock_that_is_ahead_does_not_close_the_present(books, start):
    books.execute("UPDATE sweep SET next_at = '-infinity', last_at = now() WHERE name = 'snapshots'")
    start(command="work", settings={"YIBAO_TEST_CLOCK": "2099-01-01T00:00:00+08:00"})
    wait_until(lambda: books.execute("SELECT next_at > now() FROM sweep WHERE name = 'snapshots'").fetchone()[0], "the sweep")
    assert books.execute("SELECT open_from < now() FROM ledger_close").fetchone() == (True,)


def test_desks_are_told_of_deadlines_that_have_passed(books, start):
    asked = Application(add_mover(books), instant=now() - 30 * DAY)
    assert apply(books, asked)[0][0] == "created"
    books.execute("UPDATE sweep SET next_at = '-infinity' WHERE name = 'transfer_reminders'")
    server = start()
    wait_until(lambda: books.execute("SELECT overdue_noted_on IS NOT NULL FROM transfer WHERE transfer_id = %s",
                                     [asked.transfer_id]).fetchone()[0],
               "the deadline to be noted")
    wait_until(lambda: metric(server, "yibaod_transfer_reminders_total") == 1, "the count")
    events = books.execute("SELECT event ->> 'desk' FROM outbox WHERE event ->> 'event' = 'transfer.overdue' ORDER BY 1").fetchall()
    assert events == [("in",), ("out",)]
