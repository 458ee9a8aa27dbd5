"""I8, withdrawals and payouts: clean where all is well, and every planted fault found and named."""
# SPDX-License-Identifier: Apache-2.0
import types

import pytest

from tests.db.charging import hours
from tests.db.planting import assert_named
from tests.db.posting import Account
from tests.db.test_audit_charges import take_checks_off
from tests.db.test_audit_rewritten import RECHAIN
from tests.db.test_withdrawals import transfer
from tests.db.withdrawing import OPERATOR, Step, account_of, approved, done, make_file, record, reviewed, row, submitted
from tests.db.world import audit

SET = "UPDATE withdrawal SET {} WHERE withdrawal_id = %({})s"
FREE = "FREE withdrawal;"
LINE = "UPDATE payout_line SET {} WHERE withdrawal_id = %({})s"
FILE = "UPDATE payout_file SET {} WHERE payout_file_id = %(file)s"
ENTRY = "UPDATE ledger_entry SET {} WHERE operation_id = %({})s AND part = 'current_year'; RECHAIN {}"
KEY = "UPDATE idempotency_key SET {} WHERE object_id = %({})s AND operation = '{}'"


def of(column, change, withdrawal="paid", free=True):
    """A column of one of the withdrawals is another."""
    return ((FREE if free else "") + SET.format(change, withdrawal), "withdrawal", f"{{{withdrawal}}}", column)


def line(column, change, withdrawal="paid"):
    return ("FREE payout_line;" + LINE.format(change, withdrawal), "payout_line", None, column)


