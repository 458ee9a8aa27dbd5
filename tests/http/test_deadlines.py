"""Slow peers are cut off in time, and nobody else waits for them."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import threading
import time

import pytest
from tests.harness.crowd import Crowd
from tests.harness.problems import check_problem
from tests.harness.wire import Closed, Wire, answer_in, get

BAD_CONNECTIONS = 40
SHORT = {
    "YIBAO_HEADER_TIMEOUT_S": "2",
    "YIBAO_BODY_TIMEOUT_S": "2",
    "YIBAO_REQUEST_TIMEOUT_S": "600",  # a reader has its own deadline
    "YIBAO_IDLE_TIMEOUT_S": "3",
}
GENEROUS_S = 25


@pytest.fixture(scope="module")
def impatient(start_server_of_module):
    return start_server_of_module(SHORT)


def slow_header(wire, stop):
    wire.send(b"GET /v1/regions HTTP/1.1\r\nHost: localhost\r\n")
    while not stop.wait(0.3):
        wire.send(b"X-Slow: 1\r\n")


def no_header_end(wire, stop):
    wire.send(b"GET /v1/regions HT")
    stop.wait(GENEROUS_S)


def slow_body(wire, stop, token):
    wire.send(get("/v1/admin/tokens", f"Authorization: Bearer {token}", "Content-Type: application/json",
                  "Content-Length: 60000", method="POST"))  # fmt: skip
    while not stop.wait(0.3):
        wire.send(b" ")


def silent(wire, stop):
    stop.wait(GENEROUS_S)


def idle_after_a_request(wire, stop):
    wire.send(get("/v1/regions/110000"))
    assert wire.receive().status == 200
    stop.wait(GENEROUS_S)


def run_until_closed(server, behave, *arguments):
    """What the server sent before it closed; fails when it never closes."""
    stop = threading.Event()
    with Wire(server, timeout_s=GENEROUS_S) as wire:

        def act():
            try:
                behave(wire, stop, *arguments)
            except (OSError, Closed):
                pass

        actor = threading.Thread(target=act)
        actor.start()
        if behave is idle_after_a_request:
            time.sleep(0.5)  # it reads its own answer first
        data = wire.rest()
        stop.set()
        actor.join()
    return data


@pytest.mark.parametrize("behave", [slow_header, no_header_end, slow_body, silent, idle_after_a_request])
def test_slow_connections_are_closed(impatient, client_of, demo, behave):
    arguments = (demo.admin_token,) if behave is slow_body else ()
    data = run_until_closed(impatient, behave, *arguments)
    if data:
        method, target = ("POST", "/v1/admin/tokens") if behave is slow_body else ("GET", "/v1/regions")
        check_problem(client_of(impatient).checked(method, target, answer_in(data)), 408, "request_timeout")
    assert data or behave is not slow_body, "whoever began to send a body is told why it ended"


def test_a_reader_that_does_not_read_is_closed(impatient, demo):
    """Asks for much and takes nothing: the server may not keep it for ever."""
    request = get("/v1/regions?limit=100")
    with Wire(impatient, timeout_s=GENEROUS_S, receive_buffer_bytes=4096) as wire:
        end = time.monotonic() + GENEROUS_S
        with pytest.raises(OSError):
            while time.monotonic() < end:
                wire.socket.settimeout(1)
                try:
                    wire.send(request * 50)
                except TimeoutError:
                    time.sleep(0.2)
        assert time.monotonic() < end


def test_good_clients_are_served_meanwhile(impatient, demo):
    kinds = [(slow_header,), (no_header_end,), (slow_body, demo.admin_token), (silent,)]

    def behave_badly(number):
        behave, *arguments = kinds[number % len(kinds)]
        with contextlib.suppress(OSError, Closed), Wire(impatient) as wire:
            behave(wire, crowd.stop, *arguments)

    crowd = Crowd(BAD_CONNECTIONS, behave_badly)
    with crowd:
        time.sleep(0.5)
        balance = get(
            f"/v1/accounts/{demo.employee.account_id}/balance", f"Authorization: Bearer {demo.employee.token}"
        )
        for _ in range(200):
            with Wire(impatient, timeout_s=10) as wire:
                wire.send(balance)
                assert wire.receive().status == 200
