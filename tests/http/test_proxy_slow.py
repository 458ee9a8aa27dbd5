"""Slow callers are cut off by HAProxy or by the server behind it, whatever they are slow at."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures
import contextlib
import re
import shutil
import socket
import subprocess
import threading

import pytest
from tests.harness import proxy
from tests.harness.wire import Wire, answer_in, get

pytestmark = pytest.mark.skipif(not shutil.which("haproxy"), reason="HAProxy is not installed")
GENEROUS_S = 30
JSON = "Content-Type: application/json"


@pytest.fixture(scope="module")
def front(start_server_of_module, tmp_path_factory):
    server = start_server_of_module({"YIBAO_PROXY_ADDRESSES": "127.0.0.1"})
    with proxy.in_front_of(server, tmp_path_factory.mktemp("proxy")) as front:
        yield front


def trickle(wire, first, piece):
    """Everything that comes until the other side closes, while a piece is sent now and then."""
    stop = threading.Event()

    def send():
        with contextlib.suppress(OSError):
            while not stop.wait(0.5):
                wire.send(piece)

    wire.send(first)
    sender = threading.Thread(target=send)
    sender.start()
    data = wire.rest()
    stop.set()
    sender.join()
    return data


def slow_header(front):
    with Wire(front, timeout_s=GENEROUS_S) as wire:
        return trickle(wire, b"GET /v1/regions HTTP/1.1\r\nHost: localhost\r\n", b"X-Slow: 1\r\n")


def slow_body(front):
    with Wire(front, timeout_s=GENEROUS_S) as wire:
        return trickle(wire, get("/v1/admin/tokens", JSON, "Content-Length: 60000", method="POST"), b" ")


def slow_end_of_a_body(front):
    """More than HAProxy holds back has come by then, so that it has reached the server."""
    with Wire(front, timeout_s=GENEROUS_S) as wire:
        request = get("/v1/admin/tokens", JSON, "Content-Length: 60000", method="POST")
        return trickle(wire, request + b" " * 40000, b" ")


def slow_chunks(front):
    with Wire(front, timeout_s=GENEROUS_S) as wire:
        return trickle(wire, get("/v1/admin/tokens", JSON, "Transfer-Encoding: chunked", method="POST"), b"1\r\n \r\n")


def silent(front):
    with Wire(front, timeout_s=GENEROUS_S) as wire:
        return wire.rest()


def idle_after_a_request(front):
    with Wire(front, timeout_s=GENEROUS_S) as wire:
        wire.send(get("/v1/regions/110000"))
        assert wire.receive().status == 200
        return wire.rest()


def no_handshake(front):
    with socket.create_connection((front.host, front.port), timeout=GENEROUS_S) as plain:
        return plain.recv(1)


def half_a_handshake(front):
    with socket.create_connection((front.host, front.port), timeout=GENEROUS_S) as plain:
        plain.sendall(bytes.fromhex("16030100ff010000fb0303"))
        return plain.recv(1)


SLOW = [slow_header, slow_body, slow_end_of_a_body, slow_chunks, silent, idle_after_a_request, no_handshake, half_a_handshake]


def answers_slow_bodies():
    """HAProxy 3.0 would wait for the rest of the body after its answer, however slowly it comes."""
    shown = subprocess.run(["haproxy", "-v"], capture_output=True, text=True, check=True).stdout
    return re.search(r"version (\d+)\.", shown)[1] < "3"


def test_slow_callers_are_cut_off(front, client_of):
    """A time-out of the socket, which is generous, would raise here."""
    with concurrent.futures.ThreadPoolExecutor(len(SLOW)) as pool:
        came = dict(zip(SLOW, pool.map(lambda behave: behave(front), SLOW)))
    if answers_slow_bodies():
        for behave in (slow_body, slow_end_of_a_body, slow_chunks):
            answer = client_of(front).checked("POST", "/v1/admin/tokens", answer_in(came.pop(behave)))
            assert (answer.status_code, answer.json()["code"]) == (408, "request_timeout")
    assert set(came.values()) == {b""}


def test_a_reader_that_does_not_read_is_cut_off(front):
    """It asks again and again and takes nothing."""
    request = get("/v1/regions?limit=100") * 50
    with Wire(front, timeout_s=GENEROUS_S, receive_buffer_bytes=4096) as wire, pytest.raises(OSError) as end:
        while True:
            wire.send(request)
    assert not isinstance(end.value, TimeoutError)
