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
    for change in ({"current_year_yuan": "10.01"}, {"carried_over_yuan": "0"}, {"as_of": "2026-02-01"},
                   {"as_of": "2025-12-01"}):
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


def test_what_is_paid_after_the_cut_over_for_months_before_is_not_in_the_balance(people):
    """Made up, adjusted or given back later: the old system cannot have counted it."""
    people.good("opening-balances", [opening(1, as_of="2026-01-01")])
    people.good("contributions", [
        contribution(1, period="2025-08", kind="back_payment", paid_on="2026-01-01", personal_yuan="60"),
        contribution(1, period="2025-09", kind="base_adjustment", paid_on="2026-03-01", personal_yuan="5"),
        contribution(1, period="2025-10", kind="refund", paid_on="2026-02-01", personal_yuan="3"),
        contribution(1, period="2025-11", kind="back_payment", paid_on="2025-12-31", personal_yuan="1000"),
        contribution(1, period="2025-12", kind="back_payment", personal_yuan="1000"),
        contribution(1, period="2025-12", paid_on="2026-01-09", personal_yuan="1000")])
    assert people.balance(1) == (1000, 20000 + 6000 + 500 - 300)
    people.good("opening-balances", [opening(1, as_of="2026-01-01", source_document="O2")])
    outcome = people.load("opening-balances", [opening(1, as_of="2026-01-02", source_document="O3")])
    assert outcome.code == 1 and outcome.codes == {"already_posted"}
    people.audit()


def test_a_row_that_the_ledger_refuses_counts_once(people):
    """Each fits, both together do not: known only while posting."""
    people.ask("UPDATE account SET carried_over_fen = 9007199254740991 - 30000 WHERE last_seq = 0 RETURNING 1")
    outcome = people.load("opening-balances", [opening(1), opening(1, source_document="O2")], "--skip-invalid")
    assert outcome.code == 0 and outcome.codes == {"balance_overflow"} and len(outcome.faults) == 1
    assert people.ask("SELECT rows_total, rows_invalid, rows_posted FROM import_run"
                      " ORDER BY started_at DESC LIMIT 1") == [(2, 1, 1)]


def test_several_documents_in_one_file(people):
    people.good("opening-balances", [opening(1), opening(1, source_document="O2", as_of="2026-03-01", carried_over_yuan="0"),
                                     opening(1, source_document="O3", current_year_yuan="0", carried_over_yuan="0")])
    assert people.balance(1) == (2000, 20000)
    assert people.one("SELECT cut_over_on::text FROM account WHERE cut_over_on IS NOT NULL") == "2026-03-01"
    assert people.one("SELECT count(*) FROM opening_balance") == 3
    people.audit()
