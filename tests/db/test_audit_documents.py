"""Documents: clean where all is well, and every planted fault found and named."""
# SPDX-License-Identifier: Apache-2.0
import hashlib
import secrets
import types

import pytest

from tests.db.planting import assert_named
from tests.db.posting import INSTANT, make_id
from tests.db.test_audit_charges import take_checks_off
from tests.db.transferring import DAY, apply
from tests.db.world import audit

PIECE, SEAL = 262144, 31
SET = "UPDATE document SET {} WHERE document_id = %({})s"
CHUNK = "UPDATE document_chunk SET {} WHERE document_id = %(long)s AND seq = {}"


def of(column, change, document="long", free=False):
    return (("FREE document;" if free else "") + SET.format(change, document), "document", f"{{{document}}}", column)


# What is planted: what is done, then the table, key and column that the report must name.
PLANTED = {
    "document of another id": (
        "UPDATE document SET document_id = %(made_elsewhere)s WHERE document_id = %(short)s", "document",
        "{made_elsewhere}", "document_id"),
    "document of nothing": of("object_id", "object_id = gen_random_uuid()"),
    "document of a thing of another kind": of("object_id", "object_kind = 'withdrawal'"),
    "document of a thing of no kind": of("object_kind", "object_kind = 'charge'", free=True),
    "document of a kind that nobody asks for": of("document_kind", "document_kind = 'diary'"),
    "document of another type": of("content_type", "content_type = 'text/html'", free=True),
    "document of no bytes": of("size_bytes", "size_bytes = 0", "short", free=True),
    "document of too many bytes": of("size_bytes", "size_bytes = 10485761", free=True),
    "document of another size": (SET.format("size_bytes = size_bytes + 1", "long"), "document_chunk", "{long}/3", "sealed"),
    "document longer than its pieces": (SET.format("size_bytes = size_bytes + 262144", "long"), "document", "{long}", "document_id"),
    "documents of too many bytes together": (
        "INSERT INTO document SELECT (jsonb_populate_record(d, jsonb_build_object('document_id', gen_random_uuid(), 'size_bytes', 10485760,"
        " 'content_hash', '\\x' || encode(sha256(n::text::bytea), 'hex')))).*"
        " FROM document AS d, generate_series(1, 7) AS n WHERE document_id = %(long)s", "document", "{long}", "size_bytes"),
    "too many documents": (
        "INSERT INTO document SELECT (jsonb_populate_record(d, jsonb_build_object('document_id', gen_random_uuid(),"
        " 'content_hash', '\\x' || encode(sha256(n::text::bytea), 'hex')))).*"
        " FROM document AS d, generate_series(1, 20) AS n WHERE document_id = %(short)s", "document", "{short}", "removed_at"),
    "document taken back before it came": of("removed_at", "removed_at = created_at - interval '1 s'", "gone"),
    "document handed in before the application": of("created_at", "created_at = created_at - interval '1 day'"),
    "document handed in after the end": ("UPDATE transfer SET ended_at = created_at WHERE transfer_id = %(transfer)s",
                                         "document", "{long}", "created_at"),
    "document of an uploader of another kind": of("uploader_kind", "uploader_kind = 'citizen'"),
    "document of an uploader of no kind": of("uploader_kind", "uploader_kind = 'robot'", free=True),
    "document uploaded by another": of("uploaded_by", "uploaded_by = gen_random_uuid()"),
    "document twice": (SET.format("content_hash = (SELECT content_hash FROM document WHERE document_id = %(twin)s),"
                                  " size_bytes = (SELECT size_bytes FROM document WHERE document_id = %(twin)s)", "short"),
                       "document", "{short}", "content_hash"),
    "document removed": ("DELETE FROM document WHERE document_id = %(long)s", "document_chunk", "{long}/1", "document_id"),
    "document called taken back": of("removed_at", "removed_at = created_at"),
    "document called standing": of("removed_at", "removed_at = NULL", "gone"),
    "piece removed": ("DELETE FROM document_chunk WHERE document_id = %(long)s AND seq = 2", "document", "{long}", "document_id"),
    "last piece removed": ("DELETE FROM document_chunk WHERE document_id = %(long)s AND seq = 3", "document", "{long}", "document_id"),
    "piece too many": ("INSERT INTO document_chunk SELECT person_key, 4, document_id, sealed FROM document_chunk"
                       " WHERE document_id = %(long)s AND seq = 3", "document_chunk", "{long}/4", "seq"),
    "piece of what was taken back": ("INSERT INTO document_chunk SELECT person_key, 1, %(gone)s, sealed FROM document_chunk"
                                     " WHERE document_id = %(short)s", "document_chunk", "{gone}/1", "document_id"),
    "piece of another document": (
        "UPDATE document_chunk SET document_id = %(made)s WHERE document_id = %(short)s", "document_chunk", "{made}/1", "document_id"),
    "piece of another person": ("UPDATE document_chunk SET person_key = %(other_person)s WHERE document_id = %(short)s",
                                "document", "{short}", "document_id"),
    "pieces in another order": (CHUNK.format("seq = 40", 3) + ";" + CHUNK.format("seq = 3", 1) + ";" + CHUNK.format("seq = 1", 40),
                                "document_chunk", "{long}/3", "sealed"),
    "piece cut": (CHUNK.format("sealed = substring(sealed FROM 1 FOR 1000)", 2), "document_chunk", "{long}/2", "sealed"),
    "piece of another algorithm": (CHUNK.format("sealed = set_byte(sealed, 0, 2)", 1), "document_chunk", "{long}/1", "sealed"),
    "document without its event": ("DELETE FROM audit_event WHERE detail ->> 'document_id' = %(long)s::text",
                                   "document", "{long}", "document_id"),
    "removal without its event": ("DELETE FROM audit_event WHERE action = 'remove_document'", "document", "{gone}", "removed_at"),
    "event of another thing": (
        "UPDATE audit_event SET object_id = gen_random_uuid() WHERE detail ->> 'document_id' = %(long)s::text",
        "document", "{long}", "object_id"),
}


