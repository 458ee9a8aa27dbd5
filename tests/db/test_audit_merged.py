"""What somebody with all rights plants around merges, reversals and receivables: the auditor names it."""
# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.db.merging import contribution, merge, propose, reverse
from tests.db.planting import assert_named
from tests.db.posting import POOL, Account, Entry, debit, post
from tests.db.test_audit_rewritten import RECHAIN
from tests.db.world import audit


class Merged:
    """A duplicate with a contribution that stands, one that was reversed and is owed in part, and an enrolment; merged."""

    def __init__(self, world):
        self.world, self.connection = world, world.connection
        self.survivor, self.duplicate = (
            Account().insert_owner(self.connection).insert(self.connection) for _ in range(2))
        world.contribution(self.duplicate, "regular", "2026-01-01", 1000)
        world.contribution(self.duplicate, "regular", "2026-02-01", 500)
        world.contribution(self.duplicate, "regular", "2026-03-01", 70, status="recorded")
        world.enrol(self.duplicate)
        post(self.connection, [debit(self.duplicate, 1400)])
        assert reverse(self.connection, self.duplicate.person_key, self.id_of(self.duplicate, 500), POOL)[0] == "applied"
        post(self.connection, [Entry(self.duplicate, 33, part="carried_over")])
        assert merge(self.connection, self.survivor, self.duplicate)[0] == "applied"

    def id_of(self, owner, fen):
        return contribution(self.connection, owner, personal_fen=fen)

    def receivable_of(self, owner):
        ((found,),) = self.connection.execute(
            "SELECT receivable_id FROM receivable WHERE person_key = %s", [owner.person_key]).fetchall()
        return found

    def run(self, sql):
        ids = {"survivor": self.survivor.person_key, "duplicate": self.duplicate.person_key}
        for statement in sql.split(";"):
            assert self.connection.execute(statement, ids).rowcount != 0, statement

    def rechain(self, account):
        self.connection.execute(RECHAIN, {"account": account.account_id})

    def entry(self, owner, kind):
        ((seq,),) = self.connection.execute(
            "SELECT seq FROM ledger_entry WHERE person_key = %s AND kind = %s", [owner.person_key, kind]).fetchall()
        return f"{owner.account_id}/{seq}"


@pytest.fixture
def merged(world):
    return Merged(world)


OF_SURVIVOR = "WHERE person_key = %(survivor)s"
OF_DUPLICATE = "WHERE person_key = %(duplicate)s"


def copy_gone(m):
    m.run(f"DELETE FROM contribution {OF_SURVIVOR} AND personal_fen = 1000")
    return "contribution", m.id_of(m.duplicate, 1000), "person_key"


def copy_of_another_amount(m):
    m.run(f"UPDATE contribution SET personal_fen = 1001 {OF_SURVIVOR} AND personal_fen = 1000")
    return "contribution", m.id_of(m.survivor, 1001), "origin_contribution_id"


def copy_of_another_document(m):
    m.run(f"UPDATE contribution SET source_document = 'DOC-2' {OF_SURVIVOR} AND personal_fen = 1000")
    return "contribution", m.id_of(m.survivor, 1000), "origin_contribution_id"


def copy_counted_as_posted_here(m):
    m.run(f"UPDATE contribution SET origin_contribution_id = NULL {OF_SURVIVOR} AND personal_fen = 1000")
    return "contribution", m.id_of(m.survivor, 1000), "operation_id"


def copy_of_nothing(m):
    m.run(f"INSERT INTO contribution SELECT (jsonb_populate_record(c, jsonb_build_object('period', '2026-05-01',"
          f" 'contribution_id', contribution_id, 'personal_fen', 5))).* FROM contribution AS c {OF_SURVIVOR} AND personal_fen = 70")
    return "contribution", m.id_of(m.survivor, 5), "origin_contribution_id"


def original_changed(m):
    m.run(f"UPDATE contribution SET employer_fen = 1 {OF_DUPLICATE} AND personal_fen = 70")
    return "contribution", m.id_of(m.survivor, 70), "origin_contribution_id"


def copy_stands_though_reversed(m):
    m.run(f"UPDATE contribution SET status = 'posted' {OF_SURVIVOR} AND personal_fen = 500")
    return "ledger_entry", m.entry(m.duplicate, "contribution_reversal"), "linked_entry_id"


def copy_reversed_without_reversal(m):
    m.run(f"UPDATE contribution SET status = 'reversed' {OF_SURVIVOR} AND personal_fen = 1000")
    return "contribution", m.id_of(m.survivor, 1000), "status"


