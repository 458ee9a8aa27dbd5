"""I8, wallets: clean where all is well, and every planted fault found and named."""
# SPDX-License-Identifier: Apache-2.0
import types

import pytest

from tests.db.planting import assert_named
from tests.db.posting import make_id
from tests.db.test_audit_charges import take_checks_off
from tests.db.test_audit_rewritten import RECHAIN
from tests.db.walleting import (NOON, Open, at, end, finish, member, open_wallets, person, returned, send, sent, statuses, wallet_of)
from tests.db.world import audit

SET = "UPDATE wallet_transfer SET {} WHERE wallet_transfer_id = %({})s"
ENTRY = "UPDATE ledger_entry SET {} WHERE kind = '{}' AND part = '{}' AND operation_id = %({})s; RECHAIN {}"
KEY = "UPDATE idempotency_key SET {} WHERE operation = '{}' AND object_id = %({})s"


def of(column, change, transfer="accepted", free=False):
    """A column of one of the transfers is another."""
    return (("FREE wallet_transfer;" if free else "") + SET.format(change, transfer), "wallet_transfer", f"{{{transfer}}}", column)


def entry(column, change, kind="wallet_return", part="current_year", transfer="declined", account="account"):
    """A column of one entry is another, and the hashes fit."""
    sql = ENTRY.format(change, kind, part, transfer, account)
    return sql, "ledger_entry", f"{{{transfer}_{kind}_{part}}}", column


