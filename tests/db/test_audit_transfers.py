"""I8, transfers: clean where all is well, and every planted fault found and named."""
# SPDX-License-Identifier: Apache-2.0
import types

import pytest

from tests.db.planting import assert_named
from tests.db.posting import INSTANT, Account
from tests.db.test_audit_charges import take_checks_off
from tests.db.test_audit_rewritten import RECHAIN
from tests.db.transferring import DAY, IN, NEAR, OUT, OUT_TWO, apply, bring, row, step
from tests.db.world import audit

SET = "UPDATE transfer SET {} WHERE transfer_id = %({})s"
CHANGE = "UPDATE state_change SET {} WHERE object_id = %({})s AND seq = {}"
ENTRY = "UPDATE ledger_entry SET {} WHERE kind = '{}' AND part = 'current_year' AND operation_id = %({})s; RECHAIN {}"
KEY = "UPDATE idempotency_key SET {} WHERE object_id = %({})s AND outcome ->> 'event' = '{}'"


def of(column, change, transfer="done", free=False):
    """A column of one of the transfers is another."""
    return (("FREE transfer;" if free else "") + SET.format(change, transfer), "transfer", f"{{{transfer}}}", column)


# What is planted: what is done, then the table, key and column that the report must name.
PLANTED = {
    "transfer of another amount": of("amount_fen", "amount_fen = amount_fen + 1", free=True),
    "transfer of another current-year part": of("current_year_fen", "current_year_fen = 4999, amount_fen = 5699"),
    "transfer of another carried-over part": of("carried_over_fen", "carried_over_fen = 699, amount_fen = 5699"),
    "transfer with an amount before it left": of("amount_fen", "amount_fen = 5, current_year_fen = 5", "asked"),
    "transfer applied for at another time": of("created_at", "created_at = created_at - interval '1 s'"),
    "transfer in its state since another time": of("entered_at", "entered_at = entered_at + interval '1 s'", "away"),
    "transfer that is over and goes on": of("ended_at", "ended_at = NULL"),
    "transfer that goes on and is over": of("ended_at", "ended_at = entered_at", "away"),
    "transfer without a deadline": of("due_on", "due_on = NULL", "away"),
    "deadline of what is over": of("due_on", "due_on = '2026-02-01'"),
    "deadline before the application": of("due_on", "due_on = '2026-01-01'", "away"),
    "reminder before the desk had it": of("reminded_on", "reminded_on = '2026-01-01'", "away"),
    "overdue before the deadline": of("overdue_noted_on", "overdue_noted_on = due_on", "away"),
    "transfer that moves on another day": of("moves_on", "moves_on = moves_on - 1"),
    "transfer that moves before it is let go": of("moves_on", "moves_on = '2026-01-06'", "asked"),
    "transfer of other months": of("months_moved", "months_moved = months_moved + 1"),
    "transfer of another id": (SET.format("transfer_id = %(made_elsewhere)s", "asked"), "transfer", "{made_elsewhere}", "transfer_id"),
    "transfer of another person's id": of("person_id", "person_id = gen_random_uuid()"),
    "transfer from another enrolment": of("from_enrolment_id", "from_enrolment_id = gen_random_uuid()"),
    "transfer to another enrolment": of("to_enrolment_id", "to_enrolment_id = gen_random_uuid()"),
    "transfer from another account": of("from_account_id", "from_account_id = gen_random_uuid()"),
    "transfer to another account": of("to_account_id", "to_account_id = gen_random_uuid()"),
    "transfer to no account": of("to_account_id", "to_account_id = NULL"),
    "transfer taken in by another operation": of("take_in_id", "take_in_id = NULL"),
    "transfer returned by no operation": of("return_id", "return_id = NULL", "back"),
    "transfer returned that has arrived": of("return_id", "return_id = gen_random_uuid()"),
    "payout without its withdrawal": of("withdrawal_id", "withdrawal_id = NULL", "paid"),
    "payout of another amount": of("current_year_fen", "current_year_fen = 4999, amount_fen = 5699", "paid"),
    "transfer with a withdrawal": of("withdrawal_id", "withdrawal_id = gen_random_uuid()"),
    "checked for the old pool by another": of("out_checked_by", "out_checked_by = gen_random_uuid()"),
    "checked for the new pool by another": of("in_checked_by", "in_checked_by = gen_random_uuid()"),
    "let go by another": of("out_reviewed_by", "out_reviewed_by = NULL"),
    "taken in by another": of("in_reviewed_by", "in_reviewed_by = gen_random_uuid()"),
    "both desks by the same person": (
        "UPDATE transfer SET in_reviewed_by = out_reviewed_by WHERE transfer_id = %(done)s;"
        "UPDATE state_change SET actor_id = %(out)s WHERE object_id = %(done)s AND event = 'take_in'",
        "transfer", "{done}", "in_checked_by"),
    "payout let go by who checked it": (
        "UPDATE transfer SET out_reviewed_by = out_checked_by WHERE transfer_id = %(paid)s;"
        "UPDATE state_change SET actor_id = %(out)s WHERE object_id = %(paid)s AND event = 'move_out'",
        "transfer", "{paid}", "out_reviewed_by"),
    "decided by who has applied": (
        "UPDATE state_change SET actor_id = %(out)s WHERE object_id = %(done)s AND seq = 1", "transfer", "{done}", "out_checked_by"),
    "transfer of another machine": of("machine", "machine = 'transfer_payout'", free=True),
    "transfer of another way": of("way", "way = 'in_province'"),
    "transfer in another state": of("state", "state = 'rejected'"),
    "transfer from another pool": of("from_enrolment_id", "from_pool_code = '620100'"),
    "transfer to another pool": of("to_enrolment_id", "to_pool_code = '440300'"),
    "transfer to no pool": of("to_pool_code", "to_pool_code = '449900'", "asked"),
    "transfer from no pool": of("from_pool_code", "from_pool_code = '629900'", "asked"),
    "transfer from another scheme": of("from_account_id", "from_scheme = 'resident'"),
    "transfer to another scheme": of("to_enrolment_id", "to_scheme = 'resident'"),
    "transfer with another status of the account": of("from_account_status", "from_account_status = NULL"),
    "transfer with no status of the enrolment": of("from_enrolment_status", "from_enrolment_status = 'closing'", free=True),
    "transfer with a bank card": of("bank_card_sealed", "bank_card_sealed = sha256('x') || sha256('x')", free=True),
    "transfer without its record form": of("record_form", "record_form = NULL"),
    "record form of another pool": of("record_form", "record_form = record_form || '{\"region_code\": \"620100\"}'"),
    "record form whose periods are fewer": of("record_form", "months_moved = 3, record_form = record_form || '{\"months\": 3}'"),
    "transfer removed": ("DELETE FROM transfer WHERE transfer_id = %(done)s", "ledger_entry", "{gone}", "operation_id"),
    # timeline
    "step of a transfer removed": ("DELETE FROM state_change WHERE object_id = %(done)s AND seq = 2", "state_change", "{done}/3", "seq"),
    "step from another state, of a transfer": (CHANGE.format("from_state = 'checked_in'", "done", 3), "state_change",
                                               "{done}/3", "from_state"),
    "step to another state": (CHANGE.format("to_state = 'checked_in'", "done", 2), "state_change", "{done}/2", "to_state"),
    "step that is none": (CHANGE.format("event = 'pay'", "done", 5), "state_change", "{done}/5", "event"),
    "step by who may not": (CHANGE.format("who = 'in_desk'", "done", 4), "state_change", "{done}/4", "who"),
    "step before the one before it, of a transfer": (CHANGE.format("at = at - interval '9 days'", "done", 4),
                                                     "state_change", "{done}/4", "at"),
    "step of a desk by a citizen": (CHANGE.format("actor_kind = 'citizen'", "done", 4), "state_change", "{done}/4", "actor_kind"),
    "step of another machine, of a transfer": (CHANGE.format("machine = 'transfer_payout'", "done", 1), "transfer", "{done}", "machine"),
    "step of no transfer": (CHANGE.format("object_id = %(made)s", "asked", 1), "state_change", "{made}/1", "object_id"),
    "refusal without a reason": (CHANGE.format("reason_code = NULL", "back", 5), "state_change", "{back}/5", "reason_code"),
    "refusal without words": (CHANGE.format("note = NULL", "back", 5), "state_change", "{back}/5", "note"),
    "audit event of a decision removed": ("DELETE FROM audit_event WHERE object_id = %(done)s AND detail ->> 'event' = 'check_in'",
                                          "transfer", "{done}", "transfer_id"),
    # enrolments
    "enrolment that does not close": ("UPDATE enrolment SET status = 'active' WHERE enrolment_id = %(asked_enrolment)s",
                                      "transfer", "{asked}", "from_enrolment_id"),
    "enrolment in both pools": ("UPDATE enrolment SET ended_on = '2026-01-06' WHERE enrolment_id = %(done_enrolment)s",
                                "transfer", "{done}", "moves_on"),
    "enrolment that goes on beside the new one": (
        "UPDATE enrolment SET status = 'suspended', ended_on = NULL WHERE enrolment_id = %(done_enrolment)s",
        "transfer", "{done}", "moves_on"),
    "enrolment that still closes": ("UPDATE enrolment SET status = 'closing' WHERE enrolment_id = %(back_enrolment)s",
                                    "transfer", "{back}", "from_enrolment_id"),
    "enrolment that still waits": (
        "UPDATE enrolment SET status = 'pending_in' WHERE person_key = %(done_person)s AND pool_code = '440100'",
        "transfer", "{done}", "to_enrolment_id"),
    # entries, rewritten with their chain
    "money in transit that arrived nowhere": ("DELETE FROM ledger_entry WHERE operation_id = %(taken)s; RECHAIN new",
                                              "ledger_entry", "{gone}", "entry_id"),
    "money that arrived twice": (
        "INSERT INTO ledger_entry SELECT (jsonb_populate_record(e, jsonb_build_object('seq', 3, 'entry_id', %(made)s::uuid))).*"
        " FROM ledger_entry AS e WHERE operation_id = %(taken)s AND seq = 1; RECHAIN new", "ledger_entry", "{gone}", "entry_id"),
    "money that arrived while it is in transit": (
        "UPDATE ledger_entry SET linked_entry_id = %(away_entry)s WHERE operation_id = %(taken)s AND seq = 1; RECHAIN new",
        "ledger_entry", "{new}/1", "linked_entry_id"),
    "money that left for another pool": (ENTRY.format("reference = '440300'", "transfer_out", "done", "old"),
                                         "ledger_entry", "{gone}", "reference"),
    "money that left another pool's transit": (ENTRY.format("system_account = 'transit:440100'", "transfer_out", "done", "old"),
                                               "ledger_entry", "{gone}", "system_account"),
    "money that left before the application": (ENTRY.format("posted_at = posted_at - interval '3 days'", "transfer_out", "done", "old"),
                                               "ledger_entry", "{gone}", "posted_at"),
    "entry of a transfer smaller": (ENTRY.format("amount_fen = amount_fen - 1", "transfer_in", "taken", "new"),
                                    "ledger_entry", "{new}/1", "amount_fen"),
    "money that arrived in the other part": (
        "UPDATE ledger_entry SET part = 'current_year' WHERE operation_id = %(taken)s AND seq = 2; RECHAIN new",
        "ledger_entry", "{new}/2", "part"),
    "money that arrived under another operation": (ENTRY.format("operation_id = %(made)s", "transfer_in", "taken", "new"),
                                                   "ledger_entry", "{new}/1", "operation_id"),
    "money that arrived before it left": (ENTRY.format("posted_at = posted_at - interval '3 days'", "transfer_in", "taken", "new"),
                                          "ledger_entry", "{new}/1", "posted_at"),
    "money that arrived from another transit": (ENTRY.format("system_account = 'transit:620500'", "transfer_in", "taken", "new"),
                                                "ledger_entry", "{new}/1", "system_account"),
    "first entry that links to another head": (ENTRY.format("reference = repeat('0', 64)", "transfer_in", "taken", "new"),
                                               "ledger_entry", "{new}/1", "reference"),
    "money that left another account": (
        "UPDATE transfer SET from_account_id = %(new)s WHERE transfer_id = %(done)s", "ledger_entry", "{gone}", "account_id"),
    # keys
    "key of a decision by another": (KEY.format("principal_id = gen_random_uuid()", "done", "move_out"),
                                     "idempotency_key", None, "principal_id"),
    "refused decision that names a transfer": (KEY.format("status = 'not_possible_now'", "done", "move_out"),
                                               "idempotency_key", None, "object_id"),
    "decision with another answer": (KEY.format("outcome = outcome || '{\"transfer_id\": \"x\"}'", "done", "move_out"),
                                     "idempotency_key", None, "outcome"),
    "second key of a decision": (
        "INSERT INTO idempotency_key SELECT (jsonb_populate_record(k, '{\"key\": \"again-and-again\"}')).* FROM idempotency_key AS k"
        " WHERE object_id = %(done)s AND outcome ->> 'event' = 'move_out'", "idempotency_key", None, "object_id"),
    "key of a decision removed": ("DELETE FROM idempotency_key WHERE object_id = %(done)s;"
                                  "UPDATE audit_event SET at = now() WHERE object_id = %(done)s", "transfer", "{done}", "transfer_id"),
}


