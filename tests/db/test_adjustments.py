"""Adjustments in batches, as the runtime role: poisonous members next to good ones, the same again; and the auditor's view of them."""
# SPDX-License-Identifier: Apache-2.0
import hashlib
import threading
import time
import uuid

import pytest

from tests.db.planting import assert_named
from tests.db.posting import INSTANT, Account, Entry, make_id, post
from tests.db.test_merge_proposals import call
from tests.db.test_proposals import approve, decision
from tests.db.world import audit

PROPOSE = ("uuid uuid bigint uuid text text text bigint uuid text text uuid timestamptz uuid text text bytea").split()
OPERATOR = uuid.uuid4()
LARGEST = 2**53 - 1


@pytest.fixture
def runtime(cluster, migrated, world):
    with cluster.connect(migrated.database, "owner", options="-c role=yibao_app") as connection:
        yield connection


def asking(account, part="current_year", direction="credit", amount_fen=100, linked=None, visible=None, reason="wrong",
           document=None, key=None, content="same", account_id=None, proposed_by=OPERATOR):
    return [make_id(account.person_key), make_id(account.person_key), account.person_key, account_id or account.account_id,
            visible, part, direction, amount_fen, linked, reason, document, proposed_by, INSTANT, uuid.uuid4(), "request",
            key or str(uuid.uuid4()), hashlib.sha256(content.encode()).digest()]


def keys_kept(connection):
    return dict(connection.execute("SELECT key, status FROM idempotency_key WHERE operation = 'propose_adjustment'").fetchall())


def test_poison_among_good_ones(runtime, world):
    good = [Account().insert_owner(world.connection).insert(world.connection) for _ in range(20)]
    closed = Account(status="closed").insert_owner(world.connection).insert(world.connection)
    ((theirs,),) = runtime.execute("SELECT entry_id FROM ledger_entry WHERE account_id = %s", [world.other.account_id])
    poison = [
        (asking(good[0], account_id=make_id(good[0].person_key)), "not_found"),
        (asking(world.account, visible="440100,44%"), "not_found"),
        (asking(world.account, part="future_year"), "malformed"),
        (asking(world.account, part=None), "malformed"),
        (asking(world.account, direction="sideways"), "malformed"),
        (asking(world.account, amount_fen=0), "malformed"),
        (asking(world.account, amount_fen=-5), "malformed"),
        (asking(world.account, amount_fen=None), "malformed"),
        (asking(world.account, amount_fen=LARGEST + 1), "malformed"),
        (asking(world.account, amount_fen=2**63 - 1), "malformed"),
        (asking(world.account, document="D" * 257), "malformed"),
        (asking(world.account, reason=""), "malformed"),
        (asking(world.account, linked=theirs), "unknown_entry"),
        (asking(world.account, linked=uuid.uuid4()), "unknown_entry"),
        (asking(closed), "account_closed"),
        (asking(world.account, direction="debit", amount_fen=LARGEST), "insufficient_balance"),
        (asking(world.account, amount_fen=LARGEST), "balance_overflow"),
    ]
    members = [asking(account) for account in good]
    for place, (member, _) in enumerate(poison):
        members.insert(place * 2 + 1, member)
    expected = {member[0]: status for member, status in poison}
    statuses = call(runtime, "adjustment_propose", PROPOSE, members)
    assert statuses == [expected.get(member[0], "proposed") for member in members]
    final = {"proposed", "account_closed", "insufficient_balance", "balance_overflow"}
    assert keys_kept(runtime) == {member[15]: status for member, status in zip(members, statuses) if status in final}
    again = call(runtime, "adjustment_propose", PROPOSE, members)
    assert again == statuses, "the same batch after a lost connection"


