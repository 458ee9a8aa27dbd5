"""Grants to look at accounts, looks, and the steps of everything with states: clean where all is well, every planted fault found."""
# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.db.planting import assert_named
from tests.db.posting import make_id
from tests.db.test_audit_charges import take_checks_off
from tests.db.viewing import Views
from tests.db.world import audit

GRANT = "UPDATE view_grant SET {} WHERE view_grant_id = %({})s"
STEP = "UPDATE state_change SET {} WHERE object_id = %({})s AND seq = {}"
KEY = "UPDATE idempotency_key SET {} WHERE object_id IN (%(held)s, %(revoked)s) AND status = '{}'"
LOOK = "UPDATE audit_event SET {} WHERE event_id = %(look)s"

# What is planted: what is done, then the table, key and column that the report must name.
PLANTED = {
    # steps of whatever has states
    "step left out": (STEP.format("seq = 3", "revoked", 2), "state_change", "{revoked}/3", "seq"),
    "step from another state": (STEP.format("from_state = 'revoked'", "revoked", 2), "state_change", "{revoked}/2", "from_state"),
    "step into another state": ("FREE view_grant;" + STEP.format("to_state = 'expired'", "revoked", 2), "state_change",
                                "{revoked}/2", "to_state"),
    "step of another event": (STEP.format("event = 'accept'", "revoked", 2), "state_change", "{revoked}/2", "event"),
    "step of another machine": (STEP.format("machine = 'transfer'", "held", 1), "state_change", "{held}/1", "machine"),
    "step before the one before it": (STEP.format("at = at - interval '1 year'", "revoked", 2), "state_change", "{revoked}/2", "at"),
    "step by whom it is not for": (STEP.format("who = 'receiver'", "revoked", 2), "state_change", "{revoked}/2", "who"),
    "step of a person that the system played": (
        STEP.format("actor_kind = 'system', actor_id = NULL", "revoked", 2), "state_change", "{revoked}/2", "actor_kind"),
    "steps of nothing": (STEP.format("object_id = %(made)s", "held", 1), "state_change", "{made}/1", "object_id"),
    "steps of another person": ("UPDATE state_change SET person_key = %(other_person)s WHERE object_id = %(held)s",
                                "state_change", "{held}/1", "object_id"),
    "last step removed": ("DELETE FROM state_change WHERE object_id = %(revoked)s AND seq = 2", "view_grant", "{revoked}", "state"),
    "all steps removed": ("DELETE FROM state_change WHERE object_id = %(held)s", "view_grant", "{held}", "state"),
    "family member without a step": (
        "INSERT INTO family_member (person_key, member_person_key, invited_at, changed_at, invited_until, family_member_id, owner_id,"
        " account_id, member_id, pool_code, relation, way, state, usages) VALUES (%(person)s, %(other_person)s, now(), now(),"
        " '2026-12-31', %(made)s, %(person_id)s, %(account)s, %(other_person_id)s, '620500', 'parent', 'direct', 'invited',"
        " '{{medicine}}')", "family_member", "{made}", "state"),
    "wallet transfer without a step": (
        "INSERT INTO wallet_transfer (person_key, receiver_person_key, amount_fen, current_year_fen, carried_over_fen, created_at,"
        " returns_at, business_date, wallet_transfer_id, account_id, receiver_id, family_member_id, pool_code, state)"
        " VALUES (%(person)s, %(other_person)s, 5, 5, 0, now(), now() + interval '1 day', '2026-01-01', %(made)s, %(account)s,"
        " %(other_person_id)s, gen_random_uuid(), '620500', 'pending')", "wallet_transfer", "{made}", "state"),
    "transfer without a step": (
        "INSERT INTO transfer (person_key, created_at, entered_at, transfer_id, person_id, from_enrolment_id, machine, way, state,"
        " from_pool_code, to_pool_code, from_scheme, to_scheme) VALUES (%(person)s, now(), now(), %(made)s, %(person_id)s,"
        " gen_random_uuid(), 'transfer', 'in_province', 'submitted', '620500', '620900', 'employee', 'employee')",
        "transfer", "{made}", "state"),
    "withdrawal without a step": (
        "INSERT INTO withdrawal (person_key, created_at, changed_at, withdrawal_id, person_id, account_id, pool_code, reason, state,"
        " payee_kind, bank_card_sealed, payee_name_sealed) VALUES (%(person)s, now(), now(), %(made)s, %(person_id)s, %(account)s,"
        " '620500', 'emigration', 'submitted', 'person', decode(repeat('00', 40), 'hex'), decode(repeat('00', 40), 'hex'))",
        "withdrawal", "{made}", "state"),
    # grants to look
    "grant to look that is over called held": (
        GRANT.format("state = 'granted', ended_at = NULL", "revoked"), "view_grant", "{revoked}", "state"),
    "grant to look of another person": (
        "UPDATE view_grant SET person_key = %(third_person)s WHERE view_grant_id = %(held)s", "view_grant", "{held}", "view_grant_id"),
    "grant to look at another's account": (GRANT.format("account_id = %(other)s", "held"), "view_grant", "{held}", "account_id"),
    "grant to look of another pool": (GRANT.format("pool_code = '440100'", "held"), "view_grant", "{held}", "pool_code"),
    "grant to look for nobody": (GRANT.format("viewer_person_key = 5", "held"), "view_grant", "{held}", "viewer_person_key"),
    "grant to look for somebody else's id": (GRANT.format("viewer_id = %(third_person_id)s", "held"), "view_grant", "{held}", "viewer_id"),
    "grant to look by no family member": (GRANT.format("family_member_id = %(made)s", "held"), "view_grant", "{held}", "family_member_id"),
    "grant to look from another instant": (
        GRANT.format("granted_at = granted_at - interval '1 us'", "held"), "view_grant", "{held}", "granted_at"),
    "grant to look until another instant": (
        GRANT.format("ended_at = ended_at + interval '1 us'", "revoked"), "view_grant", "{revoked}", "ended_at"),
    "grant to look for years": (GRANT.format("expires_on = expires_on + 1000", "held"), "view_grant", "{held}", "expires_on"),
    "look of a relative without a grant": (LOOK.format("detail = NULL"), "audit_event", "{look}", "view_grant_id"),
    "look of a relative by another's grant": (
        "UPDATE audit_event SET detail = jsonb_build_object('view_grant_id', %(revoked)s::uuid) WHERE event_id = %(look)s",
        "audit_event", "{look}", "view_grant_id"),
    "look of another than the relative": (LOOK.format("actor_id = %(third_person_id)s"), "audit_event", "{look}", "view_grant_id"),
    "look of a relative at more": (LOOK.format("action = 'list_account_entries'"), "audit_event", "{look}", "view_grant_id"),
    "look of a relative at another account": (LOOK.format("object_id = %(other)s"), "audit_event", "{look}", "view_grant_id"),
    "look of a relative before the grant": (LOOK.format("at = at - interval '1 year'"), "audit_event", "{look}", "view_grant_id"),
    "key of a grant to look that names nothing": (KEY.format("object_id = NULL", "created"), "idempotency_key", None, "object_id"),
    "key of a grant to look that is not there": (KEY.format("object_id = %(made)s", "created"), "idempotency_key", None, "object_id"),
    "key of a grant to look by another": (KEY.format("principal_id = %(third_person_id)s", "created"),
                                          "idempotency_key", None, "principal_id"),
    "refusal that names a grant to look": (KEY.format("status = 'conflict'", "done"), "idempotency_key", None, "object_id"),
    "key of a grant to look with two effects": (
        "INSERT INTO idempotency_key SELECT (jsonb_populate_record(k, '{{\"key\": \"again-and-again\"}}')).* FROM idempotency_key AS k"
        " WHERE object_id = %(held)s", "idempotency_key", None, "object_id"),
    "key of a grant to look removed": (
        "UPDATE audit_event SET at = now() WHERE action = 'create_view_grant'; DELETE FROM idempotency_key WHERE object_id = %(held)s",
        "view_grant", "{held}", "view_grant_id"),
    "look of a relative after the end": (LOOK.format("at = at + interval '2 years'"), "audit_event", "{look}", "view_grant_id"),
}


@pytest.fixture
def views(owner, world):
    return Views(owner, world)


def test_clean(migrated, views):
    report = audit(migrated)
    assert report["faults"] == [] and report["clean"]


@pytest.mark.parametrize("name", PLANTED)
def test_planted(migrated, owner, views, name):
    sql, table, key, column = PLANTED[name]
    ids = {**views.ids, "made": make_id(views.ids["person"])}
    for one in sql.split(";"):
        if one.startswith("FREE "):
            take_checks_off(owner, one.removeprefix("FREE "))
        else:
            owner.execute(one.replace("{{", "{").replace("}}", "}"), ids)
    assert_named(audit(migrated), name, table, key and key.format(**ids), column)
