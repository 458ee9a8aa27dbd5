"""Small real PDFs, JPEGs and PNGs, of any size, made by hand; and transfers and withdrawals to hand them in for."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import hashlib
import struct
import zlib

from tests.harness import money

TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
MIB = 1 << 20
LONGEST = 10 * MIB


def noise(count, seed=0):
    """Bytes that look like what is compressed, without 0xff, so that they may stand in a JPEG."""
    block = b"".join(hashlib.sha256(b"%d %d" % (seed, i)).digest() for i in range(256)).replace(b"\xff", b"\xfe").replace(b"PK", b"pk")
    return (block * (count // len(block) + 1))[:count]


def pdf(inside=b"", after_head=b""):
    """One empty page, and a stream with `inside`."""
    text = b"%PDF-1.7\n" + after_head
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
               b"<</Length %d>>stream\n%s\nendstream" % (len(inside), inside)]
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(text))
        text += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return text + b"xref\n0 5\n0000000000 65535 f \n%strailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (table, len(text))


def segment(marker, body):
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg(comments=(), width=8, height=8, scan=b"\x3f\xff\x00\x12\xff\xd0\x55"):
    """One grey block of 8 × 8, with comments in front."""
    tables = segment(0xDB, b"\0" + b"\1" * 64)
    for kind in (0x00, 0x10):
        tables += segment(0xC4, bytes([kind, 1]) + b"\0" * 15 + b"\0")
    frame = segment(0xC0, struct.pack(">BHHBBBB", 8, height, width, 1, 1, 0x11, 0))
    head = b"\xff\xd8" + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + b"".join(segment(0xFE, c) for c in comments)
    return head + tables + frame + segment(0xDA, b"\1\1\0\0\x3f\0") + scan + b"\xff\xd9"


def indexed(picture):
    """The same, saying that further pictures follow (MPF), as telephones with two cameras or HDR write it."""
    return picture[:20] + segment(0xE2, b"MPF\0MM\0*\0\0\0\b" + bytes(4)) + picture[20:]


def notes(*blocks):
    """What Samsung telephones append: (name, data)."""
    made = [struct.pack("<HHI", 0, 0x0A01 + n, len(name)) + name + data for n, (name, data) in enumerate(blocks)]
    entries, left = b"", sum(map(len, made))
    for n, block in enumerate(made):
        entries += struct.pack("<HHII", 0, 0x0A01 + n, left, len(block))
        left -= len(block)
    directory = b"SEFH" + struct.pack("<II", 106, len(made)) + entries
    return b"".join(made) + directory + struct.pack("<I", len(directory)) + b"SEFT"


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(extra=(), width=1, height=1, colour=0, depth=8):
    data = zlib.compress(b"\0" + b"\xff" * min(width, 64))
    parts = [chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)), *extra,
             chunk(b"IDAT", data), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def of_size(size, seed=0):
    """A PNG of exactly so many bytes."""
    rest = size - len(png()) - 12
    assert rest >= 0
    made = png([chunk(b"teSt", noise(rest, seed))])
    assert len(made) == size
    return made


SAMPLES = {"pdf": pdf(b"BT ET"), "jpeg": jpeg([b"scan"]), "png": png()}


def transfer(sql, citizen, state="submitted", from_pool="620500", to_pool="440100", to_scheme="employee", instant=None):
    """One of the citizen's, in any state, with the step that began it; what else it has done is not told."""
    key, transfer_id = money.key_of(citizen.person_id), money.new_id(money.key_of(citizen.person_id))
    instant = instant or datetime.datetime.now(datetime.timezone.utc)
    with sql.transaction():
        sql.execute(
            "INSERT INTO transfer (person_key, created_at, entered_at, ended_at, transfer_id, person_id, from_enrolment_id, machine, way,"
            " state, from_pool_code, to_pool_code, from_scheme, to_scheme)"
            " VALUES (%(key)s, %(at)s, %(at)s, CASE WHEN %(over)s THEN %(at)s END, %(id)s, %(person)s,"
            " coalesce((SELECT enrolment_id FROM enrolment WHERE person_key = %(key)s AND pool_code = %(from)s LIMIT 1),"
            " gen_random_uuid()), 'transfer',"
            " %(way)s, %(state)s, %(from)s, %(to)s, 'employee', %(to_scheme)s)",
            {"key": key, "at": instant, "over": state in ("completed", "rejected", "cancelled"), "id": transfer_id,
             "person": citizen.person_id, "state": state, "from": from_pool, "to": to_pool, "to_scheme": to_scheme,
             "way": "scheme_only" if from_pool == to_pool else "cross_province"})
        begin(sql, key, transfer_id, "transfer", citizen, instant)
    return str(transfer_id)