def test_members_that_meet(runtime, world):
    one, other = world.account, world.other
    members = [asking(one, key="the-same-key"), asking(one, key="the-same-key"), asking(one), asking(other, key="other-key-1"),
               asking(other, key="other-key-1", content="changed")]
    assert call(runtime, "adjustment_propose", PROPOSE, members) == [
        "proposed", "deferred", "already_exists", "proposed", "deferred"]
    assert call(runtime, "adjustment_propose", PROPOSE, [members[1], members[4]]) == ["proposed", "idempotency_key_reused"]
    elsewhere = asking(one, key="the-same-key", proposed_by=uuid.uuid4())
    assert call(runtime, "adjustment_propose", PROPOSE, [elsewhere]) == ["already_exists"]
    assert runtime.execute("SELECT count(*) FROM proposal WHERE state = 'open'").fetchone() == (2,)


def test_a_key_at_work_elsewhere(cluster, migrated, runtime, world):
    with cluster.connect(migrated.database, "owner") as other, other.transaction():
        assert call(other, "adjustment_propose", PROPOSE, [asking(world.account, key="the-same-key")]) == ["proposed"]
        assert call(runtime, "adjustment_propose", PROPOSE, [asking(world.account, key="the-same-key")]) == ["request_in_progress"]


def approved(connection, account, **words):
    member = asking(account, **words)
    assert call(connection, "adjustment_propose", PROPOSE, [member]) == ["proposed"]
    assert approve(connection, [decision(member[0])]) == ["done"]
    return member


def test_approved_together(migrated, runtime, world):
    """Of one batch, people and kinds mixed: each is judged with what those before it left."""
    accounts = [Account().insert_owner(world.connection).insert(world.connection) for _ in range(3)]
    ids = []
    for account in accounts:
        assert post(world.connection, [Entry(account, 500)])[0][0] == "posted"
        member = asking(account, direction="debit", amount_fen=500)
        assert call(runtime, "adjustment_propose", PROPOSE, [member]) == ["proposed"]
        ids.append(member[0])
    world.connection.execute("UPDATE account SET held_fen = 1 WHERE account_id = %s", [accounts[1].account_id])
    assert approve(runtime, [decision(i) for i in ids]) == ["done", "insufficient_balance", "done"]
    world.connection.execute("UPDATE account SET held_fen = 0 WHERE account_id = %s", [accounts[1].account_id])
    assert approve(runtime, [decision(ids[1])]) == ["done"]
    assert [account.row(runtime)[0] for account in accounts] == [0, 0, 0]
    assert audit(migrated)["faults"] == []


def test_an_approval_waits_for_the_account(cluster, migrated, runtime, world):
    """And judges what is there when it has it: the money has just been spent."""
    account = Account().insert_owner(world.connection).insert(world.connection)
    post(world.connection, [Entry(account, 500)])
    member = asking(account, direction="debit", amount_fen=500)
    assert call(runtime, "adjustment_propose", PROPOSE, [member]) == ["proposed"]
    answers = []

    def run():
        with cluster.connect(migrated.database, "owner") as other:
            answers.extend(approve(other, [decision(member[0])]))

    thread = threading.Thread(target=run)
    with world.connection.transaction():
        world.connection.execute("SELECT FROM account WHERE account_id = %s FOR NO KEY UPDATE", [account.account_id])
        thread.start()
        with cluster.connect(migrated.database) as watch:
            while not watch.execute("SELECT FROM pg_locks WHERE NOT granted").fetchall():
                time.sleep(0.01)
        post(world.connection, [Entry(account, 1, direction="debit")])
    thread.join()
    assert answers == ["insufficient_balance"]


