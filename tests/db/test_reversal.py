"""Reversing a contribution: what is posted, what becomes a receivable, what is refused; the auditor agrees each time."""
# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.db.merging import apply, contribution, propose, reverse
from tests.db.posting import POOL, Account, Entry, debit, post
from tests.db.world import audit


def entries_of(connection, account, operation_kind):
    return connection.execute(
        "SELECT kind, part, direction, amount_fen, system_account FROM ledger_entry WHERE account_id = %s AND operation_id ="
        " (SELECT operation_id FROM ledger_entry WHERE account_id = %s AND kind = %s LIMIT 1) ORDER BY seq",
        [account.account_id, account.account_id, operation_kind]).fetchall()


def balance(connection, account):
    return account.row(connection)[:2]


@pytest.fixture
def account(world):
    """What of the world is in the way is taken off: 12345 fen of a contribution, and nothing else."""
    new = Account().insert_owner(world.connection).insert(world.connection)
    world.contribution(new, "regular", "2026-02-01", 12345)
    return new


def take_back(connection, account, **fields):
    return reverse(connection, account.person_key, contribution(connection, account, **fields), POOL)


def receivables(connection, account):
    return connection.execute(
        "SELECT amount_fen, settled_fen, state, account_id FROM receivable WHERE person_key = %s", [account.person_key]).fetchall()


def test_all_of_it_is_there(migrated, world, account):
    status, outcome = take_back(world.connection, account)
    assert (status, outcome["status"], outcome["amount_fen"], outcome["receivable_fen"]) == ("applied", "reversed", 12345, 0)
    assert balance(world.connection, account) == (0, 0)
    assert entries_of(world.connection, account, "contribution_reversal") == [
        ("contribution_reversal", "current_year", "debit", 12345, f"contribution_collection:{POOL}")]
    links = world.connection.execute(
        "SELECT back.linked_entry_id = given.entry_id FROM ledger_entry AS back, ledger_entry AS given WHERE back.account_id = %s"
        " AND given.account_id = %s AND back.kind = 'contribution_reversal' AND given.kind = 'contribution'",
        [account.account_id] * 2).fetchall()
    assert links == [(True,)] and receivables(world.connection, account) == []
    assert audit(migrated)["faults"] == []


def test_the_other_part_gives_what_its_own_has_not(migrated, world, account):
    post(world.connection, [debit(account, 12000), Entry(account, 12000, part="carried_over")])
    assert take_back(world.connection, account)[0] == "applied"
    assert balance(world.connection, account) == (0, 0)
    assert [row[1:4] for row in entries_of(world.connection, account, "contribution_reversal")] == [
        ("current_year", "debit", 345), ("carried_over", "debit", 12000)]
    assert audit(migrated)["faults"] == []


@pytest.mark.parametrize(("spent", "held", "carried", "owed"), [
    (12345, 0, 0, 12345), (12344, 0, 0, 12344), (2345, 0, 0, 2345), (0, 345, 0, 345), (12345, 100, 345, 12100),
    (12345, 12345, 12345, 12345), (5000, 0, 4000, 1000), (1, 12344, 0, 12345)])
def test_what_is_spent_or_held_is_owed(migrated, world, account, spent, held, carried, owed):
    moves = [debit(account, spent)] if spent else []
    post(world.connection, moves + ([Entry(account, carried, part="carried_over")] if carried else []))
    if held:
        world.hold(account, held)
    status, outcome = take_back(world.connection, account)
    assert (status, outcome["receivable_fen"]) == ("applied", owed)
    assert sum(balance(world.connection, account)) == 12345 - spent + carried - (12345 - owed) >= held
    assert receivables(world.connection, account) == [(owed, 0, "open", account.account_id)]
    entries = entries_of(world.connection, account, "receivable")
    assert entries[0] == ("receivable", "current_year", "credit", owed, f"receivable:{POOL}")
    assert sum(row[3] for row in entries[1:]) == 12345 and {row[0] for row in entries[1:]} == {"contribution_reversal"}
    report = audit(migrated)
    assert report["faults"] == [] and report["totals"]["system_fen:receivable"] == -owed


def test_a_refund_is_given_back(migrated, world, account):
    world.contribution(account, "refund", "2026-02-01", 45)
    assert take_back(world.connection, account, kind="refund")[0] == "applied"
    assert balance(world.connection, account) == (12345, 0)
    assert entries_of(world.connection, account, "contribution_reversal")[0][1:4] == ("current_year", "credit", 45)
    assert audit(migrated)["faults"] == []


def test_what_was_only_recorded_is_marked(migrated, world):
    before = world.account.row(world.connection)
    status, outcome = take_back(world.connection, world.account, status="recorded")
    assert (status, outcome) == ("applied", {"status": "withdrawn"})
    assert world.account.row(world.connection) == before
    assert take_back(world.connection, world.account, status="withdrawn")[0] == "conflict"
    assert audit(migrated)["faults"] == []


def test_a_second_time_is_a_conflict_and_changes_nothing(migrated, world, account):
    assert take_back(world.connection, account)[0] == "applied"
    before = account.row(world.connection)
    assert take_back(world.connection, account) == ("conflict", None)
    assert account.row(world.connection) == before and audit(migrated)["faults"] == []


@pytest.mark.parametrize(("status", "answer"), [
    ("active", "applied"), ("suspended", "applied"), ("frozen", "applied"), ("spend_only", "applied"),
    ("deceased", "applied"), ("closed", "not_allowed_in_status")])
def test_the_status_decides(migrated, world, account, status, answer):
    if status == "closed":
        post(world.connection, [debit(account, 12345)])
    world.connection.execute("UPDATE account SET status = %s WHERE account_id = %s", [status, account.account_id])
    before = account.row(world.connection)
    assert take_back(world.connection, account)[0] == answer
    assert (account.row(world.connection) == before) == (answer != "applied")
    assert audit(migrated)["faults"] == []


def test_a_batch_with_poison_in_it(migrated, world, account):
    """Two of one account, one that is not there, one reversed already, one refund without room: each has its own answer."""
    connection = world.connection
    world.contribution(account, "base_adjustment", "2026-02-01", 700)
    rich = Account().insert_owner(connection).insert(connection)
    post(connection, [Entry(rich, 5)])
    world.contribution(rich, "refund", "2026-02-01", 5)
    post(connection, [Entry(rich, 9007199254740990)])
    done = contribution(connection, world.account, kind="refund")
    assert reverse(connection, world.account.person_key, done, POOL)[0] == "applied"
    post(connection, [debit(account, 12345)])
    asked = [
        propose(connection, "reverse_contribution", owner.person_key, object_id, POOL)
        for owner, object_id in [
            (account, contribution(connection, account, kind="regular")), (account, account.account_id),
            (account, contribution(connection, account, kind="base_adjustment")), (world.account, done),
            (rich, contribution(connection, rich, kind="refund"))]]
    answers = apply(connection, "reverse_contribution", *asked)
    assert [status for status, _ in answers] == ["applied", "conflict", "applied", "conflict", "conflict"]
    assert sum(row[0] for row in receivables(connection, account)) == 12345
    assert balance(connection, account) == (0, 0) and audit(migrated)["faults"] == []