# What is planted: what is done, then the table, key and column that the report must name.
PLANTED = {
    "wallet transfer of another amount": of("amount_fen", "amount_fen = amount_fen + 1", free=True),
    "wallet transfer of another current-year part": of("current_year_fen", "current_year_fen = 99, amount_fen = 149"),
    "wallet transfer of another carried-over part": of("carried_over_fen", "carried_over_fen = 51, amount_fen = 151"),
    "wallet transfer at another time": of("created_at", "created_at = created_at - interval '1 us'"),
    "wallet transfer on another day": of("business_date", "business_date = business_date + 1"),
    "wallet transfer that returns before it left": of("returns_at", "returns_at = created_at", "pending", free=True),
    "wallet transfer accepted after its return": of("ended_at", "returns_at = created_at + interval '1 minute'"),
    "wallet transfer returned too early": of("ended_at", "returns_at = returns_at + interval '1 hour'", "returned"),
    "wallet transfer that ended at another time": of("ended_at", "ended_at = ended_at + interval '1 us'"),
    "wallet transfer that has not ended": of("ended_at", "ended_at = NULL", free=True),
    "wallet transfer of another id": (
        SET.format("wallet_transfer_id = %(made_elsewhere)s", "pending"), "wallet_transfer", "{made_elsewhere}", "wallet_transfer_id"),
    "wallet transfer of another sender": (
        SET.format("person_key = %(stranger_key)s", "pending"), "wallet_transfer", "{pending}", "wallet_transfer_id"),
    "wallet transfer from another account": of("pool_code", "account_id = %(wallet)s"),
    "wallet transfer from another pool": of("pool_code", "pool_code = '440100'"),
    "wallet transfer to another person": of("receiver_person_key", "receiver_person_key = %(stranger_key)s", "pending"),
    "wallet transfer to another person's id": of("receiver_person_key", "receiver_id = %(stranger_id)s", "pending"),
    "wallet transfer by another member": of("family_member_id", "family_member_id = gen_random_uuid()"),
    "wallet transfer into another account": of("wallet_account_id", "wallet_account_id = %(account)s"),
    "wallet transfer without the wallet": of("wallet_account_id", "wallet_account_id = NULL", free=True),
    "wallet of what has not arrived": of("wallet_account_id", "wallet_account_id = %(wallet)s", "declined", free=True),
    "declined wallet transfer called pending": of("state", "state = 'pending', ended_at = NULL", "declined"),
    "pending wallet transfer called cancelled": of("state", "state = 'cancelled', ended_at = created_at", "pending"),
    "pending wallet transfer called accepted": of(
        "amount_fen", "state = 'accepted', ended_at = created_at, wallet_account_id = %(wallet)s", "pending"),
    "accepted wallet transfer called pending": (
        SET.format("state = 'pending', ended_at = NULL, wallet_account_id = NULL", "accepted"),
        "ledger_entry", "{accepted_wallet_in_carried_over}", "operation_id"),
    "wallet transfer removed": ("DELETE FROM wallet_transfer WHERE wallet_transfer_id = %(pending)s",
                                "ledger_entry", "{pending_wallet_out_carried_over}", "operation_id"),
    "wallet transfer out of nothing": (
        "INSERT INTO wallet_transfer SELECT (jsonb_populate_record(t, jsonb_build_object('wallet_transfer_id', %(made)s))).*"
        " FROM wallet_transfer AS t WHERE wallet_transfer_id = %(pending)s", "wallet_transfer", "{made}", "carried_over_fen"),
    # entries, rewritten with their chain
    "money for a wallet that left as less": entry("amount_fen", "amount_fen = amount_fen - 1", "wallet_out", transfer="accepted")[:1]
    + ("wallet_transfer", "{accepted}", "current_year_fen"),
    "money for a wallet that left twice": (
        "INSERT INTO ledger_entry SELECT (jsonb_populate_record(e, jsonb_build_object('entry_id', %(made)s, 'seq', "
        "99))).* FROM ledger_entry AS e"
        " WHERE operation_id = %(pending)s; RECHAIN account", "wallet_transfer", "{pending}", "carried_over_fen"),
    "money for a wallet out of another account": entry("account_id", "person_key = %(stranger_key)s, account_id = %(stranger)s, seq = 99",
                                                       "wallet_out", "carried_over", "pending", "stranger")[:1]
    + ("wallet_transfer", "{pending}", "carried_over_fen"),
    "money back from a wallet that is more": entry("amount_fen", "amount_fen = amount_fen + 1"),
    "money back from a wallet into another part": entry("part", "part = 'current_year'", part="carried_over", transfer="returned"),
    "money back from a wallet linked to nothing": entry("linked_entry_id", "linked_entry_id = NULL"),
    "money back from a wallet linked to another": entry("linked_entry_id", "linked_entry_id = entry_id"),
    "money back from a wallet at another time": (
        "UPDATE ledger_entry SET posted_at = posted_at + interval '1 us' WHERE kind = 'wallet_return' AND operation_id = %(returned)s;"
        " RECHAIN account", "wallet_transfer", "{returned}", "ended_at"),
    "money back from a wallet twice": (
        "INSERT INTO ledger_entry SELECT (jsonb_populate_record(e, jsonb_build_object('entry_id', %(made)s, 'seq', "
        "99))).* FROM ledger_entry AS e"
        " WHERE operation_id = %(returned)s AND kind = 'wallet_return'; RECHAIN account", "wallet_transfer", "{returned}", "state"),
    "money back from a wallet that arrived too": (
        "INSERT INTO ledger_entry SELECT (jsonb_populate_record(e, jsonb_build_object('entry_id', %(made)s, 'seq', 99, 'operation_id',"
        " %(accepted)s))).* FROM ledger_entry AS e WHERE operation_id = %(returned)s AND kind = 'wallet_return'; RECHAIN account",
        "wallet_transfer", "{accepted}", "state"),
    "money in a wallet that is more": entry("amount_fen", "amount_fen = amount_fen + 1", "wallet_in", "carried_over", "accepted", "wallet"),
    "money in a wallet of another part": entry("part", "part = 'current_year'", "wallet_in", "carried_over", "accepted", "wallet"),
    "money in a wallet at another time": entry("posted_at", "posted_at = posted_at + interval '1 us'", "wallet_in", "carried_over",
                                               "accepted", "wallet"),
    "money in a wallet linked to nothing": entry("linked_entry_id", "linked_entry_id = NULL", "wallet_in",
                                                 "carried_over", "accepted", "wallet"),
    "money in a wallet of another transfer": (
        "UPDATE ledger_entry SET operation_id = %(pending)s WHERE kind = 'wallet_in'; RECHAIN wallet",
        "ledger_entry", "{accepted_wallet_in_carried_over}", "operation_id"),
    "money in a wallet twice": (
        "INSERT INTO ledger_entry SELECT (jsonb_populate_record(e, jsonb_build_object('entry_id', %(made)s, 'seq', "
        "99))).* FROM ledger_entry AS e"
        " WHERE operation_id = %(accepted)s AND kind = 'wallet_in' AND amount_fen = 50; RECHAIN wallet",
        "wallet_transfer", "{accepted}", "amount_fen"),
    "wallet that receives": (
        "UPDATE account SET status = 'spend_only' WHERE person_id = %(receiver)s; UPDATE account SET status = "
        "'active' WHERE account_id = %(wallet)s",
        "account", "{wallet}", "status"),
    # events and keys
    "audit event of a wallet transfer removed": ("DELETE FROM audit_event WHERE object_id = %(declined)s AND action LIKE 'decline%%'",
                                                 "wallet_transfer", "{declined}", "wallet_transfer_id"),
    "audit event of a wallet transfer by another": ("UPDATE audit_event SET actor_id = gen_random_uuid() WHERE object_id = %(pending)s",
                                                    "wallet_transfer", "{pending}", "wallet_transfer_id"),
    "audit event of a wallet transfer that was not": (
        "INSERT INTO audit_event SELECT (jsonb_populate_record(e, jsonb_build_object('event_id', %(made)s, 'action', "
        "'cancel_wallet_transfer'))).*"
        " FROM audit_event AS e WHERE object_id = %(pending)s", "wallet_transfer", "{pending}", "wallet_transfer_id"),
    "key of a wallet transfer removed": ("DELETE FROM idempotency_key WHERE object_id = %(pending)s",
                                         "wallet_transfer", "{pending}", "wallet_transfer_id"),
    "key of a wallet removed": ("DELETE FROM idempotency_key WHERE operation = 'open_wallet'", "account", "{own_wallet}", "account_id"),
    "key of a wallet transfer that names nothing": (
        KEY.format("object_id = NULL", "create_wallet_transfer", "pending"), "idempotency_key",
        "{sender}/create_wallet_transfer/send pending",
        "object_id"),
    "key of a wallet transfer that is not there": (
        KEY.format("object_id = %(made)s", "create_wallet_transfer", "pending"), "idempotency_key",
        "{sender}/create_wallet_transfer/send pending", "object_id"),
    "key of a wallet transfer that was not ended so": (
        "UPDATE idempotency_key SET operation = 'cancel_wallet_transfer' WHERE operation = 'decline_wallet_transfer'",
        "idempotency_key", "{receiver}/cancel_wallet_transfer/end declined", "object_id"),
    "key of a wallet transfer by another": (
        KEY.format("principal_id = %(receiver)s", "create_wallet_transfer", "pending"), "idempotency_key",
        "{receiver}/create_wallet_transfer/send pending", "principal_id"),
    "refusal that names a wallet transfer": (
        KEY.format("status = 'wallet_quiet_hours'", "create_wallet_transfer", "pending"), "idempotency_key",
        "{sender}/create_wallet_transfer/send pending", "object_id"),
    "key of a wallet transfer with two effects": (
        "INSERT INTO idempotency_key SELECT (jsonb_populate_record(k, '{\"key\": \"once-more\"}')).* FROM idempotency_key AS k"
        " WHERE key = 'send pending'", "idempotency_key", "{sender}/create_wallet_transfer/once-more", "object_id"),
}


