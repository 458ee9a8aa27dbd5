"""Files sent over HTTP: streamed to disk without being held in memory, refused early, cut when they stall."""
# SPDX-License-Identifier: Apache-2.0
import pathlib
import resource
import secrets
import time

import pytest
from tests.harness.imports import contribution, text_of
from tests.harness.people import Principal
from tests.harness.server import wait_until
from tests.harness.tokens import token_text
from tests.harness.wire import Wire
from tests.http.importing import api, books, imports, staff, stand, start  # noqa: F401

MIB = 1 << 20
TARGET = "/v1/admin/imports?kind=contributions&reason=test"


def spooled(books):
    return list(pathlib.Path(books.environment["YIBAO_SPOOL_DIR"]).glob("*.spool"))


def head(by, *lines, target=TARGET):
    own = [f"Authorization: Bearer {by.token}"] if by else []
    return ("\r\n".join([f"POST {target} HTTP/1.1", "Host: localhost", "Content-Type: text/csv", *own, *lines]) + "\r\n\r\n").encode()


def stranger():
    """A token of the right form that nobody has: it must be asked for."""
    return Principal(token_text("s", secrets.token_bytes(32)), "staff")


def peak_bytes(server):
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def reset_peak(server):
    pathlib.Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")


def filler(size):
    """A file whose header is of no use: quickly found bad."""
    return b"a,b\n" + (b"x" * 63 + b"\n") * (size // 64)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_file_of_64_mib_is_not_held_in_memory(imports, stand, chunked):
    content = filler(64 * MIB)
    imports.wait(imports.send("contributions", filler(MIB)))
    reset_peak(stand)
    before = stand.resident_bytes()
    pieces = (content[i:i + 100000] for i in range(0, len(content), 100000)) if chunked else content
    response = imports.post("contributions", pieces)
    assert response.status_code == 202, response.text
    assert response.json()["bytes"] == len(content)
    assert peak_bytes(stand) - before <= 16 * MIB
    imports.wait(response.json()["job_id"], "failed")


def test_what_arrives_is_what_was_sent(imports, api):
    """Sizes around the pieces that the file is kept in, sent in pieces of another size."""
    import hashlib

    for size in (1, 65535, 65536, 65537, 2 * 65536, 200001):
        content = (b"a,b\n" + b"0123456789abcdef" * 20000)[:size]
        job_id = imports.send("contributions", (content[i:i + 7777] for i in range(0, size, 7777)))
        imports.wait(job_id, "failed")
        assert imports.ask("SELECT file_sha256 FROM import_run WHERE job_id = %s", job_id) == [(hashlib.sha256(content).digest(),)]


@pytest.mark.parametrize(("query", "pointer", "code"), [
    ({"kind": "people"}, "/query/kind", "not_allowed"),
    ({"reason": ""}, "/query/reason", "too_short"),
    ({"reason": "x" * 201}, "/query/reason", "too_long"),
    ({"dry_run": "maybe"}, "/query/dry_run", "malformed"),
    ({"what": "1"}, "/query/what", "unknown"),
])
@pytest.mark.parametrize("size", [100, 4 * MIB])
def test_wrong_arguments_are_named_before_the_file_is_kept(imports, api, books, query, pointer, code, size):
    target = "/v1/admin/imports?" + "&".join(f"{k}={v}" for k, v in {"kind": "contributions", "reason": "r", **query}.items())
    with Wire(api.server) as wire:
        wire.send(head(imports.operator, f"Content-Length: {size}", target=target))
        wire.send(b"x" * size)
        answer = api.checked("POST", target, wire.receive())
    assert answer.status_code == 400
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [(pointer, code)]
    wait_until(lambda: not spooled(books), "no file")


def test_an_empty_file_is_refused(imports):
    response = imports.post("contributions", b"")
    assert response.status_code == 400
    assert [(fault["pointer"], fault["code"]) for fault in response.json()["errors"]] == [("/body", "required")]


@pytest.mark.parametrize("size", [100, 4 * MIB])
@pytest.mark.parametrize(("who", "status"), [("nobody", 401), ("stranger", 401), ("reviewer", 403)])
def test_who_may_not_is_told_so(imports, api, books, who, status, size):
    """Also when the token has to be asked for, and the body is too long to be read for a refusal."""
    by = {"nobody": None, "stranger": stranger(), "reviewer": imports.reviewer}[who]
    with Wire(api.server) as wire:
        wire.send(head(by, f"Content-Length: {size}"))
        wire.send(b"x" * size)
        answer = api.checked("POST", TARGET, wire.receive())
    assert answer.status_code == status
    wait_until(lambda: not spooled(books), "no file")


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "text/csvx", ""])
def test_another_type_is_refused(imports, content_type):
    response = imports.post("contributions", b"a,b\n", headers={"Content-Type": content_type})
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


def test_a_compressed_file_is_refused(imports):
    response = imports.post("contributions", b"a,b\n", headers={"Content-Encoding": "gzip"})
    assert response.status_code == 415


