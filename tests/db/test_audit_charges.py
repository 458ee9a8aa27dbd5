"""Charges, holds, refunds, numbers and keys: clean where all is well, and every planted fault found and named."""
# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.db.charge_world import Charges
from tests.db.charging import add_provider, capture, change, charge, create, created, hours, refund, statuses
from tests.db.merging import merge
from tests.db.planting import assert_named
from tests.db.posting import Account
from tests.db.test_audit_rewritten import RECHAIN
from tests.db.world import audit

CHARGE = "UPDATE charge SET {} WHERE charge_id = %({})s"
REFUND = "UPDATE charge_refund SET {} WHERE refund_id = %({})s"
EVENT = "UPDATE hold_event SET {} WHERE hold_id = %({})s AND seq = {}"
KEY = "UPDATE idempotency_key SET {} WHERE key = '{}'"


def take_checks_off(connection, table):
    """As a forger with all rights would."""
    for (name,) in connection.execute(
            "SELECT quote_ident(conname) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'", [table]).fetchall():
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


# What is planted: what is done, then the table, key and column that the report must name.
PLANTED = {
    # charge
    "charge of another amount": ("FREE charge;" + CHARGE.format("amount_fen = amount_fen + 1", "paid"), "charge", "{paid}", "amount_fen"),
    "charge that took more": ("FREE charge;" + CHARGE.format("captured_fen = captured_fen + 1, amount_fen = amount_fen + 1", "paid"),
                              "charge", "{paid}", "captured_fen"),
    "charge whose current-year part is another": (
        CHARGE.format("current_year_fen = current_year_fen - 1, captured_fen = captured_fen - 1", "split"),
        "charge", "{split}", "current_year_fen"),
    "charge whose carried-over part is another": (
        CHARGE.format("carried_over_fen = carried_over_fen - 1, captured_fen = captured_fen - 1", "split"),
        "charge", "{split}", "carried_over_fen"),
    "charge of another current-year entry": (CHARGE.format("current_year_entry_id = gen_random_uuid()", "paid"),
                                             "charge", "{paid}", "current_year_entry_id"),
    "charge of another carried-over entry": (CHARGE.format("carried_over_entry_id = gen_random_uuid()", "split"),
                                             "charge", "{split}", "carried_over_entry_id"),
    "charge of another pool": (CHARGE.format("pool_code = '440100'", "paid"), "charge", "{paid}", "pool_code"),
    "charge of another provider": (CHARGE.format("provider_id = %(other_provider)s", "paid"), "charge", "{paid}", "provider_id"),
    "provider removed": ("DELETE FROM provider WHERE provider_id = %(provider)s", "charge", "{paid}", "provider_id"),
    "provider's client of another kind": ("UPDATE client SET kind = 'app' WHERE client_id = %(provider)s",
                                          "charge", "{held}", "provider_id"),
    "charge of another number": (CHARGE.format("charge_no = 'B-1'", "paid"), "charge", "{paid}", "charge_no"),
    "charge of another account": (CHARGE.format("account_id = %(other)s", "paid"), "charge", "{paid}", "account_id"),
    "charge of another person": (CHARGE.format("person_key = %(other_person)s", "paid"), "charge", "{paid}", "charge_id"),
    "charge of a forbidden usage": ("FREE charge;" + CHARGE.format("usage = 'fitness'", "paid"), "charge", "{paid}", "usage"),
    "charge of another instant": (CHARGE.format("created_at = created_at - interval '1 us'", "paid"), "charge", "{paid}", "created_at"),
    "charge changed before it was posted": (
        "FREE charge;" + CHARGE.format("changed_at = changed_at - interval '1 us'", "paid"), "charge", "{paid}", "changed_at"),
    "charge of another business day": (CHARGE.format("business_date = business_date + 1", "paid"), "charge", "{paid}", "business_date"),
    "charge captured on another day": (CHARGE.format("captured_on = captured_on + 1", "part"), "charge", "{part}", "captured_on"),
    "charge removed": ("DELETE FROM charge WHERE charge_id = %(paid)s", "ledger_entry", "{account}/8", "operation_id"),
    "charge out of nothing": (
        "INSERT INTO charge (person_key, amount_fen, captured_fen, current_year_fen, carried_over_fen, created_at, "
        "changed_at, business_date,"
        " captured_on, charge_id, account_id, provider_id, current_year_entry_id, pool_code, state, usage, charge_no)"
        " SELECT person_key, 5, 5, 5, 0, created_at, changed_at, business_date, captured_on, %(made)s, account_id, provider_id,"
        " gen_random_uuid(), pool_code, state, usage, 'Z-1' FROM charge WHERE charge_id = %(paid)s",
        "charge", "{made}", "current_year_fen"),
    # holds
    "held charge called captured": (
        CHARGE.format("state = 'captured', captured_fen = 300, current_year_fen = 300, current_year_entry_id = gen_random_uuid(),"
                      " captured_on = business_date", "held"), "charge", "{held}", "state"),
    "captured charge called voided": (
        CHARGE.format("state = 'voided', captured_fen = 0, carried_over_fen = 0, carried_over_entry_id = NULL, "
                      "captured_on = NULL", "whole"),
        "charge", "{whole}", "state"),
    "voided charge called held": (CHARGE.format("state = 'held'", "voided"), "charge", "{voided}", "state"),
    "expired charge called voided": (CHARGE.format("state = 'voided'", "expired"), "charge", "{expired}", "state"),
    "captured amount of another size": (
        CHARGE.format("captured_fen = 251, carried_over_fen = 251", "part"), "charge", "{part}", "captured_fen"),
    "hold of another amount": (CHARGE.format("amount_fen = amount_fen + 1", "held"), "charge", "{held}", "amount_fen"),
    "hold that ends at another time": (CHARGE.format("expires_at = expires_at + interval '1 hour'", "held"),
                                       "charge", "{held}", "expires_at"),
    "hold called a charge at once": (CHARGE.format("expires_at = NULL", "whole"), "charge", "{whole}", "expires_at"),
    "charge at once called a hold": (CHARGE.format("expires_at = created_at + interval '1 hour'", "paid"),
                                     "charge", "{paid}", "expires_at"),
    "event of a capture bigger": (EVENT.format("amount_fen = amount_fen + 1", "part", 2) + ";"
                                  + EVENT.format("amount_fen = amount_fen - 1", "part", 3),
                                  "charge", "{part}", "captured_fen"),
    "event of a hold on another account": (
        "UPDATE hold_event SET account_id = %(other)s WHERE hold_id = %(voided)s", "charge", "{voided}", "account_id"),
    "rest of a capture still reserved": (
        "DELETE FROM hold_event WHERE hold_id = %(part)s AND seq = 3; UPDATE account SET held_fen = held_fen + 150 "
        "WHERE account_id = %(account)s",
        "hold_event", "{part}/2", "amount_fen"),
    "captured after its end": (
        EVENT.format("expires_at = posted_at + interval '1 minute'", "part", 1) + ";"
        + CHARGE.format("expires_at = created_at + interval '1 minute'", "part"), "hold_event", "{part}/2", "posted_at"),
    "captured before it was posted": (EVENT.format("posted_at = posted_at - interval '1 minute'", "whole", 2),
                                      "hold_event", "{whole}/2", "posted_at"),
    "expired before its end": (EVENT.format("posted_at = posted_at - interval '90 minutes'", "expired", 2),
                               "hold_event", "{expired}/2", "posted_at"),
    "voided and expired": (EVENT.format("amount_fen = 20", "expired", 2) + ";"
                           "INSERT INTO hold_event SELECT (jsonb_populate_record(e, '{\"seq\": 3, \"kind\": "
                           "\"voided\", \"amount_fen\": 40}')).*"
                           " FROM hold_event AS e WHERE hold_id = %(expired)s AND seq = 2", "hold_event", "{expired}/3", "kind"),
    "hold opened under another reference": (EVENT.format("reference = 'other'", "held", 1), "charge", "{held}", "charge_no"),
    "hold opened at another time": (EVENT.format("posted_at = posted_at - interval '1 us'", "held", 1), "charge", "{held}", "created_at"),
    "hold of nothing": ("UPDATE hold_event SET hold_id = %(made)s WHERE hold_id = %(held)s", "hold_event", "{made}/1", "hold_id"),
    # refunds
    "refund that the charge does not know": (CHARGE.format("refunded_fen = refunded_fen - 1", "split"), "charge",
                                             "{split}", "refunded_fen"),
    "refund removed": ("DELETE FROM charge_refund WHERE refund_id = %(refund_one)s", "charge", "{split}", "refunded_fen"),
    "entry of a refund that is none": ("DELETE FROM charge_refund WHERE refund_id = %(refund_one)s",
                                       "ledger_entry", "{refund_entry}", "entry_id"),
    "refund of another current-year part": (
        REFUND.format("current_year_fen = current_year_fen + 1, amount_fen = amount_fen + 1", "refund_one"),
        "charge_refund", "{refund_one}", "current_year_fen"),
    "refund of another carried-over part": (
        REFUND.format("carried_over_fen = carried_over_fen - 1, amount_fen = amount_fen - 1", "refund_one"),
        "charge_refund", "{refund_one}", "carried_over_fen"),
    "refund of another sum": ("FREE charge_refund;" + REFUND.format("amount_fen = amount_fen + 1", "refund_one"),
                              "charge_refund", "{refund_one}", "amount_fen"),
    "refund into another part": (REFUND.format("current_year_into = 'carried_over'", "refund_one"),
                                 "charge_refund", "{refund_one}", "current_year_into"),
    "refund of another entry": (REFUND.format("current_year_entry_id = gen_random_uuid()", "refund_one"),
                                "charge_refund", "{refund_one}", "current_year_entry_id"),
    "refund of another carried-over entry": (REFUND.format("carried_over_entry_id = gen_random_uuid()", "refund_one"),
                                             "charge_refund", "{refund_one}", "carried_over_entry_id"),
    "refund by another provider": (REFUND.format("provider_id = %(other_provider)s", "refund_one"),
                                   "charge_refund", "{refund_one}", "provider_id"),
    "refund of another pool": (REFUND.format("pool_code = '440100'", "refund_one"), "charge_refund", "{refund_one}", "pool_code"),
    "refund to another account": (REFUND.format("account_id = %(other)s", "refund_one"), "charge_refund", "{refund_one}", "account_id"),
    "refund to another person": (REFUND.format("account_person_key = %(other_person)s, account_id = %(other)s", "refund_one"),
                                 "charge_refund", "{refund_one}", "account_person_key"),
    "refund under another number": (REFUND.format("refund_no = 'R-9'", "refund_one"), "charge_refund", "{refund_one}", "refund_no"),
    "refund at another time": (REFUND.format("created_at = created_at + interval '1 us'", "refund_one"),
                               "charge_refund", "{refund_one}", "created_at"),
    "refund on another day": (REFUND.format("business_date = business_date + 1", "refund_one"),
                              "charge_refund", "{refund_one}", "business_date"),
    "refund of another charge": (REFUND.format("charge_id = %(paid)s", "refund_one"), "ledger_entry", "{refund_entry}", "linked_entry_id"),
    "refund of a hold that was voided": (REFUND.format("charge_id = %(voided)s", "refund_one"), "charge_refund",
                                         "{refund_one}", "charge_id"),
    "refund of a charge that is gone": ("DELETE FROM charge WHERE charge_id = %(split)s", "charge_refund", "{refund_one}", "charge_id"),
    # numbers, keys, events
    "number of a charge removed": ("DELETE FROM business_number WHERE object_id = %(held)s", "charge", "{held}", "charge_no"),
    "number of a refund removed": ("DELETE FROM business_number WHERE object_id = %(refund_one)s",
                                   "charge_refund", "{refund_one}", "refund_no"),
    "number of nothing": ("INSERT INTO business_number VALUES (%(provider)s, 'charge', 'Z-1', %(made)s)",
                          "business_number", "{provider}/charge/Z-1", "object_id"),
    "number used up by a refusal": ("INSERT INTO business_number VALUES (%(provider)s, 'refund', 'Z-2', %(paid)s)",
                                    "business_number", "{provider}/refund/Z-2", "object_id"),
    "second number of a charge": ("INSERT INTO business_number VALUES (%(provider)s, 'charge', 'Z-1', %(paid)s)",
                                  "business_number", "{provider}/charge/Z-1", "object_id"),
    "number changed": ("UPDATE business_number SET number = 'Z-1' WHERE object_id = %(paid)s",
                       "business_number", "{provider}/charge/Z-1", "number"),
    "number of another provider": ("UPDATE business_number SET scope_id = %(other_provider)s WHERE object_id = %(paid)s",
                                   "business_number", "{other_provider}/charge/A-1", "scope_id"),
    "key removed": ("DELETE FROM idempotency_key WHERE key = 'charge A-1'", "charge", "{paid}", "charge_id"),
    "key of a refund removed": ("DELETE FROM idempotency_key WHERE operation = 'create_refund' AND object_id = %(refund_two)s",
                                "charge_refund", "{refund_two}", "refund_id"),
    "key of what does not exist": (KEY.format("object_id = %(made)s", "charge A-1"),
                                   "idempotency_key", "{provider}/create_charge/charge A-1", "object_id"),
    "key that names what another made": (KEY.format("object_id = %(held)s", "charge A-1"),
                                         "idempotency_key", "{provider}/create_charge/charge A-3", "object_id"),
    "key with two effects": (
        "INSERT INTO idempotency_key SELECT (jsonb_populate_record(k, '{\"key\": \"again-and-again\"}')).* FROM idempotency_key AS k"
        " WHERE key = 'charge A-1'", "idempotency_key", "{provider}/create_charge/again-and-again", "object_id"),
    "key of another provider": (KEY.format("principal_id = %(other_provider)s", "charge A-1"),
                                "idempotency_key", "{other_provider}/create_charge/charge A-1", "principal_id"),
    "refusal that names a charge": (KEY.format("status = 'insufficient_balance', outcome = NULL", "charge A-1"),
                                    "idempotency_key", "{provider}/create_charge/charge A-1", "object_id"),
    "success that names nothing": (KEY.format("object_id = NULL", "charge A-1"),
                                   "idempotency_key", "{provider}/create_charge/charge A-1", "object_id"),
    "answer with other parts": (KEY.format("outcome = outcome || '{\"current_year_fen\": 1}'", "charge A-2"),
                                "idempotency_key", "{provider}/create_charge/charge A-2", "outcome"),
    "answer with another instant": (KEY.format("outcome = outcome || '{\"created_at\": \"2026-01-01T00:00:00Z\"}'", "charge A-2"),
                                    "idempotency_key", "{provider}/create_charge/charge A-2", "outcome"),
    "answer that is no answer": (KEY.format("outcome = '{\"created_at\": \"x\", \"current_year_fen\": \"y\"}'", "charge A-2"),
                                 "idempotency_key", "{provider}/create_charge/charge A-2", "outcome"),
    "capture answered for a hold that was voided": (
        "UPDATE idempotency_key SET operation = 'capture_charge', status = 'captured' WHERE operation = 'void_charge'",
        "idempotency_key", "{provider}/capture_charge/void A-6", "status"),
    "audit event of a charge removed": ("DELETE FROM audit_event WHERE object_id = %(paid)s", "charge", "{paid}", "charge_id"),
    "audit event of a capture removed": ("DELETE FROM audit_event WHERE object_id = %(part)s AND action = 'capture_charge'",
                                         "charge", "{part}", "charge_id"),
    "audit event of a refund removed": ("DELETE FROM audit_event WHERE object_id = %(refund_one)s",
                                        "charge_refund", "{refund_one}", "refund_id"),
    "audit event of another provider": ("UPDATE audit_event SET actor_id = %(other_provider)s WHERE object_id = %(paid)s",
                                        "charge", "{paid}", "provider_id"),
    # entries, rewritten with their chain
    "charge against another provider's account": (
        "UPDATE ledger_entry SET system_account = 'provider_payable:620500:' || %(other_provider)s WHERE operation_id = %(paid)s; RECHAIN",
        "charge", "{paid}", "provider_id"),
    "charge against what is no provider's account": (
        "UPDATE ledger_entry SET system_account = 'adjustment:620500' WHERE operation_id = %(paid)s; RECHAIN",
        "ledger_entry", "{account}/8", "system_account"),
    "entry of a charge under another kind": (
        "UPDATE ledger_entry SET kind = 'adjustment', system_account = 'adjustment:620500' WHERE operation_id = %(paid)s; RECHAIN",
        "charge", "{paid}", "current_year_fen"),
    "entry of a charge smaller": (
        "UPDATE ledger_entry SET amount_fen = amount_fen - 1 WHERE operation_id = %(paid)s; RECHAIN", "charge",
        "{paid}", "current_year_fen"),
    "entry of a refund linked to another": (
        "UPDATE ledger_entry SET linked_entry_id = entry_id WHERE operation_id = %(refund_one)s; RECHAIN",
        "ledger_entry", "{refund_entry}", "linked_entry_id"),
    "refund of more than was charged": (
        "UPDATE ledger_entry SET amount_fen = 9000 WHERE operation_id = %(refund_two)s; RECHAIN;"
        "UPDATE charge_refund SET amount_fen = 9000, current_year_fen = 9000 WHERE refund_id = %(refund_two)s;FREE charge;"
        + CHARGE.format("refunded_fen = 10200", "split"), "charge", "{split}", "refunded_fen"),
}


