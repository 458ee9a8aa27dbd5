"""Corrections in SQL: poisonous members, one batch for all, races with imports, and what the auditor finds of it."""
# SPDX-License-Identifier: Apache-2.0
import hashlib
import threading
import time
import uuid

import psycopg
import pytest

from tests.db.planting import assert_named
from tests.db.posting import INSTANT, POOL, Account, Entry, make_id, post
from tests.db.test_proposals import OPERATOR, REVIEWER, approve, decision, state_of
from tests.db.world import audit

PERSON = "person_correction_propose"
ENROLMENT = "enrolment_correction_propose"
STATUS = "account_status_propose"
TYPES = {
    PERSON: "uuid bigint uuid text bytea bytea bytea bytea bytea bytea text bytea bytea bytea date text date text text"
    " text uuid timestamptz uuid text",
    ENROLMENT: "uuid bigint uuid uuid text text date date text text text text text uuid text text uuid timestamptz uuid text",
    STATUS: "uuid bigint uuid text text text text uuid timestamptz uuid text",
}


def call(connection, function, rows):
    types = TYPES[function].split()
    places = ", ".join(f"%s::{t}[]" for t in types)
    columns = [[row[name] for row in rows] for name in rows[0]]
    assert len(columns) == len(types)
    return [s for (s,) in connection.execute(f"SELECT status FROM {function}({places}) ORDER BY ord", columns)]


def common(**changes):
    return {"reason": "because", "source_document": None, "proposed_by": OPERATOR, "instant": INSTANT,
            "event_id": uuid.uuid4(), "request_id": "r" * 16, **changes}


def correction(account, **changes):
    row = {"proposal_id": make_id(account.person_key), "person_key": account.person_key, "person_id": account.person_id,
           "visible": None, "name_sealed": None, "name_hash": None, "phone_sealed": None, "phone_hash": None,
           "number_sealed": None, "number_hash": None, "certificate_kind": None, "card_sealed": None, "card_hash": None,
           "bank_card_sealed": None, "birth_date": None, "sex": None, "deceased_on": None, "cleared": None, **common()}
    return {**row, **changes}


def new_number(text, kind="citizen_number"):
    """The parameters of a new number, and its hash."""
    hashed = hashlib.sha256(text.encode()).digest()
    if kind == "card_number":
        return {"card_sealed": hashed, "card_hash": hashed}
    return {"number_sealed": hashed, "number_hash": hashed, "certificate_kind": "citizen_number"}


def of_enrolment(account, of, **changes):
    row = {"proposal_id": make_id(account.person_key), "person_key": account.person_key, "person_id": account.person_id,
           "enrolment_id": of, "visible": None, "status": None, "ended_on": None, "retired_on": None,
           "employer_code": None, "account_mode": None, "payer_kind": None, "exempt_group": None, "cleared": None,
           "account_id": make_id(account.person_key), **common()}
    return {**row, **changes}


def of_status(account, status, **changes):
    row = {"proposal_id": make_id(account.person_key), "person_key": account.person_key,
           "account_id": account.account_id, "visible": None, "status": status, **common()}
    return {**row, **changes}


def approve_all(connection, rows, decided_by=REVIEWER):
    return approve(connection, [decision(row["proposal_id"], decided_by=decided_by) for row in rows])


@pytest.fixture
def runtime(cluster, migrated):
    with cluster.connect(migrated.database, "owner", options="-c role=yibao_app") as connection:
        yield connection


@pytest.fixture
def people(owner):
    return [Account().insert_owner(owner).insert(owner) for _ in range(4)]


def enrol(connection, account, **changes):
    row = {"person_key": account.person_key, "enrolment_id": make_id(account.person_key), "pool_code": POOL,
           "scheme": "employee", "status": "active", "account_mode": "with_account", "payer_kind": "self",
           "started_on": "2015-01-01", **changes}
    places = ", ".join(["%s"] * len(row))
    connection.execute(f"INSERT INTO enrolment ({', '.join(row)}) VALUES ({places})", list(row.values()))
    return row["enrolment_id"]


