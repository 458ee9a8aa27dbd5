"""What a forger with all rights plants, hashes recomputed where that helps: the auditor names it."""
# SPDX-License-Identifier: Apache-2.0
import pathlib
import shutil
import subprocess

import pytest

from tests.db.conftest import BINARY, ROOT
from tests.db.merging import propose
from tests.db.planting import assert_named
from tests.db.posting import COLLECTION, Account, Entry, make_id, post
from tests.db.world import audit

RECHAIN = """
WITH signed AS (
    SELECT *, CASE direction WHEN 'credit' THEN amount_fen ELSE -amount_fen END AS fen
    FROM ledger_entry WHERE account_id = %(account)s
), running AS (
    SELECT *, sum(fen * (part = 'current_year')::int) OVER w AS current_fen,
           sum(fen * (part = 'carried_over')::int) OVER w AS carried_fen, row_number() OVER w AS number
    FROM signed WINDOW w AS (ORDER BY seq)
), chained AS (
    SELECT *, ledger_chain(decode(repeat('00', 32), 'hex'), hash_algorithm,
                ledger_entry_bytes(account_id, number, entry_id, operation_id, linked_entry_id, fen::bigint,
                    current_fen::bigint, carried_fen::bigint, business_date, posted_at, kind, part, system_account,
                    reference)) OVER (ORDER BY seq) AS chain
    FROM running
), written AS (
    UPDATE ledger_entry AS e
    SET seq = c.number, current_year_after_fen = c.current_fen, carried_over_after_fen = c.carried_fen, hash = c.chain
    FROM chained AS c WHERE e.account_id = c.account_id AND e.seq = c.seq
)
UPDATE account AS a
SET last_seq = c.number, last_hash = c.chain, last_posted_at = c.posted_at, current_year_fen = c.current_fen,
    carried_over_fen = c.carried_fen
FROM chained AS c WHERE a.account_id = c.account_id AND c.number = (SELECT max(number) FROM chained)
"""
OWNED = ("account", "ledger_entry", "hold_event", "opening_balance")


def run(world, sql, **values):
    ids = {"account": world.account.account_id, "other": world.other.account_id, "person": world.account.person_key,
           "other_person": world.other.person_key, **values}
    for statement in sql.split(";"):
        assert world.connection.execute(statement, ids if "%(" in statement else None).rowcount != 0, statement


def rechain(world, account):
    run(world, RECHAIN, account=account.account_id)


def append(world, amount_fen, **fields):
    assert post(world.connection, [Entry(world.account, amount_fen, **fields)])[0][0] == "posted"


def amount_and_chain(world):
    run(world, "UPDATE ledger_entry SET amount_fen = amount_fen + 1 WHERE kind = 'contribution'")
    rechain(world, world.account)
    return "contribution", None, "personal_fen"


def instants_and_chain(world):
    run(world, "UPDATE ledger_entry SET posted_at = posted_at - interval '1 day'"
               " WHERE account_id = %(account)s AND seq = 4")
    rechain(world, world.account)
    return "ledger_entry", f"{world.account.account_id}/4", "posted_at"


def entry_left_out(world):
    run(world, "DELETE FROM ledger_entry WHERE kind = 'contribution'")
    rechain(world, world.account)
    return "contribution", None, "operation_id"


def entry_to_another_account(world):
    run(world, "UPDATE ledger_entry SET account_id = %(other)s, person_key = %(other_person)s, seq = 2"
               " WHERE kind = 'contribution'")
    rechain(world, world.account)
    rechain(world, world.other)
    return "contribution", None, "operation_id"


def account_to_another_person(world):
    heir = Account().insert_owner(world.connection)
    for table in OWNED + ("contribution", "enrolment"):
        run(world, f"UPDATE {table} SET person_key = %(heir)s WHERE person_key = %(person)s", heir=heir.person_key)
    run(world, "UPDATE account SET person_id = %(id)s WHERE account_id = %(account)s", id=heir.person_id)
    return "account", str(world.account.account_id), "account_id"


def account_of_another_person_id(world):
    run(world, "UPDATE account SET person_id = %(id)s WHERE account_id = %(account)s", id=world.other.person_id)
    return "account", str(world.account.account_id), "person_id"


