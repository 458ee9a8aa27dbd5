"""Codes, sessions and passwords in the database: single use, races, batches, and what a lost connection repeats."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures
import dataclasses
import datetime
import hashlib
import secrets
import uuid

import pytest

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


@pytest.fixture
def citizen(owner):
    return add_citizen(owner)


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


def test_a_code_is_sent_only_when_all_three_match(owner, citizen):
    other = add_citizen(owner)
    members = [
        asks(citizen), asks(citizen, name_hash=digest("another name")), asks(citizen, card_hash=digest(other.card)),
        asks(citizen, citizen_hash=digest("nobody")), asks(citizen, card_hash=digest("nobody")),
        asks(add_citizen(owner, phone=False)), asks(citizen, purpose="sign_in"), asks(citizen, name_hash=None),
    ]  # fmt: skip
    for n, member in enumerate(members):
        assert begin(owner, {**member, "subject": digest(n), "target": digest(n)}) == ["begun"]
    assert owner.execute("SELECT outbox_id, person_key FROM outbox").fetchall() == [
        (members[0]["outbox_id"], citizen.key)
    ]
    assert count(owner, "challenge", "person_key IS NOT NULL") == 1 and count(owner, "challenge") == len(members)


def test_redeeming_opens_one_session(owner, citizen):
    asked = asks(citizen)
    begin(owner, asked)
    first = redeems(asked)
    row = redeem(owner, first)[0]
    assert row["status"] == "open" and row["person_id"] == citizen.person_id
    assert row["session_id"].int & ((1 << 62) - 1) == citizen.key and row["session_id"].variant == uuid.RFC_4122
    assert redeem(owner, first)[0] == row, "a lost connection repeats the same call"
    assert statuses(redeem(owner, redeems(asked))) == ["wrong"], "used"
    assert [count(owner, table) for table in ("session", "refresh_token", "token", "registration")] == [1] * 4
    assert owner.execute("SELECT action, actor_kind, person_key FROM audit_event").fetchall() == [
        ("confirm_registration", "citizen", citizen.key)
    ]


def test_a_code_of_nobody_never_succeeds(owner, citizen):
    asked = asks(citizen, name_hash=digest("another name"))
    begin(owner, asked)
    assert statuses(redeem(owner, redeems(asked))) == ["wrong"]
    assert statuses(redeem(owner, redeems(asks(citizen)))) == ["absent"]
    assert count(owner, "session") == 0


def test_five_tries_and_five_minutes(owner, citizen):
    tried, late, wrong_purpose = asks(citizen), asks(citizen, source="b"), asks(citizen, source="c")
    begin(owner, tried, late, wrong_purpose)
    for _ in range(5):
        assert statuses(redeem(owner, redeems(tried, "bad"))) == ["wrong"]
    assert statuses(redeem(owner, redeems(tried))) == ["wrong"]
    assert statuses(redeem(owner, redeems(late, at=START + 5 * MINUTE))) == ["wrong"]
    assert statuses(redeem(owner, redeems(wrong_purpose, purpose="sign_in"))) == ["wrong"]
    assert statuses(redeem(owner, redeems(late, at=START + 5 * MINUTE - datetime.timedelta(seconds=1)))) == ["open"]


def test_a_batch_is_judged_like_one_by_one(owner, citizen):
    asked = asks(citizen)
    begin(owner, asked)
    members = [redeems(asked, "bad") for _ in range(4)] + [redeems(asked)] * 1 + [redeems(asked) for _ in range(3)]
    assert statuses(redeem(owner, *members)) == ["wrong"] * 4 + ["open"] + ["wrong"] * 3
    tried = asks(citizen, source="b")
    begin(owner, tried)
    assert statuses(redeem(owner, *[redeems(tried, "bad") for _ in range(5)], redeems(tried))) == ["wrong"] * 6


def test_a_newer_code_ends_the_older_of_the_same_source_only(owner, citizen):
    old, elsewhere, new = asks(citizen), asks(citizen, source="elsewhere"), asks(citizen)
    for asked in (old, elsewhere, new):
        begin(owner, asked)
    assert statuses(redeem(owner, redeems(old))) == ["wrong"]
    assert statuses(redeem(owner, redeems(elsewhere))) == ["open"]
    assert statuses(redeem(owner, redeems(new))) == ["open"]
    both = asks(citizen, source="b"), asks(citizen, source="b")
    begin(owner, *both)
    assert statuses(redeem(owner, *map(redeems, both))) == ["wrong", "open"]


def test_parallel_confirmations_open_one_session(owner, citizen, cluster, migrated):
    asked = asks(citizen)
    begin(owner, asked)

    def confirm(_):
        with cluster.connect(migrated.database, "owner", options="-c role=yibao_app") as connection:
            return statuses(redeem(connection, redeems(asked)))[0]

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        results = list(pool.map(confirm, range(200)))
    assert results.count("open") == 1 and count(owner, "session") == 1


def test_judging_a_code_does_not_use_it_up(owner, citizen):
    asked = asks(citizen)
    begin(owner, asked)
    assert statuses(redeem(owner, redeems(asked, is_ready=False))) == ["right"]
    assert statuses(redeem(owner, redeems(asked, "bad", is_ready=False))) == ["wrong"]
    assert count(owner, "session") == 0 and count(owner, "challenge", "tries_left = 4") == 1
    assert statuses(redeem(owner, redeems(asked, **with_password("pw")))) == ["open"]
    assert count(owner, "credential") == 1


def test_a_new_password_ends_the_other_sessions(owner, citizen):
    first = registered(owner, citizen)
    second = registered(owner, citizen, at=START + MINUTE)
    assert works(owner, first["token_hash"]) and works(owner, second["token_hash"])
    epoch = "SELECT sum(version) FROM token_epoch"
    before = owner.execute(epoch).fetchone()[0]
    third = registered(owner, citizen, at=START + 2 * MINUTE, **with_password("pw"))
    assert [works(owner, s["token_hash"]) for s in (first, second, third)] == [False, False, True]
    assert owner.execute(epoch).fetchone()[0] > before
    assert count(owner, "session", "end_reason = 'password_changed'") == 2


def test_the_dead_do_not_sign_in(owner, citizen):
    session = registered(owner, citizen, **with_password("pw"))
    asked = asks(citizen, purpose="sign_in")
    begin(owner, asked)
    owner.execute("UPDATE person SET deceased_on = '2026-02-28' WHERE person_key = %s", [citizen.key])
    assert statuses(redeem(owner, redeems(asked))) == ["wrong"]
    begin(owner, asks(citizen, purpose="sign_in", source="b"), asks(citizen, source="b"))
    assert count(owner, "outbox") == 2, "only the two from before"
    assert statuses(sign_in(owner, tries(citizen, "pw"))) == ["wrong"]
    assert statuses(refresh(owner, refreshes(session["refresh_hash"]))) == ["unknown"]
    assert not works(owner, session["token_hash"])


def tries(one, secret, source="home", at=START + MINUTE, **changes):
    return {
        "person_key": one.key, "salt": digest("salt")[:16], "hash": digest(secret), "subject": digest(one.number),
        "target": digest(one.number), "source": digest(source), **tokens(at), **changes,
    }  # fmt: skip


def sign_in(connection, *members):
    return call(connection, "sign_in_password", PASSWORD, members, OPENED)


def test_passwords(owner, citizen):
    registered(owner, citizen, **with_password("pw"))
    nobody = {"person_key": None}
    members = [tries(citizen, "pw"), tries(citizen, "bad"), tries(citizen, "pw", salt=bytes(16)), tries(citizen, "pw", **nobody)]
    assert statuses(sign_in(owner, *members)) == ["open", "wrong", "wrong", "wrong"]
    again = sign_in(owner, members[0])
    assert statuses(again) == ["open"] and count(owner, "session", "method = 'password'") == 1
    owner.execute("DELETE FROM registration")
    assert statuses(sign_in(owner, tries(citizen, "pw"))) == ["wrong"], "registered people only"


def test_parallel_guesses_are_not_more_than_the_limit(owner, citizen, cluster, migrated):
    registered(owner, citizen, **with_password("pw"))

    def guess(n):
        with cluster.connect(migrated.database, "owner", options="-c role=yibao_app") as connection:
            return statuses(sign_in(connection, tries(citizen, f"guess {n}", source="elsewhere")))[0]

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        results = list(pool.map(guess, range(60)))
    assert results.count("wrong") == 5 and results.count("closed") == 55
    assert statuses(sign_in(owner, tries(citizen, "pw", source="elsewhere"))) == ["closed"]
    assert statuses(sign_in(owner, tries(citizen, "pw", source="home"))) == ["open"]
    assert count(owner, "audit_event", "action = 'lock_out'") == 1


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


def test_a_chain_of_refreshes(owner, citizen):
    session = registered(owner, citizen)
    current = session["refresh_hash"]
    for step in range(1, 8):
        row = refresh(owner, member := refreshes(current, at=START + step * DAY))[0]
        assert (row["status"], row["session_id"], row["person_id"]) == ("refreshed", session["session_id"], citizen.person_id)
        assert row["refresh_expires_at"] == min(START + (step + 7) * DAY, START + 30 * DAY)
        current = member["new_refresh_hash"]
    assert owner.execute("SELECT generation FROM session").fetchone() == (8,)
    assert statuses(refresh(owner, refreshes(digest("unknown")))) == ["unknown"]


def test_a_lost_reply_may_be_asked_for_again(owner, citizen):
    first = registered(owner, citizen)["refresh_hash"]
    went_on(owner, first)
    second = went_on(owner, first, at=START + 4 * MINUTE)
    third = went_on(owner, second, at=START + 5 * MINUTE)
    went_on(owner, third, at=START + 6 * MINUTE)
    assert count(owner, "session", "ended_at IS NULL") == 1


def test_the_same_call_again_gives_the_same(owner, citizen):
    member = refreshes(registered(owner, citizen)["refresh_hash"])
    assert refresh(owner, member) == refresh(owner, member)
    assert count(owner, "token") == 2 and count(owner, "refresh_token") == 2
    went_on(owner, member["new_refresh_hash"], at=START + 3 * MINUTE)


@pytest.mark.parametrize("thief_first", [False, True])
def test_a_copied_token_is_found_out(owner, citizen, thief_first):
    """Both get new tokens within the grace; as soon as both have gone on, the session ends."""
    first = registered(owner, citizen)["refresh_hash"]
    owners = went_on(owner, first)
    thiefs = went_on(owner, first, at=START + 3 * MINUTE)
    winner, loser = (thiefs, owners) if thief_first else (owners, thiefs)
    newest = went_on(owner, winner, at=START + 10 * MINUTE)
    assert statuses(refresh(owner, refreshes(loser, at=START + 11 * MINUTE))) == ["reused"]
    assert statuses(refresh(owner, refreshes(newest, at=START + 12 * MINUTE))) == ["unknown"]
    assert count(owner, "token", "revoked_at IS NULL AND expires_at > '2026-03-01 12:12Z'") == 0
    assert count(owner, "audit_event", "action = 'session_ended' AND detail->>'reason' = 'refresh_reused'") == 1


def test_an_old_token_ends_the_session(owner, citizen):
    first = registered(owner, citizen)["refresh_hash"]
    second = went_on(owner, first)
    assert statuses(refresh(owner, refreshes(first, at=START + 7 * MINUTE))) == ["reused"], "the grace is over"
    assert statuses(refresh(owner, refreshes(second, at=START + 7 * MINUTE))) == ["unknown"]

    first = registered(owner, citizen, at=START + DAY)["refresh_hash"]
    second = went_on(owner, first, at=START + DAY + MINUTE)
    went_on(owner, second, at=START + DAY + MINUTE)
    assert statuses(refresh(owner, refreshes(first, at=START + DAY + MINUTE))) == ["reused"], "its successor was used"


def test_repeats_are_few(owner, citizen):
    first = registered(owner, citizen)["refresh_hash"]
    results = [statuses(refresh(owner, refreshes(first)))[0] for _ in range(8)]
    assert results == ["refreshed"] * 5 + ["too_many"] * 3
    assert count(owner, "session", "ended_at IS NULL") == 1
    assert statuses(refresh(owner, *[refreshes(went_on_of(owner, citizen)) for _ in range(3)])) == ["refreshed"] * 3
    other = registered(owner, citizen, at=START + DAY)["refresh_hash"]
    batch = refresh(owner, *[refreshes(other, at=START + DAY) for _ in range(8)])
    assert statuses(batch) == ["refreshed"] * 5 + ["too_many"] * 3


def went_on_of(connection, one):
    return registered(connection, one, at=START + DAY * (2 + count(connection, "session")))["refresh_hash"]


def test_two_tokens_of_one_session_in_a_batch(owner, citizen):
    first = registered(owner, citizen)["refresh_hash"]
    second = went_on(owner, first)
    rows = refresh(owner, refreshes(second), refreshes(first), refreshes(digest("unknown")))
    assert statuses(rows) == ["refreshed", "busy", "unknown"]


def test_parallel_refreshes_leave_one_chain(owner, citizen, cluster, migrated):
    first = registered(owner, citizen)["refresh_hash"]

    def go_on(_):
        with cluster.connect(migrated.database, "owner", options="-c role=yibao_app") as connection:
            member = refreshes(first)
            return statuses(refresh(connection, member))[0], member["new_refresh_hash"]

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        results = list(pool.map(go_on, range(200)))
    good = [new for status, new in results if status == "refreshed"]
    assert len(good) == 5 and {status for status, _ in results} == {"refreshed", "too_many"}
    assert owner.execute("SELECT generation, ended_at FROM session").fetchone() == (2, None)
    went_on(owner, good[-1], at=START + 3 * MINUTE)


def test_idle_and_absolute_life(owner, citizen):
    idle = registered(owner, citizen)["refresh_hash"]
    assert statuses(refresh(owner, refreshes(idle, at=START + 7 * DAY))) == ["unknown"]
    current = registered(owner, citizen, at=START)["refresh_hash"]
    for day in range(5, 30, 5):
        current = went_on(owner, current, at=START + day * DAY)
    assert statuses(refresh(owner, refreshes(current, at=START + 30 * DAY))) == ["unknown"]


END = {"person_key": "bigint", "session_id": "uuid", "instant": "timestamptz", "event_id": "uuid", "request_id": "text"}


def ends(one, session_id=None, at=START + 2 * MINUTE):
    return {"person_key": one.key, "session_id": session_id, "instant": at, "event_id": uuid.uuid4(), "request_id": "r"}


def end(connection, *members):
    return statuses(call(connection, "session_end", END, members, "status"))


def test_signing_out(owner, citizen):
    other = add_citizen(owner)
    foreign = registered(owner, other)
    one, two, three = (registered(owner, citizen, at=START + n * DAY) for n in range(3))
    late = START + 3 * DAY
    assert end(owner, ends(citizen, one["session_id"], late), ends(citizen, foreign["session_id"], late)) == ["ended", "absent"]
    assert end(owner, ends(citizen, one["session_id"], late)) == ["ended"], "again"
    assert statuses(refresh(owner, refreshes(one["refresh_hash"], at=late))) == ["unknown"]
    assert end(owner, ends(citizen, at=late)) == ["ended"] == end(owner, ends(citizen, at=late))
    assert statuses(refresh(owner, refreshes(two["refresh_hash"], at=late), refreshes(three["refresh_hash"], at=late))) == ["unknown"] * 2
    assert count(owner, "session", "ended_at IS NULL") == 1, "the stranger's"
    assert works(owner, foreign["token_hash"])
    rows = owner.execute("SELECT action, detail->>'sessions' FROM audit_event WHERE action LIKE 'end_%' ORDER BY 1").fetchall()
    assert rows == [("end_my_session", "1"), ("end_my_sessions", "2")]


def test_a_refresh_under_way_does_not_survive_the_end(owner, citizen, cluster, migrated):
    session = registered(owner, citizen)
    member = refreshes(session["refresh_hash"])
    with cluster.connect(migrated.database, "owner") as slow, concurrent.futures.ThreadPoolExecutor(1) as pool:
        with slow.transaction():
            assert statuses(refresh(slow, member)) == ["refreshed"]
            waiting = pool.submit(end, owner, ends(citizen))
            while not slow.execute("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'").fetchall():
                pass
        assert waiting.result() == ["ended"]
    assert not works(owner, member["token_hash"])


def test_a_sign_in_under_way_does_not_survive_a_new_password(owner, citizen, cluster, migrated):
    registered(owner, citizen, **with_password("pw"))
    proof = {"proof_salt": digest("salt")[:16], "proof_hash": digest("pw")}
    member = tries(citizen, "pw")
    with cluster.connect(migrated.database, "owner") as slow, concurrent.futures.ThreadPoolExecutor(1) as pool:
        with slow.transaction():
            assert statuses(sign_in(slow, member)) == ["open"]
            waiting = pool.submit(set_secret, owner, sets(citizen, **proof))
            while not slow.execute("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'").fetchall():
                pass
        assert waiting.result() == ["set"]
    assert not works(owner, member["token_hash"])


def test_sessions_of_long_ago_are_forgotten(cluster, migrated, owner, citizen):
    """But no session that may still be refreshed, no token that works, and nothing of others."""
    other = add_citizen(owner)
    foreign, old = registered(owner, other), registered(owner, citizen)
    went_on(owner, old["refresh_hash"])
    with cluster.connect(migrated.database, "owner", options="-c role=yibao_app") as runtime:
        registered(runtime, citizen, at=START + 30 * DAY)
        assert count(owner, "session") == 3, "not yet"
        registered(runtime, citizen, at=START + 40 * DAY)
    assert {row[0] for row in owner.execute("SELECT person_key FROM session")} == {citizen.key, other.key}
    assert count(owner, "session") == 3 and count(owner, "refresh_token") == 3 and count(owner, "token") == 3
    assert works(owner, foreign["token_hash"])
    assert statuses(refresh(owner, refreshes(old["refresh_hash"], at=START + 40 * DAY))) == ["unknown"]


def sets(one, kind="password", at=START + 2 * MINUTE, **changes):
    return {
        "person_key": one.key, "person_id": one.person_id, "kind": kind, "subject": digest(one.person_id),
        "source": digest("home"), "is_ready": True, **with_password("new"), "instant": at, "event_id": uuid.uuid4(),
        "attempt_id": uuid.uuid4(), "token_id": uuid.uuid4(), "request_id": "r", **changes,
    }  # fmt: skip


def set_secret(connection, *members):
    return statuses(call(connection, "credential_set", SET, members, "status, retry_after_s"))


def test_setting_a_secret_needs_a_proof(owner, citizen):
    other = add_citizen(owner)
    registered(owner, citizen, **with_password("pw"))
    proof = {"proof_salt": digest("salt")[:16], "proof_hash": digest("pw")}
    wrong = {**proof, "proof_hash": digest("bad")}
    assert set_secret(owner, sets(citizen), sets(citizen, **wrong), sets(other, **proof)) == ["wrong"] * 3
    assert set_secret(owner, sets(citizen, is_ready=False, **proof)) == ["right"]
    assert set_secret(owner, sets(citizen, "pin", **proof), sets(citizen, **proof)) == ["set", "set"]
    assert set_secret(owner, sets(citizen, **proof)) == ["wrong"], "that was the old one"
    assert count(owner, "credential", "kind = 'pin'") == 1
    assert statuses(sign_in(owner, tries(citizen, "new"))) == ["open"]


def test_a_step_up_code_is_the_persons_own(owner, citizen):
    other = add_citizen(owner)
    asked = {**asks(citizen, "step_up"), "citizen_hash": None, "card_hash": None, "signed_in_key": citizen.key}
    assert begin(owner, asked) == ["begun"]
    proof = {"challenge_id": asked["challenge_id"], "code_hash": asked["code_hash"]}
    assert set_secret(owner, sets(other, **proof)) == ["wrong"], "somebody else's"
    assert set_secret(owner, sets(citizen, **{**proof, "code_hash": digest("bad")})) == ["wrong"]
    good = sets(citizen, **proof)
    assert set_secret(owner, sets(citizen, **proof, is_ready=False), good, sets(citizen, **proof)) == ["right", "set", "wrong"]
    assert set_secret(owner, good) == ["set"], "the same call again"
    silent = add_citizen(owner, phone=False)
    nobody = {**asks(silent, "step_up"), "citizen_hash": None, "card_hash": None, "signed_in_key": silent.key}
    assert begin(owner, nobody) == ["no_phone"]


def test_a_new_password_keeps_the_session_it_was_set_in(owner, citizen):
    old, own = registered(owner, citizen, **with_password("pw")), None
    own = registered(owner, citizen, at=START + MINUTE)
    (token_id,) = owner.execute("SELECT token_id FROM token WHERE token_hash = %s", [own["token_hash"]]).fetchone()
    proof = {"proof_salt": digest("salt")[:16], "proof_hash": digest("pw")}
    assert set_secret(owner, sets(citizen, "pin", token_id=token_id, **proof)) == ["set"]
    assert works(owner, old["token_hash"]), "a PIN ends nothing"
    assert set_secret(owner, sets(citizen, token_id=token_id, **proof)) == ["set"]
    assert not works(owner, old["token_hash"]) and works(owner, own["token_hash"])


def test_members_do_not_hurt_each_other(owner, citizen):
    """Unknown, foreign and empty members beside good ones."""
    asked = asks(citizen)
    assert begin(owner, asks(citizen, purpose="nonsense", source="x") | {"purpose": "step_up"}, asked)[1] == "begun"
    rows = redeem(owner, redeems(asks(citizen)), redeems(asked, purpose=None), redeems(asked, code_hash=None),
                  redeems(asked, challenge_id=None), redeems(asked, is_ready=None), redeems(asked))  # fmt: skip
    assert statuses(rows) == ["absent", "wrong", "wrong", "absent", "right", "open"]
    rows = sign_in(owner, tries(citizen, "x", hash=None), tries(citizen, "x", person_key=-1), tries(citizen, "x", salt=None))
    assert statuses(rows) == ["wrong"] * 3
    assert set_secret(owner, sets(citizen, person_key=None), sets(citizen, person_id=uuid.uuid4())) == ["wrong"] * 2
    assert end(owner, ends(dataclasses.replace(citizen, key=None), uuid.uuid4()), ends(citizen)) == ["absent", "ended"]


def test_old_challenges_are_forgotten(owner, citizen):
    owner.execute("UPDATE attempt_limit SET at_most = 1000")
    begin(owner, *[asks(citizen, source=n) for n in range(100)])
    begin(owner, asks(citizen, at=START + 3 * DAY))
    assert count(owner, "challenge") == 1
