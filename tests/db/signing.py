"""Calls the functions of signing in as the program does: members as dicts, one row for each."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import datetime
import hashlib
import secrets
import uuid

from tests.db.posting import make_id

START = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.timezone.utc)
MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)


def digest(text):
    return hashlib.sha256(str(text).encode()).digest()


@dataclasses.dataclass(frozen=True)
class Citizen:
    key: int
    person_id: uuid.UUID
    number: str
    card: str


def add_citizen(connection, phone=True):
    key = secrets.randbelow(1 << 62) or 1
    one = Citizen(key, make_id(key), f"number {key}", f"card {key}")
    connection.execute(
        "INSERT INTO person (person_key, person_id, birth_date, sex, citizen_number_sealed, name_sealed, phone_sealed,"
        " phone_hash, name_hash, created_at) VALUES (%s, %s, '1980-01-01', 'female', %s, %s, %s, %s, %s, %s)",
        [key, one.person_id, bytes(40), bytes(40), bytes(40) if phone else None, digest("phone") if phone else None,
         digest("name"), START],
    )  # fmt: skip
    for kind, number in (("citizen_number", one.number), ("card_number", one.card)):
        connection.execute(
            "INSERT INTO person_identifier VALUES (%s, %s, %s, %s)", [kind, digest(number), key, one.person_id]
        )
    return one


def call(connection, function, types, members, columns):
    """Rows of a set function: dicts, one for each member in order."""
    names = list(types)
    arrays = [[member.get(name) for member in members] for name in names]
    casts = ", ".join(f"%s::{kind}[]" for kind in types.values())
    rows = connection.execute(f"SELECT ord, {columns} FROM {function}({casts})", arrays).fetchall()
    assert [row[0] for row in rows] == list(range(1, len(members) + 1))
    return [dict(zip(columns.split(", "), row[1:])) for row in rows]


BEGIN = {
    "challenge_id": "uuid", "purpose": "text", "citizen_hash": "bytea", "card_hash": "bytea", "name_hash": "bytea",
    "signed_in_key": "bigint", "subject": "bytea", "target": "bytea", "source": "bytea", "code_hash": "bytea",
    "tries_left": "smallint", "expires_at": "timestamptz", "instant": "timestamptz", "attempt_id": "uuid",
    "outbox_id": "uuid", "payload": "bytea",
}  # fmt: skip
TOKENS = {
    "session_id": "uuid", "token_hash": "bytea", "token_id": "uuid", "refresh_hash": "bytea",
    "access_expires_at": "timestamptz", "idle_at": "timestamptz", "expires_at": "timestamptz",
    "instant": "timestamptz", "event_id": "uuid",
}  # fmt: skip
REDEEM = {
    "challenge_id": "uuid", "purpose": "text", "code_hash": "bytea", "source": "bytea", "attempt_id": "uuid",
    "is_ready": "boolean", "salt": "bytea", "hash": "bytea", "log2_n": "smallint", "block_size": "smallint",
    "parallel": "smallint", **TOKENS, "action": "text", "request_id": "text",
}  # fmt: skip
PASSWORD = {
    "person_key": "bigint", "salt": "bytea", "hash": "bytea", "subject": "bytea", "target": "bytea", "source": "bytea",
    "attempt_id": "uuid", **TOKENS, "request_id": "text",
}  # fmt: skip
REFRESH = {
    "refresh_hash": "bytea", "new_refresh_hash": "bytea", "token_hash": "bytea", "token_id": "uuid",
    "access_expires_at": "timestamptz", "idle_at": "timestamptz", "grace_s": "integer", "repeats_max": "smallint",
    "instant": "timestamptz", "event_id": "uuid", "request_id": "text",
}  # fmt: skip
SET = {
    "person_key": "bigint", "person_id": "uuid", "kind": "text", "proof_salt": "bytea", "proof_hash": "bytea",
    "challenge_id": "uuid", "code_hash": "bytea", "subject": "bytea", "source": "bytea", "attempt_id": "uuid",
    "is_ready": "boolean", "salt": "bytea", "hash": "bytea", "log2_n": "smallint", "block_size": "smallint",
    "parallel": "smallint", "token_id": "uuid", "instant": "timestamptz", "event_id": "uuid", "request_id": "text",
}  # fmt: skip
OPENED = "status, retry_after_s, session_id, person_id"


def asks(one, purpose="registration", source="home", at=START, **changes):
    """A member for challenge_begin whose code is "good"."""
    challenge_id = changes.pop("challenge_id", uuid.uuid4())
    return {
        "challenge_id": challenge_id, "purpose": purpose, "citizen_hash": digest(one.number),
        "card_hash": digest(one.card), "name_hash": digest("name"), "subject": digest(one.number),
        "target": digest(one.number + one.card), "source": digest(source), "code_hash": digest(f"{challenge_id} good"),
        "tries_left": 5, "expires_at": at + 5 * MINUTE, "instant": at, "attempt_id": uuid.uuid4(),
        "outbox_id": uuid.uuid4(), "payload": bytes(64), **changes,
    }  # fmt: skip


def begin(connection, *members):
    return [row["status"] for row in call(connection, "challenge_begin", BEGIN, members, "status, retry_after_s")]


def tokens(at):
    return {
        "session_id": uuid.uuid4(), "token_hash": secrets.token_bytes(32), "token_id": uuid.uuid4(),
        "refresh_hash": secrets.token_bytes(32), "access_expires_at": at + 15 * MINUTE, "idle_at": at + 7 * DAY,
        "expires_at": at + 30 * DAY, "instant": at, "event_id": uuid.uuid4(), "attempt_id": uuid.uuid4(),
        "request_id": "test",
    }  # fmt: skip


def redeems(asked, code="good", at=START + MINUTE, **changes):
    return {
        "challenge_id": asked["challenge_id"], "purpose": asked["purpose"],
        "code_hash": digest(f"{asked['challenge_id']} {code}"), "source": asked["source"], "is_ready": True,
        "action": "confirm_registration", **tokens(at), **changes,
    }  # fmt: skip


def with_password(secret):
    return {"salt": digest("salt")[:16], "hash": digest(secret), "log2_n": 15, "block_size": 8, "parallel": 1}


def redeem(connection, *members):
    return call(connection, "challenge_redeem", REDEEM, members, OPENED)


def statuses(rows):
    return [row["status"] for row in rows]


def registered(connection, one, at=START, **changes):
    """A session of somebody who has just registered: the member it was redeemed with."""
    asked = asks(one, at=at)
    assert begin(connection, asked) == ["begun"]
    member = redeems(asked, at=at, **changes)
    rows = redeem(connection, member)
    assert statuses(rows) == ["open"]
    return {**member, "session_id": rows[0]["session_id"]}


def count(connection, table, where="true"):
    return connection.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0]


def works(connection, token_hash):
    return count(connection, "token", f"token_hash = '\\x{token_hash.hex()}' AND revoked_at IS NULL") == 1


def tries(one, secret, source="home", at=START + MINUTE, **changes):
    return {
        "person_key": one.key, "salt": digest("salt")[:16], "hash": digest(secret), "subject": digest(one.number),
        "target": digest(one.number), "source": digest(source), **tokens(at), **changes,
    }  # fmt: skip


def sign_in(connection, *members):
    return call(connection, "sign_in_password", PASSWORD, members, OPENED)


def refreshes(refresh_hash, at=START + 2 * MINUTE, **changes):
    return {
        **tokens(at), "refresh_hash": refresh_hash, "new_refresh_hash": secrets.token_bytes(32), "grace_s": 300,
        "repeats_max": 4, **changes,
    }  # fmt: skip


def refresh(connection, *members):
    columns = "status, retry_after_s, session_id, person_id, access_expires_at, refresh_expires_at"
    return call(connection, "session_refresh", REFRESH, members, columns)


def went_on(connection, refresh_hash, **changes):
    member = refreshes(refresh_hash, **changes)
    assert statuses(refresh(connection, member)) == ["refreshed"]
    return member["new_refresh_hash"]


def went_on_of(connection, one):
    return registered(connection, one, at=START + DAY * (2 + count(connection, "session")))["refresh_hash"]


END = {"person_key": "bigint", "session_id": "uuid", "instant": "timestamptz", "event_id": "uuid", "request_id": "text"}


def ends(one, session_id=None, at=START + 2 * MINUTE):
    return {"person_key": one.key, "session_id": session_id, "instant": at, "event_id": uuid.uuid4(), "request_id": "r"}


def end(connection, *members):
    return statuses(call(connection, "session_end", END, members, "status"))


def sets(one, kind="password", at=START + 2 * MINUTE, **changes):
    return {
        "person_key": one.key, "person_id": one.person_id, "kind": kind, "subject": digest(one.person_id),
        "source": digest("home"), "is_ready": True, **with_password("new"), "instant": at, "event_id": uuid.uuid4(),
        "attempt_id": uuid.uuid4(), "token_id": uuid.uuid4(), "request_id": "r", **changes,
    }  # fmt: skip


def set_secret(connection, *members):
    return statuses(call(connection, "credential_set", SET, members, "status, retry_after_s"))
