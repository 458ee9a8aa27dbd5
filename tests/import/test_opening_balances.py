"""Opening balances: both parts, once for each account, part and document."""
# SPDX-License-Identifier: Apache-2.0
from importing import POOL, contribution, opening


def test_both_parts_are_posted(people):
    people.good("opening-balances", [opening(1)])
    assert people.balance(1) == (1000, 20000)
    assert people.ask("SELECT part, system_account, amount_fen FROM ledger_entry WHERE reference = 'O1' ORDER BY 1") == [
        ("carried_over", f"opening_balance:{POOL}", 20000), ("current_year", f"opening_balance:{POOL}", 1000)]
    assert people.one("SELECT count(*) FROM account WHERE cut_over_on = '2026-01-01'") == 1
    people.audit()


def test_the_same_again_changes_nothing(people):
    rows = [opening(1), opening(2, current_year_yuan="0"), opening(3, current_year_yuan="0", carried_over_yuan="0")]
    people.good("opening-balances", rows)
    before = people.content(), people.counts()
    assert "0 stored, 3 unchanged" in people.good("opening-balances", rows).out
    assert (people.content(), people.counts()) == before


def test_another_amount_under_the_same_document_is_refused(people):
    people.good("opening-balances", [opening(1)])
    for change in ({"current_year_yuan": "10.01"}, {"carried_over_yuan": "0"}):
        outcome = people.load("opening-balances", [opening(1, **change)])
        assert outcome.code == 1 and outcome.codes == {"conflict"}
    assert people.balance(1) == (1000, 20000)


def test_a_second_document_adds(people):
    people.good("opening-balances", [opening(1)])
    people.good("opening-balances", [opening(1, source_document="O2")])
    assert people.balance(1) == (2000, 40000)


def test_not_after_the_contributions_it_contains(people):
    people.good("contributions", [contribution(1, period="2025-12")])
    outcome = people.load("opening-balances", [opening(1)])
    assert outcome.code == 1 and outcome.faults == [(2, "as_of", "already_posted", "error", "")]
