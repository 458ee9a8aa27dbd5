"""SIGTERM under load: every request that was sent is answered, and a successor on the same port takes over unseen."""
# SPDX-License-Identifier: Apache-2.0
import collections
import threading
import time

import pytest
from tests.harness.crowd import Crowd
from tests.harness.wire import Closed, Wire, get

THREADS = 6
REQUEST = get("/v1/regions/110000", "Connection: close")


class Load(Crowd):
    """Threads that make a new connection for each request and count how each ended."""

    def __init__(self, server, request=REQUEST):
        super().__init__(THREADS, self.ask)
        self.server = server
        self.request = request
        self.seen = collections.Counter()
        self.failures = []
        self.lock = threading.Lock()

    def outcome(self):
        try:
            wire = Wire(self.server)
        except ConnectionRefusedError:
            return "refused", None
        except OSError as error:
            return "failed", f"connect: {error!r}"
        with wire:
            try:
                wire.send(self.request)
                return wire.receive().status, None
            except (OSError, Closed) as error:
                return "failed", repr(error)

    def ask(self, _):
        kind, why = self.outcome()
        with self.lock:
            self.seen[kind] += 1
            if why:
                self.failures.append(why)
        if kind == "refused":
            time.sleep(0.01)

    def wait_for_answers(self, count):
        end = time.monotonic() + 30
        target = self.seen[200] + count
        while self.seen[200] < target:
            assert time.monotonic() < end, self.seen
            time.sleep(0.01)


def private_request(demo):
    path = f"/v1/accounts/{demo.employee.account_id}/balance"
    return get(path, f"Authorization: Bearer {demo.employee.token}", "Connection: close")


@pytest.mark.parametrize("repetition", range(3))
def test_no_request_is_lost(start_server, demo, repetition):
    server = start_server()
    with Load(server, private_request(demo)) as load:
        load.wait_for_answers(200)
        assert server.stop() == 0
    assert load.failures == []
    assert set(load.seen) <= {200, "refused"}


def test_kept_connections_are_closed_politely(start_server):
    """A kept connection learns of the stop from an answer or an orderly close, never from a reset in mid-request."""
    server = start_server()
    with Wire(server) as idle, Wire(server) as busy:
        for wire in (idle, busy):
            wire.send(get("/v1/regions/110000"))
            assert wire.receive().status == 200
        busy.send(b"GET /v1/regions/620500 HTTP/1.1\r\n")
        time.sleep(0.2)
        server.signal()
        time.sleep(0.2)
        busy.send(b"Host: localhost\r\n\r\n")
        answer = busy.receive()
        assert answer.status == 200
        assert answer.headers.get("connection", "").lower() == "close"
        assert busy.is_closed_by_server() and idle.is_closed_by_server()
    assert server.wait_end() == 0


def test_a_successor_on_the_same_port_takes_over(start_server, demo):
    first = start_server()
    with Load(first, private_request(demo)) as load:
        load.wait_for_answers(100)
        second = start_server(port=first.port)
        load.wait_for_answers(100)
        assert first.stop() == 0
        load.wait_for_answers(200)
    assert load.failures == []
    assert set(load.seen) == {200}
    assert second.process.poll() is None


def test_a_second_signal_does_no_harm(start_server):
    server = start_server()
    server.signal()
    server.signal()
    assert server.wait_end() == 0