BYTES = b"x" * 40
LONG_PAST, EVER = "1700-01-01", "infinity"
POISON = {
    PERSON: [
        {"proposal_id": None}, {"person_key": None}, {"person_id": None}, {"name_sealed": BYTES}, {"name_hash": b"x" * 32},
        {"name_sealed": BYTES, "name_hash": b"x"}, {"name_sealed": b"", "name_hash": b"x" * 32},
        {"phone_sealed": b"x" * 257, "phone_hash": b"x" * 32}, {"number_sealed": BYTES, "number_hash": b"x" * 32},
        {"number_sealed": BYTES, "number_hash": b"x" * 32, "certificate_kind": "diary"}, {"certificate_kind": "passport"},
        {"card_sealed": BYTES}, {"card_sealed": BYTES, "card_hash": b""}, {"bank_card_sealed": b"x"}, {"sex": "other"},
        {"birth_date": EVER}, {"birth_date": LONG_PAST}, {"deceased_on": "-infinity"}, {"deceased_on": "1960-01-01"},
        {"cleared": "name"}, {"cleared": ","}, {"reason": None}, {"reason": "x" * 2001}, {"source_document": "x" * 513},
        {"proposed_by": None}, {"instant": None}, {"event_id": None}, {"request_id": "x" * 65}, {"visible": "110000"},
        {"visible": ""}, {"sex": "unknown"},
    ],
    ENROLMENT: [
        {"proposal_id": None}, {"person_key": None}, {"enrolment_id": None}, {"enrolment_id": uuid.uuid4()},
        {"status": "asleep"}, {"status": "ended"}, {"ended_on": EVER}, {"ended_on": "2014-12-31", "status": "ended"},
        {"retired_on": "-infinity"}, {"retired_on": LONG_PAST}, {"employer_code": "x"}, {"employer_code": "X" * 18},
        {"account_mode": ""}, {"payer_kind": "state"}, {"exempt_group": "Group"}, {"exempt_group": ""},
        {"cleared": "status"}, {"account_id": None}, {"reason": ""}, {"proposed_by": None}, {"instant": None},
        {"event_id": None}, {"request_id": "x" * 65}, {"visible": "110000"}, {"status": "active"}, {"source_document": "x" * 513},
    ],
    STATUS: [
        {"proposal_id": None}, {"person_key": None}, {"account_id": None}, {"status": None}, {"status": "asleep"},
        {"status": "active"}, {"status": "deceased"}, {"reason": None}, {"proposed_by": None}, {"instant": None},
        {"event_id": None}, {"request_id": "x" * 65}, {"visible": "110000"}, {"visible": ""}, {"source_document": "x" * 513},
    ],
}


@pytest.mark.parametrize("function", POISON)
def test_poisonous_members_hurt_nobody(runtime, owner, people, function):
    healthy, sick = people[:3], people[3]
    make = {
        PERSON: lambda a, **c: correction(a, **{"phone_sealed": BYTES, "phone_hash": b"p" * 32, **c}),
        ENROLMENT: lambda a, **c: of_enrolment(a, enrolments[a.person_key], **{"retired_on": "2026-01-01", **c}),
        STATUS: lambda a, **c: of_status(a, **{"status": "frozen", **c}),
    }[function]
    enrolments = {a.person_key: enrol(owner, a) for a in people}
    poison = POISON[function]
    rows = [make(sick, **{**dict.fromkeys(("phone_sealed", "phone_hash", "retired_on")), **p}) if function != STATUS
            else make(sick, **p) for p in poison]
    if function != STATUS:
        rows = [{k: row[k] for k in make(sick)} for row in rows]
    for n, account in enumerate(healthy):
        rows.insert(n * 5, make(account))
    statuses = call(runtime, function, rows)
    good = [status for row, status in zip(rows, statuses) if row["person_key"] in {a.person_key for a in healthy}]
    assert good == ["proposed"] * 3
    bad = [status for row, status in zip(rows, statuses) if row["person_key"] not in {a.person_key for a in healthy}]
    assert len(bad) == len(poison) and "proposed" not in bad
    assert set(approve_all(runtime, [rows[n * 5] for n in range(3)])) == {"done"}


def test_proposed_again_after_a_lost_connection(runtime, people):
    rows = [correction(people[0], sex="male"), correction(people[1], sex="male")]
    assert call(runtime, PERSON, rows) == call(runtime, PERSON, rows) == ["proposed"] * 2
    assert runtime.execute("SELECT count(*) FROM proposal").fetchone() == (2,)
    assert runtime.execute("SELECT count(*) FROM audit_event").fetchone() == (2,)


