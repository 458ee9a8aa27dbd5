"""The auditor finds looks of clients that nobody agreed to, and agreement to what was not asked."""
# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.db.planting import assert_named
from tests.db.world import audit

CLIENT = "01890000-0000-7000-8000-00000000000c"
REQUEST = "01890000-0000-7000-8000-00000000000d"
CONSENT = "01890000-0000-7000-8000-00000000000e"
EVENT = "01890000-0000-7000-8000-00000000000f"


@pytest.fixture
def agreed(owner, world):
    """Somebody has agreed to some of what a client asked for, and the client has looked."""
    (key,) = owner.execute("SELECT person_key FROM person ORDER BY person_key LIMIT 1").fetchone()
    ids = {"client": CLIENT, "request": REQUEST, "consent": CONSENT, "event": EVENT, "key": key}
    owner.execute(
        "INSERT INTO client (client_id, kind, name, regions, state, created_at, changed_at)"
        " VALUES (%(client)s, 'app', 'x', '{000000}', 'active', now(), now())", ids,
    )  # fmt: skip
    owner.execute(
        "INSERT INTO consent_request (consent_request_id, client_id, reference, person_key, number_hash, name_hash, scopes,"
        " purpose, days, state, created_at, expires_at, decided_at) VALUES (%(request)s, %(client)s, 'x', %(key)s,"
        " sha256('x'), sha256('x'), '{balance,entries}', 'x', 30, 'granted', now() - interval '2 days',"
        " now() + interval '5 days', now() - interval '1 day')", ids,
    )  # fmt: skip
    owner.execute(
        "INSERT INTO consent (person_key, consent_id, consent_request_id, client_id, scopes, purpose, granted_at, expires_at)"
        " VALUES (%(key)s, %(consent)s, %(request)s, %(client)s, '{balance}', 'x', now() - interval '1 day',"
        " now() + interval '29 days')", ids,
    )  # fmt: skip
    owner.execute(
        "INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, detail) VALUES (%(event)s, now(),"
        " 'client', %(client)s, 'get_account_balance', %(key)s, jsonb_build_object('consent_id', %(consent)s::text))", ids,
    )  # fmt: skip
    return ids


def test_a_provider_needs_none_for_a_charge_or_its_dry_run(migrated, agreed, owner):
    owner.execute("INSERT INTO provider (provider_id, institution_code, institution_type)"
                  " VALUES (%s, 'H62050000001', 'hospital')", [CLIENT])
    for action in ("get_charge", "create_charge.dry_run"):
        owner.execute("UPDATE audit_event SET detail = NULL, action = %s WHERE event_id = %s", [action, EVENT])
        assert audit(migrated)["faults"] == []


def test_a_look_with_consent_is_clean(migrated, agreed):
    report = audit(migrated)
    assert report["faults"] == [] and report["clean"]


PLANTED = {
    "wider than asked": ("UPDATE consent SET scopes = '{balance,contributions}'", "consent", CONSENT, "scopes"),
    "of another client": ("UPDATE consent_request SET client_id = gen_random_uuid()", "consent", CONSENT, "scopes"),
    "refused": ("UPDATE consent_request SET state = 'refused'", "consent_request", REQUEST, "state"),
    "consent removed": ("DELETE FROM consent", "consent_request", REQUEST, "state"),
    "look without consent": ("UPDATE audit_event SET detail = NULL", "audit_event", EVENT, "consent_id"),
    "look with what is no consent": ("UPDATE audit_event SET detail = '{\"consent_id\": \"x\"}'", "audit_event", EVENT, "consent_id"),
    "look of a provider at what is no charge": (
        "INSERT INTO provider (provider_id, institution_code, institution_type)"
        f" VALUES ('{CLIENT}', 'H62050000001', 'hospital'); UPDATE audit_event SET detail = NULL",
        "audit_event", EVENT, "consent_id",
    ),
    "look of another client": ("UPDATE audit_event SET actor_id = gen_random_uuid()", "audit_event", EVENT, "consent_id"),
    "look before": ("UPDATE audit_event SET at = now() - interval '2 days'", "audit_event", EVENT, "consent_id"),
    "look after it was taken back": (
        "UPDATE consent SET revoked_at = now() - interval '1 hour'", "audit_event", EVENT, "consent_id",
    ),
    "look after its end": ("UPDATE consent SET expires_at = now() - interval '1 hour'", "audit_event", EVENT, "consent_id"),
}  # fmt: skip


def test_a_provider_needs_no_consent_to_charge(migrated, owner, agreed):
    owner.execute("INSERT INTO provider (provider_id, institution_code, institution_type) VALUES (%s, 'H62050000001', 'hospital')",
                  [CLIENT])
    owner.execute("UPDATE audit_event SET detail = NULL, action = 'get_charge' WHERE event_id = %s", [EVENT])
    assert audit(migrated)["faults"] == []


@pytest.mark.parametrize("name", PLANTED)
def test_planted(migrated, owner, agreed, name):
    sql, table, key, column = PLANTED[name]
    owner.execute(sql)
    assert_named(audit(migrated), name, table, key, column)
