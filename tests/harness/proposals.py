"""Proposals as staff make and decide them, and rows of the table that a test plants."""
# SPDX-License-Identifier: Apache-2.0
import uuid

from psycopg.types.json import Jsonb
from tests.harness import money

PROPOSALS = "/v1/admin/proposals"


def plant(sql, person_id=None, kind="change_account_status", pool_code=None, proposed_by=None, payload=None):
    """An open proposal of somebody else, about an object that is not there; its id."""
    key = money.key_of(person_id) if person_id else None
    proposal_id = money.new_id(key if key else uuid.uuid4().int)
    sql.execute(
        "INSERT INTO proposal (proposal_id, kind, person_key, object_id, pool_code, payload, reason, proposed_by, proposed_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, 'planted', %s, now())",
        [proposal_id, kind, key, uuid.uuid4(), pool_code, Jsonb(payload or {"changes": []}), proposed_by or uuid.uuid4()],
    )
    return str(proposal_id)


def plant_approved(sql, kind, person_id, object_id):
    """Of what a test does by hand: the auditor asks who approved it."""
    key = money.key_of(person_id)
    sql.execute(
        "INSERT INTO proposal (proposal_id, kind, person_key, object_id, payload, reason, state, proposed_by, proposed_at,"
        " decided_by, decided_at, outcome)"
        " VALUES (%s, %s, %s, %s, '{}', 'planted', 'approved', %s, now(), %s, now(), '{}')",
        [money.new_id(key), kind, key, object_id, uuid.uuid4(), uuid.uuid4()],
    )


def decide(api, proposal_id, by, how="approve", **rest):
    if how == "reject":
        rest.setdefault("json", {"reason": "不符"})
    return api.post(f"{PROPOSALS}/{proposal_id}/{how}", by=by, **rest)


def approve(api, proposal_id, by, status=200):
    response = decide(api, proposal_id, by)
    assert response.status_code == status, response.text
    return response