def account_of_another_pool(world):
    run(world, "UPDATE account SET pool_code = '440100' WHERE account_id = %(account)s")
    return "ledger_entry", f"{world.account.account_id}/1", "system_account"


def account_gone_with_everything(world):
    for table in OWNED + ("contribution",):
        run(world, f"DELETE FROM {table} WHERE person_key = %(person)s")
    return "enrolment", None, "account_mode"


def person_gone(world):
    run(world, "DELETE FROM person WHERE person_key = %(person)s")
    return "account", str(world.account.account_id), "person_key"


def number_gone(world):
    run(world, "DELETE FROM person_identifier WHERE person_key = %(person)s")
    return "person_identifier", str(world.account.person_key), "person_id"


def number_of_somebody_else(world):
    run(world, "UPDATE person_identifier SET person_key = %(other_person)s WHERE person_key = %(person)s")
    return "person_identifier", str(world.other.person_key), "person_id"


def card_of_nobody(world):
    world.connection.execute(
        "INSERT INTO person_identifier VALUES ('card_number', sha256('x'), 7, %s)", [make_id(7)])
    return "person_identifier", "7", "person_id"


def recorded_contribution_to_somebody_else(world):
    run(world, "UPDATE contribution SET person_key = %(other_person)s WHERE status = 'recorded'")
    return "contribution", None, "contribution_id"


def contribution_twice(world):
    run(world, "INSERT INTO contribution SELECT (jsonb_populate_record(c, '{\"source_document\": \"D2\"}')).*"
               " FROM contribution AS c WHERE status = 'recorded'")
    return "contribution", None, "contribution_id"


def contribution_of_another_document(world):
    run(world, "UPDATE contribution SET source_document = 'D2' WHERE kind = 'regular' AND status = 'posted'")
    return "contribution", None, "source_document"


def contribution_of_no_pool(world):
    run(world, "UPDATE contribution SET pool_code = '999999' WHERE status = 'recorded'")
    return "contribution", None, "pool_code"


def reversed_without_reversal(world):
    run(world, "UPDATE contribution SET status = 'reversed' WHERE kind = 'regular' AND status = 'posted'")
    return "contribution", None, "status"


def reversal_of_nothing(world):
    append(world, 500, kind="contribution_reversal", system_account=COLLECTION)
    return "ledger_entry", f"{world.account.account_id}/8", "linked_entry_id"


def reversal_of_what_stands(world):
    (link,) = world.connection.execute("SELECT entry_id FROM ledger_entry WHERE kind = 'contribution'").fetchone()
    append(world, 12345, kind="contribution_reversal", system_account=COLLECTION, direction="debit", linked_entry_id=link)
    return "ledger_entry", f"{world.account.account_id}/8", "linked_entry_id"


def opening_balance_from_nowhere(world):
    append(world, 5000, kind="opening_balance", system_account="opening_balance:620500", reference="O9")
    return "opening_balance", f"{world.account.account_id}/O9", "current_year_fen"


def opening_balance_of_another_amount(world):
    run(world, "UPDATE opening_balance SET carried_over_fen = 5001 WHERE account_id = %(account)s")
    return "opening_balance", f"{world.account.account_id}/DOC-1", "carried_over_fen"


def opening_balance_gone(world):
    run(world, "DELETE FROM opening_balance WHERE account_id = %(account)s")
    return "account", str(world.account.account_id), "cut_over_on"


def cut_over_moved(world):
    run(world, "UPDATE account SET cut_over_on = '2024-12-01' WHERE account_id = %(account)s")
    return "account", str(world.account.account_id), "cut_over_on"


def system_account_of_another_kind(world):
    """The row now says that transit is an adjustment, so that the pairing looks allowed."""
    run(world, "ALTER TABLE system_account DROP CONSTRAINT system_account_check;"
               "UPDATE system_account SET kind = 'adjustment' WHERE system_account = 'transit:620500';"
               "UPDATE ledger_entry SET system_account = 'transit:620500' WHERE account_id = %(account)s AND seq = 2")
    rechain(world, world.account)
    return "ledger_entry", f"{world.account.account_id}/2", "system_account"