def test_the_same_number_twice_in_one_batch(runtime, people):
    """The first gets it; what the second asked for besides is not done either."""
    rows = [correction(people[0], **new_number("A")),
            correction(people[1], **new_number("A"), **new_number("B", "card_number"), sex="male"),
            correction(people[2], **new_number("C"), **new_number("B", "card_number"))]
    assert call(runtime, PERSON, rows) == ["proposed"] * 3
    answers = dict(zip((r["proposal_id"] for r in rows), approve_all(runtime, rows)))
    assert sorted(answers.values()) == ["already_exists", "done", "done"] or sorted(answers.values()) == [
        "already_exists", "already_exists", "done"]
    for row in rows:
        owned = runtime.execute("SELECT count(*) FROM person_identifier WHERE person_key = %s AND hash = ANY (%s)", [
            row["person_key"], [h for h in (row["number_hash"], row["card_hash"]) if h]]).fetchone()[0]
        wanted = sum(row[name] is not None for name in ("number_hash", "card_hash"))
        assert owned == (wanted if answers[row["proposal_id"]] == "done" else 0)
        state = state_of(runtime, row["proposal_id"])[0]
        assert state == ("approved" if answers[row["proposal_id"]] == "done" else "open")
    assert runtime.execute("SELECT sex FROM person WHERE person_key = %s", [people[1].person_key]).fetchone() == (
        "male" if answers[rows[1]["proposal_id"]] == "done" else "unknown",)


def test_an_import_that_takes_the_number_meanwhile(cluster, migrated, runtime, owner, people):
    row = correction(people[0], **new_number("A"))
    call(runtime, PERSON, [row])
    answers = []

    def decide():
        with cluster.connect(migrated.database, "owner") as connection:
            answers.extend(approve_all(connection, [row]))

    with owner.transaction():
        owner.execute("INSERT INTO person_identifier VALUES ('citizen_number', %s, %s, %s)",
                      [row["number_hash"], people[1].person_key, people[1].person_id])
        thread = threading.Thread(target=decide)
        thread.start()
        while not runtime.execute("SELECT FROM pg_locks WHERE NOT granted").fetchall():
            time.sleep(0.01)
    thread.join()
    assert answers == ["already_exists"]


def test_several_of_one_person_follow_each_other(runtime, owner, people):
    """In one batch: the old enrolment ends, then the new one becomes active; the account that receives changes too."""
    account = people[0]
    old = enrol(owner, account)
    new = enrol(owner, account, pool_code="620900", status="suspended", started_on="2020-01-01", account_mode="pooled_only")
    ends = of_enrolment(account, old, status="ended", ended_on="2026-01-01")
    begins = of_enrolment(account, new, retired_on="2026-01-01", account_mode="with_account")
    assert call(runtime, ENROLMENT, [ends, begins]) == ["proposed"] * 2
    assert approve_all(runtime, [begins, ends]) == ["done"] * 2
    again = of_enrolment(account, new, status="active")
    assert call(runtime, ENROLMENT, [again]) == ["proposed"] and approve_all(runtime, [again]) == ["done"]
    opened = runtime.execute("SELECT account_id, status FROM account WHERE pool_code = '620900'").fetchall()
    assert opened == [(begins["account_id"], "spend_only")]
    other = Account(account.person_key, "620900")
    other.account_id = begins["account_id"]
    rows = [of_status(account, "spend_only")]
    assert call(runtime, STATUS, rows) == ["proposed"] and approve_all(runtime, rows) == ["done"]
    rows = [of_status(other, "active")]
    assert call(runtime, STATUS, rows) == ["proposed"] and approve_all(runtime, rows) == ["done"]


def test_an_account_that_somebody_dead_turns_out_to_have_receives_nothing(runtime, owner, people):
    dead = people[0]
    of = enrol(owner, dead, pool_code="620900", status="suspended", account_mode="pooled_only")
    death = [correction(dead, deceased_on="2026-01-01")]
    assert call(runtime, PERSON, death) == ["proposed"] and approve_all(runtime, death) == ["done"]
    late = [of_enrolment(dead, of, account_mode="with_account")]
    assert call(runtime, ENROLMENT, late) == ["proposed"] and approve_all(runtime, late) == ["done"]
    assert runtime.execute("SELECT DISTINCT status FROM account WHERE person_key = %s", [dead.person_key]).fetchall() == [("deceased",)]


