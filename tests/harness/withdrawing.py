"""Withdrawals over HTTP: people who may apply, their applications, documents, reviews and payouts."""
# SPDX-License-Identifier: Apache-2.0
import uuid

from tests.harness import charges, entering, money, scans

WITHDRAWALS = "/v1/withdrawals"
FILES = "/v1/payout-files"
NAME = "钱多多"  # of entering.new_person
CARD = entering.CARD
OTHER_CARD = "6222021234567890110"


def member(api, sql, operator, new_token, current_year_fen=10_000, carried_over_fen=700, pool_code=charges.records.POOL, **changes):
    """Somebody whose employment is over, with money in the account: may emigrate."""
    made = charges.member(api, sql, operator, new_token, current_year_fen, carried_over_fen, pool_code)
    end_employment(sql, made.person_id)
    return made


def end_employment(sql, person_id):
    sql.execute("UPDATE enrolment SET status = 'ended', ended_on = '2026-01-01' WHERE person_key = %s AND scheme = 'employee'",
                [money.key_of(person_id)])


def send(api, path, by, body=None, key=None, **params):
    return api.post(path, by=by, headers={"Idempotency-Key": key or str(uuid.uuid4())}, params=params,
                    **({} if body is None else {"json": body}))


def body(account_id, reason="emigration", **changes):
    return {"account_id": str(account_id), "reason": reason, "bank_card": CARD, "payee_name": NAME, **changes}


def apply(api, account_id, by, key=None, params=None, **changes):
    return send(api, WITHDRAWALS, by, body(account_id, **changes), key, **(params or {}))


def done(response, status=200):
    assert response.status_code == status, response.text
    return response.json()


def step(api, withdrawal_id, what, by, content=None, key=None, **params):
    return send(api, f"{WITHDRAWALS}/{withdrawal_id}/{what}", by, content, key, **params)


def decide(api, withdrawal_id, by, decision="approve", key=None, params=None, **changes):
    return step(api, withdrawal_id, "decisions", by, {"decision": decision, **changes}, key, **(params or {}))


def hand_in(sql, withdrawal_id):
    """All documents that are needed, as if they had been uploaded."""
    sql.execute(
        "INSERT INTO document (person_key, size_bytes, created_at, document_id, object_id, uploaded_by, object_kind, document_kind,"
        " content_type, content_hash, uploader_kind)"
        " SELECT w.person_key, 10, w.created_at, person_id_at(w.person_key, person_id_tick() + m.place), w.withdrawal_id, w.person_id,"
        " 'withdrawal', m.document_kind, 'application/pdf', sha256('x'), 'citizen'"
        "  FROM withdrawal AS w, LATERAL (SELECT row_number() OVER () AS place, n.*"
        "       FROM materials_needed(w.pool_code, w.reason, w.person_key, w.withdrawal_id) AS n WHERE n.is_required) AS m"
        " WHERE w.person_key = %s AND w.withdrawal_id = %s", [money.key_of(withdrawal_id), withdrawal_id])
    scans.complete(sql, withdrawal_id)


def submitted(api, sql, account_id, by, **changes):
    """Its id, with all documents."""
    withdrawal_id = done(apply(api, account_id, by, **changes), 201)["withdrawal_id"]
    hand_in(sql, withdrawal_id)
    return withdrawal_id


def approved(api, sql, account_id, by, reviewers, **changes):
    """Its id; `reviewers` are two."""
    withdrawal_id = submitted(api, sql, account_id, by, **changes)
    for reviewer in reviewers:
        done(decide(api, withdrawal_id, reviewer))
    return withdrawal_id


def state(api, withdrawal_id, by):
    return done(api.get(f"{WITHDRAWALS}/{withdrawal_id}", by=by))["state"]