def test_a_charset_does_not_matter(imports):
    imports.wait(imports.send("contributions", b"a,b\n", headers={"Content-Type": 'text/csv; charset="GB18030"; header=present'}))


def test_a_longer_file_than_2_gib_is_refused_before_it_is_sent(imports, api):
    with Wire(api.server) as wire:
        wire.send(head(imports.operator, f"Content-Length: {(2 << 30) + 1}"))
        answer = api.checked("POST", TARGET, wire.receive())
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_a_client_that_waits_for_leave_gets_it(imports, api):
    content = text_of("contributions", [contribution(1)])
    with Wire(api.server) as wire:
        wire.send(head(imports.operator, f"Content-Length: {len(content)}", "Expect: 100-continue"))
        assert wire._until(b"\r\n\r\n").startswith(b"HTTP/1.1 100 ")
        wire.send(content)
        assert api.checked("POST", TARGET, wire.receive()).status_code == 202


def test_a_slow_file_arrives_and_a_stalled_one_is_cut(start, client_of, imports, books):
    """With a second as time-out: steady bytes for much longer are fine, silence is not."""
    server = start({"YIBAO_BODY_TIMEOUT_S": "1", "YIBAO_REQUEST_TIMEOUT_S": "2"})
    api = client_of(server)
    with Wire(server) as wire:
        wire.send(head(imports.operator, f"Content-Length: {40 * 4096}"))
        for _ in range(40):
            wire.send(b"x" * 4096)
            time.sleep(0.1)
        assert api.checked("POST", TARGET, wire.receive()).status_code == 202
    with Wire(server) as wire:
        wire.send(head(imports.operator, f"Content-Length: {10 * MIB}"))
        wire.send(b"x" * MIB)
        answer = api.checked("POST", TARGET, wire.receive())
    assert (answer.status_code, answer.json()["code"]) == (408, "request_timeout")


def test_a_client_that_leaves_takes_its_file_along(imports, api, books):
    with Wire(api.server) as wire:
        wire.send(head(imports.operator, f"Content-Length: {10 * MIB}"))
        wire.send(b"x" * MIB)
        wait_until(lambda: spooled(books), "the file to begin")
    wait_until(lambda: not spooled(books), "the file to be gone")
    assert imports.post("contributions", b"a,b\n").status_code == 202


@pytest.mark.parametrize("size", [3 * MIB, 30 * MIB])
def test_a_full_disk_is_told_and_leaves_nothing(start, client_of, imports, tmp_path, size):
    server = start({"YIBAO_SPOOL_DIR": str(tmp_path / "spool")})
    api = client_of(server)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (2 * MIB, 2 * MIB))
    with Wire(server) as wire:
        wire.send(head(imports.operator, f"Content-Length: {size}"))
        wire.send(b"x" * size)
        answer = api.checked("POST", TARGET, wire.receive())
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_full")
    wait_until(lambda: not list((tmp_path / "spool").glob("*.spool")), "no file")
    assert imports.at(api).post("contributions", b"a,b\n").status_code == 202, "a small one has room"


def test_a_server_without_a_place_for_files_serves_all_the_same(start, client_of, imports, tmp_path):
    (tmp_path / "file").write_text("no directory")
    api = client_of(start({"YIBAO_SPOOL_DIR": str(tmp_path / "file")}))
    response = imports.at(api).post("contributions", b"a,b\n")
    assert (response.status_code, response.json()["code"]) == (503, "storage_full")
    assert api.get("/v1/regions").status_code == 200


def test_files_at_once_are_bounded(start, client_of, imports, tmp_path):
    server = start({"YIBAO_REACTORS": "1", "YIBAO_SPOOL_DIR": str(tmp_path / "spool")})
    api = client_of(server)
    wires = [Wire(server) for _ in range(16)]
    try:
        for wire in wires:
            wire.send(head(imports.operator, "Content-Length: 100000"))
            wire.send(b"x" * 1000)
        wait_until(lambda: len(list((tmp_path / "spool").glob("*.spool"))) == 16, "16 files")
        response = imports.at(api).post("contributions", b"a,b\n")
        assert (response.status_code, response.json()["code"]) == (503, "overloaded")
    finally:
        for wire in wires:
            wire.socket.close()
    wait_until(lambda: imports.at(api).post("contributions", b"a,b\n").status_code == 202, "room again")


def test_a_stop_waits_for_a_file_that_is_coming(start, client_of, imports, tmp_path):
    server = start({"YIBAO_SPOOL_DIR": str(tmp_path / "spool")})
    with Wire(server) as wire:
        wire.send(head(imports.operator, "Content-Length: 200000"))
        wire.send(b"x" * 100000)
        wait_until(lambda: list((tmp_path / "spool").glob("*.spool")), "the file to begin")
        server.signal()
        wire.send(b"x" * 100000)
        assert wire.receive().status == 202
    assert server.wait_end() == 0
