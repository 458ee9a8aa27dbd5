"""Clients that leave at every stage, with a reset or politely, leave nothing behind; refused requests may bring bodies."""
# SPDX-License-Identifier: Apache-2.0
import json
import socket
import struct
import threading
import time

import pytest
from tests.harness.server import wait_until
from tests.harness.wire import Wire, get
from tests.http.lanes import Stand

CLIENTS = 100
REGION = get("/v1/regions/620500")


@pytest.fixture(scope="module")
def stand(own_database, tmp_path_factory):
    short = {"YIBAO_HEADER_TIMEOUT_S": "2", "YIBAO_BODY_TIMEOUT_S": "2"}
    with Stand(own_database, tmp_path_factory.mktemp("leaving") / "server.log", **short) as stand:
        yield stand


def reset(wire):
    wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wire.socket.close()


def half_close(wire):
    wire.socket.shutdown(socket.SHUT_WR)
    wire.socket.close()


def post(stand, body, length=None, *lines):
    head = get("/v1/admin/tokens", f"Authorization: Bearer {stand.demo.admin_token}", "Content-Type: application/json",
               f"Content-Length: {len(body) if length is None else length}", *lines, method="POST")  # fmt: skip
    return head + body


def token_body(label):
    return {"kind": "staff", "label": label, "roles": ["auditor"], "regions": ["620500"]}


def bytes_of_stages(stand):
    employee = stand.demo.employee
    bearer = f"Authorization: Bearer {employee.token}"
    balance = get(f"/v1/accounts/{employee.account_id}/balance", bearer)
    token = json.dumps(token_body("leaving")).encode()
    return {
        "connected": b"",
        "half a request line": b"GET /v1/reg",
        "half a header": b"GET /v1/regions/620500 HTTP/1.1\r\nHost: loc",
        "header without its body": post(stand, b"", 40),
        "half a body": post(stand, b'{"kind": "cl', 40),
        "expecting 100": post(stand, b"", 40, "Expect: 100-continue"),
        "half a chunk": get("/v1/admin/tokens", bearer, "Transfer-Encoding: chunked", method="POST") + b"10\r\nabc",
        "waiting for its token": get("/v1/me", f"Authorization: Bearer {stand.demo.staff('auditor').token}"),
        "waiting for rows": balance,
        "waiting for a list": get(f"/v1/accounts/{employee.account_id}/entries", bearer),
        "waiting for a write": post(stand, token),
        "many on one connection": balance * 5 + REGION * 5 + get("/v1/nothing") + b"GET /v1",
        "refused with a body": get("/v1/regions", "Content-Length: 10", method="POST") + b"01234",
        "refused by the guard": get("/v1/regions", "Content-Length: 1", "Content-Length: 2") + b"0",
    }


STAGES = [
    "connected", "half a request line", "half a header", "header without its body", "half a body", "expecting 100",
    "half a chunk", "waiting for its token", "waiting for rows", "waiting for a list", "waiting for a write",
    "many on one connection", "refused with a body", "refused by the guard",
]  # fmt: skip


def wait_until_quiet(stand):
    seen = []

    def is_quiet():
        gauges = ("yibaod_http_connections", "yibaod_lane_waiting_requests", "yibaod_lane_in_flight_requests")
        seen[:] = [stand.metric(gauge) for gauge in gauges]
        return seen == [0, 0, 0]

    try:
        wait_until(is_quiet, "no connection and no request to be left")
    except AssertionError as error:
        raise AssertionError(f"{error}; left: {seen}") from None


@pytest.mark.parametrize("leave", [reset, half_close])
@pytest.mark.parametrize("locked_s", [0, 0.4], ids=["at once", "while PostgreSQL waits"])
@pytest.mark.parametrize("stage", STAGES)
def test_leaving(stand, stage, locked_s, leave):
    data = bytes_of_stages(stand)[stage]
    with stand.sql() as connection, connection.transaction():
        if locked_s:
            connection.execute("LOCK TABLE account, region, token, audit_event IN ACCESS EXCLUSIVE MODE")
        wires = [Wire(stand.server) for _ in range(CLIENTS)]
        for number, wire in enumerate(wires):
            if data:
                wire.send(data)
            if number % 2:
                leave(wire)
        time.sleep(locked_s)
        for wire in wires[::2]:
            leave(wire)
    stand.http.close()
    stand.reconnect()
    assert stand.ask("/v1/regions/620500").status_code in (200, 503)
    stand.http.close()
    stand.reconnect()
    wait_until_quiet(stand)
    assert stand.server.process.poll() is None


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/v1/regions", "/v1/admin/tokens", "/v1/me", "/v1/nothing", "/v1/%2e%2e/x", "*"])
@pytest.mark.parametrize("body", ["Content-Length: 3\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"])
def test_any_method_anywhere_with_a_body(stand, method, path, body):
    """One whole answer, then either the next one or an orderly end."""
    with Wire(stand.server) as wire:
        wire.send(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{body}".encode() + REGION)
        first = wire.receive(head_only=method == "HEAD")
        assert first.status in (204, 400, 401, 404, 405, 415)
        if "close" in first.headers.get("connection", ""):
            assert wire.is_closed_by_server()
        else:
            assert wire.receive().status == 200


def test_bodies_have_a_common_budget(own_database, tmp_path):
    """Without one, whoever opens many connections and sends nearly whole bodies could take any amount of memory."""
    patience = {"YIBAO_HEADER_TIMEOUT_S": "300", "YIBAO_BODY_TIMEOUT_S": "300", "YIBAO_REQUEST_TIMEOUT_S": "300"}
    with Stand(own_database, tmp_path / "server.log", **patience) as stand:
        limit_bytes, each_bytes = 64 << 20, 65000
        whole = post(stand, json.dumps(token_body("budget")).encode() + b" " * 60000)
        begun = post(stand, b" " * each_bytes, each_bytes + 100)
        wires = [Wire(stand.server) for _ in range(limit_bytes // each_bytes + 150)]

        def status_of(request):
            with Wire(stand.server) as wire:
                wire.send(request)
                return wire.receive().status

        def send(some):
            for wire in some:
                wire.send(begun)

        threads = [threading.Thread(target=send, args=(wires[start::4],)) for start in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        try:
            wait_until(lambda: status_of(whole) == 503, "the budget to be used up")
            assert status_of(REGION) == 200, "who brings no body is served"
        finally:
            for wire in wires:
                reset(wire)
        wait_until_quiet(stand)
        assert status_of(whole) == 201
