"""Slow cryptography: clients that leave, deadlines and a stop while a PIN is being verified; nothing is lost or left behind."""
# SPDX-License-Identifier: Apache-2.0
import re
import socket
import struct
import urllib.request

import pytest
from tests.harness import entering
from tests.harness.pins import Pins
from tests.harness.server import wait_until
from tests.harness.wire import Wire, get

PIN = "739204"
COST = 15  # today's: some 60 ms each on a core of its own
CALLERS = 40
PATIENT = {"YIBAO_REQUEST_TIMEOUT_S": "300", "YIBAO_STOP_TIMEOUT_S": "300"}


@pytest.fixture(scope="module")
def request_bytes(api, connect, main_database, new_token):
    """Calls of a few people, each from another phone and verified slowly. So many at once from strangers to one number
    would be refused by the count."""
    hotline = new_token("client", client_kind="hotline")
    operator = new_token("staff", roles=["operator"], regions=["000000"])
    people = [entering.new_person() for _ in range(12)]
    with connect() as connection:
        pins = Pins(connection, main_database.environment["YIBAO_MASTER_KEY_FILE"])
        for person in people:
            pins.set(api.post(entering.PEOPLE, by=operator, json=person).json()["person_id"], PIN, COST)

    def make(caller):
        number = people[caller % len(people)]["citizen_number"]
        return get("/v1/hotline/balance", f"Authorization: Bearer {hotline.token}",
                   f"Caller-Number: {number}", f"Caller-Pin: {PIN}", f"Caller-Phone: {13600000000 + caller}")

    return make


@pytest.fixture()
def start_slow(start_server):
    return lambda **settings: start_server({"YIBAO_CRYPTO_THREADS": "1", "YIBAO_REACTORS": "2", **settings})


def metric(server, name):
    with urllib.request.urlopen(f"{server.ops_url}/metrics", timeout=30) as response:
        text = response.read().decode()
    return int(re.search(rf"^{re.escape(name)} (\d+)$", text, re.M)[1])


def waiting(server):
    return metric(server, "yibaod_crypto_waiting_jobs")


def call_all(server, request_bytes, callers=CALLERS):
    wires = [Wire(server, timeout_s=300) for _ in range(callers)]
    for caller, wire in enumerate(wires):
        wire.send(request_bytes(caller))
    return wires


def call_alone(server, request_bytes):
    with Wire(server, timeout_s=300) as wire:
        wire.send(request_bytes(0))
        return wire.receive().status


def test_clients_that_leave(start_slow, request_bytes):
    server = start_slow(**PATIENT)
    wires = call_all(server, request_bytes)
    wait_until(lambda: waiting(server) > 2, "work that waits")
    for wire in wires:
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        wire.socket.close()
    wait_until(lambda: waiting(server) == 0, "the end of the work")
    wait_until(lambda: metric(server, "yibaod_http_connections") == 0, "the end of the connections")
    assert call_alone(server, request_bytes) == 200
    assert server.stop() == 0


def test_a_deadline_withdraws_what_waits(start_slow, request_bytes):
    server = start_slow(YIBAO_REQUEST_TIMEOUT_S="1")
    wires = call_all(server, request_bytes)
    answers = [wire.receive() for wire in wires]
    assert {answer.status for answer in answers} <= {200, 503}
    codes = {answer.json()["code"] for answer in answers if answer.status == 503}
    # Who was at the last statement, which counts the attempt, when the second was over is told that it may have run.
    assert "deadline_exceeded" in codes and codes <= {"deadline_exceeded", "outcome_unknown"}
    assert metric(server, 'yibaod_crypto_jobs_total{result="withdrawn"}') > 0
    wait_until(lambda: waiting(server) == 0, "an empty queue")
    wait_until(lambda: call_alone(server, request_bytes) == 200, "an answer in time")
    assert server.stop() == 0


def test_a_stop_waits_for_the_work(start_slow, request_bytes):
    server = start_slow(**PATIENT)
    wires = call_all(server, request_bytes)
    wait_until(lambda: waiting(server) > 2, "work that waits")
    server.signal()
    assert [wire.receive().status for wire in wires] == [200] * CALLERS
    assert server.stop() == 0


def test_a_stop_that_takes_too_long_leaves_the_rest(start_slow, request_bytes):
    server = start_slow(YIBAO_STOP_TIMEOUT_S="1")
    wires = call_all(server, request_bytes)
    wait_until(lambda: waiting(server) > 2, "work that waits")
    assert server.stop() == 0
    for wire in wires:
        wire.socket.close()


def test_a_full_queue_says_when_to_come_back(start_slow, request_bytes):
    server = start_slow(**PATIENT)
    answers = [wire.receive() for wire in call_all(server, request_bytes, 150)]
    refused = [answer for answer in answers if answer.status != 200]
    assert refused, "150 at once fit into a queue of 64"
    for answer in refused:
        assert (answer.status, answer.json()["code"], answer.headers["retry-after"]) == (503, "overloaded", "1")
    assert metric(server, 'yibaod_crypto_jobs_total{result="refused"}') == len(refused)
    assert call_alone(server, request_bytes) == 200
