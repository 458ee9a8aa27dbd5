"""Merging two records of one pensioner: credits go along, what is owed for them too, and what came twice is taken back."""
# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.db.credit_books import credits, pensioner, run
from tests.db.credit_recomputing import (
    JUNE, NEW, OLD, OTHER_POOL, POOL, PROVINCE, ask, balance, base_of_2024, base_of_2025, checked, correct, differences, entries_of, month,
    no_policies, owed, recompute, work)
from tests.db.interesting import at, date
from tests.db.merging import merge
from tests.db.posting import debit, post
from tests.db.world import audit

APRIL, MAY = "2025-04", "2025-05"
STEP = NEW - OLD


@pytest.fixture
def books(superuser):
    superuser.execute("DELETE FROM interest_rule")  # a merge would settle some fen of interest
    no_policies(superuser)
    base_of_2024(superuser)
    return superuser


def retired(books, born="1955-06-01", pool=POOL, **enrolment):
    return pensioner(books, pool, born, "2015-06-30", **enrolment)


def post_months(books, *months):
    for each in months:
        run(books, PROVINCE, month(each), date(f"{each}-15"))


def unite(books, survivor, duplicate):
    """Of one person: one record turns out to be the other's. Both would be active employees."""
    status, _ = merge(books, survivor, duplicate, instant=at(JUNE))
    assert status == "applied"


def shown(books, person):
    return [(str(row["period_start"])[:7], row["revision"], row["gross_fen"], row["total_gross_fen"], row["reason"],
             bool(row["origin_credit_id"]))
            for row in credits(books, person)]


def test_credits_of_the_duplicate_become_the_survivors(migrated, books):
    survivor, duplicate = retired(books), retired(books)
    books.execute("UPDATE enrolment SET retired_on = NULL WHERE person_key = %s", [survivor.person_key])
    post_months(books, APRIL, MAY)
    unite(books, survivor, duplicate)
    books.execute("UPDATE enrolment SET retired_on = '2015-06-30' WHERE person_key = %s", [survivor.person_key])
    assert shown(books, survivor) == [(APRIL, 0, OLD, OLD, "credit", True), (MAY, 0, OLD, OLD, "credit", True)]
    assert shown(books, duplicate) == [(APRIL, 0, OLD, OLD, "credit", False), (MAY, 0, OLD, OLD, "credit", False)]
    assert {row["account_id"] for row in credits(books, survivor)} == {survivor.account_id}
    assert balance(books, survivor) == (2 * OLD, 0)
    assert work(books, ask(books)) == "done", "each is counted once"
    base_of_2025(books)
    assert differences(books, recompute(books)) == [(POOL, each, STEP, 0, "policy", "posted") for each in (APRIL, MAY)]
    assert balance(books, survivor) == (2 * NEW, 0)
    first, later = credits(books, survivor)[:2]
    assert later["first_credit_id"] == first["credit_id"]
    assert entries_of(books, later) == [("pensioner_credit", "credit", "current_year", STEP, "pooled_fund", "pensioner_credit")]
    assert audit(migrated)["faults"] == []


def test_what_both_were_credited_is_taken_back(migrated, books):
    survivor, duplicate = retired(books), retired(books)
    post_months(books, APRIL, MAY)
    unite(books, survivor, duplicate)
    assert shown(books, survivor) == [
        (APRIL, 0, OLD, OLD, "credit", False), (APRIL, 1, OLD, 2 * OLD, "merged", True),
        (MAY, 0, OLD, OLD, "credit", False), (MAY, 1, OLD, 2 * OLD, "merged", True)]
    post(books, [debit(survivor, 3 * OLD)], instant=at(JUNE))
    assert differences(books, recompute(books)) == [(POOL, each, -OLD, 0, "merged", "posted") for each in (APRIL, MAY)]
    assert shown(books, survivor)[-1] == (MAY, 2, -OLD, OLD, "merged", False)
    assert balance(books, survivor) == (0, 0) and owed(books, survivor) == [("pensioner_credit", OLD, "open")]
    assert work(books, ask(books)) == "done"
    assert audit(migrated)["faults"] == []