# What is planted: what is done, then the table, key and column that the report must name.
PLANTED = {
    "withdrawal of another amount": of("amount_fen", "amount_fen = amount_fen + 1"),
    "withdrawal of another current-year part": of("current_year_fen", "current_year_fen = current_year_fen + 1"),
    "withdrawal of another carried-over part": of("carried_over_fen", "carried_over_fen = carried_over_fen + 1"),
    "withdrawal applied for at another time": of("created_at", "created_at = created_at - interval '1 s'"),
    "withdrawal changed at another time": of("changed_at", "changed_at = changed_at + interval '1 s'", "waiting"),
    "withdrawal that is over and goes on": of("ended_at", "ended_at = NULL"),
    "withdrawal that goes on and is over": of("ended_at", "ended_at = changed_at", "waiting"),
    "withdrawal paid on no day": of("paid_on", "paid_on = NULL"),
    "withdrawal paid on a day to come": of("paid_on", "paid_on = '2030-01-01'", "window"),
    "withdrawal of another id": (SET.format("withdrawal_id = %(made_elsewhere)s", "waiting"), "withdrawal",
                                 "{made_elsewhere}", "withdrawal_id"),
    "withdrawal of another person's id": of("person_id", "person_id = gen_random_uuid()"),
    "withdrawal from another account": of("account_id", "account_id = gen_random_uuid()", "waiting"),
    "withdrawal of another pool": of("pool_code", "pool_code = '440100'", "waiting"),
    "withdrawal of another transfer": of("transfer_id", "transfer_id = gen_random_uuid()", "moved"),
    "withdrawal of a transfer for another reason": of("reason", "reason = 'emigration'", "moved"),
    "withdrawal for no reason": of("reason", "reason = 'holiday'"),
    "withdrawal returned by no operation": of("return_id", "return_id = NULL", "back"),
    "withdrawal returned that was paid": of("return_id", "return_id = gen_random_uuid()"),
    "withdrawal in another file": of("payout_file_id", "payout_file_id = NULL"),
    "reviewed by another": of("reviewed_by", "reviewed_by = gen_random_uuid()"),
    "approved by another": of("approved_by", "approved_by = gen_random_uuid()"),
    "both reviews by the same": (
        FREE + SET.format("reviewed_by = approved_by", "paid") + ";UPDATE state_change SET actor_id = (SELECT approved_by FROM withdrawal"
        " WHERE withdrawal_id = %(paid)s) WHERE object_id = %(paid)s AND event = 'review'", "withdrawal", "{paid}", "reviewed_by"),
    "approved by who applied": (
        SET.format("approved_by = %(operator)s", "paid") + ";UPDATE state_change SET actor_id = %(operator)s"
        " WHERE object_id = %(paid)s AND event = 'approve'", "withdrawal", "{paid}", "approved_by"),
    "withdrawal in another state": of("state", "state = 'rejected'"),
    "withdrawal with no status of the account": of("account_status", "account_status = NULL"),
    "withdrawal with a status before it was taken": of("account_status", "account_status = 'active'", "waiting"),
    "heirs of the living": of("payee_kind", "payee_kind = 'heir'"),
    "withdrawal paid in another way": of("paid_by", "paid_by = 'window'"),
    "withdrawal with another card than its transfer": of("bank_card_sealed", "bank_card_sealed = sha256('x')", "moved"),
    "withdrawal whose card is called its own": of("bank_card_of", "bank_card_of = 'withdrawal'", "moved"),
    "withdrawal whose payee is called its own": of("payee_name_of", "payee_name_of = 'withdrawal'", "moved"),
    "withdrawal that bounced for another reason": of("bounce_code", "bounce_code = 'other'", "bounced"),
    "withdrawal removed": ("DELETE FROM withdrawal WHERE withdrawal_id = %(back)s", "ledger_entry", "{back_entry}", "operation_id"),
    "audit event of a decision about a withdrawal removed": (
        "DELETE FROM audit_event WHERE object_id = %(paid)s AND action = 'decide_withdrawal'", "withdrawal", "{paid}", "withdrawal_id"),
    # entries, rewritten with their chain
    "entry of a withdrawal smaller": (ENTRY.format("amount_fen = amount_fen - 1", "back", "back_account"),
                                      "withdrawal", "{back}", "current_year_fen"),
    "money taken before the application": (ENTRY.format("posted_at = posted_at - interval '3 days'", "back", "back_account"),
                                           "ledger_entry", "{back_entry}", "posted_at"),
    "money taken to another pool's payable": (ENTRY.format("system_account = 'withdrawal_payable:440100'", "back", "back_account"),
                                              "ledger_entry", "{back_entry}", "system_account"),
    "money paid that came back": (
        "UPDATE ledger_entry SET linked_entry_id = %(paid_entry_id)s WHERE operation_id = %(return)s AND part = 'current_year';"
        "RECHAIN back_account", "ledger_entry", "{back_entry}", "entry_id"),
    "money that came back smaller": (ENTRY.format("amount_fen = amount_fen - 1", "return", "back_account"),
                                     "ledger_entry", "{return_entry}", "amount_fen"),
    "money that came back under another operation": (ENTRY.format("operation_id = %(made)s", "return", "back_account"),
                                                     "ledger_entry", "{return_entry}", "operation_id"),
    "money that came back from another payable": (
        ENTRY.format("system_account = 'withdrawal_payable:440100'", "return", "back_account"),
        "ledger_entry", "{return_entry}", "system_account"),
    "money that came back linked to nothing": (ENTRY.format("linked_entry_id = NULL", "return", "back_account"),
                                               "ledger_entry", "{return_entry}", "linked_entry_id"),
    # lines and files
    "line of another amount": line("amount_fen", "amount_fen = amount_fen + 1"),
    "line without its answer": line("outcome", "outcome = NULL"),
    "line that bounced called paid": line("outcome", "outcome = 'paid'", "bounced"),
    "line answered at another time": line("answered_at", "answered_at = answered_at + interval '1 s'"),
    "line paid on another day": line("paid_on", "paid_on = paid_on + 1"),
    "line that bounced for another reason": line("bounce_code", "bounce_code = 'other'", "bounced"),
    "line with another card": line("bank_card_sealed", "bank_card_sealed = sha256('x')"),
    "line with the card of a transfer": line("bank_card_of", "bank_card_of = 'transfer'"),
    "line of no withdrawal": line("withdrawal_id", "withdrawal_id = %(made)s"),
    "line of no file": line("payout_file_id", "payout_file_id = gen_random_uuid()"),
    "line of another number": line("line_number", "line_number = 7"),
    "line of another person": ("UPDATE payout_line SET person_key = 7 WHERE withdrawal_id = %(paid)s", "payout_line",
                               None, "withdrawal_id"),
    "line removed": ("DELETE FROM payout_line WHERE withdrawal_id = %(bounced)s", "withdrawal", "{bounced}", "payout_file_id"),
    "file of another amount": (FILE.format("amount_fen = amount_fen + 1"), "payout_file", "{file}", "amount_fen"),
    "file of more lines": (FILE.format("lines_count = 3"), "payout_file", "{file}", "lines_count"),
    "file made at another time": (FILE.format("created_at = created_at + interval '1 s'"), "payout_file", "{file}", "created_at"),
    "file made by another": (FILE.format("created_by = gen_random_uuid()"), "payout_file", "{file}", "created_by"),
    "file that is settled and open": (FILE.format("settled_at = NULL"), "payout_file", "{file}", "settled_at"),
    "file of no pool": (FILE.format("pool_code = '629900'"), "payout_file", "{file}", "pool_code"),
    "file removed": ("DELETE FROM payout_file WHERE payout_file_id = %(file)s", "payout_line", None, "payout_file_id"),
    "audit event of a file removed": ("DELETE FROM audit_event WHERE object_id = %(file)s AND action = 'create_payout_file'",
                                      "payout_file", "{file}", "created_by"),
    # keys
    "key of a step of a withdrawal by another": (KEY.format("principal_id = gen_random_uuid()", "paid", "create_withdrawal"),
                                                 "idempotency_key", None, "principal_id"),
    "refused step that names a withdrawal": (KEY.format("status = 'not_possible_now'", "paid", "create_withdrawal"),
                                             "idempotency_key", None, "object_id"),
    "step of a withdrawal with another answer": (KEY.format("outcome = outcome || '{\"state\": \"paid\"}'", "paid", "create_withdrawal"),
                                                 "idempotency_key", None, "outcome"),
    "second key of a step of a withdrawal": (
        "INSERT INTO idempotency_key SELECT (jsonb_populate_record(k, '{\"key\": \"again-and-again\"}')).* FROM idempotency_key AS k"
        " WHERE object_id = %(paid)s AND operation = 'create_withdrawal'", "idempotency_key", None, "object_id"),
    "key of a step of a withdrawal removed": (
        "DELETE FROM idempotency_key WHERE object_id = %(paid)s AND operation = 'create_withdrawal'", "withdrawal",
        "{paid}", "withdrawal_id"),
}