def copy_reversed_twice(m):
    """The origin was reversed already; its money is taken from the survivor once more."""
    ((given,),) = m.connection.execute("SELECT entry_id FROM ledger_entry WHERE kind = 'contribution' AND amount_fen = 500")
    post(m.connection, [Entry(m.survivor, 9999), debit(m.survivor, 500, kind="contribution_reversal", linked_entry_id=given,
                                                      system_account=f"contribution_collection:{POOL}")])
    return "contribution", m.id_of(m.survivor, 500), "status"


def reversal_of_a_part(m):
    m.run(f"UPDATE ledger_entry SET amount_fen = 499 {OF_DUPLICATE} AND kind = 'contribution_reversal'")
    return "ledger_entry", m.entry(m.duplicate, "contribution_reversal"), "linked_entry_id"


def merge_in_from_nowhere(m):
    post(m.connection, [Entry(m.survivor, 7, kind="merge_in", system_account=f"transit:{POOL}")])
    return "system_account", None, None


def merge_in_of_another_part(m):
    m.run(f"UPDATE ledger_entry SET part = 'current_year' {OF_SURVIVOR} AND kind = 'merge_in'")
    m.rechain(m.survivor)
    return "ledger_entry", m.entry(m.survivor, "merge_in"), "linked_entry_id"


def merge_in_smaller(m):
    m.run(f"UPDATE ledger_entry SET amount_fen = amount_fen - 1 {OF_SURVIVOR} AND kind = 'merge_in'")
    m.rechain(m.survivor)
    return "system_account", f"transit:{POOL}", None


def merge_in_gone(m):
    key = m.entry(m.duplicate, "merge_out")
    m.run(f"DELETE FROM ledger_entry {OF_SURVIVOR} AND kind = 'merge_in'")
    m.run(f"UPDATE account SET carried_over_fen = 0, last_seq = 0, last_hash = decode(repeat('00', 32), 'hex'),"
          f" last_posted_at = NULL {OF_SURVIVOR}")
    return "ledger_entry", key, "entry_id"


def alias_gone(m):
    m.run(f"DELETE FROM person_alias {OF_DUPLICATE}")
    return "ledger_entry", m.entry(m.survivor, "merge_in"), "linked_entry_id"


def alias_of_an_alias(m):
    other = m.world.other
    m.connection.execute(
        "INSERT INTO person_alias (person_key, person_id, current_person_key, current_person_id, reason, created_at)"
        " VALUES (%s, %s, %s, %s, 'merged', now())",
        [m.survivor.person_key, m.survivor.person_id, other.person_key, other.person_id])
    return "person_alias", m.duplicate.person_id, "current_person_key"


def alias_of_another_id(m):
    m.run(f"UPDATE person_alias SET current_person_id = person_id {OF_DUPLICATE}")
    return "person_alias", m.duplicate.person_id, "current_person_id"


def account_of_the_alias_open_again(m):
    m.run(f"UPDATE account SET status = 'active' {OF_DUPLICATE}")
    return "account", m.duplicate.account_id, "status"


def enrolment_of_the_alias_open_again(m):
    m.run(f"UPDATE enrolment SET status = 'active', ended_on = NULL {OF_DUPLICATE}")
    return "enrolment", None, "status"


def enrolment_lost(m):
    m.run(f"DELETE FROM enrolment {OF_SURVIVOR}")
    return "enrolment", None, "person_key"


def receivable_gone(m):
    m.run(f"DELETE FROM receivable {OF_DUPLICATE}")
    return "ledger_entry", m.entry(m.duplicate, "receivable"), "operation_id"


def receivable_smaller(m):
    m.run(f"UPDATE receivable SET amount_fen = amount_fen - 1 {OF_DUPLICATE}")
    return "receivable", m.receivable_of(m.duplicate), "amount_fen"


def receivable_forgiven(m):
    m.run(f"UPDATE receivable SET settled_fen = amount_fen, state = 'settled' {OF_SURVIVOR}")
    return "receivable", m.receivable_of(m.survivor), "settled_fen"


def receivable_owed_twice(m):
    m.run(f"UPDATE receivable SET state = 'open' {OF_DUPLICATE}")
    return "receivable", m.receivable_of(m.duplicate), "state"


def receivable_not_copied(m):
    m.run(f"DELETE FROM receivable {OF_SURVIVOR}")
    return "receivable", m.receivable_of(m.duplicate), "state"


def receivable_copy_smaller(m):
    m.run(f"UPDATE receivable SET amount_fen = amount_fen - 1 {OF_SURVIVOR}")
    return "receivable", m.receivable_of(m.survivor), "origin_receivable_id"


