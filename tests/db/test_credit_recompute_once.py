"""Recomputations of pensioner credits that meet accounts, versions, runs and each other: what may be posted is, once."""
# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.db.credit_books import Plan, credits, run
from tests.db.credit_recomputing import (
    FIVE, JUNE, NEW, OLD, OTHER_POOL, PLAN, POOL, PROVINCE, approve, ask, balance, base_of_2024, base_of_2025,
    checked, correct, differences, month, no_policies, not_judged, post_months, recompute, retired, spend, sums, work)
from tests.db.credit_running import lease, turn
from tests.db.interesting import date
from tests.db.world import audit

STEP = NEW - OLD  # 15.68 a month


@pytest.fixture
def books(superuser):
    no_policies(superuser)
    return superuser


@pytest.mark.parametrize(("status", "up", "down"), [
    ("active", "posted", "posted"), ("suspended", "posted", "posted"), ("spend_only", "posted", "posted"), ("deceased", "posted", "posted"),
    ("frozen", "account_frozen", "posted"), ("closed", "account_closed", "account_closed")])
def test_the_accounts_status_decides(migrated, books, status, up, down):
    """More goes where credits may go; money is taken from all but closed accounts."""
    Plan(PROVINCE, {0: 10000, 70: 9000}, PLAN).insert(books)
    more, less, other = retired(books, born="1960-01-01"), retired(books, born="1940-01-01"), retired(books, born="1960-01-01")
    post_months(books, "2025-05")
    Plan(PROVINCE, {0: 10100, 70: 8900}, PLAN, version=2, effective_from=month("2025-05")).insert(books)
    for account in (more, less):
        if status == "closed":
            spend(books, account, balance(books, account)[0])
        books.execute("UPDATE account SET status = %s WHERE account_id = %s", [status, account.account_id])
    job_id = recompute(books)
    assert differences(books, job_id, more) == [(POOL, "2025-05", 100, 0, "policy", up)]
    assert differences(books, job_id, less) == [(POOL, "2025-05", -100, 0, "policy", down)]
    assert differences(books, job_id, other)[0][-1] == "posted"
    stopped = [each for each in (up, down) if each != "posted"]
    assert [int(row[0]) for row in books.execute(
        "SELECT change ->> 'after' FROM proposal, jsonb_array_elements(payload -> 'changes') AS change WHERE object_id = %s"
        " AND change ->> 'field' = 'cannot'", [job_id])] == [len(stopped)]
    assert audit(migrated)["faults"] == []


def test_what_cannot_be_known_is_left_and_counted(migrated, books):
    base_of_2024(books)
    suspended, modeless, unknown = retired(books), retired(books), retired(books, pool=OTHER_POOL)
    post_months(books, "2025-05")
    books.execute("UPDATE enrolment SET status = 'suspended' WHERE person_key = %s", [suspended.person_key])
    books.execute("UPDATE enrolment SET account_mode = 'pooled_only' WHERE person_key = %s", [modeless.person_key])
    base_of_2025(books)
    Plan(OTHER_POOL, {0: 280}, PLAN, plan_kind="ratio").insert(books)
    job_id = ask(books)
    assert work(books, job_id) == "done"
    assert not_judged(books, job_id) == {"enrolment_suspended": 1, "pooled_only": 1, "policy_incomplete": 1}
    assert differences(books, job_id) == [] and balance(books, unknown) == (OLD, 0)
    yearly = Plan(POOL, {0: 168000}, PLAN, posting_month=7).insert(books)
    books.execute("UPDATE enrolment SET status = 'active', account_mode = 'with_account'")
    again = ask(books)
    assert work(books, again) == "done" and not_judged(books, again) == {"period_changed": 2, "policy_incomplete": 1}
    assert yearly and audit(migrated)["faults"] == []


