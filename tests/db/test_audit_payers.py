"""Charges with several payers: clean where all is well, and every planted fault of theirs found and named."""
# SPDX-License-Identifier: Apache-2.0
import types

import pytest
from tests.db import charging, sharing
from tests.db.charging import add_provider, change, charge, hold, hours, statuses
from tests.db.planting import assert_named
from tests.db.posting import INSTANT, Account, make_id
from tests.db.test_audit_charges import take_checks_off
from tests.db.world import audit

SHARE = "UPDATE charge_share SET {} WHERE share_id = %({})s"
PART = "UPDATE charge_share_refund SET {} WHERE share_refund_id = %(part_of_refund)s"
CHARGE = "UPDATE charge SET {} WHERE charge_id = %(paid)s"


def of(column, change, share="first", free=False):
    return ("FREE charge_share;" if free else "") + SHARE.format(change, share), "charge_share", f"{{{share}}}", column


def given(column, change, free=False):
    return ("FREE charge_share_refund;" if free else "") + PART.format(change), "charge_share_refund", "{part_of_refund}", column


# What is planted: what is done, then the table, key and column that the report must name.
PLANTED = {
    "share of another person's id": of("share_id", "person_key = %(stranger_key)s", free=True),
    "share of a charge that is none": of("charge_id", "charge_id = gen_random_uuid()"),
    "share of another person's charge": of("charge_id", "charge_person_key = %(stranger_key)s", free=True),
    "share of more than was taken": of("captured_fen", "amount_fen = amount_fen + 1"),
    "share that took more": of("captured_fen", "captured_fen = captured_fen + 1, amount_fen = amount_fen + 1", free=True),
    "share of another current-year part": of("current_year_fen", "current_year_fen = current_year_fen - 1", free=True),
    "share of another carried-over part": of("carried_over_fen", "carried_over_fen = carried_over_fen + 1", free=True),
    "share of another current-year entry": of("current_year_entry_id", "current_year_entry_id = gen_random_uuid()"),
    "share of a carried-over entry that is none": of("carried_over_entry_id", "carried_over_entry_id = gen_random_uuid()", free=True),
    "share that was given back more": of("refunded_fen", "refunded_fen = refunded_fen + 1"),
    "share made at another time": of("created_at", "created_at = created_at - interval '1 us'"),
    "share changed before it was posted": of("changed_at", "changed_at = changed_at - interval '1 day'", free=True),
    "share that ends later": of("expires_at", "expires_at = expires_at + interval '1 us'", "held"),
    "share on another day": of("business_date", "business_date = business_date + 1"),
    "share captured on another day": of("captured_on", "captured_on = captured_on + 1"),
    "share from another account": of("account_id", "account_id = gen_random_uuid()"),
    "share allowed by nobody": of("family_member_id", "family_member_id = gen_random_uuid()"),
    "share at another provider": of("provider_id", "provider_id = %(other_provider)s"),
    "share of another pool": of("pool_code", "pool_code = '440100'"),
    "share of another kind of payer": of("payer_kind", "payer_kind = 'wallet'", free=True),
    "share that is held still": of("state", "state = 'held'", "expired"),
    "share for another usage": of("usage", "usage = 'device'"),
    "share that holds another amount": of("amount_fen", "amount_fen = amount_fen + 1", "held"),
    "audit event of a share removed": ("DELETE FROM audit_event WHERE object_id = %(first)s", "charge_share", "{first}", "share_id"),
    "share removed": ("DELETE FROM charge_share WHERE share_id = %(held)s", "charge", "{held_charge}", "shared_fen"),
    "share in another place": (SHARE.format("position = position + 5", "first"), "charge", "{paid}", "shared_fen"),
    "share given back before who paid later": (
        "UPDATE charge_share SET position = 3 - position WHERE charge_id = %(paid)s", "charge_share", "{first}", "position"),
    "charge shared by more": (CHARGE.format("shared_fen = shared_fen - 1") + ";FREE charge", "charge", "{paid}", "shared_fen"),
    "charge of which others took more": (
        "FREE charge;" + CHARGE.format("shared_captured_fen = shared_captured_fen - 1"), "charge", "{paid}", "shared_captured_fen"),
    "charge of which others got more back": (
        CHARGE.format("shared_refunded_fen = shared_refunded_fen - 1"), "charge", "{paid}", "shared_refunded_fen"),
    "refund of which others got less": (
        "FREE charge_refund;UPDATE charge_refund SET shared_fen = shared_fen - 1 WHERE refund_id = %(refund)s",
        "charge_refund", "{refund}", "shared_fen"),
    "refund that passes over nobody's place": (
        "FREE charge_refund;UPDATE charge_refund SET passed_over = '{9}' WHERE refund_id = %(refund)s",
        "charge_refund", "{refund}", "passed_over"),
    "part of a refund of another person's id": given("share_refund_id", "person_key = %(stranger_key)s"),
    "part of a refund of another sum": given("amount_fen", "amount_fen = amount_fen + 1", free=True),
    "part of a refund of another current-year part": given("current_year_fen", "current_year_fen = current_year_fen - 1", free=True),
    "part of a refund of another carried-over part": given("carried_over_fen", "carried_over_fen = carried_over_fen + 1", free=True),
    "part of a refund to another person": given("account_person_key", "account_person_key = %(stranger_key)s"),
    "part of a refund at another time": given("created_at", "created_at = created_at + interval '1 us'"),
    "part of a refund on another day": given("business_date", "business_date = business_date + 1"),
    "part of another refund": given("refund_id", "refund_id = gen_random_uuid()"),
    "part of a refund of nothing paid": given("share_id", "share_id = gen_random_uuid()"),
    "part of a refund to another account": given("account_id", "account_id = gen_random_uuid()"),
    "part of a refund of another current-year entry": given("current_year_entry_id", "current_year_entry_id = gen_random_uuid()"),
    "part of a refund of a carried-over entry that is none": given(
        "carried_over_entry_id", "carried_over_entry_id = gen_random_uuid()", free=True),
    "part of a refund of another pool": given("pool_code", "pool_code = '440100'"),
    "part of a refund into another part": given("current_year_into", "current_year_into = 'carried_over'"),
    "audit event of a part of a refund removed": (
        "DELETE FROM audit_event WHERE object_id = %(part_of_refund)s", "charge_share_refund", "{part_of_refund}", "share_refund_id"),
}  # fmt: skip