@pytest.fixture
def moves(superuser):
    """One of each: asked, on the way, completed, back, within the province, and paid out."""
    made = types.SimpleNamespace(asked=apply(superuser))
    made.done = bring(superuser, apply(superuser), "completed")
    made.away = bring(superuser, apply(superuser), "in_review")
    made.back = bring(superuser, apply(superuser), "in_review")
    assert step(superuser, made.back, "in", "refuse", instant=INSTANT + 2 * DAY) == "done"
    made.near = bring(superuser, apply(superuser, "in_province", NEAR), "completed")
    made.paid = apply(superuser, "payout", "540000")
    assert [step(superuser, made.paid, "out", actor_id=actor) for actor in (OUT, OUT_TWO)] == ["done", "done"]
    return made


def ids_of(connection, moves):
    done = row(connection, moves.done)
    ((seq,),) = connection.execute("SELECT seq FROM ledger_entry WHERE operation_id = %s AND part = 'current_year'",
                                   [moves.done.transfer_id]).fetchall()
    ((away,),) = connection.execute("SELECT entry_id FROM ledger_entry WHERE operation_id = %s AND part = 'current_year'",
                                    [moves.away.transfer_id]).fetchall()
    names = {name: getattr(moves, name) for name in ("asked", "done", "away", "back", "paid")}
    return {**{name: one.transfer_id for name, one in names.items()},
            **{f"{name}_enrolment": one.enrolment_id for name, one in names.items()},
            "done_person": moves.done.person_key, "old": moves.done.account.account_id, "new": done["to_account_id"],
            "taken": done["take_in_id"], "gone": f"{moves.done.account.account_id}/{seq}", "away_entry": away, "out": OUT, "in": IN,
            "made": Account(person_key=moves.asked.person_key).account_id, "made_elsewhere": Account().account_id}


def test_it_is_clean_before(migrated, moves):
    assert audit(migrated)["faults"] == []


@pytest.mark.parametrize("what", PLANTED)
def test_planted_fault_is_found(migrated, superuser, moves, what):
    sql, table, key, column = PLANTED[what]
    ids = ids_of(superuser, moves)
    for statement in map(str.strip, sql.split(";")):
        if statement.startswith("RECHAIN"):
            superuser.execute(RECHAIN, {"account": ids[statement.split()[1]]})
        elif statement.startswith("FREE"):
            take_checks_off(superuser, statement.split()[1])
        else:
            assert superuser.execute(statement, ids if "%(" in statement else None).rowcount != 0, statement
    assert_named(audit(migrated), what, table, key and key.format(**ids), column)