def test_what_is_not_as_it_was_shown_is_not_posted(migrated, books):
    base_of_2024(books)
    same, older, closed = retired(books), retired(books, born="1950-06-01"), retired(books)
    post_months(books, "2025-04", "2025-05")
    base_of_2025(books)
    job_id = checked(books)
    base_of_2025(books, version=3, effective_from=month("2025-05"))
    correct(books, older, "deceased_on", None, "2025-03-03")
    spend(books, closed, 2 * OLD)
    books.execute("UPDATE account SET status = 'closed' WHERE account_id = %s", [closed.account_id])
    assert work(books, job_id) == "done"
    assert [row[-1] for row in differences(books, job_id, same)] == ["posted",
                                                                     "changed"], "May has another version, though of the same amount"
    assert [row[-1] for row in differences(books, job_id, older)] == ["changed", "changed"]
    assert [row[-1] for row in differences(books, job_id, closed)] == ["account_closed", "changed"]
    assert balance(books, same) == (OLD + NEW, 0)
    recompute(books)
    assert balance(books, same) == (2 * NEW, 0) and balance(books, older) == (0, 0)
    assert audit(migrated)["faults"] == []


def test_two_recomputations_at_once_post_once(migrated, books):
    base_of_2024(books)
    people = [retired(books, pool=pool) for pool in (POOL, OTHER_POOL, POOL)]
    post_months(books, *FIVE)
    base_of_2025(books)
    of_pool, of_province = checked(books, region=POOL), checked(books)
    assert [work(books, job_id) for job_id in (of_pool, of_province)] == ["done", "done"]
    assert [balance(books, person) for person in people] == [(5 * NEW, 0)] * 3
    assert {key: row[:4] for key, row in sums(books, of_province, "posting").items()} == {
        ("policy", "posted"): (1, 1, 0, 5), ("policy", "changed"): (2, 2, 0, 10)}
    assert audit(migrated)["faults"] == []


def test_a_run_and_a_recomputation_overlap(migrated, books):
    """Between its check and its posting a run of a past month credits who was missed; each month of each person is right once."""
    base_of_2024(books)
    early = retired(books)
    post_months(books, *FIVE)
    late = retired(books)
    version = base_of_2025(books)
    job_id = checked(books)
    run(books, PROVINCE, month("2025-03"), JUNE)
    assert [row["policy_id"] for row in credits(books, late)] == [version.policy_id]
    assert work(books, job_id) == "done"
    run(books, PROVINCE, month("2025-04"), JUNE)
    assert balance(books, early) == (5 * NEW, 0) and balance(books, late) == (2 * NEW, 0)
    assert work(books, ask(books)) == "done"
    assert audit(migrated)["faults"] == []


def test_many_slices_and_a_worker_that_dies_in_each(migrated, books):
    base_of_2024(books)
    people = [retired(books, pool=POOL if number % 3 else OTHER_POOL) for number in range(260)]
    post_months(books, *FIVE)
    base_of_2025(books)
    job_id = ask(books)
    lost = 0
    for phase in ("awaiting_approval", "done"):
        outcome = "running"
        while outcome == "running":
            lease(books, job_id, JUNE)
            with books.transaction(force_rollback=True):
                turn(books, job_id, JUNE)
                lost += 1
            outcome = turn(books, job_id, JUNE)[0]
        assert outcome == phase
        if phase == "awaiting_approval":
            approve(books, job_id)
    assert lost > 6
    assert {balance(books, person) for person in people} == {(5 * NEW, 0)}
    assert books.execute("SELECT people_done, people_total FROM credit_run WHERE job_id = %s", [job_id]).fetchone() == (260, 260)
    assert sums(books, job_id, "posting")["policy", "posted"][:4] == (260, 260, 0, 1300)
    assert audit(migrated)["faults"] == []


def test_only_the_plan_and_the_months_that_were_asked_for(migrated, books):
    base_of_2024(books)
    Plan(PROVINCE, {0: 5000}, "test_other").insert(books)
    person = retired(books)
    post_months(books, *FIVE)
    base_of_2025(books)
    Plan(PROVINCE, {0: 6000}, "test_other", version=2).insert(books)
    recompute(books, first="2025-02", last="2025-03", plan=PLAN)
    assert balance(books, person) == (5 * OLD + 2 * STEP + 25000, 0)
    recompute(books, first="2025-05", last="2025-05")
    assert balance(books, person) == (5 * OLD + 3 * STEP + 26000, 0)
    assert audit(migrated)["faults"] == []