def store(connection, moving, size, document_kind="other"):
    """By staff, through the program's own function; the pieces do not open."""
    document_id, plain = make_id(moving.person_key), secrets.token_bytes(size)
    pieces = [plain[i:i + PIECE] for i in range(0, size, PIECE)]
    sealed = b"".join(b"\1" + bytes(SEAL - 1) + piece for piece in pieces)
    ((status,),) = connection.execute(
        "SELECT status FROM document_store('create_transfer_document', 'transfer', %s, %s, %s, %s, 'image/png', %s, "
        "%s, %s, %s, 20, 67108864,"
        " NULL, 'staff', gen_random_uuid(), %s, gen_random_uuid(), 'r', %s)",
        [moving.person_key, moving.transfer_id, document_id, document_kind, size, hashlib.sha256(plain).digest(), sealed, PIECE + SEAL,
         INSTANT + DAY / 2, INSTANT]).fetchall()
    assert status == "created"
    return document_id


@pytest.fixture
def documents(superuser):
    moving = apply(superuser, documents=False)
    made = types.SimpleNamespace(moving=moving, long=store(superuser, moving, 2 * PIECE + 5), short=store(superuser, moving, 77),
                                 twin=store(superuser, moving, 78), gone=store(superuser, moving, 79))
    ((status,),) = superuser.execute(
        "SELECT status FROM document_remove(%s, %s, NULL, 'staff', gen_random_uuid(), %s, gen_random_uuid(), 'r', %s)",
        [moving.person_key, made.gone, INSTANT + DAY, INSTANT]).fetchall()
    assert status == "removed"
    return made


def test_it_is_clean_before(migrated, documents):
    assert audit(migrated)["faults"] == []


@pytest.mark.parametrize("what", PLANTED)
def test_planted_fault_is_found(migrated, superuser, documents, what):
    sql, table, key, column = PLANTED[what]
    person_key = documents.moving.person_key
    ids = {"long": documents.long, "short": documents.short, "twin": documents.twin, "gone": documents.gone,
           "transfer": documents.moving.transfer_id, "made": make_id(person_key), "made_elsewhere": make_id(person_key + 1),
           "other_person": person_key + 1}
    for statement in map(str.strip, sql.split(";")):
        if statement.startswith("FREE"):
            take_checks_off(superuser, statement.split()[1])
        else:
            assert superuser.execute(statement, ids if "%(" in statement else None).rowcount != 0, statement
    assert_named(audit(migrated), what, table, key.format(**ids), column)


def test_what_was_refused_counts_for_nothing(migrated, superuser, documents):
    moving = documents.moving
    superuser.execute("UPDATE transfer SET state = 'checked_out' WHERE transfer_id = %s", [moving.transfer_id])
    ((status,),) = superuser.execute(
        "SELECT status FROM document_remove(%s, %s, NULL, 'staff', gen_random_uuid(), %s, gen_random_uuid(), 'r', %s)",
        [moving.person_key, documents.short, INSTANT + DAY, INSTANT]).fetchall()
    assert status == "not_possible_now"
    assert [f for f in audit(migrated)["faults"] if f["table"].startswith("document")] == []