@pytest.fixture
def made(superuser):
    """A transfer in each state between two people, and somebody with nothing to do with it."""
    sender, receiver, stranger = person(superuser, 100, 1000), person(superuser), person(superuser, 0, 1000)
    wallet, relation = wallet_of(superuser, receiver), member(superuser, sender, receiver)
    opening = Open(NOON, sender, key="open wallet", person_key=sender.person_key, person_id=sender.person_id)
    assert statuses(open_wallets(superuser, opening)) == ["created"]
    world = types.SimpleNamespace(sender=sender, receiver=receiver, stranger=stranger, wallet=wallet, own_wallet=opening.account_id)
    for state, event, amount_fen, instant, caller in (
            ("declined", "decline", 150, NOON, receiver), ("accepted", "accept", 150, at("15:00:00"), receiver),
            ("cancelled", "cancel", 100, at("18:00:00"), sender), ("returned", None, 100, at("2026-03-11 12:00:00"), None),
            ("pending", None, 100, at("2026-03-13 12:00:00"), None)):
        request = sent(superuser, send(sender, relation, amount_fen, instant, key=f"send {state}"))
        if event:
            assert statuses(finish(superuser, event, end(request, caller, key=f"end {state}"))) == ["done"]
        if state == "returned":
            assert returned(superuser, at("2026-03-12 06:00:00")) == 1
        setattr(world, state, request.transfer_id)
    superuser.execute("UPDATE audit_event SET at = now()")
    superuser.execute("UPDATE idempotency_key SET created_at = now()")
    return world


def ids_of(connection, made):
    ids = {
        "account": made.sender.account_id, "wallet": made.wallet.account_id, "stranger": made.stranger.account_id,
        "stranger_key": made.stranger.person_key, "stranger_id": made.stranger.person_id, "sender": made.sender.person_id,
        "receiver": made.receiver.person_id, "own_wallet": made.own_wallet, "made": make_id(made.sender.person_key),
        "made_elsewhere": make_id(made.stranger.person_key),
        **{state: getattr(made, state) for state in ("declined", "accepted", "cancelled", "returned", "pending")}}
    for state in ("declined", "accepted", "returned", "pending"):
        for kind, part, account_id, seq in connection.execute(
                "SELECT kind, part, account_id, min(seq) FROM ledger_entry WHERE operation_id = %s GROUP BY 1, 2, 3",
            [ids[state]]).fetchall():
            ids[f"{state}_{kind}_{part}"] = f"{account_id}/{seq}"
    return ids


def plant(connection, sql, ids):
    for statement in filter(None, map(str.strip, sql.split(";"))):
        if statement.startswith("RECHAIN"):
            connection.execute(RECHAIN, {"account": ids[statement.split()[1]]})
        elif statement.startswith("FREE"):
            take_checks_off(connection, statement.split()[1])
        else:
            assert connection.execute(statement, ids if "%(" in statement else None).rowcount != 0, statement


def test_it_is_clean_before(migrated, made):
    report = audit(migrated)
    assert report["faults"] == [] and report["clean"]


def test_every_column_is_planted(superuser):
    """Of wallet_transfer: each has a fault that begins with it, or says so by another."""
    columns = {name for (name,) in superuser.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'wallet_transfer'").fetchall()}
    together = " ".join(planted[0] for planted in PLANTED.values())
    assert {name for name in columns if f"{name} =" not in together} == set()


@pytest.mark.parametrize("what", PLANTED)
def test_planted_fault_is_found(migrated, superuser, made, what):
    sql, table, key, column = PLANTED[what]
    ids = ids_of(superuser, made)
    plant(superuser, sql, ids)
    assert_named(audit(migrated), what, table, key.format(**ids), column)