@pytest.fixture
def charges(world):
    return Charges(world.connection, world.account)


def ids_of(charges, world):
    names = ("paid", "split", "held", "part", "whole", "voided", "expired")
    (seq,) = world.connection.execute("SELECT max(seq) FROM ledger_entry WHERE operation_id = %s", [charges.refund_one]).fetchone()
    return {"account": world.account.account_id, "other": world.other.account_id, "other_person": world.other.person_key,
            "made": Account(person_key=world.account.person_key).account_id, "refund_entry": f"{world.account.account_id}/{seq}",
            "refund_one": charges.refund_one, "refund_two": charges.refund_two, "provider": charges.provider_id,
            "other_provider": charges.other_provider_id, **{name: getattr(charges, name).charge_id for name in names}}


def test_it_is_clean_before(migrated, charges):
    report = audit(migrated)
    assert report["faults"] == [] and report["clean"]
    assert report["totals"]["charges"] == 7 + 1 and report["totals"]["refunds"] == 2


@pytest.mark.parametrize("what", PLANTED)
def test_planted_fault_is_found(migrated, world, charges, what):
    sql, table, key, column = PLANTED[what]
    ids = ids_of(charges, world)
    for statement in map(str.strip, sql.split(";")):
        if statement == "RECHAIN":
            world.connection.execute(RECHAIN, {"account": world.account.account_id})
        elif statement.startswith("FREE"):
            take_checks_off(world.connection, statement.split()[1])
        else:
            assert world.connection.execute(statement, ids if "%(" in statement else None).rowcount != 0, statement
    assert_named(audit(migrated), what, table, key.format(**ids), column)


