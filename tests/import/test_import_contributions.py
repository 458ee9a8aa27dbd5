"""Contributions: what is recorded, what is posted, to which part of which account."""
# SPDX-License-Identifier: Apache-2.0
import pytest
from importing import EMPLOYER, OTHER_POOL, POOL, contribution, enrolment, opening


def test_the_personal_part_is_credited_and_nothing_else(people):
    people.good("contributions", [contribution(1, employer_code=EMPLOYER, channel="employer", paid_on="2026-03-20")])
    assert people.balance(1) == (10000, 0)
    assert people.ask("SELECT system_account, kind, part, direction, amount_fen, reference, business_date::text FROM ledger_entry"
                      " WHERE reference = 'D1'") == [
        (f"contribution_collection:{POOL}", "contribution", "current_year", "credit", 10000, "D1", "2026-06-15")]
    assert people.ask("SELECT status, personal_fen, employer_fen, channel, paid_on::text FROM contribution"
                      " WHERE source_document = 'D1'") == [("posted", 10000, 40000, "employer", "2026-03-20")]
    people.audit()


def test_money_of_earlier_account_years_is_carried_over(people):
    people.good("contributions", [contribution(1, period="2025-12", personal_yuan="7"),
                                  contribution(1, period="2026-01", personal_yuan="5")])
    assert people.balance(1) == (500, 700)


def test_the_account_year_is_the_pools(people):
    people.ask("UPDATE pool SET account_year_starts_month = 7 WHERE pool_code = %s RETURNING 1", POOL)
    people.good("contributions", [contribution(1, period="2025-06", personal_yuan="7"),
                                  contribution(1, period="2025-07", personal_yuan="5")])
    assert people.balance(1) == (500, 700)


def refund(n, yuan, document="R1", **changes):
    return contribution(n, kind="refund", personal_yuan=yuan, source_document=document, **changes)


def test_refunds_of_a_year_that_is_over_and_not_posted_yet_find_their_money(people):
    """Until the year's end is posted the money still lies in the current-year part."""
    people.good("contributions", [contribution(1), contribution(2), contribution(2, period="2025-12", personal_yuan="30")])
    people.ask("UPDATE pool SET account_year_starts_month = 5 WHERE pool_code = %s RETURNING 1", POOL)
    assert people.balance(1) == (10000, 0) and people.balance(2) == (10000, 3000)
    people.good("contributions", [refund(1, "20"), refund(1, "30", "R2"), refund(2, "30"),
                                  contribution(1, period="2026-05", personal_yuan="1")])
    assert people.balance(1) == (5100, 0), "both from where their money is"
    assert people.balance(2) == (10000, 0), "the carried-over part had enough"
    assert people.load("contributions", [refund(1, "51.01", "R3")]).codes == {"insufficient_balance"}
    people.good("contributions", [refund(1, "51", "R3")])
    assert people.balance(1) == (0, 0)
    people.audit()


def test_the_same_rows_again_change_nothing(people):
    rows = [contribution(n, period=f"2026-0{month}") for n in range(5) for month in range(1, 6)]
    people.good("contributions", rows)
    before = people.content(), people.counts()
    outcome = people.good("contributions", rows)
    assert "0 stored, 25 unchanged" in outcome.out
    assert (people.content(), people.counts()) == before


@pytest.mark.parametrize("change", [
    {"personal_yuan": "100.01"}, {"employer_yuan": "1"}, {"base_yuan": "5000.01"}, {"pool_code": OTHER_POOL}, {"paid_on": "2026-03-21"},
    {"employer_code": EMPLOYER}, {"channel": "bank"}])
def test_a_stored_row_with_other_content_is_refused(people, change):
    people.good("enrolments", [enrolment(1, pool_code=OTHER_POOL, started_on="2012-01-01", ended_on="2013-01-01")])
    people.good("contributions", [contribution(1)])
    before = people.content()
    outcome = people.load("contributions", [contribution(1, **change)])
    assert outcome.code == 1 and outcome.faults == [(2, "", "conflict", "error", "")]
    assert people.content() == before


def test_another_document_for_the_same_month_is_another_row(people):
    people.good("contributions", [contribution(1), contribution(1, source_document="D2"), contribution(1, kind="base_adjustment")])
    assert people.balance(1) == (30000, 0)


