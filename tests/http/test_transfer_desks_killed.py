"""Transfers, withdrawals, wallets and relatives while the server is killed with SIGKILL again and again, in every state: I8 holds.

YIBAO_TRANSFER_KILLS says how often (5), YIBAO_FAULTS_SEED which run, YIBAO_TRANSFER_FIGURES where to write what was counted.
"""
# SPDX-License-Identifier: Apache-2.0
import collections
import datetime
import json
import os
import random
import signal
import subprocess
import threading
import time
import uuid

import httpx
import psycopg
import pytest
from tests.harness import money
from tests.harness.client import Client
from tests.harness.database import BINARY, Database
from tests.harness.server import wait_until
from tests.harness.wallets import Place, noon_of_tomorrow
from tests.http.moving_lives import Desks, Life, books, scripts

KILLS = int(os.environ.get("YIBAO_TRANSFER_KILLS", "5"))
SEED = int(os.environ.get("YIBAO_FAULTS_SEED", "1"))
FIGURES = os.environ.get("YIBAO_TRANSFER_FIGURES")
MACHINES = ["transfer", "transfer_payout", "withdrawal", "wallet_transfer", "family_member"]
PATIENCE_S = 240
NOW_IN = ("SELECT DISTINCT ON (object_id) machine, to_state, object_id FROM state_change WHERE machine = ANY (%s)"
          " ORDER BY object_id, seq DESC")


@pytest.fixture(scope="module")
def database(own_database, tmp_path_factory):
    return Database(own_database.cluster, "transfers", tmp_path_factory.mktemp("transfers"))


@pytest.fixture
def start(database, servers):
    """Each server's clock goes on where that of the one before it was, from noon."""
    noon, begin = datetime.datetime.fromisoformat(noon_of_tomorrow()), time.monotonic()
    with servers.on(database) as own:
        yield lambda: own({"YIBAO_REACTORS": "1", "YIBAO_TEST_CLOCK": (
            noon + datetime.timedelta(seconds=time.monotonic() - begin)).isoformat()}), own


class Storm:
    """Lives that go on whoever has died meanwhile, and the server that is there for the moment."""

    def __init__(self, contract, server, chance):
        self.contract, self.server, self.chance = contract, server, chance
        self.lock = threading.Lock()
        self.requests, self.unknown, self.interrupted, self.failures = 0, 0, collections.Counter(), []

    def ask(self, life):
        """With one key until there is an answer."""
        key, end = str(uuid.UUID(int=self.chance.getrandbits(128))), time.monotonic() + PATIENCE_S
        self.requests += 1
        while time.monotonic() < end:
            client = Client(self.server, self.contract)
            try:
                answer = life.due.send(client, key)
            except httpx.TransportError as lost:
                if not isinstance(lost, httpx.ConnectError):
                    self.unknown += 1
                    self.interrupted[life.due.event] += 1
                time.sleep(0.02)
                continue
            finally:
                client.close()
            if answer.status_code != 503 and answer.json().get("code") != "request_in_progress":
                assert answer.status_code in (200, 201), answer.text
                return answer.json()
            time.sleep(0.02)
        raise AssertionError("no answer")

    def work(self, lives):
        """The next step of any of them, until all are over."""
        try:
            while lives:
                life = self.chance.choice(lives)
                answer = self.ask(life)
                with self.lock:
                    life.heard(answer)
                lives[:] = [one for one in lives if one.due]
        except Exception as problem:  # a thread's failure is the test's
            self.failures.append(problem)


def faults_of(database):
    report = subprocess.run([BINARY, "audit", "--json"], env=database.environment, capture_output=True, text=True, timeout=300)
    return json.loads(report.stdout)["faults"]


def states(sql):
    """(machine, state) of everything there is."""
    return collections.Counter((machine, state) for machine, state, _ in sql.execute(NOW_IN, [MACHINES]).fetchall())


def on_the_way(sql):
    """States that something leads out of."""
    return set(sql.execute("SELECT machine, state FROM state_step WHERE state <> '' AND machine = ANY (%s)", [MACHINES]).fetchall())


def kill(database, storm, start, started):
    storm.server.signal(signal.SIGKILL)
    storm.server.process.wait()
    started.remove(storm.server)
    assert faults_of(database) == [], "as the kill has left it"
    storm.server = start()


def prepare(place, storm):
    """Lives: of each script one that stands before its last step, and others that begin."""
    desks = Desks(place, place.now().astimezone(money.CHINA).date().isoformat())
    known = scripts()
    lives = [Life(script, desks) for script in known]
    for life in lives:
        while not life.due.is_last and life.due.event not in ("create", "invite") or not life.acknowledged:
            life.heard(storm.ask(life))
            if life.due is None:
                break
    lives += [Life(storm.chance.choice(known), desks) for _ in range(8 * KILLS)]
    return lives


def test_killed_in_every_state(database, start, contract):
    (start, own), chance = start, random.Random(SEED)
    server = start()
    with psycopg.connect(database.url, autocommit=True) as sql, psycopg.connect(database.url, autocommit=True) as lives_sql:
        storm, api = Storm(contract, server, chance), Client(server, contract)
        place = Place(database, server, api, lives_sql)
        lives = prepare(place, storm)
        before, seen = books(sql), states(sql)
        assert on_the_way(sql) <= set(seen), "there is something in every state"
        threads = [threading.Thread(target=storm.work, args=([one for one in lives[i::4] if one.due],), daemon=True) for i in range(4)]
        for thread in threads:
            thread.start()
        kills = 0
        while kills < KILLS:
            time.sleep(chance.uniform(0.05, 0.6))
            kill(database, storm, start, own.started)
            kills += 1
            seen += states(sql)
        for thread in threads:
            thread.join(PATIENCE_S * 2)
        assert not any(thread.is_alive() for thread in threads)
        assert [str(one)[-600:] for one in storm.failures] == []
        assert storm.unknown > 0, "a run in which nothing was in flight proves nothing"
        api.close()
        end_the_rest(database, storm, place, start, own.started, sql)
        check(database, lives, sql, before)
        told = {"kills": kills + 1, "requests": storm.requests, "unknown": storm.unknown, "lives": len(lives),
                "interrupted": dict(storm.interrupted)}
        if FIGURES:
            with open(FIGURES, "a", encoding="utf-8") as file:
                file.write(json.dumps(told) + "\n")


def end_the_rest(database, storm, place, start, started, sql):
    """What nobody answers: it ends by itself at its time, and the server is killed while it does."""
    place.api, place.server = Client(storm.server, storm.contract), storm.server
    later = place.now() + datetime.timedelta(days=32)
    place.move(later)
    kill(database, storm, start, started)
    place.api = Client(storm.server, storm.contract)
    if place.now() < later:
        place.move(later)
    wait_until(lambda: not {("wallet_transfer", "pending"), ("family_member", "invited")} & set(states(sql)), "the sweeps")
    place.api.close()


def check(database, lives, sql, before):
    """Each step that was acknowledged is there once, and nothing else; the money is all there."""
    acknowledged = {thing: events for life in lives for thing, events in life.acknowledged.items()}
    found = dict(sql.execute(
        "SELECT object_id::text, array_agg(event ORDER BY seq) FROM state_change WHERE machine = ANY (%s) AND event <> 'take_over'"
        " GROUP BY object_id", [MACHINES]).fetchall())
    system = {"create": "return", "invite": "expire"}
    for thing, events in acknowledged.items():
        expected = events + [system[events[0]]] if len(events) == 1 and events[0] in system else events
        assert found.get(thing) == expected, thing
    assert books(sql) == before and faults_of(database) == []