def test_a_refund_after_a_merge_goes_to_the_survivor(migrated, world):
    connection = world.connection
    survivor, duplicate = (Account().insert_owner(connection).insert(connection) for _ in range(2))
    world.contribution(duplicate, "regular", "2026-01-01", 9000)
    world.enrol(duplicate)
    paid = created(connection, charge(duplicate, add_provider(connection), 500))
    assert merge(connection, survivor, duplicate)[0] == "applied"
    given_back = change(paid, 200, after=hours(48))
    assert statuses(refund(connection, given_back)) == ["created"]
    assert audit(migrated)["faults"] == []
    connection.execute("DELETE FROM person_alias")
    assert ("charge_refund", str(given_back.refund_id), "account_person_key") in {
        (fault["table"], fault["key"], fault["column"]) for fault in audit(migrated)["faults"]}


def test_keys_older_than_a_week_are_not_missed(migrated, world, charges):
    world.connection.execute("UPDATE audit_event SET at = at - interval '8 days'")
    world.connection.execute("DELETE FROM idempotency_key")
    assert audit(migrated)["faults"] == []


def test_what_was_refused_leaves_a_trace_that_counts_for_nothing(migrated, world, charges):
    assert statuses(capture(world.connection, change(charges.expired))) == ["hold_expired"]
    assert statuses(refund(world.connection, change(charges.paid, 10 ** 9))) != ["created"]
    assert statuses(create(world.connection, charge(world.account, charges.provider_id, 10 ** 9))) != ["created"]
    charges.date_today()
    assert audit(migrated)["faults"] == []