def test_money_arrives_before_it_is_closed(runtime, owner, people):
    row = of_status(people[0], "closed")
    assert call(runtime, STATUS, [row, of_status(people[1], "closed")]) == ["proposed"] * 2
    post(owner, [Entry(people[0], 1)])
    assert approve_all(runtime, [row]) == ["not_allowed_in_status"]


def open_session(connection, account):
    """One that began an hour before, and a code that was sent but not used."""
    secret = hashlib.sha256(b"s").digest()
    connection.execute(
        "INSERT INTO session (person_key, session_id, person_id, method, source, created_at, used_at, idle_at, expires_at)"
        " SELECT %s, %s, %s, 'sms', %s, t, t, 'infinity', 'infinity' FROM (SELECT %s::timestamptz - interval '1 hour' AS t) AS o",
        [account.person_key, make_id(account.person_key), account.person_id, secret, INSTANT])
    connection.execute(
        "INSERT INTO challenge (challenge_id, purpose, person_key, person_id, subject, target, source, code_hash, tries_left,"
        " created_at, expires_at) VALUES (gen_random_uuid(), 'sign_in', %s, %s, %s, %s, %s, %s, 3, %s, 'infinity')",
        [account.person_key, account.person_id, secret, secret, secret, secret, INSTANT])


PLANTED = {
    "a number is lost": ("DELETE FROM person_identifier WHERE kind = 'card_number' AND person_key = %(key)s",
                         "proposal", "card_number"),
    "a former number is somebody else's": (
        "UPDATE person_identifier_former SET person_id = gen_random_uuid()", "person_identifier_former", "person_id"),
    "a former number without a person": (
        "UPDATE person_identifier_former SET person_key = 77", "person_identifier_former", "person_id"),
    "a number that nobody retired": (
        "INSERT INTO person_identifier_former SELECT 'card_number', sha256('x'), person_key, person_id, retired_at, gen_random_uuid()"
        " FROM person_identifier_former", "person_identifier_former", "proposal_id"),
    "a number retired by another proposal": (
        "UPDATE proposal SET payload = payload || '{\"changes\": []}'", "person_identifier_former", "proposal_id"),
    "decided by who proposed it": (
        "ALTER TABLE proposal DROP CONSTRAINT proposal_check4;ALTER TABLE proposal DROP CONSTRAINT proposal_check3;"
        "UPDATE proposal SET proposed_by = decided_by", "proposal", "decided_by"),
    "withdrawn by another": (
        "ALTER TABLE proposal DROP CONSTRAINT proposal_check5;"
        "UPDATE proposal SET state = 'withdrawn', outcome = NULL", "proposal", "decided_by"),
    "a token goes on": ("UPDATE token SET revoked_at = NULL", "token", "revoked_at"),
    "a session goes on": ("UPDATE session SET ended_at = NULL, end_reason = NULL", "session", "ended_at"),
}


@pytest.mark.parametrize("what", PLANTED)
def test_planted_faults_are_found(migrated, world, what):
    connection = world.connection
    connection.execute(
        "INSERT INTO token (token_hash, token_id, kind, subject_id, person_key, created_at, expires_at)"
        " VALUES (sha256('t'), gen_random_uuid(), 'citizen', %s, %s, %s::timestamptz - interval '1 hour', 'infinity')",
        [world.account.person_id, world.account.person_key, INSTANT])
    open_session(connection, world.account)
    row = correction(world.account, **new_number("new"), **new_number("card", "card_number"))
    assert call(connection, PERSON, [row]) == ["proposed"]
    assert approve_all(connection, [row]) == ["done"]
    assert connection.execute("SELECT revoked_by FROM token").fetchone() == (REVIEWER,)
    assert connection.execute("SELECT end_reason FROM session").fetchone() == ("person_corrected",)
    assert connection.execute("SELECT ended_at FROM challenge").fetchone() == (INSTANT,), "nor is a code of before any good"
    report = audit(migrated)
    assert report["clean"], report["faults"]
    sql, table, column = PLANTED[what]
    for statement in sql.split(";"):
        assert connection.execute(statement, {"key": world.account.person_key} if "%(" in statement else None).rowcount != 0
    assert_named(audit(migrated), what, table, None, column)


def test_a_former_number_cannot_be_changed(runtime):
    for sql in ("UPDATE person_identifier_former SET hash = hash", "DELETE FROM person_identifier_former"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            runtime.execute(sql)
