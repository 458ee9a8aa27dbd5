"""Hundreds of charges, holds, refunds and wallet transfers race with who takes all of one balance: nobody gets what is not there."""
# SPDX-License-Identifier: Apache-2.0
import collections
import concurrent.futures
import random
import threading

import pytest

from tests.db import charging, sharing, transferring, walleting, withdrawing
from tests.db.charging import add_account, add_provider, change, charge, hold
from tests.db.posting import INSTANT

SESSIONS, ROUNDS, FEN, OPENING_FEN = 6, 70, 10, 2_500
PAID_BEFORE = 60  # charges, until somebody comes to take all


def asked_until_answered(ask, request):
    """The status; who is put off a few times waits."""
    for attempt in range(1000):
        answer = ask(request, wait=attempt > 3)
        if answer != "deferred":
            return answer
    raise AssertionError("put off for ever")


def charge_with(connection, what, request):
    """As the server asks: for one payer, and where there are more, for all of them."""
    status = asked_until_answered(lambda one, wait: getattr(charging, what)(connection, one, wait=wait)[0].status, request)
    if status == "more_payers":
        status = asked_until_answered(lambda one, wait: getattr(sharing, what)(connection, one, wait=wait)[0].status, request)
    return status


def send_with(connection, ask, request):
    return asked_until_answered(lambda one, wait: ask(connection, one, wait=wait)[0]["status"], request)


class Race:
    """One balance, its owner, two relatives who have nothing themselves, one in another province, and who takes it all."""

    def __init__(self, connection, who):
        connection.execute("UPDATE wallet_rule SET transfers_a_day = 1000")
        self.provider, self.who = add_provider(connection), who
        self.account = add_account(connection, OPENING_FEN - 700, 700)
        if who == "move_out":
            self.asked = transferring.bring(connection, transferring.apply(connection, account=self.account), "out_review", INSTANT)
        else:
            transferring.enrol(connection, self.account, retired_on="2020-01-01")
            self.asked = withdrawing.reviewed(connection, self.account, reason="resettled_retiree")
        self.relatives = [add_account(connection, 0) for _ in range(2)]
        for place, relative in enumerate(self.relatives):
            sharing.share(connection, self.account, relative, since=place)
        self.far = walleting.person(connection, pool_code="440100")
        walleting.wallet_of(connection, self.far)
        self.member = walleting.member(connection, self.account, self.far)
        self.lock, self.begun, self.seen, self.taken = threading.Lock(), threading.Event(), collections.Counter(), 0

    def note(self, what, status, fen=0):
        with self.lock:
            self.seen[what, status] += 1
            self.taken += fen
            if self.seen["charge", "created"] >= PAID_BEFORE:
                self.begun.set()

    def pay(self, connection, dice):
        """By the owner or a relative; now and then it is given back."""
        one = charge(dice.choice((self.account, *self.relatives)), self.provider, FEN)
        status = charge_with(connection, "create", one)
        self.note("charge", status, FEN if status == "created" else 0)
        if status == "created" and dice.random() < 0.2:
            status = charge_with(connection, "refund", change(one, after=charging.hours(0)))
            self.note("refund", status, -FEN if status == "created" else 0)

    def keep(self, connection, dice):
        """Held, and then captured or voided, before anybody could take all."""
        one = hold(dice.choice((self.account, *self.relatives)), self.provider, FEN)
        status = charge_with(connection, "create", one)
        self.note("hold", status)
        if status == "created":
            what = dice.choice(("capture", "void"))
            status = charge_with(connection, what, change(one, after=charging.hours(0)))
            assert status in ("captured", "voided"), status
            self.note(what, status, FEN if what == "capture" else 0)

    def send(self, connection, dice):
        """To the wallet, and accepted, declined or taken back."""
        one = walleting.send(self.account, self.member, FEN, instant=INSTANT)
        status = send_with(connection, walleting.create, one)
        self.note("send", status)
        if status == "created":
            event = dice.choice(("accept", "accept", "decline", "cancel"))
            ended = walleting.end(one, self.account if event == "cancel" else self.far, instant=INSTANT)
            assert send_with(connection, lambda *asked, **how: walleting.finish(asked[0], event, *asked[1:], **how), ended) == "done"
            self.note(event, "done", FEN if event == "accept" else 0)

    def take_all(self, connection):
        """Again and again while somebody holds some of it; what was taken, fen."""
        while True:
            if self.who == "move_out":
                answer = transferring.decide(connection, transferring.Decision(self.asked, "out", instant=INSTANT), waits=True)[0]
                gone = transferring.row(connection, self.asked)["amount_fen"]
            else:
                step = withdrawing.Step(self.asked, "approve", actor=withdrawing.SECOND)
                answer = withdrawing.take(connection, step)[0]
                gone = withdrawing.row(connection, self.asked, "amount_fen")[0]
            self.note(self.who, answer[0], gone or 0)
            if answer[0] not in ("account_has_holds", "deferred"):
                return answer[0]


@pytest.mark.parametrize("who", ["move_out", "approve"])
def test_what_was_taken_is_what_was_there(cluster, migrated, superuser, who):
    race, barrier = Race(superuser, who), threading.Barrier(SESSIONS + 1)

    def run(number):
        dice = random.Random(f"{who} {number}")
        with cluster.connect(migrated.database) as connection:
            connection.execute("SET lock_timeout = '30s'")
            barrier.wait()
            try:
                for _ in range(ROUNDS):
                    dice.choice((race.pay, race.pay, race.pay, race.keep, race.send))(connection, dice)
            except BaseException:
                race.begun.set()  # or who takes all would wait for ever
                raise

    def take_all():
        with cluster.connect(migrated.database) as connection:
            connection.execute("SET lock_timeout = '30s'")
            barrier.wait()
            race.begun.wait()
            return race.take_all(connection)

    with concurrent.futures.ThreadPoolExecutor(SESSIONS + 1) as pool:
        sessions = [pool.submit(run, number) for number in range(SESSIONS)]
        assert pool.submit(take_all).result() in ("done", "nothing_to_withdraw"), race.seen
        for session in sessions:
            session.result()
    left, held, interest = superuser.execute(
        "SELECT current_year_fen + carried_over_fen, held_fen, (SELECT coalesce(sum(amount_fen), 0) FROM ledger_entry"
        " WHERE ledger_entry.account_id = account.account_id AND kind = 'interest') FROM account WHERE account_id = %s",
        [race.account.account_id]).fetchone()
    assert (race.taken + left, held) == (OPENING_FEN + interest, 0), race.seen
    assert left == 0 or who == "approve", "only an account that stays open got anything back"
    assert race.seen["charge", "created"] >= PAID_BEFORE and race.seen["send", "created"] and race.seen["hold", "created"], race.seen
    superuser.execute("SELECT pg_stat_force_next_flush()")
    assert superuser.execute("SELECT sum(deadlocks) FROM pg_stat_database").fetchone() == (0,)
    audited = migrated.run("audit")
    assert audited.returncode == 0, audited.stdout[-3000:]
