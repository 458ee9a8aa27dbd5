"""Whatever is too large is refused by name, and leaves no memory behind."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures

import pytest
from tests.harness.sanitizer import without_sanitizer
from tests.http.hostile_requests import CHUNKED, CLOSED, FOLLOWER, GET, HOST, JSON, POST, header, lines, target
from tests.http.raw import converse

MIB = 1 << 20
GROWTH_BYTES = 16 * MIB
ROUNDS = 20
A = b"a"


def chunk(data):
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def body(size):
    return lines(POST, HOST, JSON, f"Content-Length: {size}") + A * size


def chunked(*parts):
    return lines(POST, HOST, JSON, CHUNKED) + b"".join(parts)


def many(count):
    return header(*[f"X-{number}: 1" for number in range(count)])


# name, bytes, statuses that may come; CLOSED where so much is on the way that the reply may be lost with the connection
REFUSED = [
    ("body_one_over", body(65537), {413}),
    ("body_1_mib", body(MIB), {413, CLOSED}),
    ("body_announced_10_gib", lines(POST, HOST, JSON, f"Content-Length: {10 << 30}"), {413}),
    ("body_announced_and_expected", lines(POST, HOST, JSON, "Expect: 100-continue", f"Content-Length: {10 << 30}"), {413}),
    ("body_announced_18_digits", lines(POST, HOST, JSON, f"Content-Length: {'9' * 18}"), {413}),
    ("body_chunked_one_over", chunked(chunk(A * 65537), b"0\r\n\r\n"), {413, 401}),
    ("body_chunked_1_mib", chunked(chunk(A * MIB), b"0\r\n\r\n"), {413, 401, CLOSED}),
    ("body_in_chunks_of_one", chunked(chunk(A) * 65537, b"0\r\n\r\n"), {413, 401, CLOSED}),
    ("chunk_announced_10_gib", chunked(f"{10 << 30:x}\r\n".encode()), {413, 401, 408, CLOSED}),
    ("chunk_extension_64_kib", chunked(b"5;" + A * 65536 + b"\r\nhello\r\n0\r\n\r\n"), {413, 400, 408, 431, CLOSED}),
    ("chunk_extension_1_mib", chunked(b"5;" + A * MIB + b"\r\nhello\r\n0\r\n\r\n"), {413, 400, 408, 431, CLOSED}),
    ("chunk_trailer_64_kib", chunked(b"0\r\nX-A: " + A * 65536 + b"\r\n\r\n"), {413, 400, 408, 431, CLOSED}),
    ("chunk_trailers_10000", chunked(b"0\r\n", b"X-A: 1\r\n" * 10000, b"\r\n"), {413, 400, 408, 431, CLOSED}),
    ("header_20_kib", header("X-A: " + "a" * 20480), {431}),
    ("header_1_mib", header("X-A: " + "a" * MIB), {431, CLOSED}),
    ("header_name_20_kib", header("X" * 20480 + ": 1"), {431}),
    ("header_without_end_64_kib", lines(GET, HOST)[:-2] + b"X-A: " + A * 65536, {431, CLOSED}),
    ("headers_65", many(64), {431}),
    ("headers_1000", many(1000), {431}),
    ("headers_10000", many(10000), {431, CLOSED}),
    ("path_one_over", target("/" + "a" * 512), {414}),
    ("path_8_kib", target("/" + "a" * 8192), {414}),
    ("path_20_kib", target("/" + "a" * 20480), {414, 431}),
    ("path_1_mib", target("/" + "a" * MIB), {414, 431, CLOSED}),
    ("query_one_over", target("/v1/regions?" + "a" * 4097), {414}),
    ("query_20_kib", target("/v1/regions?" + "a" * 20480), {414, 431}),
    ("method_1_kib", lines("G" * 1024 + " / HTTP/1.1", HOST), {501}),
    ("method_20_kib", lines("G" * 20480 + " / HTTP/1.1", HOST), {414, 431, 400, CLOSED}),
    ("version_8_kib", lines("GET / HTTP/1." + "1" * 8192, HOST), {400, 414, 431}),
    # libmicrohttpd 0.9 reads over extensions of chunks, 1.0 refuses them: nobody needs them.
    ("chunk_extension_1_kib", chunked(b"5;" + A * 1024 + b"\r\nhello\r\n0\r\n\r\n"), {400, 401}),
    ("host_4_kib", lines(GET, "Host: " + "a" * 4096), {400}),
]

# As much as is allowed, and nothing more: these are served.
SERVED = [
    ("headers_64", many(63), 200),
    ("header_6_kib", header("X-A: " + "a" * 6144), 200),
    ("path_512", target("/" + "a" * 511), 404),
    ("query_4096", target("/v1/regions/110000?" + "a" * 4096), 400),
    ("body_64_kib", body(65536), 401),
    ("line_end_first", b"\r\n" + header(), 200),
]


@pytest.fixture(autouse=True)
def server_is_alive_afterwards(server):
    yield
    assert converse(server, FOLLOWER, quiet_s=0.01).statuses == [200]


@pytest.mark.parametrize("raw, statuses", [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused(server, raw, statuses):
    talk = converse(server, raw)
    assert (talk.statuses[0] if talk.statuses else CLOSED) in statuses, talk
    assert all(reply.is_problem() for reply in talk.replies), talk


@pytest.mark.parametrize("raw, status", [row[1:] for row in SERVED], ids=[row[0] for row in SERVED])
def test_served(server, raw, status):
    assert converse(server, raw).statuses == [status]


@without_sanitizer
def test_memory_stays(server):
    def throw_all(_):
        for _, raw, _ in REFUSED:
            converse(server, raw, quiet_s=0.01, timeout_s=1)

    def rounds(count):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(throw_all, range(count)))

    rounds(8)  # what is set aside once, for buffers and arenas, is not growth
    before = server.resident_bytes()
    rounds(ROUNDS)
    assert server.resident_bytes() - before <= GROWTH_BYTES