def receivable_of_what_stands(m):
    m.run(f"UPDATE receivable SET contribution_id = (SELECT contribution_id FROM contribution {OF_SURVIVOR} AND personal_fen = 1000)"
          f" {OF_SURVIVOR}")
    return "receivable", m.receivable_of(m.survivor), "contribution_id"


def receivable_of_too_much(m):
    """Somebody is made to owe what was there, and has it in the account."""
    m.run("UPDATE ledger_entry SET amount_fen = amount_fen + 50, current_year_after_fen = current_year_after_fen + 50"
          f" {OF_DUPLICATE} AND kind = 'receivable';"
          f"UPDATE ledger_entry SET current_year_after_fen = current_year_after_fen + 50 {OF_DUPLICATE}"
          " AND kind = 'contribution_reversal'; UPDATE receivable SET amount_fen = amount_fen + 50")
    return "ledger_entry", m.entry(m.duplicate, "receivable"), "amount_fen"


def receivable_of_another_reversal(m):
    m.run(f"UPDATE receivable SET contribution_id = (SELECT contribution_id FROM contribution {OF_DUPLICATE} AND personal_fen = 1000)"
          f" {OF_DUPLICATE}; UPDATE contribution SET status = 'reversed' WHERE personal_fen = 1000")
    return "receivable", m.receivable_of(m.duplicate), "contribution_id"


def reversal_nobody_approved(m):
    m.run("UPDATE proposal SET state = 'rejected', outcome = NULL WHERE kind = 'reverse_contribution'")
    return "ledger_entry", m.entry(m.duplicate, "contribution_reversal"), "operation_id"


def reversal_approved_for_another(m):
    m.run(f"UPDATE proposal SET object_id = (SELECT contribution_id FROM contribution {OF_DUPLICATE} AND personal_fen = 70)"
          " WHERE kind = 'reverse_contribution'")
    return "proposal", None, "object_id"


def reversal_without_effect(m):
    proposal_id = propose(m.connection, "reverse_contribution", m.survivor.person_key, m.id_of(m.survivor, 1000), POOL)
    m.run(f"UPDATE proposal SET state = 'approved', decided_by = gen_random_uuid(), decided_at = now(), outcome = '{{}}'"
          f" WHERE proposal_id = '{proposal_id}'")
    return "proposal", proposal_id, "object_id"


def withdrawn_by_nobody(m):
    m.run("UPDATE contribution SET status = 'withdrawn' WHERE personal_fen = 70")
    return "contribution", m.id_of(m.duplicate, 70), "status"


def merge_nobody_approved(m):
    m.run("UPDATE proposal SET state = 'rejected', outcome = NULL WHERE kind = 'merge_people'")
    return "person_alias", m.duplicate.person_id, "reason"


def money_of_a_merge_nobody_approved(m):
    m.run("UPDATE proposal SET state = 'rejected', outcome = NULL WHERE kind = 'merge_people'")
    return "ledger_entry", m.entry(m.survivor, "merge_in"), "operation_id"


def merge_without_effect(m):
    proposal_id = propose(m.connection, "merge_people", m.survivor.person_key, m.world.other.person_id)
    m.run(f"UPDATE proposal SET state = 'approved', decided_by = gen_random_uuid(), decided_at = now(), outcome = '{{}}'"
          f" WHERE proposal_id = '{proposal_id}'")
    return "proposal", proposal_id, "object_id"


PLANTED = [
    receivable_of_too_much, receivable_of_another_reversal, reversal_nobody_approved, reversal_approved_for_another,
    reversal_without_effect, withdrawn_by_nobody, merge_nobody_approved, money_of_a_merge_nobody_approved, merge_without_effect,
    copy_gone, copy_of_another_amount, copy_of_another_document, copy_counted_as_posted_here, copy_of_nothing, original_changed,
    copy_stands_though_reversed, copy_reversed_without_reversal, copy_reversed_twice, reversal_of_a_part, merge_in_from_nowhere,
    merge_in_of_another_part, merge_in_smaller, merge_in_gone, alias_gone, alias_of_an_alias, alias_of_another_id,
    account_of_the_alias_open_again, enrolment_of_the_alias_open_again, enrolment_lost, receivable_gone, receivable_smaller,
    receivable_forgiven, receivable_owed_twice, receivable_not_copied, receivable_copy_smaller, receivable_of_what_stands,
]


def test_it_is_clean_before(migrated, merged):
    assert audit(migrated)["faults"] == []


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_fault_is_named(migrated, merged, plant):
    table, key, column = plant(merged)
    assert_named(audit(migrated), plant.__name__, table, key, column)