def withdrawal(sql, citizen, state="submitted", reason="emigration", pool="620500", account_id=None, instant=None):
    key, withdrawal_id = money.key_of(citizen.person_id), money.new_id(money.key_of(citizen.person_id))
    instant = instant or datetime.datetime.now(datetime.timezone.utc)
    with sql.transaction():
        sql.execute(
            "INSERT INTO withdrawal (person_key, created_at, changed_at, ended_at, withdrawal_id, person_id, account_id, pool_code, reason,"
            " state, payee_kind, bank_card_sealed, payee_name_sealed)"
            " VALUES (%(key)s, %(at)s, %(at)s, CASE WHEN %(over)s THEN %(at)s END, %(id)s, %(person)s, %(account)s, %(pool)s, %(reason)s,"
            " %(state)s, %(payee)s, sha256('x'), sha256('y'))",
            {"key": key, "at": instant, "over": state in ("rejected", "cancelled", "returned"), "id": withdrawal_id,
             "person": citizen.person_id, "account": account_id or money.new_id(key), "pool": pool, "reason": reason, "state": state,
             "payee": "heir" if reason == "death" else "person"})
        begin(sql, key, withdrawal_id, "withdrawal", citizen, instant)
    return str(withdrawal_id)


def begin(sql, key, object_id, machine, citizen, instant):
    sql.execute(
        "INSERT INTO state_change (person_key, at, seq, object_id, actor_id, machine, event, from_state, to_state, who, actor_kind)"
        " VALUES (%s, %s, 1, %s, %s, %s, 'submit', '', 'submitted', 'person', 'citizen')",
        [key, instant, object_id, citizen.person_id, machine])


def complete(sql, object_id):
    """Gives documents of it that were only inserted a piece each, which does not open, and the event of whoever handed them in."""
    with sql.transaction():
        sql.execute(
            "INSERT INTO document_chunk (person_key, document_id, seq, sealed)"
            " SELECT person_key, document_id, 1, '\\x01'::bytea || decode(repeat('00', size_bytes + 30), 'hex') FROM document"
            " WHERE object_id = %s ON CONFLICT DO NOTHING", [object_id])
        sql.execute(
            "INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, request_id, detail)"
            " SELECT gen_random_uuid(), now(), uploader_kind, uploaded_by, 'create_' || object_kind || '_document', person_key, object_id,"
            " 'planted', jsonb_build_object('document_id', document_id) FROM document WHERE object_id = %(id)s"
            " AND NOT EXISTS (SELECT FROM audit_event AS event WHERE event.object_id = %(id)s"
            "                 AND event.detail ->> 'document_id' = document.document_id::text)", {"id": object_id})


def cancel(sql, object_id, table):
    """As the person does, with the step; but for what else it would bring about."""
    with sql.transaction():
        over(sql, object_id, table)
        sql.execute(
            "INSERT INTO state_change (person_key, at, seq, object_id, actor_id, machine, event, from_state, to_state, who, actor_kind)"
            " SELECT person_key, now(), 2, object_id, actor_id, machine, 'cancel', to_state, 'cancelled', 'person', 'citizen'"
            " FROM state_change WHERE object_id = %s AND seq = 1", [object_id])


def over(sql, object_id, table="transfer", state="cancelled"):
    changed = "changed_at" if table == "withdrawal" else "entered_at"
    sql.execute(f"UPDATE {table} SET state = %s, ended_at = now(), {changed} = now() WHERE {table}_id = %s", [state, object_id])


def path_of(kind, object_id):
    return f"/v1/{kind}s/{object_id}/documents"


def hand_in(api, by, kind, object_id, content, document_kind=None, content_type="image/png", headers=None):
    document_kind = document_kind or "citizen_id"
    return api.post(path_of(kind, object_id), by=by, params={"kind": document_kind}, content=content,
                    headers={"Content-Type": content_type, **(headers or {})})
