"""Everybody changes many accounts at once, in whatever order they come: nobody waits in a ring, and the money is all there."""
# SPDX-License-Identifier: Apache-2.0
import collections
import concurrent.futures
import random
import threading

import pytest

from tests.db.charging import (
    add_account, add_provider, call, capture, change, charge, create, expire, hold, hours, refund, void)
from tests.db.posting import Entry, debit, post

SESSIONS = 6
ROUNDS = 25
ACCOUNTS = 24
POOLS = ("620500", "330600", "350200")
OPENING_FEN = 50_000


class Crowd:
    """What the sessions share: few accounts, institutions that have no system account yet, keys and numbers used by several."""

    def __init__(self, connection):
        self.accounts = [add_account(connection, OPENING_FEN, pool_code=POOLS[n % 3]) for n in range(ACCOUNTS)]
        self.providers = [add_provider(connection, ("000000",)) for _ in range(40)]
        self.made, self.seen, self.lock = [], collections.Counter(), threading.Lock()

    def note(self, kind, requests, answers):
        with self.lock:
            self.seen.update((kind, answer.status) for answer in answers)
            if kind == "charge":
                self.made += [one for one, answer in zip(requests, answers) if answer.status == "created" and not answer.is_replayed]

    def some_made(self, dice, count):
        with self.lock:
            return dice.sample(self.made, min(count, len(self.made)))


def charge_many(crowd, dice, connection, number):
    accounts = [dice.choice(crowd.accounts) for _ in range(dice.randint(1, 20))]
    dice.shuffle(accounts)
    asked = [dice.choice((charge, hold))(account, dice.choice(crowd.providers), dice.randint(1, 90)) for account in accounts]
    asked[0].key, asked[0].charge_no = f"shared key {dice.randint(1, 8)}", f"shared {dice.randint(1, 8)}"
    crowd.note("charge", asked, create(connection, *asked))


def charge_one(crowd, dice, connection, number):
    """As whoever was put off too often."""
    asked = [charge(dice.choice(crowd.accounts), dice.choice(crowd.providers), 5)]
    crowd.note("charge", asked, create(connection, *asked, wait=True))


def change_many(crowd, dice, connection, number):
    act, name = dice.choice(((capture, "capture"), (void, "void"), (refund, "refund")))
    asked = [change(one, dice.randint(1, one.amount_fen) if act is not void else None) for one in crowd.some_made(dice, 15)]
    if asked:
        crowd.note(name, asked, act(connection, *asked))


def adjust_many(crowd, dice, connection, number):
    """As an import does: its accounts locked for as long as the transaction takes, and put back as they were."""
    accounts = dice.sample(crowd.accounts, dice.randint(2, 8))
    with connection.transaction():
        connection.execute("SELECT FROM account_lock(%s::bigint[], %s::uuid[], true)",
                           [[one.person_key for one in accounts], [one.account_id for one in accounts]])
        posted = post(connection, [entry for one in accounts for entry in (Entry(one, 9), debit(one, 9))])
    assert {row[0] for row in posted} == {"posted"}


def sweep(crowd, dice, connection, number):
    with crowd.lock:
        instant = max((one.instant for one in crowd.made), default=None)
    if instant is not None and number % 5 == 0:
        expire(connection, instant + hours(30), row_limit=5)


def run(cluster, database, crowd, barrier, seed):
    dice = random.Random(seed)
    acts = (charge_many, charge_many, charge_one, change_many, adjust_many, sweep)
    with cluster.connect(database, "owner") as connection:
        connection.execute("SET lock_timeout = '30s'")
        barrier.wait()
        for number in range(ROUNDS):
            dice.choice(acts)(crowd, dice, connection, number)


@pytest.mark.parametrize("seed", [1, 2])
def test_nobody_waits_in_a_ring(cluster, migrated, owner, superuser, seed):
    crowd, barrier = Crowd(owner), threading.Barrier(SESSIONS)
    with concurrent.futures.ThreadPoolExecutor(SESSIONS) as pool:
        sessions = [pool.submit(run, cluster, migrated.database, crowd, barrier, f"{seed}.{n}") for n in range(SESSIONS)]
        for session in sessions:
            session.result()  # an error of any, a deadlock among them, is the test's
    superuser.execute("SELECT pg_stat_force_next_flush()")
    assert superuser.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").fetchone() == (0,)
    assert crowd.seen["charge", "created"] > ROUNDS and crowd.seen["charge", "deferred"] > 0, crowd.seen
    for account in crowd.accounts:
        current, carried, held, taken, given, open_fen = owner.execute(
            "SELECT current_year_fen, carried_over_fen, held_fen,"
            " (SELECT coalesce(sum(captured_fen), 0) FROM charge WHERE charge.account_id = account.account_id),"
            " (SELECT coalesce(sum(refunded_fen), 0) FROM charge WHERE charge.account_id = account.account_id),"
            " (SELECT coalesce(sum(amount_fen), 0) FROM charge WHERE charge.account_id = account.account_id AND state = 'held')"
            " FROM account WHERE account_id = %s", [account.account_id]).fetchone()
        assert (current + carried, held) == (OPENING_FEN - taken + given, open_fen)
    keys = [key for (key,) in owner.execute("SELECT key FROM idempotency_key WHERE object_id IS NOT NULL").fetchall()]
    charges = owner.execute("SELECT count(*), count(DISTINCT (provider_id, charge_no)) FROM charge").fetchone()
    assert charges[0] == charges[1] and len(keys) >= charges[0]


def test_whoever_shares_keys_and_numbers_is_served_one_after_the_other(cluster, migrated, owner):
    """Several sessions ask the same batch in opposite orders, again and again until all of it is answered: once each."""
    providers = [add_provider(owner, ("000000",)) for _ in range(3)]
    accounts = [add_account(owner, pool_code=POOLS[n % 3]) for n in range(30)]
    asked = [charge(account, providers[n % 3]) for n, account in enumerate(accounts)]
    barrier = threading.Barrier(4)

    def ask_all(order):
        with cluster.connect(migrated.database, "owner") as connection:
            barrier.wait()
            waiting, statuses = order, []
            while waiting:
                answers = call(connection, "charge_create", waiting)
                statuses += [answer.status for answer in answers if answer.status not in ("deferred", "request_in_progress")]
                waiting = [one for one, answer in zip(waiting, answers) if answer.status in ("deferred", "request_in_progress")]
            return statuses

    orders = [asked, asked[::-1], asked[15:] + asked[:15], asked[::2] + asked[1::2]]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for statuses in pool.map(ask_all, orders):
            assert statuses == ["created"] * 30
    assert owner.execute("SELECT count(*) FROM charge").fetchone() == (30,)
