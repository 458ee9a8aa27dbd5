"""Who shares what with whom, and what relatives use: clean where all is well, and every planted fault found and named."""
# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest

from tests.db import family_steps as sharing
from tests.db.charging import add_account
from tests.db.planting import assert_named
from tests.db.posting import make_id
from tests.db.test_audit_charges import take_checks_off
from tests.db.world import audit

MEMBER = "UPDATE family_member SET {} WHERE family_member_id = %({})s"
USE = """
INSERT INTO charge_share (person_key, charge_person_key, amount_fen, captured_fen, current_year_fen, carried_over_fen,
    created_at, changed_at, expires_at, business_date, position, share_id, charge_id, account_id, family_member_id,
    provider_id, pool_code, payer_kind, state, usage)
SELECT %(person)s, {who}, {fen}, 0, 0, 0, {at}, '2030-01-01', '2030-01-02', {day}, 1, %(made)s, %(made)s, {account}, {member}, %(made)s,
       '620500', 'family', 'held', {usage}
"""


def use(what, column, **changes):
    fields = {"who": "%(relative)s", "fen": "5", "at": "'2026-01-21'::timestamptz", "day": "'2026-01-21'::date", "account": "%(account)s",
              "member": "%(active)s", "usage": "'medicine'", **changes}
    return {f"use by a relative {what}": (USE.format(**fields), "charge_share", "{made}", column)}


# What is planted: what is done, then the table, key and column that the report must name.
PLANTED = {
    "family member of another person": (
        "UPDATE family_member SET person_key = %(other)s, member_person_key = %(relative)s WHERE family_member_id = %(active)s",
        "family_member", "{active}", "family_member_id"),
    "family member of another account": (MEMBER.format("account_id = %(made)s", "active"), "family_member", "{active}", "account_id"),
    "family member of another pool": (MEMBER.format("pool_code = '440100'", "active"), "family_member", "{active}", "pool_code"),
    "family member of another owner": (MEMBER.format("owner_id = %(made)s", "active"), "family_member", "{active}", "owner_id"),
    "family member who is nobody": (MEMBER.format("member_person_key = 5", "active"), "family_member", "{active}", "member_person_key"),
    "family member of another id": (MEMBER.format("member_id = %(made)s", "active"), "family_member", "{active}", "member_id"),
    "guardian who is nobody": (MEMBER.format("guardian_person_key = 5, guardian_id = %(made)s", "active"),
                               "family_member", "{active}", "guardian_person_key"),
    "guardian of another id": (MEMBER.format("guardian_person_key = %(person)s, guardian_id = %(made)s", "active"),
                               "family_member", "{active}", "guardian_id"),
    "family member invited at another instant": (
        MEMBER.format("invited_at = invited_at - interval '1 us'", "active"), "family_member", "{active}", "invited_at"),
    "family member since another instant": (
        MEMBER.format("activated_at = activated_at - interval '1 us'", "active"), "family_member", "{active}", "activated_at"),
    "family member until another instant": (
        MEMBER.format("ended_at = ended_at + interval '1 us'", "ended"), "family_member", "{ended}", "ended_at"),
    "family member changed at another instant": (
        MEMBER.format("changed_at = changed_at + interval '1 us'", "active"), "family_member", "{active}", "changed_at"),
    "family member who left too early": (
        MEMBER.format("ends_not_before = '2030-01-01'", "ended"), "family_member", "{ended}", "ends_not_before"),
    "family member in another state": (
        MEMBER.format("state = 'ended', ended_at = changed_at", "active"), "family_member", "{active}", "state"),
    **use("by nobody's leave", "family_member_id", member="%(made)s"),
    **use("of another account", "family_member_id", account="%(made)s"),
    **use("who is another one", "charge_person_key", who="%(other)s"),
    **use("before it was shared", "created_at", at="'2026-01-19'::timestamptz"),
    **use("after it had ended", "created_at", member="%(ended)s", at="'2028-01-01'::timestamptz"),
    **use("for what is not allowed", "usage", usage="'premium'"),
    **use("beyond the limit of a charge", "amount_fen", fen="101"),
    "use by a relative whom the account reaches by wallet": (
        MEMBER.format("way = 'wallet'", "active") + ";" + next(iter(use("", "").values()))[0], "charge_share", "{made}",
        "family_member_id"),
    "use by a relative beyond the limit of a month": (
        MEMBER.format("month_limit_fen = 4", "active") + ";" + next(iter(use("", "").values()))[0],
        "family_member", "{active}", "month_limit_fen"),
    "use by a relative beyond the limit of a year": (
        MEMBER.format("year_limit_fen = 4", "active") + ";" + next(iter(use("", "").values()))[0],
        "family_member", "{active}", "year_limit_fen"),
    "key of an invitation for nothing": (
        "UPDATE idempotency_key SET object_id = NULL WHERE operation = 'create_family_member' AND object_id = %(active)s",
        "idempotency_key", None, "object_id"),
    "key of a family member that is none": (
        "UPDATE idempotency_key SET object_id = %(made)s WHERE operation = 'accept_family_member' AND object_id = %(active)s",
        "idempotency_key", None, "object_id"),
    "key of a family member of another principal": (
        "UPDATE idempotency_key SET principal_id = %(made)s WHERE operation = 'accept_family_member' AND object_id = %(active)s",
        "idempotency_key", None, "principal_id"),
    "key of a family member twice": (
        "INSERT INTO idempotency_key SELECT principal_id, operation, key || 'x', content_hash, status, object_id, outcome, created_at"
        " FROM idempotency_key WHERE operation = 'accept_family_member' AND object_id = %(active)s",
        "idempotency_key", None, "object_id"),
    "key of an invitation forgotten": (
        "UPDATE audit_event SET at = now() WHERE object_id = %(active)s AND action = 'create_family_member';"
        "DELETE FROM idempotency_key WHERE operation = 'create_family_member' AND object_id = %(active)s",
        "family_member", "{active}", "family_member_id"),
    "step of a family member by another": (
        "UPDATE audit_event SET actor_id = %(made)s WHERE object_id = %(active)s AND action = 'accept_family_member'"
        " AND person_key = %(person)s", "audit_event", None, "object_id"),
    "step of a family member that was none": (
        "UPDATE audit_event SET action = 'end_family_member' WHERE object_id = %(active)s AND action = 'accept_family_member'"
        " AND person_key = %(person)s", "audit_event", None, "object_id"),
}


@pytest.fixture
def ids(owner, world):
    """A member with limits, and one whose time is over."""
    account, relative, former = (add_account(owner) for _ in range(3))
    for one in (account, relative, former):
        sharing.enrol(owner, one)
    active = sharing.shared(owner, account, relative, charge_limit_fen=100, usages="medicine,device")
    ended = sharing.shared(owner, account, former)
    done = sharing.stepping(owner, former, ended, instant=ended["instant"] + datetime.timedelta(days=300))
    assert sharing.step(owner, "end", done)[0][0] == "done"
    return {"person": account.person_key, "account": account.account_id, "relative": relative.person_key, "other": former.person_key,
            "active": active["id"], "ended": ended["id"]}


def test_clean(migrated, ids):
    report = audit(migrated)
    assert report["faults"] == [] and report["clean"]


@pytest.mark.parametrize("name", PLANTED)
def test_planted(migrated, owner, ids, name):
    sql, table, key, column = PLANTED[name]
    values = {**ids, "made": make_id(ids["person"])}
    take_checks_off(owner, "family_member")
    for one in sql.split(";"):
        owner.execute(one, values)
    assert_named(audit(migrated), name, table, key and key.format(**values), column)