def rule_widened_and_used(world):
    run(world, "INSERT INTO entry_rule VALUES ('interest', 'credit', 'pooled_fund')")
    append(world, 1, kind="interest", system_account="pooled_fund:620500")
    return "ledger_entry", f"{world.account.account_id}/8", "system_account"


def hold_events_out_of_order(world):
    run(world, "INSERT INTO hold_event (person_key, account_id, hold_id, seq, kind, amount_fen, operation_id, posted_at,"
               " reference) SELECT person_key, account_id, hold_id, 2, 'voided', 100, operation_id,"
               " posted_at - interval '1 us', '' FROM hold_event;"
               "UPDATE account SET held_fen = held_fen - 100 WHERE account_id = %(account)s")
    (hold,) = world.connection.execute("SELECT hold_id FROM hold_event LIMIT 1").fetchone()
    return "hold_event", f"{hold}/2", "posted_at"


def closed_with_money(world):
    (constraint,) = world.connection.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = 'account'::regclass AND contype = 'c'"
        " AND pg_get_constraintdef(oid) LIKE '%<> ''closed''%'").fetchone()
    run(world, f"ALTER TABLE account DROP CONSTRAINT {constraint};"
               "UPDATE account SET status = 'closed' WHERE account_id = %(account)s")
    return "account", str(world.account.account_id), "status"


PLANTED = [
    amount_and_chain, instants_and_chain, entry_left_out, entry_to_another_account, account_to_another_person,
    account_of_another_person_id, account_of_another_pool, account_gone_with_everything, person_gone, number_gone,
    number_of_somebody_else, card_of_nobody, recorded_contribution_to_somebody_else, contribution_twice,
    contribution_of_another_document, contribution_of_no_pool, reversed_without_reversal, reversal_of_nothing,
    reversal_of_what_stands, opening_balance_from_nowhere, opening_balance_of_another_amount, opening_balance_gone, cut_over_moved,
    system_account_of_another_kind, rule_widened_and_used, hold_events_out_of_order, closed_with_money,
]


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_forgery_is_named(migrated, world, plant):
    table, key, column = plant(world)
    assert_named(audit(migrated), plant.__name__, table, key, column)


def test_a_true_reversal_is_clean(migrated, world):
    (link,) = world.connection.execute("SELECT entry_id FROM ledger_entry WHERE kind = 'contribution'").fetchone()
    ((contribution_id,),) = world.connection.execute("SELECT contribution_id FROM contribution WHERE status = "
                                                     "'posted' AND kind = 'regular'")
    operation = propose(world.connection, "reverse_contribution", world.account.person_key, contribution_id)
    append(world, 12345, kind="contribution_reversal", system_account=COLLECTION, direction="debit", linked_entry_id=link,
           operation_id=operation)
    reversed_without_reversal(world)
    run(world, "UPDATE proposal SET state = 'approved', decided_by = gen_random_uuid(), decided_at = now(), outcome = '{}'"
               " WHERE state = 'open'")
    assert audit(migrated)["faults"] == []


def test_a_chain_recomputed_alone_is_clean(migrated, world):
    """So the forgeries above are found by what they change, and not by how they are planted."""
    rechain(world, world.account)
    assert audit(migrated)["faults"] == []


def test_no_report_is_no_success(migrated, world):
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([BINARY, "audit"], env=migrated.environment, cwd=ROOT, stdout=full, stderr=subprocess.PIPE,
                              check=False)
    assert done.returncode == 4 and b"could not be written" in done.stderr


def test_an_audit_without_checks_or_with_a_broken_one_fails(migrated, tmp_path):
    shutil.copytree(ROOT / "db", tmp_path / "db")
    checks = pathlib.Path(tmp_path / "db/audit/checks")
    (checks / "045_broken.sql").write_text("SELECT 1/0, $1::bigint, $2::bigint")
    assert migrated.run("audit", "--db", tmp_path / "db").returncode == 4
    for check in checks.iterdir():
        check.unlink()
    assert migrated.run("audit", "--db", tmp_path / "db").returncode == 4
