"""Documents that are none: of another type, cut, dressed up, too long, too slow, or never finished. Nothing of them stays."""
# SPDX-License-Identifier: Apache-2.0
import io
import pathlib
import struct
import time
import zipfile

import pytest
from tests.harness import scans
from tests.harness.server import wait_until
from tests.harness.wire import Wire
from tests.http.documenting import api, books, desk, faults, sql, staff, stand, start  # noqa: F401

PNG, JPEG, PDF = scans.SAMPLES["png"], scans.SAMPLES["jpeg"], scans.SAMPLES["pdf"]
INDEXED = scans.indexed(JPEG)
GIF = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0, 0, 0) + b",\0\0\0\0\1\0\1\0\0\2\1\0\0;"
PE = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + bytes(200)


def archive(comment=b""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("run.js", "x")
        file.comment = comment
    return out.getvalue()


def pdf_around(inside):
    """A PDF whose body is that, and whose table is where it says."""
    head = b"%PDF-1.4\n" + inside + b"\n"
    return head + b"xref\n0 0\ntrailer<<>>\nstartxref\n%d\n%%%%EOF\n" % len(head)


def pdf_in_archive_comment():
    """Both are whole: the end of the archive has the end of the PDF as its comment."""
    tail = b"xref\n0 0\ntrailer<<>>\nstartxref\n%d\n%%%%EOF\n"
    bare = archive()
    size = len(b"%PDF-1.4\n") + len(bare)
    tail = tail % size
    return b"%PDF-1.4\n" + bare[:-2] + struct.pack("<H", len(tail)) + tail


REFUSED = {
    "empty": (b"", "application/pdf", "required"),
    "PDF without its end": (PDF[:-7], "application/pdf", "truncated"),
    "half a PDF": (PDF[:len(PDF) // 2], "application/pdf", "truncated"),
    "half a JPEG": (JPEG[:len(JPEG) // 2], "image/jpeg", "truncated"),
    "JPEG without its end": (JPEG[:-2], "image/jpeg", "truncated"),
    "half a PNG": (PNG[:len(PNG) // 2], "image/png", "truncated"),
    "PNG without its end": (PNG[:-12], "image/png", "truncated"),
    "PDF whose table is elsewhere": (PDF.replace(b"startxref\n", b"startxref\n9"), "application/pdf", "damaged"),
    "PNG with a wrong sum": (PNG[:-20] + b"x" + PNG[-19:], "image/png", "damaged"),
    "PNG of no size": (scans.png(width=0), "image/png", "damaged"),
    "PNG of an impossible colour": (scans.png(colour=2, depth=1), "image/png", "damaged"),
    "JPEG of no size": (scans.jpeg(width=0), "image/jpeg", "damaged"),
    "PDF and a ZIP": (PDF + archive(), "application/pdf", "trailing_bytes"),
    "PDF and HTML": (PDF + b"<html><script>alert(1)</script></html>", "application/pdf", "trailing_bytes"),
    "JPEG and a ZIP": (JPEG + archive(), "image/jpeg", "trailing_bytes"),
    "JPEG and a JPEG": (JPEG + JPEG, "image/jpeg", "trailing_bytes"),
    "JPEG with an index and half a JPEG": (INDEXED + JPEG[:-2], "image/jpeg", "trailing_bytes"),
    "JPEG with an index, a JPEG and a PE": (INDEXED + JPEG + PE, "image/jpeg", "trailing_bytes"),
    "JPEG with an index and a ZIP": (INDEXED + archive(), "image/jpeg", "trailing_bytes"),
    "JPEG with an index and one with HTML": (INDEXED + scans.jpeg([b"<script>x</script>"]), "image/jpeg", "polyglot"),
    "JPEG with an index and one with a ZIP": (INDEXED + scans.jpeg([archive()]), "image/jpeg", "polyglot"),
    "JPEG with notes that are a ZIP": (JPEG + scans.notes((b"x", archive())), "image/jpeg", "polyglot"),
    "JPEG with notes in PHP": (JPEG + scans.notes((b"x", b"<?php x(); ?>")), "image/jpeg", "polyglot"),
    "JPEG with notes that are a PDF": (JPEG + scans.notes((b"x", PDF)), "image/jpeg", "polyglot"),
    "JPEG with notes and more": (JPEG + scans.notes((b"x", b"y")) + b"x", "image/jpeg", "trailing_bytes"),
    "JPEG with more before its notes": (JPEG + PE + scans.notes((b"x", b"y")), "image/jpeg", "trailing_bytes"),
    "JPEG with notes too long": (JPEG + scans.notes((b"MotionPhoto_Data", bytes(70000))), "image/jpeg", "trailing_bytes"),
    "JPEG with notes that overlap": (JPEG + scans.notes((b"x", b"y")).replace(struct.pack("<I", 10) * 2, struct.pack("<I", 9) * 2),
                                     "image/jpeg", "trailing_bytes"),
    "PNG with notes": (PNG + scans.notes((b"x", b"y")), "image/png", "trailing_bytes"),
    "PNG and a PE": (PNG + PE, "image/png", "trailing_bytes"),
    "PNG and PHP": (PNG + b"<?php x(); ?>", "image/png", "trailing_bytes"),
    "ZIP whose comment ends a PDF": (pdf_in_archive_comment(), "application/pdf", "polyglot"),
    "PDF with a ZIP inside": (pdf_around(archive()), "application/pdf", "polyglot"),
    "PDF with HTML inside": (pdf_around(b"<!-- --><HTML><body onload=x>"), "application/pdf", "polyglot"),
    "PDF with an SVG inside": (pdf_around(b"<svg xmlns='http://www.w3.org/2000/svg'>"), "application/pdf", "polyglot"),
    "JPEG with HTML in a comment": (scans.jpeg([b"<script>x</script>"]), "image/jpeg", "polyglot"),
    "JPEG with a PDF in a comment": (scans.jpeg([PDF]), "image/jpeg", "polyglot"),
    "PNG with HTML in its text": (scans.png([scans.chunk(b"tEXt", b"c\0<html>")]), "image/png", "polyglot"),
    "PNG with a ZIP in a chunk": (scans.png([scans.chunk(b"teSt", archive())]), "image/png", "polyglot"),
    "PNG that would fill the memory": (scans.png(width=2**30, height=2**30), "image/png", "too_many_pixels"),
    "JPEG of too many pixels": (scans.jpeg(width=65535, height=65535), "image/jpeg", "too_many_pixels"),
}
OF_ANOTHER_TYPE = {
    "JPEG called PNG": (JPEG, "image/png"), "PNG called PDF": (PNG, "application/pdf"), "PDF called JPEG": (PDF, "image/jpeg"),
    "GIF": (GIF, "image/png"), "GIF in front of a PDF": (GIF + PDF, "application/pdf"), "PE": (PE, "application/pdf"),
    "PE in front of a PDF": (PE + PDF, "application/pdf"), "HTML": (b"<html></html>", "application/pdf"),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png"), "ZIP": (archive(), "application/pdf"),
    "HTML in front of a PDF": (b"<html>" + PDF, "application/pdf"), "blank in front of a PDF": (b" " + PDF, "application/pdf"),
    "byte order mark": (b"\xef\xbb\xbf" + PDF, "application/pdf"), "text": (b"hello", "image/jpeg"),
    "nothing but zeroes": (bytes(1000), "image/png"),
}


@pytest.fixture(scope="module")
def open_transfer(desk):
    return desk.transfer()


@pytest.fixture(autouse=True)
def nothing_stays(desk, books, open_transfer):
    yield
    assert desk.rows(open_transfer) == (0, 0)
    wait_until(lambda: not spooled(books), "no file")


def spooled(books):
    return list(pathlib.Path(books.environment["YIBAO_SPOOL_DIR"]).glob("*.spool"))


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_by_name(desk, open_transfer, what):
    content, content_type, code = REFUSED[what]
    assert faults(desk.hand_in(open_transfer, content, content_type=content_type)) == [("/body", code)]


@pytest.mark.parametrize("what", OF_ANOTHER_TYPE)
def test_its_bytes_say_what_it_is(desk, open_transfer, what):
    content, content_type = OF_ANOTHER_TYPE[what]
    response = desk.hand_in(open_transfer, content, content_type=content_type)
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("content_type", [
    "text/csv", "application/json", "image/gif", "image/svg+xml", "text/html", "application/octet-stream", "image/*",
    "image/pngx", "image/jpg", "",
    "multipart/form-data; boundary=x"])
def test_its_header_too(desk, open_transfer, content_type):
    assert desk.hand_in(open_transfer, content_type=content_type).status_code == 415


def test_nothing_compressed(desk, open_transfer):
    assert desk.hand_in(open_transfer, headers={"Content-Encoding": "gzip"}).status_code == 415


def head(desk, transfer_id, *lines, by=None, kind="citizen_id"):
    by = by or desk.citizen
    own = [f"POST {scans.path_of('transfer', transfer_id)}?kind={kind} HTTP/1.1", "Host: localhost", "Content-Type: image/png",
           f"Authorization: Bearer {by.token}"]
    return ("\r\n".join([*own, *lines]) + "\r\n\r\n").encode()


def answer_of(desk, transfer_id, wire):
    return desk.api.checked("POST", scans.path_of("transfer", transfer_id), wire.receive())


def test_one_byte_more_is_refused_by_its_header(desk, open_transfer):
    with Wire(desk.api.server) as wire:
        wire.send(head(desk, open_transfer, f"Content-Length: {scans.LONGEST + 1}"))
        answer = answer_of(desk, open_transfer, wire)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_one_byte_more_is_refused_when_it_comes(desk, open_transfer):
    """In chunks, which do not say beforehand how long it is; the rest is not waited for."""
    with Wire(desk.api.server) as wire:
        wire.send(head(desk, open_transfer, "Transfer-Encoding: chunked"))
        piece = b"10000\r\n" + PNG + bytes(65536 - len(PNG)) + b"\r\n"
        for _ in range(160):
            wire.send(piece)
        wire.send(b"1\r\nx\r\n")
        answer = answer_of(desk, open_transfer, wire)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_a_client_that_waits_for_leave_gets_it(desk):
    transfer_id = desk.transfer()
    with Wire(desk.api.server) as wire:
        wire.send(head(desk, transfer_id, f"Content-Length: {len(PNG)}", "Expect: 100-continue"))
        assert wire._until(b"\r\n\r\n").startswith(b"HTTP/1.1 100 ")
        wire.send(PNG)
        assert answer_of(desk, transfer_id, wire).status_code == 201


def test_a_client_that_waits_for_leave_is_told_at_once_that_it_is_too_long(desk, open_transfer):
    with Wire(desk.api.server) as wire:
        wire.send(head(desk, open_transfer, f"Content-Length: {scans.LONGEST + 1}", "Expect: 100-continue"))
        assert answer_of(desk, open_transfer, wire).status_code == 413


@pytest.mark.parametrize("size", [100, 4 * scans.MIB])
def test_who_may_not_is_told_before_anything_is_kept(desk, open_transfer, staff, size):
    with Wire(desk.api.server) as wire:
        wire.send(head(desk, open_transfer, f"Content-Length: {size}", by=staff("auditor")))
        wire.send(bytes(size))
        assert answer_of(desk, open_transfer, wire).status_code == 403


def test_names_are_not_taken(desk):
    """Whatever a client calls it, and wherever it would like it to be."""
    transfer_id = desk.transfer()
    document_id = desk.kept(transfer_id, headers={
        "Content-Disposition": "attachment; filename=\"../../etc/passwd\"; filename*=UTF-8''%2e%2e%2fx.html",
        "Content-Location": "/etc/passwd",
        "Slug": "x.exe", "X-Filename": "x\".exe"})
    got = desk.content(document_id)
    assert got.headers["content-disposition"] == f'attachment; filename="document-{document_id}.png"'
    for kind in ("../../etc/passwd", "citizen_id/../x", "citizen_id\"", "<script>"):
        assert faults(desk.hand_in(transfer_id, document_kind=kind)) == [("/query/kind", "not_allowed")]


def test_a_dropped_connection_leaves_nothing(desk, books, open_transfer):
    content = scans.of_size(3 * scans.MIB)
    for sent in (0, 1, 65536, 1000000, len(content) - 1):
        with Wire(desk.api.server) as wire:
            wire.send(head(desk, open_transfer, f"Content-Length: {len(content)}") + content[:sent])
            if sent > 65536:
                wait_until(lambda: spooled(books), "a file")
        wait_until(lambda: not spooled(books), "no file")


def test_a_slow_one_arrives_and_a_stalled_one_is_cut(desk, start, client_of, books):
    """With a second as time-out: steady bytes for longer are fine, silence is not."""
    server = start({"YIBAO_BODY_TIMEOUT_S": "1"})
    api = client_of(server)
    transfer_id, content = desk.transfer(), scans.of_size(30 * 4096)
    with Wire(server) as wire:
        wire.send(head(desk, transfer_id, f"Content-Length: {len(content)}"))
        for at in range(0, len(content), 4096):
            wire.send(content[at:at + 4096])
            time.sleep(0.1)
        assert api.checked("POST", scans.path_of("transfer", transfer_id), wire.receive()).status_code == 201
    with Wire(server) as wire:
        wire.send(head(desk, transfer_id, f"Content-Length: {len(content)}") + content[:5000])
        answer = api.checked("POST", scans.path_of("transfer", transfer_id), wire.receive())
        assert (answer.status_code, answer.json()["code"]) == (408, "request_timeout")
        assert wire.is_closed_by_server()
    assert len(desk.listed(transfer_id)) == 1


def test_bytes_in_the_middle_of_an_image_may_be_anything(desk):
    """What is compressed cannot be judged without being opened, and is not."""
    transfer_id = desk.transfer()
    whole = scans.png([scans.chunk(b"teSt", scans.noise(100000))])
    assert desk.hand_in(transfer_id, whole).status_code == 201
    assert desk.hand_in(transfer_id, scans.pdf(scans.noise(100000)), content_type="application/pdf").status_code == 201
    assert desk.hand_in(transfer_id, scans.jpeg(scan=scans.noise(100000)), content_type="image/jpeg").status_code == 201
