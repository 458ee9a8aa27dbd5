"""How documents are kept: sealed in pieces that open only together, all or none after any crash, and within the memory there is."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures
import contextlib
import pathlib
import secrets
import uuid

import httpx
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from tests.harness import charges, scans
from tests.harness.sealed import Sealer
from tests.harness.server import wait_until
from tests.harness.wire import Wire, get
from tests.http.documenting import POOL, Desk, api, books, desk, sql, staff, stand, start  # noqa: F401

PIECE, SEAL = 262144, 31
MARK = b"yibaod-marker-" + b"0123456789" * 4


def marked(size):
    """A PNG with the mark all over it."""
    rest = size - len(scans.png()) - 12
    return scans.png([scans.chunk(b"teSt", (MARK * (rest // len(MARK) + 1))[:rest])])


def pieces(sql, document_id):
    return [bytes(sealed) for (sealed,) in sql.execute(
        "SELECT sealed FROM document_chunk WHERE document_id = %s ORDER BY seq", [document_id])]


# --- sealed -------------------------------------------------------------------------------------------------------------


def test_the_database_holds_nothing_in_the_clear(desk, sql, books):
    content = marked(700000)
    document_id = desk.kept(desk.transfer(), content)
    sealed = pieces(sql, document_id)
    assert [len(piece) for piece in sealed] == [PIECE + SEAL, PIECE + SEAL, len(content) - 2 * PIECE + SEAL]
    for piece in sealed:
        assert MARK[:8] not in piece and b"PNG" not in piece[:100] and b"IHDR" not in piece[:100] and b"IEND" not in piece
    tables = sql.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'").fetchall()
    for (table,) in tables:
        ((found,),) = sql.execute(
            f"SELECT count(*) FROM {table} AS t WHERE position(%s IN t::text) > 0 OR position(%s IN t::text) > 0",
            [MARK.decode(), MARK.hex()]).fetchall()
        assert found == 0, table
    assert not list(pathlib.Path(books.environment["YIBAO_SPOOL_DIR"]).glob("*.spool"))


def test_each_piece_is_bound_to_its_place(desk, sql, books):
    """By another implementation: table, column, document, number and count."""
    content = marked(600000)
    document_id = desk.kept(desk.transfer(), content)
    sealer = Sealer(sql, books.environment["YIBAO_MASTER_KEY_FILE"])


    plain = b"".join(sealer.open(f"document_chunk.sealed.{n}/3", uuid.UUID(document_id), piece)
                     for n, piece in enumerate(pieces(sql, document_id), 1))
    assert plain == content


TAMPERED = {
    "swapped": "UPDATE document_chunk SET seq = CASE seq WHEN 1 THEN 2 ELSE 1 END WHERE document_id = %(id)s AND seq IN (1, 2)",
    "from another document": "UPDATE document_chunk SET sealed = (SELECT sealed FROM document_chunk WHERE document_id "
                             "= %(other)s AND seq = 1)"
                             " WHERE document_id = %(id)s AND seq = 1",
    "changed": "UPDATE document_chunk SET sealed = set_byte(sealed, 1000, get_byte(sealed, 1000) # 1) WHERE "
               "document_id = %(id)s AND seq = 3",
    "missing": "DELETE FROM document_chunk WHERE document_id = %(id)s AND seq = 2",
    "missing at the end": "DELETE FROM document_chunk WHERE document_id = %(id)s AND seq = 3",
    "too many": "INSERT INTO document_chunk SELECT person_key, 4, document_id, sealed FROM document_chunk WHERE "
                "document_id = %(id)s AND seq = 3",
    "cut": "UPDATE document_chunk SET sealed = substring(sealed FROM 1 FOR 1000) WHERE document_id = %(id)s AND seq = 3",
    "cut where the document is": "UPDATE document SET size_bytes = 524288 WHERE document_id = %(id)s; DELETE FROM document_chunk"
                                 " WHERE document_id = %(id)s AND seq = 3",
    "of a key that is not there": "UPDATE document_chunk SET sealed = set_byte(sealed, 2, 99) WHERE document_id = %(id)s AND seq = 1",
}


@pytest.mark.parametrize("what", TAMPERED)
def test_wrong_bytes_are_never_given_out(desk, sql, stand, what):
    transfer_id = desk.transfer()
    document_id, other = desk.kept(transfer_id, scans.of_size(600000, 1)), desk.kept(transfer_id, scans.of_size(600000, 2))
    swap = what == "swapped"
    if swap:
        sql.execute("ALTER TABLE document_chunk DROP CONSTRAINT document_chunk_pkey")
    for statement in TAMPERED[what].split(";"):
        sql.execute(statement, {"id": document_id, "other": other})
    if swap:
        sql.execute("ALTER TABLE document_chunk ADD PRIMARY KEY (person_key, document_id, seq)")
    stand.provoked["document_broken"] += 1
    response = desk.content(document_id)
    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert desk.content(other).status_code == 200


def test_documents_of_older_keys_stay_readable(desk, sql, books, start, client_of):
    """A second key seals from then on; the first one only opens."""
    old = desk.kept(desk.transfer(), scans.of_size(300000))
    master = bytes.fromhex(pathlib.Path(books.environment["YIBAO_MASTER_KEY_FILE"]).read_text(encoding="ascii"))
    nonce = secrets.token_bytes(12)
    wrapped = b"\1" + nonce + AESGCM(master).encrypt(nonce, secrets.token_bytes(32), b"data_key.wrapped seal_person 2")
    sql.execute("INSERT INTO data_key (purpose, version, wrapped, created_at) VALUES ('seal_person', 2, %s, now())", [wrapped])
    try:
        api = client_of(start())
        later = Desk(api, sql, desk.citizen, desk.operator, desk.stranger)
        assert later.content(old).content == scans.of_size(300000)
        new = later.kept(later.transfer(), scans.of_size(300001))
        assert {piece[:3] for piece in pieces(sql, old)} == {b"\1\0\1"}
        assert {piece[:3] for piece in pieces(sql, new)} == {b"\1\0\2"}
        assert later.content(new).content == scans.of_size(300001)
        answer = desk.content(new)
        has_noticed = answer.status_code == 200  # a server looks for new keys every two seconds
        assert answer.content == scans.of_size(300001) if has_noticed else answer.status_code == 500
        desk.api.server.provoked["document_broken"] += not has_noticed
    finally:
        sql.execute("UPDATE data_key SET retired_at = now() WHERE purpose = 'seal_person' AND version = 2")


# --- whatever happens ---------------------------------------------------------------------------------------------------


def standing(sql, transfer_id):
    """{document: whether all its pieces are there} of those in the database."""
    return {str(document_id): count == (size + PIECE - 1) // PIECE for document_id, size, count in sql.execute(
        "SELECT document_id, size_bytes, count(seq) FROM document LEFT JOIN document_chunk USING (person_key, document_id)"
        " WHERE object_id = %s GROUP BY document_id, size_bytes", [transfer_id])}


@pytest.mark.parametrize("after", [1, 3, 6])
def test_a_server_that_is_killed_leaves_all_of_a_document_or_nothing(desk, sql, books, servers, client_of, after):
    with servers.on(books) as start_one:
        server = start_one()
        transfer_id = desk.transfer()

        def one(n):
            with contextlib.suppress(httpx.HTTPError):
                return httpx.post(f"{server.base_url}{scans.path_of('transfer', transfer_id)}", params={"kind": "other"},
                                  content=scans.of_size(3 * scans.MIB, 100 * after + n), timeout=30,
                                  headers={"Authorization": f"Bearer {desk.citizen.token}", "Content-Type": "image/png"})
            return None

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(one, n) for n in range(8)]
            wait_until(lambda: len(standing(sql, transfer_id)) >= after, "some documents")
            server.process.kill()
            answers = [done.result() for done in asked]
        server.process.wait()
        servers.started.remove(server)
    told = {answer.json()["document_id"] for answer in answers if answer is not None and answer.status_code == 201}
    wait_until(lambda: sql.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%%document_store%%' AND state = 'active' AND pid <> pg_backend_pid()"
        " AND datname = current_database()").fetchone() == (0,), "PostgreSQL to notice")
    kept = standing(sql, transfer_id)
    assert all(kept.values()) and told <= set(kept)
    for document_id in kept:
        assert desk.content(document_id).status_code == 200


def test_twenty_at_once_are_no_more_than_twenty(desk, sql):
    """Of one transfer, with nineteen there already: one of them fits."""
    transfer_id = desk.transfer()
    for n in range(19):
        desk.kept(transfer_id, scans.of_size(200 + n), document_kind="other")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: desk.hand_in(transfer_id, scans.of_size(1000 + n)).status_code, range(8)))
    assert sorted(answers) == [201] + [409] * 7
    assert len(standing(sql, transfer_id)) == 20


def test_the_same_bytes_at_once_are_kept_once(desk, sql):
    transfer_id = desk.transfer()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: desk.hand_in(transfer_id, scans.of_size(5000)), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["document_id"] for answer in answers}) == 1


# --- within bounds ------------------------------------------------------------------------------------------------------


def test_fifty_in_a_row_do_not_grow_it(desk, stand):
    """Ten first, so that every connection has had a large one."""
    def turn(count, first):
        transfer_id = None
        for n in range(count):
            if n % 5 == 0:
                transfer_id = desk.transfer()
            document_id = desk.kept(transfer_id, scans.of_size(scans.LONGEST, first + n), document_kind="other")
            assert len(desk.content(document_id).content) == scans.LONGEST

    turn(10, 0)
    before = stand.resident_bytes()
    turn(50, 10)
    assert stand.resident_bytes() - before <= 48 * scans.MIB


def test_readers_that_do_not_read_leave_room_for_handing_in(desk, api):
    """Six of the largest documents are in memory for readers; the next reader is told to come again."""
    document_id = desk.kept(desk.transfer(), scans.of_size(scans.LONGEST))
    with contextlib.ExitStack() as held:
        for _ in range(6):
            wire = held.enter_context(Wire(api.server, receive_buffer_bytes=4096))
            wire.send(get(f"/v1/documents/{document_id}/content", f"Authorization: Bearer {desk.citizen.token}"))
            assert wire.receive(head_only=True).status == 200
        refused = desk.content(document_id)
        assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
        assert int(refused.headers["retry-after"]) >= 1
        desk.kept(desk.transfer(), scans.of_size(scans.LONGEST, 1))
    wait_until(lambda: desk.content(document_id).status_code == 200, "room again")


def test_a_hundred_at_once_hold_up_no_charge(desk, api, books):
    """Each is kept or told to come again; every charge goes through meanwhile."""
    transfer_id = desk.transfer()
    provider = books.demo.provider("hospital")

    def hand_in(n):
        with httpx.Client(base_url=api.server.base_url, timeout=60) as http:
            return http.post(scans.path_of("transfer", transfer_id), params={"kind": "other"}, content=scans.of_size(scans.MIB, n % 10),
                             headers={"Authorization": f"Bearer {desk.citizen.token}", "Content-Type": "image/png"}).status_code

    with concurrent.futures.ThreadPoolExecutor(100) as pool:
        asked = [pool.submit(hand_in, n) for n in range(100)]
        for _ in range(40):
            assert charges.charge(api, provider, desk.citizen.account_id, 1).status_code == 201
        answers = [done.result() for done in asked]
    assert set(answers) <= {200, 201, 503} and answers.count(201) <= 10
    assert api.get("/v1/me", by=desk.citizen).status_code == 200
