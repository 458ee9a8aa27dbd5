"""The past is closed before it is summed up: what is posted while that goes on is in the snapshot, or after it, never lost."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import random

import pytest
from tests.db.charging import add_account, hours
from tests.db.posting import INSTANT, Entry, post

CUT = INSTANT + hours(12)
SUMS = """SELECT system_account, sum(CASE direction WHEN 'debit' THEN amount_fen ELSE -amount_fen END)::bigint, count(*)
            FROM ledger_entry WHERE posted_at < %s GROUP BY 1 ORDER BY 1"""
NEWEST = """SELECT DISTINCT ON (system_account) system_account, balance_fen, entries FROM system_account_snapshot
             WHERE cut_at <= %s ORDER BY system_account, cut_at DESC"""


def close(connection, instant=CUT):
    return connection.execute("SELECT ledger_close_from(%s)", [instant]).fetchone()[0]


def cut(connection, span="1 day"):
    return connection.execute("SELECT outcome, entries FROM system_account_cut(%s)", [span]).fetchone()


def cut_all(connection, span="1 day"):
    """How many slices it took, without those that waited."""
    slices = 0
    while (outcome := cut(connection, span)[0]) != "over":
        slices += outcome == "cut"
    return slices


def proven(connection, instant):
    """Whether the newest snapshots are what the entries say."""
    return connection.execute(NEWEST, [instant]).fetchall() == connection.execute(SUMS, [instant]).fetchall()


def posted_at(connection, account):
    return connection.execute("SELECT max(posted_at) FROM ledger_entry WHERE account_id = %s", [account.account_id]).fetchone()[0]


def test_a_snapshot_is_the_sum_of_what_was_posted_before(connection):
    accounts = [add_account(connection, 1000 + n) for n in range(3)]
    post(connection, [Entry(accounts[0], 300, direction="debit")], instant=CUT - hours(1))
    post(connection, [Entry(accounts[1], 50)], instant=CUT + hours(1))
    assert close(connection)
    assert cut_all(connection) >= 1
    assert proven(connection, CUT)
    [(_, balance, entries)] = connection.execute(NEWEST, [CUT]).fetchall()
    assert (balance, entries) == (-3003 + 300, 4)
    assert not close(connection), "it is closed so far already"


def test_the_next_cut_goes_on_where_the_last_one_ended(connection):
    account = add_account(connection)
    close(connection)
    cut_all(connection)
    post(connection, [Entry(account, 1)], instant=CUT)
    post(connection, [Entry(account, 2)], instant=CUT + hours(25))
    close(connection, CUT + hours(24))
    cut_all(connection)
    assert proven(connection, CUT) and proven(connection, CUT + hours(24))
    assert not proven(connection, CUT + hours(48))


def test_the_past_is_not_closed_further_before_it_is_cut(connection):
    assert close(connection) and not close(connection, CUT + hours(24))
    cut_all(connection)
    assert close(connection, CUT + hours(24))


def test_who_comes_late_is_posted_when_the_open_time_begins(connection):
    """A server that was frozen in the middle of a write, or whose clock is slow."""
    account = add_account(connection)
    close(connection)
    post(connection, [Entry(account, 7)], instant=CUT - hours(5))
    assert posted_at(connection, account) == CUT
    cut_all(connection)
    post(connection, [Entry(account, 7)], instant=CUT - hours(5))
    assert posted_at(connection, account) == CUT
    assert proven(connection, CUT)


def test_nothing_is_cut_while_somebody_may_still_post_into_the_past(cluster, migrated, connection):
    """One that has begun to post before the past was closed, and commits long afterwards."""
    account = add_account(connection)
    with cluster.connect(migrated.database, "owner") as slow:
        with slow.transaction():
            post(slow, [Entry(account, 5)], instant=CUT - hours(1))
            assert close(connection)
            assert [cut(connection)[0] for _ in range(3)] == ["waiting"] * 3
            assert connection.execute("SELECT count(*) FROM system_account_snapshot").fetchone() == (0,)
        assert posted_at(connection, account) == CUT - hours(1)
        assert cut(connection)[0] == "cut"
    cut_all(connection)
    assert proven(connection, CUT)


def test_who_begins_between_closing_and_the_first_look_is_waited_for_too(cluster, migrated, connection):
    account = add_account(connection)
    with cluster.connect(migrated.database, "owner") as closer, cluster.connect(migrated.database, "owner") as poster:
        with poster.transaction():
            with closer.transaction():
                assert close(closer)
                post(poster, [Entry(account, 5)], instant=CUT - hours(1))
            assert [cut(connection)[0] for _ in range(2)] == ["waiting"] * 2
    cut_all(connection)
    assert posted_at(connection, account) == CUT - hours(1)
    assert proven(connection, CUT)


def test_small_slices_give_the_same(connection):
    chance = random.Random(13)
    accounts = [add_account(connection) for _ in range(5)]
    for _ in range(60):
        post(connection, [Entry(chance.choice(accounts), chance.randint(1, 99))],
             instant=INSTANT + datetime.timedelta(minutes=chance.randint(0, 3000)))
    end = INSTANT + datetime.timedelta(minutes=3001)
    close(connection, end)
    assert cut_all(connection, "1 hour") > 5
    assert proven(connection, end)
    for (instant,) in connection.execute("SELECT DISTINCT cut_at FROM system_account_snapshot").fetchall():
        assert proven(connection, instant)


def test_an_empty_ledger_is_closed_in_one_go(connection):
    close(connection)
    assert cut_all(connection) == 1
    assert connection.execute("SELECT count(*) FROM system_account_snapshot").fetchone() == (0,)


def test_after_a_restore_into_another_cluster_it_goes_on(connection):
    """Transactions are counted anew there."""
    add_account(connection)
    close(connection)
    connection.execute("UPDATE ledger_close SET horizon = '9000000000'")
    assert cut(connection)[0] == "waiting"
    assert cut(connection)[0] == "cut"


@pytest.fixture
def connection(owner):
    return owner
