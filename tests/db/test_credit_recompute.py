"""Recomputation of pensioner credits: what was credited is held against what is due now, and differences are posted."""
# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.db.charging import add_provider, created, hold
from tests.db.credit_books import Plan, credits
from tests.db.credit_recomputing import (
    FIVE, JUNE, NEW, OLD, OTHER_POOL, PLAN, POOL, PROVINCE, ask, balance, base_of_2024, base_of_2025, correct,
    differences, entries_of, month, moved, no_policies, owed, post_months, recompute, retired, spend, sums, work)
from tests.db.interesting import at, date
from tests.db.posting import Entry, post
from tests.db.world import audit

STEP = NEW - OLD  # 15.68 a month


@pytest.fixture
def books(superuser):
    no_policies(superuser)
    return superuser


def test_heilongjiang_publishes_its_base_in_june(migrated, books):
    """2.8 % of 7,010.00 is 196.28; of 7,570.00 it is 211.96: 15.68 more for each month."""
    base_of_2024(books)
    people = [retired(books), retired(books, pool=OTHER_POOL), retired(books, retired_on="2025-02-28")]
    post_months(books, "2024-12", *FIVE)
    assert [balance(books, person) for person in people] == [(6 * 19628, 0), (6 * 19628, 0), (3 * 19628, 0)]
    version = base_of_2025(books)
    job_id = recompute(books, first="2024-01")
    assert [balance(books, person) for person in people] == [(5 * 21196 + 19628, 0), (5 * 21196 + 19628, 0), (3 * 21196, 0)]
    total = 13 * 1568
    assert sums(books, job_id, "checking") == {("policy", "due"): (3, 3, 0, 13, total, 0, 0, total, 0, 0)}
    assert sums(books, job_id, "posting") == {("policy", "posted"): (3, 3, 0, 13, total, 0, 0, total, 0, 0)}
    (proposed,) = books.execute("SELECT payload FROM proposal WHERE object_id = %s", [job_id]).fetchone()
    assert {change["field"]: change["after"] for change in proposed["changes"]} == {
        "from_month": "2024-01", "to_month": "2025-05", "people_up": "3", "people_down": "0", "gross_up_fen": str(total),
        "gross_down_fen": "0", "deduction_fen": "0", "net_up_fen": str(total), "net_down_fen": "0", "cannot": "0"}
    first, later = credits(books, people[2])[:2]
    assert (later["revision"], later["gross_fen"], later["total_gross_fen"], later["reason"], later["policy_id"], later["first_credit_id"],
            later["job_id"]) == (1, 1568, 21196, "policy", version.policy_id, first["credit_id"], job_id)
    assert entries_of(books, later) == [("pensioner_credit", "credit", "current_year", 1568, "pooled_fund", "pensioner_credit")]
    again = ask(books)
    assert work(books, again) == "done" and differences(books, again) == []
    assert audit(migrated)["faults"] == []


def test_gross_and_deduction_move_each_by_its_own(migrated, books):
    base_of_2024(books, deduction_fen=300)
    up, down = retired(books), retired(books, born="1940-01-01")
    books.execute("INSERT INTO credit_policy_tier (policy_id, min_age, ratio_bp) SELECT policy_id, 80, 300 FROM credit_policy")
    post_months(books, "2025-01")
    version = base_of_2025(books, deduction_fen=500)
    books.execute("INSERT INTO credit_policy_tier (policy_id, min_age, ratio_bp) VALUES (%s, 80, 100)", [version.policy_id])
    job_id = recompute(books)
    assert differences(books, job_id, up) == [(POOL, "2025-01", STEP, 200, "policy", "posted")]
    assert differences(books, job_id, down) == [(POOL, "2025-01", 7570 - 21030, 200, "policy", "posted")]
    assert entries_of(books, credits(books, up)[1]) == [
        ("pensioner_credit", "credit", "current_year", STEP, "pooled_fund", "pensioner_credit"),
        ("credit_deduction", "debit", "current_year", 200, "critical_illness_deduction", "credit_deduction")]
    assert entries_of(books, credits(books, down)[1]) == [
        ("pensioner_credit", "debit", "current_year", 13460, "pooled_fund", "pensioner_credit"),
        ("credit_deduction", "debit", "current_year", 200, "critical_illness_deduction", "credit_deduction")]
    assert balance(books, up) == (NEW - 500, 0) and balance(books, down) == (7570 - 500, 0)
    base_of_2025(books, version=3, deduction_fen=0)
    recompute(books)
    assert balance(books, up) == (NEW, 0) and balance(books, down) == (NEW, 0)
    assert entries_of(books, credits(books, up)[2]) == [
        ("credit_deduction", "credit", "current_year", 500, "critical_illness_deduction", "credit_deduction")]
    assert audit(migrated)["faults"] == []


def test_a_corrected_birth_date_reaches_a_tier_earlier_or_later(migrated, books):
    Plan(PROVINCE, {0: 10000, 70: 11000}, PLAN).insert(books)
    older, younger = retired(books, born="1955-06-01"), retired(books, born="1955-01-31")
    post_months(books, *FIVE)
    correct(books, older, "birth_date", "1955-06-01", "1955-03-01")
    correct(books, younger, "birth_date", "1955-01-31", "1955-05-01")
    job_id = recompute(books)
    assert differences(books, job_id, older) == [(POOL, f"2025-0{number}", 1000, 0, "person", "posted") for number in (3, 4, 5)]
    assert differences(books, job_id, younger) == [(POOL, f"2025-0{number}", -1000, 0, "person", "posted") for number in range(1, 5)]
    assert balance(books, older) == (53000, 0) and balance(books, younger) == (51000, 0)
    assert audit(migrated)["faults"] == []