# What is planted, then the table and column that the report must name; the key is that of the entry, proposal or key.
PROPOSAL = "UPDATE proposal SET {} WHERE proposal_id = %(proposal)s"
ENTRY = "UPDATE ledger_entry SET {} WHERE entry_id = %(entry)s"
KEY = "UPDATE idempotency_key SET {} WHERE operation = 'propose_adjustment'"
PLANTED = {
    "adjustment that was rejected": (
        PROPOSAL.format("state = 'rejected', outcome = NULL"), "ledger_entry", "operation_id"),
    "adjustment that is still open": (
        PROPOSAL.format("state = 'open', outcome = NULL, decided_by = NULL, decided_at = NULL"), "ledger_entry", "operation_id"),
    "adjustment without proposal": ("DELETE FROM proposal WHERE proposal_id = %(proposal)s", "ledger_entry", "operation_id"),
    "adjustment by a proposal of another kind": (PROPOSAL.format("kind = 'change_account_status'"), "ledger_entry", "operation_id"),
    "adjustment by a proposal of somebody else": (PROPOSAL.format("person_key = %(other_key)s"), "ledger_entry", "operation_id"),
    "adjustment of another account": (PROPOSAL.format("object_id = %(other)s"), "ledger_entry", "account_id"),
    "adjustment of another amount": (
        PROPOSAL.format("payload = jsonb_set(payload, '{changes,2,after}', '\"101\"')"), "ledger_entry", "amount_fen"),
    "adjustment of another part": (
        PROPOSAL.format("payload = jsonb_set(payload, '{changes,0,after}', '\"carried_over\"')"), "ledger_entry", "part"),
    "adjustment in the other direction": (
        PROPOSAL.format("payload = jsonb_set(payload, '{changes,1,after}', '\"debit\"')"), "ledger_entry", "direction"),
    "adjustment with another link": (
        PROPOSAL.format("payload = jsonb_set(payload, '{changes,3,after}', to_jsonb(%(proposal)s::text))"),
        "ledger_entry", "linked_entry_id"),
    "adjustment that nobody was shown": (PROPOSAL.format("payload = '{}'"), "ledger_entry", "amount_fen"),
    "adjustment linked to nothing": (ENTRY.format("linked_entry_id = gen_random_uuid()"), "ledger_entry", "linked_entry_id"),
    "adjustment linked to itself": (ENTRY.format("linked_entry_id = entry_id"), "ledger_entry", "linked_entry_id"),
    "adjustment never posted": ("DELETE FROM ledger_entry WHERE entry_id = %(entry)s", "proposal", "outcome"),
    "adjustment posted under another id": (ENTRY.format("entry_id = gen_random_uuid()"), "proposal", "outcome"),
    "adjustment posted twice": (
        "UPDATE ledger_entry SET operation_id = %(proposal)s WHERE kind = 'adjustment' AND entry_id <> %(entry)s"
        " AND account_id = %(account)s", "proposal", "outcome"),
    "key of an adjustment that names nothing": (KEY.format("object_id = NULL"), "idempotency_key", "object_id"),
    "key of an adjustment that names what is none": (KEY.format("object_id = %(entry)s"), "idempotency_key", "object_id"),
    "key of an adjustment of somebody else": (KEY.format("principal_id = %(other)s"), "idempotency_key", "principal_id"),
    "key of a refused adjustment with a proposal": (KEY.format("status = 'conflict'"), "idempotency_key", "object_id"),
    "two keys of one adjustment": (
        "INSERT INTO idempotency_key SELECT principal_id, operation, 'another key', content_hash, status, object_id, outcome,"
        " created_at FROM idempotency_key", "idempotency_key", "object_id"),
    "key of an adjustment gone": ("DELETE FROM idempotency_key", "proposal", "proposal_id"),
}


@pytest.mark.parametrize("what", PLANTED)
def test_planted_fault_is_found(migrated, runtime, world, what):
    sql, table, column = PLANTED[what]
    ((linked,),) = runtime.execute("SELECT entry_id FROM ledger_entry WHERE account_id = %s AND seq = 1", [world.account.account_id])
    member = approved(runtime, world.account, linked=linked)
    world.connection.execute("UPDATE audit_event SET at = now() WHERE action = 'propose_adjustment'")
    report = audit(migrated)
    assert report["faults"] == [] and report["clean"]
    ((seq,),) = runtime.execute("SELECT seq FROM ledger_entry WHERE entry_id = %s", [member[1]])
    planted = {"proposal": member[0], "entry": member[1], "account": world.account.account_id,
               "other": world.other.account_id, "other_key": world.other.person_key}
    assert world.connection.execute(sql, planted).rowcount > 0
    key = {"ledger_entry": f"{world.account.account_id}/{seq}", "proposal": str(member[0])}.get(table)
    assert_named(audit(migrated), what, table, key, column)