def test_what_posts_nothing(people):
    people.good("enrolments", [enrolment(10, account_mode="pooled_only"), enrolment(11, scheme="resident")])
    people.good("contributions", [
        contribution(10),
        contribution(11, scheme="resident", period="2026", personal_yuan="400", employer_yuan="", base_yuan="", subsidy_yuan="670"),
        contribution(11, scheme="resident", period="2027", personal_yuan="400", employer_yuan="", base_yuan="", subsidy_yuan="700"),
        contribution(1, period="1988-07", kind="deemed_years", personal_yuan="0", employer_yuan="0"),
        contribution(2, personal_yuan="0")])
    assert people.one("SELECT count(*) FROM ledger_entry WHERE reference = 'D1'") == 0
    assert people.ask("SELECT DISTINCT status FROM contribution WHERE source_document = 'D1'") == [("recorded",)]
    people.audit()


def test_a_refund_takes_back_from_the_part_of_its_month(people):
    people.good("contributions", [contribution(1, personal_yuan="100"), contribution(1, period="2025-05", personal_yuan="70")])
    people.good("contributions", [
        contribution(1, kind="refund", personal_yuan="-30", employer_yuan="-10"),  # either sign
        contribution(1, kind="refund", period="2025-05", personal_yuan="20")])
    assert people.balance(1) == (7000, 5000)
    assert people.ask("SELECT kind, direction, amount_fen FROM ledger_entry WHERE direction = 'debit' ORDER BY amount_fen") == [
        ("contribution_refund", "debit", 2000), ("contribution_refund", "debit", 3000)]
    people.audit()


def test_a_refund_may_stand_before_what_it_takes_back(people):
    people.good("contributions", [contribution(1, kind="refund", personal_yuan="-30"), contribution(1)])
    assert people.balance(1) == (7000, 0)


def test_history_of_an_account_that_no_longer_receives(books):
    books.good("enrolments", [enrolment(1, ended_on="2024-06-30"), enrolment(1, pool_code=OTHER_POOL, started_on="2024-07-01")])
    books.good("contributions", [contribution(1, period="2024-05"), contribution(1, period="2026-05", pool_code=OTHER_POOL)])
    assert books.balance(1) == (0, 10000) and books.balance(1, OTHER_POOL) == (10000, 0)
    books.audit()


def test_what_an_opening_balance_holds_already_is_recorded_only(people):
    people.good("opening-balances", [opening(1, as_of="2026-02-01")])
    people.good("contributions", [contribution(1, period=f"2026-0{month}") for month in (1, 2)])
    assert people.ask("SELECT period::text, status FROM contribution WHERE source_document = 'D1' ORDER BY 1") == [
        ("2026-01-01", "recorded"), ("2026-02-01", "posted")]
    assert people.balance(1) == (11000, 20000)
    people.audit()


def test_entries_of_one_account_follow_the_months(people):
    people.good("contributions", [contribution(1, period=f"2026-0{month}", source_document=f"M{month}") for month in (3, 1, 4, 2)],
                YIBAO_IMPORT_SLICE_ROWS="1")
    assert [row[0] for row in people.ask(
        "SELECT reference FROM ledger_entry WHERE reference LIKE 'M%%' ORDER BY seq")] == ["M1", "M2", "M3", "M4"]
    people.audit()


def test_sm3_chains(people):
    people.good("contributions", [contribution(1), contribution(2)], YIBAO_CHAIN_HASH="sm3")
    assert people.ask("SELECT DISTINCT hash_algorithm FROM ledger_entry ORDER BY 1") == [("sha256",), ("sm3",)]
    people.audit()


def test_the_run_is_recorded(people):
    people.good("contributions", [contribution(1), contribution(2)], YIBAO_IMPORT_SLICE_ROWS="1")
    people.load("contributions", [contribution(1), contribution(2), contribution(3), contribution(99)], "--skip-invalid")
    assert people.ask("SELECT state, rows_total, rows_invalid, rows_unchanged, rows_posted, amount_fen FROM import_run"
                      " WHERE kind = 'contributions' ORDER BY started_at OFFSET 1") == [
        ("done", 2, 0, 0, 2, 20000), ("done", 4, 1, 2, 1, 10000)]
    assert people.one("SELECT sum((detail->>'rows')::int) FROM audit_event WHERE action = 'import.contributions'") == 4