@pytest.fixture
def made(superuser):
    """One of each: waiting, reviewed, back, paid at a window, paid and bounced by a file, and one of a transfer."""
    connection = superuser
    all_of = types.SimpleNamespace(waiting=submitted(connection), reviewed=reviewed(connection))
    all_of.back, all_of.paid, all_of.bounced = (approved(connection, account_of(connection)) for _ in range(3))
    done(connection, Step(all_of.back, "cancel", after=hours(3)))
    all_of.window = approved(connection)
    done(connection, Step(all_of.window, "pay_at_window", after=hours(3), reason="cash"))
    status, all_of.file = make_file(connection, all_of.paid, all_of.bounced)
    assert status == "done"
    assert record(connection, all_of.file, (all_of.paid, "paid"), (all_of.bounced, "account_closed")) == ["done", "done"]
    all_of.moved = taken_over(connection)
    return all_of


def taken_over(connection):
    account = account_of(connection)
    moved = types.SimpleNamespace(withdrawal_id=Account(person_key=account.person_key).account_id, account=account)
    transfer_id = transfer(connection, account)
    ((status, fen, current_year_fen, carried_over_fen),) = connection.execute(
        "SELECT status, amount_fen, current_year_fen, carried_over_fen FROM withdrawal_take_over('{good}', %s::uuid[], %s::bigint[],"
        " %s::uuid[], %s::timestamptz[], 'sha256')",
        [[moved.withdrawal_id], [account.person_key], [transfer_id], ["2026-01-05 09:30+08"]]).fetchall()
    assert status == "good"
    connection.execute("UPDATE transfer SET withdrawal_id = %s, amount_fen = %s, current_year_fen = %s, carried_over_fen = %s"
                       " WHERE transfer_id = %s", [moved.withdrawal_id, fen, current_year_fen, carried_over_fen, transfer_id])
    return moved


def entry_of(connection, operation_id):
    return connection.execute("SELECT account_id || '/' || seq, entry_id FROM ledger_entry WHERE operation_id = %s "
                              "AND part = 'current_year'",
                              [operation_id]).fetchone()


def ids_of(connection, made):
    (return_id,) = row(connection, made.back, "return_id")
    names = ("waiting", "back", "paid", "bounced", "window", "moved")
    return {**{name: getattr(made, name).withdrawal_id for name in names}, "file": made.file, "return": return_id, "operator": OPERATOR,
            "back_account": made.back.account.account_id,
            "back_entry": entry_of(connection, made.back.withdrawal_id)[0], "return_entry": entry_of(connection, return_id)[0],
            "paid_entry_id": entry_of(connection, made.paid.withdrawal_id)[1],
            "made": Account(person_key=made.paid.account.person_key).account_id, "made_elsewhere": Account().account_id}


OURS = {"withdrawal", "payout_file", "payout_line", "ledger_entry", "idempotency_key", "account", "interest_posting"}


def test_it_is_clean_before(migrated, made):
    """But for the transfer, which has no timeline here."""
    assert [fault for fault in audit(migrated)["faults"] if fault["table"] in OURS] == []


@pytest.mark.parametrize("what", PLANTED)
def test_planted_fault_is_found(migrated, superuser, made, what):
    sql, table, key, column = PLANTED[what]
    ids = ids_of(superuser, made)
    for statement in map(str.strip, sql.split(";")):
        if statement.startswith("RECHAIN"):
            superuser.execute(RECHAIN, {"account": ids[statement.split()[1]]})
        elif statement.startswith("FREE"):
            take_checks_off(superuser, statement.split()[1])
        else:
            assert superuser.execute(statement, ids if "%(" in statement else None).rowcount != 0, statement
    assert_named(audit(migrated), what, table, key and key.format(**ids), column)
