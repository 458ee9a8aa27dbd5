"""Connections as HTTP/1.1 allows them: pipelined, split byte by byte, kept or closed, HTTP/1.0, HEAD, Expect."""
# SPDX-License-Identifier: Apache-2.0
import itertools
import json
import socket

import pytest
from tests.harness.wire import Wire, get

REGIONS = ("110000", "620500", "440100", "350200")


def region(code, *lines, **how):
    return get(f"/v1/regions/{code}", *lines, **how)


def body_of_token(label):
    return json.dumps({"kind": "staff", "label": label, "roles": ["auditor"], "regions": ["620500"]}).encode()


def shown_code(answer):
    assert answer.status == 200, answer
    return answer.json()["region_code"]


@pytest.mark.parametrize("count", [2, 7, 40])
def test_pipelined_requests_are_answered_in_order(server, demo, count):
    codes = list(itertools.islice(itertools.cycle(REGIONS), count))
    with Wire(server) as wire:
        wire.send(b"".join(region(code) for code in codes))
        assert [shown_code(wire.receive()) for _ in codes] == codes


def test_pipelined_mixture_of_fast_slow_wrong_and_private(server, demo):
    bearer = f"Authorization: Bearer {demo.employee.token}"
    account = f"/v1/accounts/{demo.employee.account_id}"
    requests = [
        (get(f"{account}/balance", bearer), 200),
        (get("/v1/nothing-here"), 404),
        (get(f"{account}/entries", bearer), 200),
        (get("/v1/me"), 401),
        (get("/v1/regions?limit=1000"), 400),
        (get("/v1/regions/110000", method="HEAD"), 200),
        (get("/v1/regions/110000", method="DELETE"), 405),
        (get(f"{account}/balance", bearer), 200),
    ]
    with Wire(server) as wire:
        wire.send(b"".join(request for request, _ in requests))
        seen = [wire.receive(head_only=request.startswith(b"HEAD")).status for request, _ in requests]
    assert seen == [status for _, status in requests]


def test_a_request_of_single_bytes(server):
    with Wire(server) as wire:
        for byte in region("110000", "X-Request-Id: bytes-one-by-one-1", "Accept: application/json"):
            wire.send(bytes([byte]))
        answer = wire.receive()
    assert shown_code(answer) == "110000"
    assert answer.headers["x-request-id"] == "bytes-one-by-one-1"


def test_requests_cut_at_every_place(server):
    two = region("110000") + region("620500")
    for at in range(1, len(two), 3):
        with Wire(server) as wire:
            wire.send(two[:at])
            wire.send(two[at:])
            assert [shown_code(wire.receive()), shown_code(wire.receive())] == ["110000", "620500"]


def test_a_body_of_single_bytes_then_another_request(server, demo):
    body = body_of_token("split body")
    head = get("/v1/admin/tokens", f"Authorization: Bearer {demo.admin_token}", "Content-Type: application/json",
               f"Content-Length: {len(body)}", method="POST")  # fmt: skip
    with Wire(server) as wire:
        wire.send(head)
        for byte in body:
            wire.send(bytes([byte]))
        wire.send(region("110000"))
        assert wire.receive().status == 201
        assert shown_code(wire.receive()) == "110000"


def test_a_chunked_body(server, demo):
    body = body_of_token("chunked body")
    head = get("/v1/admin/tokens", f"Authorization: Bearer {demo.admin_token}", "Content-Type: application/json",
               "Transfer-Encoding: chunked", method="POST")  # fmt: skip
    pieces = [body[at : at + 7] for at in range(0, len(body), 7)]
    with Wire(server) as wire:
        wire.send(head)
        wire.send(b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n")
        assert wire.receive().status == 201


def test_expect_continue(server, demo):
    body = body_of_token("expect body")
    head = get("/v1/admin/tokens", f"Authorization: Bearer {demo.admin_token}", "Content-Type: application/json",
               f"Content-Length: {len(body)}", "Expect: 100-continue", method="POST")  # fmt: skip
    with Wire(server) as wire:
        wire.send(head)
        assert wire._until(b"\r\n\r\n").startswith(b"HTTP/1.1 100")
        wire.send(body)
        assert wire.receive().status == 201


@pytest.mark.parametrize(
    ("version", "lines", "stays_open"),
    [
        ("HTTP/1.1", (), True),
        ("HTTP/1.1", ("Connection: keep-alive",), True),
        ("HTTP/1.1", ("Connection: close",), False),
        ("HTTP/1.1", ("Connection: Close",), False),
        ("HTTP/1.0", (), False),
        ("HTTP/1.0", ("Connection: keep-alive",), True),
        ("HTTP/1.0", ("Connection: close",), False),
    ],
)
def test_who_closes(server, version, lines, stays_open):
    with Wire(server) as wire:
        wire.send(region("110000", *lines, version=version))
        answer = wire.receive()
        assert shown_code(answer) == "110000"
        if stays_open:
            wire.send(region("620500", version=version))
            assert shown_code(wire.receive()) == "620500"
        else:
            assert wire.is_closed_by_server()


def test_a_half_closed_client_still_gets_its_answer(server):
    with Wire(server) as wire:
        wire.send(region("110000"))
        wire.socket.shutdown(socket.SHUT_WR)
        assert shown_code(wire.receive()) == "110000"


@pytest.mark.parametrize("path", ["/v1/regions", "/v1/regions/110000", "/v1/regions/999999", "/v1/me", "/v1/nothing"])
def test_head_is_get_without_the_body(server, path):
    with Wire(server) as wire:
        wire.send(get(path) + get(path, method="HEAD") + region("110000"))
        of_get, of_head = wire.receive(), wire.receive(head_only=True)
        assert shown_code(wire.receive()) == "110000"
    own = {"date", "x-request-id", "ratelimit"}
    assert of_head.status == of_get.status
    assert {n: v for n, v in of_head.headers.items() if n not in own} == {
        n: v for n, v in of_get.headers.items() if n not in own
    }


def test_an_empty_line_before_a_request(server):
    with Wire(server) as wire:
        wire.send(b"\r\n" + region("110000"))
        assert shown_code(wire.receive()) == "110000"


def test_thousands_of_requests_on_one_connection(server):
    with Wire(server) as wire:
        for _ in range(20):
            wire.send(region("110000") * 100)
            for _ in range(100):
                assert wire.receive().status == 200