def yearly(connection, **changes):
    return Plan(PROVINCE, **{"tiers": {0: 168000, 75: 189000}, "plan_code": PLAN, "posting_month": 7, "is_pro_rated": True,
                             "age_basis": "insurance_year_start", **changes}).insert(connection)


def test_a_yearly_credit_belongs_to_its_posting_month(migrated, books):
    yearly(books)
    whole, late, dead = retired(books), retired(books), retired(books)
    books.execute("UPDATE enrolment SET retired_on = '2025-09-10' WHERE person_key = %s", [late.person_key])
    run(books, PROVINCE, month("2025-07"), date("2025-07-15"))
    run(books, PROVINCE, month("2025-11"), date("2025-11-15"))
    assert (balance(books, whole), balance(books, late)) == ((168000, 0), (42000, 0))
    books.execute("UPDATE enrolment SET retired_on = '2025-10-10' WHERE person_key = %s", [late.person_key])
    correct(books, dead, "deceased_on", None, "2025-08-03")
    yearly(books, version=2, tiers={0: 180000}, effective_from=month("2025-07"))
    december = date("2025-12-20")
    assert work(books, ask(books, first="2025-08", last="2025-12", day=december), december) == "done"
    job_id = recompute(books, first="2025-07", last="2025-07", day=december)
    assert [differences(books, job_id, person) for person in (whole, late, dead)] == [
        [(POOL, "2025-01", 12000, 0, "policy", "posted")], [(POOL, "2025-01", 30000 - 42000, 0, "policy", "posted")],
        [(POOL, "2025-01", 120000 - 168000, 0, "policy", "posted")]]
    assert [row["months"] for row in credits(books, late)] == [3, 2]
    assert work(books, ask(books, last="2025-12", day=december), december) == "done"
    assert audit(migrated)["faults"] == []


def test_a_version_of_a_later_month_leaves_the_yearly_credit_alone(migrated, books):
    yearly(books)
    person = retired(books)
    run(books, PROVINCE, month("2025-07"), date("2025-07-15"))
    yearly(books, version=2, tiers={0: 180000}, effective_from=month("2025-10"))
    assert work(books, ask(books, last="2025-12", day=date("2025-12-20")), date("2025-12-20")) == "done"
    assert balance(books, person) == (168000, 0)


def test_retirement_that_turns_out_later_or_not_at_all(migrated, books):
    base_of_2024(books)
    later, never = retired(books), retired(books)
    post_months(books, *FIVE)
    books.execute("UPDATE enrolment SET retired_on = '2025-03-31' WHERE person_key = %s", [later.person_key])
    books.execute("UPDATE enrolment SET retired_on = NULL WHERE person_key = %s", [never.person_key])
    job_id = recompute(books)
    assert {row[4:] for row in differences(books, job_id)} == {("person", "posted")}
    assert balance(books, later) == (2 * OLD, 0) and balance(books, never) == (0, 0)
    books.execute("UPDATE enrolment SET retired_on = '2015-06-30' WHERE person_key = %s", [never.person_key])
    recompute(books)
    assert balance(books, never) == (5 * OLD, 0), "what was taken back is paid again"
    assert audit(migrated)["faults"] == []


def test_a_region_without_a_pool_has_none(books):
    assert books.execute(
        "SELECT status FROM credit_recomputation_create(ARRAY[gen_random_uuid()], ARRAY['239900'], ARRAY['2025-01-01']::date[],"
        " ARRAY['2025-01-01']::date[], ARRAY[NULL]::text[], ARRAY['x'], ARRAY[gen_random_uuid()], ARRAY[now()], ARRAY[gen_random_uuid()],"
        " ARRAY['r'])").fetchall() == [("conflict",)]
