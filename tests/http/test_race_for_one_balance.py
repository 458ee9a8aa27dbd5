"""Over HTTP many at once for one balance: charges for its owner and two relatives, a wallet, and the desk that lets it go."""
# SPDX-License-Identifier: Apache-2.0
import collections
import concurrent.futures
import random
import threading

import psycopg
import pytest
from tests.harness import charges, money, moving, transfers, wallets
from tests.harness.client import Client
from tests.harness.database import Database
from tests.harness.wallets import Place, noon_of_tomorrow, opened, plant_member

SESSIONS, EACH, FEN, FITS = 8, 20, 10, 100
MOVES_AFTER = 40  # requests, until the desk lets all of it go


@pytest.fixture(scope="module")
def place(cluster, servers, client_of, tmp_path_factory):
    database = Database(cluster, "race_for_one_balance", tmp_path_factory.mktemp("race"))
    with servers.on(database) as start, psycopg.connect(database.url, autocommit=True) as sql:
        server = start({"YIBAO_TEST_CLOCK": noon_of_tomorrow()})
        sql.execute("UPDATE wallet_rule SET transfers_a_day = 1000")
        yield Place(database, server, client_of(server), sql)


class Race:
    """Whose balance it is, who may use it, and what became of all requests."""

    def __init__(self, place, contract):
        self.place, self.contract, self.lock, self.seen = place, contract, threading.Lock(), collections.Counter()
        self.owner = transfers.somebody(place.api, place.sql, place.operator, place.token, balance_fen=FITS * FEN)
        self.relatives = [place.person() for _ in range(2)]
        for relative in self.relatives:
            plant_member(place.sql, self.owner, relative, way="direct")
        self.far = place.person(pool_code="440100")
        opened(place.api, self.far)
        self.member = plant_member(place.sql, self.owner, self.far)
        self.provider = place.provider("hospital", ["000000"])
        self.reviewers = [place.token("staff", roles=["reviewer"], regions=["000000"]) for _ in range(2)]
        self.transfer_id = None

    def apply(self):
        """As far as the desk that lets it go."""
        self.transfer_id = transfers.applied(self.place.api, self.owner)["transfer_id"]
        for kind in moving.DOCUMENTS:
            moving.hand_in(self.place.sql, self.owner, self.transfer_id, kind)
        self.place.sql.execute("UPDATE document SET created_at = transfer.created_at FROM transfer WHERE object_id = transfer_id")
        for desk, reviewer in zip(("out", "in"), self.reviewers):
            moving.step(self.place.api, self.transfer_id, desk, reviewer)

    def ask(self, api, dice):
        """(who, answer) of one request for the same few fen."""
        who = dice.choice(("owner", "relative", "relative", "wallet"))
        if who == "wallet":
            return who, wallets.send(api, self.owner, self.member, FEN)
        payer = self.owner if who == "owner" else dice.choice(self.relatives)
        return who, charges.charge(api, self.provider, payer.account_id, FEN)

    def run(self, number):
        dice, api = random.Random(number), Client(self.place.server, self.contract)
        for _ in range(EACH):
            who, answer = self.ask(api, dice)
            what = "done" if answer.status_code == 201 else answer.json()["code"]
            with self.lock:
                self.seen[who, what] += 1
        api.close()

    def let_go(self):
        """All that is left, in the middle of it; asked again while a wallet's money may come back."""
        while sum(self.seen.values()) < MOVES_AFTER:
            threading.Event().wait(0.01)
        api = Client(self.place.server, self.contract)
        while (answer := moving.decide(api, self.transfer_id, "out", self.reviewers[0])).status_code != 200:
            assert answer.json()["code"] == "account_has_holds", answer.text
            for (sent,) in self.place.sql.execute("SELECT wallet_transfer_id::text FROM wallet_transfer WHERE state = "
                                                  "'pending'").fetchall():
                wallets.end(api, sent, "accept", self.far)
        api.close()
        return answer.json()["amount_fen"]

    def total(self, what="done"):
        return sum(count for (_, outcome), count in self.seen.items() if outcome == what)


def raced(race, *others):
    with concurrent.futures.ThreadPoolExecutor(SESSIONS + len(others)) as pool:
        sessions = [pool.submit(race.run, number) for number in range(SESSIONS)]
        results = [pool.submit(other) for other in others]
        for session in sessions:
            session.result()
        return [result.result() for result in results]


def left(race):
    return race.place.sql.execute("SELECT current_year_fen + carried_over_fen, held_fen FROM account WHERE account_id = %s",
                                  [race.owner.account_id]).fetchone()


def test_exactly_as_many_as_it_is_enough_for(place, contract):
    race = Race(place, contract)
    raced(race)
    assert race.total() == FITS and race.total("insufficient_balance") == SESSIONS * EACH - FITS, race.seen
    assert {who for who, what in race.seen if what == "done"} == {"owner", "relative", "wallet"}
    assert left(race) == (0, 0)


def test_who_moves_takes_what_is_left_and_nobody_more(place, contract):
    race = Race(place, contract)
    race.apply()
    (moved,) = raced(race, race.let_go)
    ((interest,),) = place.sql.execute("SELECT coalesce(sum(amount_fen), 0) FROM ledger_entry WHERE kind = 'interest' AND person_key = %s",
                                       [money.key_of(race.owner.person_id)]).fetchall()
    assert race.total() * FEN + moved == FITS * FEN + interest, race.seen
    assert left(race) == (0, 0) and race.total() >= MOVES_AFTER // 2
    assert {what for _, what in race.seen} <= {"done", "insufficient_balance", "account_closed", "scheme_cannot_share"}, race.seen


def test_the_books_are_clean(place):
    assert place.faults() == []
