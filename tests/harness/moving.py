"""Transfers as applications leave them, and the decisions of desks over HTTP."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid

from tests.harness import money, scans

FAR, NEAR = "440100", "620900"
DOCUMENTS = ("citizen_id", "enrolment_certificate")


def enrolment_of(sql, person, pool_code="620500"):
    return sql.execute("SELECT enrolment_id FROM enrolment WHERE person_key = %s AND pool_code = %s",
                       [money.key_of(person.person_id), pool_code]).fetchone()[0]


def wait_there(sql, person, pool_code, since, scheme="employee"):
    """An enrolment that waits at the new pool."""
    key = money.key_of(person.person_id)
    enrolment_id = money.new_id(key)
    sql.execute(
        "INSERT INTO enrolment (person_key, enrolment_id, pool_code, scheme, status, account_mode, payer_kind, started_on)"
        " VALUES (%s, %s, %s, %s, 'pending_in', %s, 'self', %s)",
        [key, enrolment_id, pool_code, scheme, "with_account" if scheme == "employee" else "pooled_only", since])
    return enrolment_id


def apply(sql, person, way="cross_province", to_pool=FAR, since=None, documents=DOCUMENTS, days_ago=0, due_on=None, **changes):
    """The id of a new transfer, as the person's application leaves it."""
    key, now = money.key_of(person.person_id), datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days_ago)
    to_scheme = changes.get("to_scheme", "employee")
    row = {"person_key": key, "created_at": now, "entered_at": now, "transfer_id": money.new_id(key), "person_id": person.person_id,
           "from_enrolment_id": enrolment_of(sql, person), "from_account_id": person.account_id,
           "to_enrolment_id": wait_there(sql, person, to_pool, since, to_scheme) if since else None,
           "machine": "transfer_payout" if way == "payout" else "transfer", "way": way, "state": "submitted",
           "from_pool_code": "620500", "to_pool_code": to_pool, "from_scheme": "employee", "to_scheme": to_scheme,
           "bank_card_sealed": bytes(40) if way == "payout" else None, **changes}
    with sql.transaction():
        sql.execute("UPDATE enrolment SET status = 'closing' WHERE person_key = %s AND enrolment_id = %s", [key, row["from_enrolment_id"]])
        sql.execute(f"INSERT INTO transfer ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))
        sql.execute("UPDATE transfer SET due_on = coalesce(%s, transfer_due_on(machine, state, from_pool_code, to_pool_code, %s))"
                    " WHERE transfer_id = %s", [due_on, now.astimezone(money.CHINA).date(), row["transfer_id"]])
        sql.execute(
            "INSERT INTO state_change (person_key, at, seq, object_id, actor_id, machine, event, from_state, to_state, who, actor_kind)"
            " VALUES (%s, %s, 1, %s, %s, %s, 'submit', '', 'submitted', 'person', 'citizen')",
            [key, now, row["transfer_id"], person.person_id, row["machine"]])
        for kind in documents:
            hand_in(sql, person, row["transfer_id"], kind)
    return str(row["transfer_id"])


def over(sql, person, pool_code):
    """The id of one that was cancelled as soon as it was applied for."""
    key, now = money.key_of(person.person_id), datetime.datetime.now(datetime.timezone.utc)
    transfer_id = money.new_id(key)
    with sql.transaction():
        sql.execute(
            "INSERT INTO transfer (person_key, created_at, entered_at, ended_at, transfer_id, person_id, from_enrolment_id, machine, way,"
            " state, from_pool_code, to_pool_code, from_scheme, to_scheme) SELECT person_key, %s, %s, %s, %s, %s, enrolment_id, 'transfer',"
            " 'cross_province', 'cancelled', pool_code, '330100', scheme, 'employee' FROM enrolment WHERE person_key = %s"
            " AND pool_code = %s LIMIT 1", [now, now, now, transfer_id, person.person_id, key, pool_code])
        for seq, event, before, after in ((1, "submit", "", "submitted"), (2, "cancel", "submitted", "cancelled")):
            sql.execute(
                "INSERT INTO state_change (person_key, at, seq, object_id, actor_id, machine, event, from_state, to_state, who, actor_kind)"
                " VALUES (%s, %s, %s, %s, %s, 'transfer', %s, %s, %s, 'person', 'citizen')",
                [key, now, seq, transfer_id, person.person_id, event, before, after])
    return str(transfer_id)


def hand_in(sql, person, transfer_id, kind):
    key = money.key_of(person.person_id)
    sql.execute(
        "INSERT INTO document (person_key, size_bytes, created_at, document_id, object_id, uploaded_by, object_kind, document_kind,"
        " content_type, content_hash, uploader_kind) VALUES (%s, 1, now(), %s, %s, %s, 'transfer', %s, 'application/pdf', sha256('x'),"
        " 'citizen')", [key, money.new_id(key), transfer_id, person.person_id, kind])
    scans.complete(sql, transfer_id)


def decide(api, transfer_id, desk, by, decision="approve", key=None, dry_run=None, **words):
    if decision == "refuse":
        words = {"reason_code": "not_enrolled", "note": "查无参保记录", **words}
    return api.post(f"/v1/transfers/{transfer_id}/decisions", by=by, json={"desk": desk, "decision": decision, **words},
                    params={"dry_run": dry_run} if dry_run else {}, headers={"Idempotency-Key": key or str(uuid.uuid4())})


def step(api, transfer_id, desk, by, decision="approve", **words):
    """What the decision came to."""
    response = decide(api, transfer_id, desk, by, decision, **words)
    assert response.status_code == 200, response.text
    return response.json()


def today():
    return datetime.datetime.now(money.CHINA).date().isoformat()
