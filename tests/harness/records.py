"""Insured people of a test's own: entered over HTTP, with contributions posted as an import posts them."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import types

from tests.harness import entering, money

POOL = "620500"


def insured(api, sql, operator, new_token, pool_code=POOL, **changes):
    """Somebody with an employee enrolment and its account; `token` is the citizen's."""
    person_id = entering.create(api, operator, pool_code=pool_code, **changes).json()["person_id"]
    made = api.post(f"/v1/admin/people/{person_id}/enrolments", by=operator, json={
        "pool_code": pool_code, "scheme": "employee", "started_on": "2015-01-01", "account_mode": "with_account",
        "payer_kind": "self"})
    assert made.status_code == 201, made.text
    (account,) = api.get(f"/v1/people/{person_id}/accounts", by=operator).json()["data"]
    citizen = new_token("citizen", subject_id=person_id)
    return types.SimpleNamespace(person_id=person_id, account_id=account["account_id"], pool_code=pool_code, token=citizen.token)


def contribute(sql, person, period, fen, status="posted", kind="regular", document="DOC-1"):
    """The id of a new contribution, whose personal part is posted to the person's account."""
    key, operation = money.key_of(person.person_id), money.new_id(money.key_of(person.person_id))
    contribution_id = money.new_id(key)
    with sql.transaction():
        if status == "posted":
            entry = money.Entry("contribution_refund" if kind == "refund" else "contribution", "current_year",
                                "debit" if kind == "refund" else "credit", fen, "contribution_collection", document)
            money.post(sql, person.account_id, [entry], operation_id=operation)
        sql.execute(
            "INSERT INTO contribution (person_key, contribution_id, operation_id, pool_code, scheme, period, kind,"
            " source_document, personal_fen, employer_fen, subsidy_fen, status, recorded_at)"
            " VALUES (%s, %s, %s, %s, 'employee', %s, %s, %s, %s, 0, 0, %s, %s)",
            [key, contribution_id, operation, person.pool_code, period, kind, document, fen, status,
             datetime.datetime.now(datetime.timezone.utc)])
    return str(contribution_id)
