"""Settlements: clean where all is well, and every planted fault found and named."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid

import pytest

from tests.db.charge_world import Charges
from tests.db.charging import day_of
from tests.db.planting import assert_named
from tests.db.posting import INSTANT
from tests.db.test_audit_charges import take_checks_off
from tests.db.test_audit_rewritten import RECHAIN
from tests.db.world import audit

SETTLEMENT = "UPDATE settlement SET {} WHERE settlement_id = %({})s"
POOL = "UPDATE settlement_pool SET {} WHERE settlement_id = %(agreed)s"
DAY = day_of(INSTANT)


def add_settlement(connection, provider_id, day, items, key, stated=None):
    """(settlement_id, state) of a provider's day, as the program stores it."""
    settlement_id = uuid.uuid4()
    totals = [[fen for kind, _, fen in items if kind == of] for of in ("charge", "refund")]
    stated = stated or [number for one in totals for number in (len(one), sum(one))]
    instant = datetime.datetime.combine(day + datetime.timedelta(days=2), datetime.time(), datetime.timezone.utc)
    rows = connection.execute(
        "SELECT status FROM settlement_create('create_settlement', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, sha256('x'), %s, 'request', %s)",
        [settlement_id, provider_id, day, *stated, "".join(f"{kind}\t{number}\t{fen}\n" for kind, number, fen in items), instant, key,
         uuid.uuid4(), INSTANT]).fetchall()
    assert rows == [("created",)]
    (state,) = connection.execute("SELECT state FROM settlement WHERE settlement_id = %s", [settlement_id]).fetchone()
    return settlement_id, state


class Settlements(Charges):
    """Of the provider's day: an attempt that differs, then one that agrees; of a day without anything one that differs."""

    def __init__(self, connection, account):
        super().__init__(connection, account)
        ours = connection.execute("SELECT item, number, amount_fen FROM settlement_day(%s, %s)", [self.provider_id, DAY]).fetchall()
        assert {item for item, _, _ in ours} == {"charge", "refund"}
        self.differing, state = add_settlement(connection, self.provider_id, DAY, ours[1:], "settle one")
        assert state == "differs"
        self.agreed, state = add_settlement(connection, self.provider_id, DAY, ours, "settle two")
        assert state == "agreed"
        day = DAY - datetime.timedelta(days=1)
        self.open, state = add_settlement(connection, self.provider_id, day, [("charge", "X", 5), ("charge", "X", 5)], "settle three")
        assert state == "differs"


