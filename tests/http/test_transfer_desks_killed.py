"""Transfers decided about while the server is killed with SIGKILL again and again, in every state: nothing is lost or done twice, I8 holds.

YIBAO_TRANSFER_KILLS says how often (5), YIBAO_FAULTS_SEED which run.
"""
# SPDX-License-Identifier: Apache-2.0
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
from tests.db.transferring import apply
from tests.harness.client import Client
from tests.harness.database import BINARY, Database
from tests.harness.people import Principal

KILLS = int(os.environ.get("YIBAO_TRANSFER_KILLS", "5"))
SEED = int(os.environ.get("YIBAO_FAULTS_SEED", "1"))
PEOPLE, TOTAL_FEN = 12 * KILLS, 12 * KILLS * 5700
PATIENCE_S = 120
EVENTS = [("out", "check_out"), ("in", "check_in"), ("out", "move_out"), ("in", "take_in")]


@pytest.fixture(scope="module")
def database(own_database, tmp_path_factory):
    return Database(own_database.cluster, "transfers", tmp_path_factory.mktemp("transfers"))


@pytest.fixture
def start(database, servers):
    with servers.on(database) as own:
        yield own


class Desks:
    """Both desks of many transfers, and the server that is there for the moment."""

    def __init__(self, database, contract, server, chance):
        self.contract, self.server, self.chance = contract, server, chance
        self.acknowledged, self.unknown, self.failures = {}, 0, []
        self.over = threading.Event()
        client = Client(server, contract)
        self.reviewers = {desk: self.token(client, database, region) for desk, region in (("out", "620500"), ("in", "440100"))}
        client.close()

    @staticmethod
    def token(client, database, region):
        body = {"kind": "staff", "label": "desk", "roles": ["reviewer"], "regions": [region]}
        made = client.post("/v1/admin/tokens", by=database.demo.admin, json=body).json()
        return Principal(made["token"], "staff", subject_id=made["subject_id"])

    def decide(self, transfer_id, desk, decision):
        """Asks with one key until there is an answer, whoever has died meanwhile."""
        key, body = str(uuid.UUID(int=self.chance.getrandbits(128))), {"desk": desk, "decision": decision}
        if decision == "refuse":
            body.update(reason_code="not_enrolled", note="查无参保记录")
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            client = Client(self.server, self.contract)
            try:
                answer = client.post(f"/v1/transfers/{transfer_id}/decisions", by=self.reviewers[desk], json=body,
                                     headers={"Idempotency-Key": key})
            except httpx.TransportError:
                self.unknown += 1
                time.sleep(0.02)
                continue
            finally:
                client.close()
            if answer.status_code == 503 or answer.json().get("code") == "request_in_progress":
                time.sleep(0.02)
                continue
            return answer
        raise AssertionError("no answer")

    def move(self, transfer_id):
        """From application to its end: completed, or refused at a step that chance names."""
        refused_at = self.chance.choice([None, None, 0, 1, 2, 3])
        done = self.acknowledged[transfer_id] = []
        for place, (desk, event) in enumerate(EVENTS):
            decision = "refuse" if place == refused_at else "approve"
            answer = self.decide(transfer_id, desk, decision)
            assert answer.status_code == 200, answer.text
            done.append(answer.json()["event"])
            assert done[-1] == ("refuse" if decision == "refuse" else event)
            if decision == "refuse":
                return

    def work(self, transfer_ids):
        try:
            for transfer_id in transfer_ids:
                self.move(transfer_id)
        except Exception as problem:  # a thread's failure is the test's
            self.failures.append(problem)


def ask(database, sql, *values):
    with psycopg.connect(database.url, autocommit=True) as connection:
        return connection.execute(sql, values).fetchall()


def faults_of(database):
    report = subprocess.run([BINARY, "audit", "--json"], env=database.environment, capture_output=True, text=True, timeout=300)
    return [fault for fault in json.loads(report.stdout)["faults"] if fault["check"][:3] in ("010", "020", "030", "040", "160", "162", "164")]


def test_killed_in_every_state(database, start, contract):
    chance = random.Random(SEED)
    with psycopg.connect(database.url, autocommit=True) as connection:
        ids = [str(apply(connection, pending_since=chance.choice([None, "2026-01-01"])).transfer_id) for _ in range(PEOPLE)]
    desks = Desks(database, contract, start(), chance)
    threads = [threading.Thread(target=desks.work, args=(ids[i::4],)) for i in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.05, 0.6))
        desks.server.signal(signal.SIGKILL)
        desks.server.process.wait()
        start.started.remove(desks.server)
        assert faults_of(database) == [], "as the kill has left it"
        desks.server = start()
    for thread in threads:
        thread.join(PATIENCE_S * 2)
    assert desks.unknown > 0, "a run in which nothing was in flight proves nothing"
    assert desks.failures == [] and not any(thread.is_alive() for thread in threads)
    steps = ask(database, "SELECT object_id::text, array_agg(event ORDER BY seq) FROM state_change WHERE event <> 'submit'"
                          " AND object_id = ANY (%s::uuid[]) GROUP BY object_id", ids)
    assert dict(steps) == desks.acknowledged, "each decision that was acknowledged is there once, and nothing else"
    states = {state for (state,) in ask(database, "SELECT DISTINCT state FROM transfer WHERE transfer_id = ANY (%s::uuid[])", ids)}
    assert states <= {"completed", "rejected"}
    ((kept,),) = ask(database, "SELECT sum(current_year_fen + carried_over_fen) FROM account WHERE person_key IN"
                               " (SELECT person_key FROM transfer WHERE transfer_id = ANY (%s::uuid[]))", ids)
    assert kept >= TOTAL_FEN, "and what interest came to"
    ((interest,),) = ask(database, "SELECT coalesce(sum(amount_fen), 0) FROM ledger_entry WHERE kind = 'interest' AND person_key IN"
                                   " (SELECT person_key FROM transfer WHERE transfer_id = ANY (%s::uuid[]))", ids)
    assert kept == TOTAL_FEN + interest and faults_of(database) == []