@pytest.fixture
def payers(world):
    """Ids: a parent whose account and two children pay; holds that are open, taken in part, given up and over; a refund."""
    sql = world.connection
    parent, one, two, stranger = (Account().insert_owner(sql).insert(sql) for _ in range(4))
    for account, fen in ((parent, 500), (one, 600), (two, 5000)):
        world.contribution(account, "regular", "2026-01-01", fen)
        world.enrol(account)
    provider, other = add_provider(sql), add_provider(sql)
    sharing.share(sql, one, parent)
    sharing.share(sql, two, parent, since=1)
    made = {"paid": charge(parent, provider, 1500), "held_charge": hold(parent, provider, 300), "part": hold(parent, provider, 400),
            "voided": hold(parent, provider, 60), "expired_charge": hold(parent, provider, 70, lasts=hours(2))}
    for request in made.values():
        assert statuses(sharing.create(sql, request)) == ["created"]
    assert statuses(sharing.capture(sql, change(made["part"], 150))) == ["captured"]
    assert statuses(sharing.void(sql, change(made["voided"]))) == ["voided"]
    assert charging.expire(sql, INSTANT + hours(3)) == 1
    back = change(made["paid"], 450, after=hours(4))
    assert statuses(sharing.refund(sql, back)) == ["created"]
    sql.execute("UPDATE audit_event SET at = now() WHERE at > now()")

    def share_of(name, place=1):
        return sql.execute("SELECT share_id FROM charge_share WHERE charge_id = %s AND position = %s",
                           [made[name].charge_id, place]).fetchone()[0]

    (part,) = sql.execute("SELECT share_refund_id FROM charge_share_refund WHERE refund_id = %s AND amount_fen = 50",
                          [back.refund_id]).fetchone()
    return {"first": share_of("paid"), "held": share_of("held_charge"), "expired": share_of("expired_charge"),
            "paid": made["paid"].charge_id, "held_charge": made["held_charge"].charge_id, "refund": back.refund_id, "part_of_refund": part,
            "stranger_key": stranger.person_key, "other_provider": other, "made": make_id(parent.person_key)}


def test_it_is_clean_before(migrated, payers):
    assert audit(migrated)["faults"] == []


@pytest.mark.parametrize("what", PLANTED)
def test_planted_fault_is_found(migrated, world, payers, what):
    sql, table, key, column = PLANTED[what]
    for statement in sorted(map(str.strip, sql.split(";")), key=lambda text: not text.startswith("FREE")):
        if statement.startswith("FREE"):
            take_checks_off(world.connection, statement.split()[1])
        else:
            assert world.connection.execute(statement, payers).rowcount != 0, statement
    assert_named(audit(migrated), what, table, key.format(**payers), column)