def test_credits_of_two_pools(migrated, books):
    """The duplicate was credited elsewhere: that pool takes back what the survivor's own pool has paid."""
    survivor, duplicate = retired(books), retired(books, pool=OTHER_POOL, started_on="1999-01-01")
    post_months(books, MAY)
    unite(books, survivor, duplicate)
    job_id = recompute(books)
    assert differences(books, job_id) == [(OTHER_POOL, MAY, -OLD, 0, "not_entitled", "posted")]
    assert balance(books, survivor) == (OLD, 0)
    assert books.execute("SELECT current_year_fen FROM account WHERE person_key = %s AND pool_code = %s",
                         [survivor.person_key, OTHER_POOL]).fetchall() == [(0,)]
    assert audit(migrated)["faults"] == []


def test_what_is_owed_goes_along_and_a_chain_of_merges(migrated, books):
    first, second, third = (retired(books) for _ in range(3))
    post_months(books, APRIL)
    post(books, [debit(first, OLD)], instant=at(JUNE))
    books.execute("UPDATE enrolment SET retired_on = '2025-04-10' WHERE person_key = %s", [first.person_key])
    recompute(books)
    assert owed(books, first) == [("pensioner_credit", OLD, "open")]
    unite(books, second, first)
    unite(books, third, second)
    assert owed(books, first) == owed(books, second) == [("pensioner_credit", OLD, "moved")]
    assert owed(books, third) == [("pensioner_credit", OLD, "open")]
    assert shown(books, third) == [
        (APRIL, 0, OLD, OLD, "credit", False), (APRIL, 1, OLD, 2 * OLD, "merged", True),
        (APRIL, 2, OLD, 3 * OLD, "merged", True), (APRIL, 3, -OLD, 2 * OLD, "merged", True)]
    ((owing,),) = books.execute("SELECT credit_id FROM receivable WHERE person_key = %s", [third.person_key]).fetchall()
    assert owing == credits(books, third)[-1]["credit_id"]
    assert audit(migrated)["faults"] == []
    recompute(books)
    assert shown(books, third)[-1][:4] == (APRIL, 4, -OLD, OLD) and balance(books, third) == (OLD, 0)
    assert audit(migrated)["faults"] == []


def test_a_merge_between_check_and_posting(migrated, books):
    """Neither record is any more what the approver was shown."""
    survivor, duplicate, other = retired(books), retired(books), retired(books)
    post_months(books, APRIL)
    base_of_2025(books)
    job_id = checked(books)
    unite(books, survivor, duplicate)
    assert work(books, job_id) == "done"
    assert [differences(books, job_id, person)[0][-1] for person in (survivor, duplicate, other)] == ["changed", "changed", "posted"]
    assert balance(books, survivor) == (2 * OLD, 0)
    recompute(books)
    assert balance(books, survivor) == (NEW, 0)
    assert audit(migrated)["faults"] == []


def test_what_was_taken_back_already_is_copied_as_it_is(migrated, books):
    survivor, duplicate = retired(books), retired(books)
    books.execute("UPDATE enrolment SET retired_on = NULL WHERE person_key = %s", [survivor.person_key])
    post_months(books, APRIL)
    books.execute("UPDATE enrolment SET retired_on = '2025-04-10' WHERE person_key = %s", [duplicate.person_key])
    recompute(books)
    unite(books, survivor, duplicate)
    assert shown(books, survivor) == [(APRIL, 0, OLD, OLD, "credit", True), (APRIL, 1, -OLD, 0, "person", True)]
    correct(books, survivor, "deceased_on", None, "2025-06-01")
    assert work(books, ask(books)) == "done"
    assert audit(migrated)["faults"] == []
