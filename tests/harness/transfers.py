"""People who move: enrolments of every kind, applications for transfers over HTTP, and what became of them."""
# SPDX-License-Identifier: Apache-2.0
import types
import uuid

from tests.harness import entering, money

TRANSFERS = "/v1/transfers"
TIANSHUI, JIUQUAN, GUANGZHOU, BEIJING = "620500", "620900", "440100", "110000"
UNCONNECTED = "540000"  # no part of the national platform, in pools.csv
CARD = "6222021234567890128"


def enrol(sql, person_id, pool_code, scheme="employee", status="active", **changes):
    """Straight into the tables, as an import would, with the account that comes with it; the enrolment's id."""
    key = money.key_of(person_id)
    row = {"person_key": key, "enrolment_id": money.new_id(key), "pool_code": pool_code, "scheme": scheme, "status": status,
           "account_mode": "with_account" if scheme == "employee" else "pooled_only", "payer_kind": "self",
           "started_on": "2016-01-01", "ended_on": "2025-12-31" if status == "ended" else None, **changes}
    if row["account_mode"] == "with_account":
        open_account(sql, person_id, pool_code, "spend_only")
    sql.execute(f"INSERT INTO enrolment ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))
    return str(row["enrolment_id"])


def open_account(sql, person_id, pool_code, status="active"):
    """One that is there already stays as it is."""
    key = money.key_of(person_id)
    sql.execute("INSERT INTO account (person_key, account_id, person_id, pool_code, status, opened_at)"
                " VALUES (%s, %s, %s, %s, %s, now() - interval '1 year') ON CONFLICT DO NOTHING",
                [key, money.new_id(key), person_id, pool_code, status])
    (account_id,) = sql.execute("SELECT account_id FROM account WHERE person_key = %s AND pool_code = %s", [key, pool_code]).fetchone()
    return str(account_id)


def somebody(api, sql, operator, new_token, pool_code=TIANSHUI, scheme="employee", balance_fen=10_000, **changes):
    """Insured in a pool, with an account and money where the scheme has one; `token` is the citizen's."""
    person_id = entering.create(api, operator, pool_code=pool_code).json()["person_id"]
    made = types.SimpleNamespace(person_id=person_id, pool_code=pool_code, account_id=None)
    if scheme == "employee" and changes.get("account_mode") != "pooled_only":
        made.account_id = open_account(sql, person_id, pool_code)
    made.enrolment_id = enrol(sql, person_id, pool_code, scheme, **changes)
    if made.account_id and balance_fen:
        money.post(sql, made.account_id, [money.adjust(balance_fen)])
    made.token = new_token("citizen", subject_id=person_id).token
    made.citizen = types.SimpleNamespace(token=made.token)
    return made


def apply(api, by, to_pool_code=GUANGZHOU, key=None, dry_run=False, **body):
    return api.post(TRANSFERS, by=by, json={"to_pool_code": to_pool_code, **body}, params={"dry_run": "true"} if dry_run else {},
                    headers={"Idempotency-Key": key or str(uuid.uuid4())})


def applied(api, by, to_pool_code=GUANGZHOU, **body):
    response = apply(api, by, to_pool_code, **body)
    assert response.status_code == 201, response.text
    return response.json()


def plan(api, by, to_pool_code=GUANGZHOU, **body):
    response = apply(api, by, to_pool_code, dry_run=True, **body)
    assert response.status_code == 200, response.text
    return response.json()


def get(api, by, transfer_id):
    return api.get(f"{TRANSFERS}/{transfer_id}", by=by)


def timeline(api, by, transfer_id):
    return api.get(f"{TRANSFERS}/{transfer_id}/timeline", by=by)


def cancel(api, by, transfer_id, reason="不去了", key=None, **params):
    return api.post(f"{TRANSFERS}/{transfer_id}/cancellation", by=by, json={"reason": reason}, params=params,
                    headers={"Idempotency-Key": key or str(uuid.uuid4())})


def codes(reasons):
    return [reason["code"] for reason in reasons]


def enrolment(sql, person, enrolment_id=None):
    """Its status."""
    return sql.execute("SELECT status FROM enrolment WHERE person_key = %s AND enrolment_id = %s",
                       [money.key_of(person.person_id), enrolment_id or person.enrolment_id]).fetchone()[0]


def count(sql, person):
    return sql.execute("SELECT count(*) FROM transfer WHERE person_key = %s", [money.key_of(person.person_id)]).fetchone()[0]