def test_a_death_recorded_late_is_claimed_back_and_what_was_spent_is_owed(migrated, books):
    """He died in February: March to May were not his. Of 3 × 196.28 only 150.00 are left."""
    base_of_2024(books)
    person = retired(books)
    post_months(books, *FIVE)
    spend(books, person, 5 * OLD - 15000)
    correct(books, person, "deceased_on", None, "2025-02-03")
    books.execute("UPDATE account SET status = 'deceased' WHERE account_id = %s", [person.account_id])
    base_of_2025(books)
    job_id = recompute(books)
    assert differences(books, job_id) == [
        *((POOL, each, STEP, 0, "policy", "posted") for each in FIVE[:2]),
        *((POOL, each, -OLD, 0, "not_entitled", "posted") for each in FIVE[2:])]
    missing = 3 * OLD - 15000 - 2 * STEP
    assert balance(books, person) == (0, 0)
    assert sum(fen for _, fen, _ in owed(books, person)) == missing
    assert {kind for kind, _, _ in owed(books, person)} == {"pensioner_credit"}
    last = credits(books, person)[-1]
    assert (last["months"], last["total_gross_fen"], last["last_month"], last["receivable_fen"]) == (0, 0, month("2025-02"), OLD)
    assert entries_of(books, last) == [
        ("receivable", "credit", "current_year", OLD, "receivable", "pensioner_credit"),
        ("pensioner_credit", "debit", "current_year", OLD, "pooled_fund", "pensioner_credit")]
    assert sums(books, job_id, "posting")["not_entitled", "posted"] == (1, 0, 1, 3, 0, 3 * OLD, 0, 0, 3 * OLD, missing)
    assert audit(migrated)["faults"] == []
    assert work(books, ask(books)) == "done", "nothing is left to be posted"


def test_money_is_taken_from_the_part_it_went_to_then_from_the_other(migrated, books):
    base_of_2024(books)
    person = retired(books)
    post_months(books, "2025-04", "2025-05")
    spend(books, person, OLD)
    post(books, [Entry(person, 5000, part="carried_over")], instant=at(JUNE))
    correct(books, person, "deceased_on", None, "2025-03-03")
    recompute(books)
    taken = [entries_of(books, row) for row in credits(books, person) if row["revision"]]
    assert taken == [
        [("pensioner_credit", "debit", "current_year", OLD, "pooled_fund", "pensioner_credit")],
        [("receivable", "credit", "current_year", OLD - 5000, "receivable", "pensioner_credit"),
         ("pensioner_credit", "debit", "current_year", OLD - 5000, "pooled_fund", "pensioner_credit"),
         ("pensioner_credit", "debit", "carried_over", 5000, "pooled_fund", "pensioner_credit")]]
    assert balance(books, person) == (0, 0)
    assert audit(migrated)["faults"] == []


def test_what_is_held_stays_held(migrated, books):
    base_of_2024(books)
    person = retired(books)
    post_months(books, "2025-05")
    created(books, hold(person, add_provider(books, regions=(PROVINCE,)), 12000, instant=at(JUNE)))
    correct(books, person, "deceased_on", None, "2025-03-03")
    recompute(books)
    assert balance(books, person) == (12000, 0) and owed(books, person) == [("pensioner_credit", 12000, "open")]
    assert audit(migrated)["faults"] == []


def test_money_of_the_year_before_is_carried_over(migrated, books):
    base_of_2024(books)
    person = retired(books)
    post_months(books, "2024-12", "2025-01")
    base_of_2025(books, effective_from=date("2024-12-01"))
    recompute(books, first="2024-12", last="2025-01", day=date("2026-02-03"))
    assert balance(books, person) == (2 * OLD, 2 * STEP)
    assert audit(migrated)["faults"] == []


def test_a_move_recorded_late_is_paid_by_the_pool_that_owes_it(migrated, books):
    base_of_2024(books)
    Plan(OTHER_POOL, {0: 20000}, PLAN).insert(books)
    person = retired(books)
    post_months(books, *FIVE)
    spend(books, person, 5 * OLD - 1000)
    new = moved(books, person, OTHER_POOL, "2025-03-01")
    job_id = recompute(books)
    assert differences(books, job_id) == [
        row for each in FIVE[2:] for row in ((POOL, each, -OLD, 0, "not_entitled", "posted"), (OTHER_POOL, each, 20000,
                                                                                               0, "person", "posted"))]
    assert balance(books, person) == (0, 0) and balance(books, new) == (3 * 20000, 0)
    assert [fen for _, fen, _ in owed(books, person)] == [OLD - 1000, OLD, OLD]
    assert [(row["pool_code"], row["revision"], row["total_gross_fen"]) for row in credits(books, person)[-3:]] == [
        (POOL, 0, OLD), (POOL, 1, 0), (OTHER_POOL, 2, 20000)]
    assert entries_of(books, credits(books, person)[-1]) == [
        ("pensioner_credit", "credit", "current_year", 20000, "pooled_fund", None)], "that pool had credited nothing"
    assert differences(books, recompute(books)) == []
    Plan(OTHER_POOL, {0: 21000}, PLAN, version=2).insert(books)
    assert differences(books, recompute(books)) == [(OTHER_POOL, each, 1000, 0, "policy", "posted") for each in FIVE[2:]]
    assert audit(migrated)["faults"] == []


def test_a_moved_persons_old_account_takes_what_its_pool_still_owes(migrated, books):
    base_of_2024(books)
    person = retired(books)
    post_months(books, *FIVE)
    new = moved(books, person, OTHER_POOL, "2025-06-01")
    base_of_2025(books)
    recompute(books)
    assert balance(books, person) == (5 * NEW, 0) and balance(books, new) == (0, 0)
    assert audit(migrated)["faults"] == []
