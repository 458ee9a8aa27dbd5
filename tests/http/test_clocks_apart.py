"""Transfers, withdrawals, wallets and relatives asked of servers whose clocks are minutes apart: steps, money and the auditor agree."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import os
import random
import uuid

import psycopg
import pytest
from tests.harness.client import Client
from tests.harness.database import Database
from tests.harness.wallets import Place, noon_of_tomorrow
from tests.http.moving_lives import Desks, Life, books, scripts

SEED = int(os.environ.get("YIBAO_FAULTS_SEED", "1"))
ROUNDS = int(os.environ.get("YIBAO_CLOCK_ROUNDS", "1"))  # how often every script is gone through
APART = datetime.timedelta(minutes=5)


@pytest.fixture(scope="module")
def database(own_database, tmp_path_factory):
    return Database(own_database.cluster, "clocks_apart", tmp_path_factory.mktemp("clocks_apart"))


@pytest.fixture
def three(database, servers, contract):
    """One that is right, one that is slow and one that is fast; all of them do background work."""
    noon = datetime.datetime.fromisoformat(noon_of_tomorrow())
    with servers.on(database) as own:
        started = [own({"YIBAO_REACTORS": "1", "YIBAO_TEST_CLOCK": (noon + apart).isoformat()}) for apart in (0 * APART, -APART, APART)]
        clients = [Client(server, contract) for server in started]
        yield started[0], clients
        for client in clients:
            client.close()


def test_each_step_at_another_clock(database, three):
    (right, clients), chance = three, random.Random(SEED)
    with psycopg.connect(database.url, autocommit=True) as sql:
        place = Place(database, right, clients[0], sql)
        desks = Desks(place, place.now().date().isoformat())
        acknowledged = {}
        for _ in range(ROUNDS):
            lives = [Life(script, desks) for script in scripts()]
            before = books(sql)
            while lives:
                life = chance.choice(lives)
                answer = life.due.send(chance.choice(clients), str(uuid.UUID(int=chance.getrandbits(128))))
                assert answer.status_code in (200, 201), (life.due.event, answer.text)
                life.heard(answer.json())
                if life.due is None:
                    acknowledged.update(life.acknowledged)
                    lives.remove(life)
            faults = place.faults()
            assert faults == [], "\n".join(map(str, faults))
            assert before <= books(sql), "lives that began later brought money of their own; none is lost"
        timelines = sql.execute("SELECT object_id::text, array_agg(event ORDER BY seq), array_agg(at ORDER BY seq) FROM state_change"
                                " WHERE object_id = ANY (%s::uuid[]) AND event <> 'take_over' GROUP BY 1", [list(acknowledged)]).fetchall()
    assert {thing: events for thing, events, _ in timelines} == acknowledged
    assert all(at == sorted(at) for _, _, at in timelines), "each thing's steps follow each other in time, whoever was asked"