PLANTED = {
    "pool owes more for a day": (POOL.format("charges_fen = charges_fen + 1"), "settlement_pool", "{agreed}/620500", "charges_fen"),
    "pool owes less for a day": (POOL.format("refunds_fen = refunds_fen + 1"), "settlement_pool", "{agreed}/620500", "refunds_fen"),
    "pool owes for more charges": (POOL.format("charges_count = charges_count + 1"),
                                   "settlement_pool", "{agreed}/620500", "charges_count"),
    "pool owes for fewer refunds": (POOL.format("refunds_count = 0"), "settlement_pool", "{agreed}/620500", "refunds_count"),
    "pool owes nothing for a day": ("DELETE FROM settlement_pool WHERE settlement_id = %(agreed)s",
                                    "settlement_pool", "{agreed}/620500", "pool_code"),
    "another pool owes it": (POOL.format("pool_code = '440100'"), "settlement_pool", "{agreed}/440100", "charges_fen"),
    "pool owes for no settlement": ("INSERT INTO settlement_pool VALUES (%(made)s, '620500', 1, 1, 0, 0)",
                                    "settlement_pool", "{made}/620500", "settlement_id"),
    "posted on a day that was settled": (
        "UPDATE ledger_entry SET business_date = %(day)s WHERE operation_id = %(refund_two)s; RECHAIN",
        "settlement_pool", "{agreed}/620500", "refunds_fen"),
    "taken out of a day that was settled": (
        "UPDATE ledger_entry SET business_date = business_date + 1 WHERE operation_id = %(paid)s; RECHAIN",
        "settlement_pool", "{agreed}/620500", "charges_fen"),
    "settlement of another provider": (SETTLEMENT.format("provider_id = %(other_provider)s", "agreed"),
                                       "settlement_pool", "{agreed}/620500", "charges_fen"),
    "settlement of nobody": (SETTLEMENT.format("provider_id = %(made)s", "open"), "settlement", "{open}", "provider_id"),
    "settlement of another day": (SETTLEMENT.format("business_date = business_date + 9", "agreed"),
                                  "settlement_pool", "{agreed}/620500", "charges_fen"),
    "day settled before it was over": (SETTLEMENT.format("created_at = business_date + interval '1 day 16 hours 4 "
                                                         "minutes' - interval '1 day'", "open"),
                                       "settlement", "{open}", "business_date"),
    "settlement removed": ("DELETE FROM settlement WHERE settlement_id = %(agreed)s", "settlement_pool",
                           "{agreed}/620500", "settlement_id"),
    "attempt removed": ("DELETE FROM settlement_pool WHERE settlement_id = %(differing)s;"
                        "DELETE FROM settlement WHERE settlement_id = %(differing)s", "settlement", "{agreed}", "attempt"),
    "attempt after it agreed": (SETTLEMENT.format("attempt = 3", "differing"), "settlement", "{agreed}", "attempt"),
    "settlement that differs called agreed": ("FREE settlement;" + SETTLEMENT.format("state = 'agreed'", "open"),
                                              "settlement", "{open}", "state"),
    "day agreed twice": (
        "FREE settlement; DROP INDEX settlement_agreed;" + SETTLEMENT.format("state = 'agreed'", "differing"),
        "settlement", "{agreed}", "state"),
    "settlement with another sum of charges": ("FREE settlement;" + SETTLEMENT.format("our_charges_fen = 1", "agreed"),
                                               "settlement", "{agreed}", "our_charges_fen"),
    "settlement with another sum of refunds": ("FREE settlement;" + SETTLEMENT.format("our_refunds_fen = 1", "agreed"),
                                               "settlement", "{agreed}", "our_refunds_fen"),
    "settlement with another number of charges": ("FREE settlement;" + SETTLEMENT.format("our_charges_count = 9", "agreed"),
                                                  "settlement", "{agreed}", "our_charges_count"),
    "settlement with another number of refunds": ("FREE settlement;" + SETTLEMENT.format("our_refunds_count = 9", "agreed"),
                                                  "settlement", "{agreed}", "our_refunds_count"),
    "settlement that matched more": (SETTLEMENT.format("matched_count = matched_count + 1", "agreed"),
                                     "settlement", "{agreed}", "matched_count"),
    "difference removed": ("DELETE FROM settlement_difference WHERE settlement_id = %(open)s AND kind = 'listed_twice'",
                           "settlement", "{open}", "missing_here_count"),
    "settlement nobody asked for": ("DELETE FROM audit_event WHERE object_id = %(agreed)s", "settlement", "{agreed}", "settlement_id"),
    "settlement that another asked for": ("UPDATE audit_event SET actor_id = %(other_provider)s WHERE object_id = %(agreed)s",
                                          "settlement", "{agreed}", "settlement_id"),
    "key of a settlement that is none": ("UPDATE idempotency_key SET object_id = %(made)s WHERE key = 'settle two'",
                                         "idempotency_key", "{provider}/create_settlement/settle two", "object_id"),
    "two keys of one settlement": ("UPDATE idempotency_key SET object_id = %(agreed)s WHERE key = 'settle one'",
                                   "idempotency_key", "{provider}/create_settlement/settle one", "object_id"),
    "key of a settlement of another": ("UPDATE idempotency_key SET principal_id = %(other_provider)s WHERE key = 'settle two'",
                                       "idempotency_key", "{other_provider}/create_settlement/settle two", "principal_id"),
}


@pytest.fixture
def settled(world):
    return Settlements(world.connection, world.account)


def test_it_is_clean_before(migrated, settled):
    assert audit(migrated)["faults"] == []


@pytest.mark.parametrize("what", PLANTED)
def test_planted_fault_is_found(migrated, world, settled, what):
    sql, table, key, column = PLANTED[what]
    ids = {"agreed": settled.agreed, "differing": settled.differing, "open": settled.open, "provider": settled.provider_id,
           "other_provider": settled.other_provider_id, "paid": settled.paid.charge_id, "refund_two": settled.refund_two,
           "made": uuid.uuid4(), "day": DAY}
    for statement in map(str.strip, sql.split(";")):
        if statement == "RECHAIN":
            world.connection.execute(RECHAIN, {"account": world.account.account_id})
        elif statement.startswith("FREE"):
            take_checks_off(world.connection, statement.split()[1])
        else:
            assert world.connection.execute(statement, ids if "%(" in statement else None).rowcount != 0, statement
    assert_named(audit(migrated), what, table, key.format(**ids), column)
