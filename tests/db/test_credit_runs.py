"""Monthly runs of pensioner credits, slice by slice as the worker does them: preview, approval, posting, once."""
# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest

from tests.db.credit_running import (CITY, DAY, GANSU_FEN, MONTH, OTHER_CITY, PROVINCE, approve, ask, checked, credits_of, enrol,
                                     put_policy, retired, run_whole, skipped, tiers, turn, lease, work)
from tests.db.interesting import date, entries, parts
from tests.db.world import audit


@pytest.fixture
def pensioners(owner):
    return [retired(owner, CITY if i % 3 else OTHER_CITY) for i in range(7)]


def test_a_run_is_looked_at_then_approved_then_posted_once(migrated, owner, pensioners):
    retired(owner, retired_on=None)
    retired(owner, has_account=False)
    frozen = retired(owner, account_status="frozen")
    status, job_id = ask(owner, PROVINCE)
    assert status == "created" and work(owner, job_id) == "awaiting_approval"
    found = {(CITY, "basic", 0): (4, 4 * GANSU_FEN, 0), (OTHER_CITY, "basic", 0): (3, 3 * GANSU_FEN, 0)}
    passed = {"not_retired": 1, "no_account": 1, "account_frozen": 1}
    assert tiers(owner, job_id, "checking") == found
    assert skipped(owner, job_id, "checking") == passed
    assert credits_of(owner, pensioners[0]) == [] and parts(owner, pensioners[0]) == (0, 0), "a preview posts nothing"
    (payload, proposed_in) = owner.execute("SELECT payload, pool_code FROM proposal WHERE object_id = %s", [job_id]).fetchone()
    assert proposed_in == PROVINCE
    assert {c["field"]: c["after"] for c in payload["changes"]} == {
        "month": "2026-03", "people": "7", "gross_fen": str(7 * GANSU_FEN), "deduction_fen": "0", "net_fen": str(7 * GANSU_FEN),
        "skipped": "2"}
    assert approve(owner, job_id) == "applied"
    assert work(owner, job_id) == "done"
    assert tiers(owner, job_id, "posting") == found and skipped(owner, job_id, "posting") == passed
    for account in pensioners:
        assert credits_of(owner, account) == [("2026-03-01", "basic", account.pool_code, GANSU_FEN, 0)]
        assert parts(owner, account) == (GANSU_FEN, 0)
    assert credits_of(owner, frozen) == []
    faults = [fault for fault in audit(migrated)["faults"] if fault["table"] in ("pensioner_credit", "ledger_entry", "account")]
    assert faults == []


def test_a_run_leaves_one_event_and_an_audit_event_for_each_slice(owner, pensioners):
    job_id = run_whole(owner, PROVINCE)
    events = owner.execute("SELECT event, person_key, payload_sealed, state FROM outbox WHERE kind = 'event'").fetchall()
    assert events == [({"event": "credit_run.posted", "job_id": str(job_id), "region_code": PROVINCE, "month": "2026-03", "people": 7,
                        "gross_fen": 7 * GANSU_FEN, "deduction_fen": 0, "net_fen": 7 * GANSU_FEN}, None, None, "waiting")]
    recorded = owner.execute(
        "SELECT action, pool_code, (detail ->> 'people')::int, (detail ->> 'gross_fen')::int FROM audit_event"
        " WHERE object_id = %s AND action IN ('create_credit_run', 'post_credit_run', 'propose_post_credit_run') ORDER BY at, pool_code",
        [job_id]).fetchall()
    assert sorted(recorded, key=str) == sorted([
        ("create_credit_run", PROVINCE, None, None), ("propose_post_credit_run", PROVINCE, None, None),
        ("post_credit_run", CITY, 4, 4 * GANSU_FEN), ("post_credit_run", OTHER_CITY, 3, 3 * GANSU_FEN)], key=str)


def test_a_later_run_credits_only_those_who_were_missed(owner, pensioners):
    run_whole(owner)
    late = retired(owner)
    job_id = run_whole(owner, PROVINCE, day=date("2026-05-02"))
    assert tiers(owner, job_id, "posting") == {(CITY, "basic", 0): (1, GANSU_FEN, 0), (OTHER_CITY, "basic", 0): (3, 3 * GANSU_FEN, 0)}
    assert skipped(owner, job_id, "posting") == {"already_credited": 4}
    assert [len(credits_of(owner, account)) for account in [*pensioners, late]] == [1] * 8
    again = run_whole(owner, PROVINCE, day=date("2026-05-03"))
    assert tiers(owner, again, "checking") == {} and skipped(owner, again, "checking") == {"already_credited": 8}
    assert owner.execute("SELECT state, proposal_id FROM job WHERE job_id = %s", [again]).fetchone() == ("done", None)


def test_two_runs_that_overlap_post_each_person_once(owner, pensioners):
    jobs = [checked(owner), checked(owner, PROVINCE)]
    for job_id in jobs:
        assert approve(owner, job_id) == "applied"
    assert [work(owner, job_id) for job_id in jobs] == ["done", "done"]
    assert skipped(owner, jobs[1], "posting") == {"already_credited": 4}
    assert all(len(credits_of(owner, account)) == 1 for account in pensioners)
    assert all(len(entries(owner, account, "pensioner_credit")) == 1 for account in pensioners)


@pytest.mark.parametrize("region, month, day, status", [
    (CITY, "2026-04-01", "2026-03-31", "conflict"), (CITY, "2026-04-01", "2026-04-01", "created"),
    (PROVINCE, "2025-01-01", "2026-04-01", "created"),
    ("999999", "2026-03-01", "2026-04-01", "conflict"), ("210000", "2026-03-01", "2026-04-01", "conflict"),
    ("000000", "2026-03-01", "2026-04-01", "created"), ("440300", "2026-03-01", "2026-04-01", "created")])
def test_a_run_needs_a_month_that_has_begun_and_a_plan(owner, region, month, day, status):
    assert ask(owner, region, month, date(day))[0] == status


def test_a_run_over_nobody_is_done_at_once(owner):
    job_id = run_whole(owner)
    assert owner.execute("SELECT state, proposal_id, progress_done FROM job WHERE job_id = %s", [job_id]).fetchone() == ("done", None, 0)
    assert owner.execute("SELECT count(*) FROM outbox").fetchone() == (0,), "nothing was posted, so nothing happened"


def test_a_dry_run_opens_no_proposal(owner, pensioners):
    _, job_id = ask(owner, dry_run=True)
    assert work(owner, job_id) == "done"
    assert tiers(owner, job_id, "checking") == {(CITY, "basic", 0): (4, 4 * GANSU_FEN, 0)}
    assert owner.execute("SELECT count(*) FROM proposal").fetchone() == (0,)


def test_pools_without_a_usable_version_credit_nobody_and_say_so(owner):
    retired(owner, "440300")
    retired(owner, "440300", retired_on=None)
    retired(owner, "310000")
    retired(owner, "440100")
    put_policy(owner, "440100", 5000, "2026-06-01", version=1)
    for region, reason in (("440300", "policy_incomplete"), ("310000", "posting_month_not_reached"), ("440100", "policy_missing")):
        job_id = run_whole(owner, region)
        assert skipped(owner, job_id, "checking").pop(reason) == 1
        assert owner.execute("SELECT refusal FROM credit_run_pool WHERE job_id = %s", [job_id]).fetchone() == (reason,)
        assert tiers(owner, job_id, "checking") == {}


def test_a_refused_pool_is_in_the_report_even_with_nobody_in_it(owner):
    job_id = run_whole(owner, "440300")
    assert owner.execute("SELECT reason, people FROM credit_run_skip WHERE job_id = %s", [job_id]).fetchall() == [("policy_incomplete", 0)]


def test_a_yearly_plan_is_credited_once_a_year_from_its_posting_month(owner):
    account = retired(owner, "310000", born="1951-06-30")
    run_whole(owner, "310000", "2026-07-01", date("2026-07-31"))
    run_whole(owner, "310000", "2026-08-01", date("2026-08-31"))
    assert credits_of(owner, account) == [("2026-01-01", "basic", "310000", 189_000, 0)]


def test_tiers_and_deductions_are_summed(owner):
    for born in ("1950-01-01", "1956-04-01", "1956-03-31", "1970-01-01"):
        retired(owner, "110000", born)
    job_id = run_whole(owner, "110000")
    assert tiers(owner, job_id, "posting") == {("110000", "basic", 0): (2, 20_000, 600), ("110000", "basic", 70): (2, 22_000, 600)}


def test_what_was_approved_is_what_is_posted(owner, pensioners):
    """Another version that was put in force since the run was asked for credits nobody; a new run does."""
    job_id = checked(owner, PROVINCE)
    put_policy(owner, CITY, 15_000, "2026-01-01")
    assert approve(owner, job_id) == "applied" and work(owner, job_id) == "done"
    assert tiers(owner, job_id, "posting") == {(OTHER_CITY, "basic", 0): (3, 3 * GANSU_FEN, 0)}
    assert skipped(owner, job_id, "posting") == {"policy_changed": 4}
    run_whole(owner, PROVINCE)
    assert {row[3] for account in pensioners if account.pool_code == CITY for row in credits_of(owner, account)} == {15_000}


def test_a_version_that_comes_before_the_check_is_not_shown_as_due(owner, pensioners):
    _, job_id = ask(owner)
    put_policy(owner, CITY, 15_000, "2026-01-01")
    assert work(owner, job_id) == "done"
    assert skipped(owner, job_id, "checking") == {"policy_changed": 4}


def test_each_plan_of_a_pool_is_a_credit_of_its_own(owner, pensioners):
    put_policy(owner, PROVINCE, 500, "2026-01-01", plan="heating", version=1)
    put_policy(owner, OTHER_CITY, 900, "2026-01-01", plan="heating", version=1)
    job_id = run_whole(owner, PROVINCE)
    assert tiers(owner, job_id, "posting") == {
        (CITY, "basic", 0): (4, 4 * GANSU_FEN, 0), (OTHER_CITY, "basic", 0): (3, 3 * GANSU_FEN, 0),
        (CITY, "heating", 0): (4, 2000, 0), (OTHER_CITY, "heating", 0): (3, 2700, 0)}
    assert parts(owner, pensioners[0])[0] == GANSU_FEN + 900 and parts(owner, pensioners[1])[0] == GANSU_FEN + 500


def test_who_moved_is_paid_by_one_pool(owner):
    mover = retired(owner, status="ended", ended_on="2026-02-28")
    enrol(owner, mover, pool_code=OTHER_CITY, started_on="2026-03-01", retired_on="2026-03-01")
    owner.execute("UPDATE account SET status = 'spend_only' WHERE person_key = %s", [mover.person_key])
    other = retired(owner, OTHER_CITY)
    job_id = run_whole(owner, PROVINCE, "2026-02-01")
    assert tiers(owner, job_id, "posting") == {(CITY, "basic", 0): (1, GANSU_FEN, 0), (OTHER_CITY, "basic", 0): (1, GANSU_FEN, 0)}
    assert [len(credits_of(owner, account)) for account in (mover, other)] == [1, 1]


def make_many(connection, count, pool=CITY, first=1):
    """So many people, of keys from `first` on, all retired, with accounts, and to be found by a number."""
    connection.execute("""
        WITH made AS (
            INSERT INTO account (person_key, account_id, person_id, pool_code, status, opened_at)
            SELECT n, person_id_at(n, person_id_tick()), person_id_at(n, person_id_tick()), %(pool)s, 'active', '2020-01-01'
              FROM generate_series(%(first)s, %(first)s + %(count)s - 1) AS n
            RETURNING person_key, person_id
        ), enrolled AS (
            INSERT INTO enrolment (person_key, enrolment_id, pool_code, scheme, status, account_mode, payer_kind, started_on, retired_on)
            SELECT person_key, person_id_at(person_key, person_id_tick()), %(pool)s, 'employee', 'active', 'with_account', 'self',
                   '2001-01-01', '2015-01-01' FROM made
        ), number AS (
            INSERT INTO person_identifier (kind, hash, person_key, person_id)
            SELECT 'citizen_number', sha256(int8send(person_key)), person_key, person_id FROM made
        )
        INSERT INTO person (person_key, person_id, birth_date, sex, citizen_number_sealed, name_sealed, name_hash, created_at)
        SELECT person_key, person_id, '1950-01-01', 'unknown', secret, secret, secret, '2020-01-01'
          FROM made, sha256(int8send(person_key)) AS secret""", {"count": count, "pool": pool, "first": first})


def test_many_slices_and_a_worker_that_dies_in_each(owner):
    """A slice that was not committed is done again by whoever takes the lease, and nobody else's slice counts."""
    make_many(owner, 4300)
    _, job_id = ask(owner)
    lost = 0
    for phase in ("awaiting_approval", "done"):
        outcome = "running"
        while outcome == "running":
            lease(owner, job_id)
            with owner.transaction(force_rollback=True):
                turn(owner, job_id)
                lost += 1
            outcome = turn(owner, job_id)[0]
        assert outcome == phase
        if phase == "awaiting_approval":
            approve(owner, job_id)
    assert lost == 6
    sums = {(CITY, "basic", 0): (4300, 4300 * GANSU_FEN, 0)}
    assert tiers(owner, job_id, "checking") == tiers(owner, job_id, "posting") == sums
    assert owner.execute("SELECT count(*), count(DISTINCT person_key) FROM pensioner_credit").fetchone() == (4300, 4300)
    assert owner.execute("SELECT min(current_year_fen), max(current_year_fen) FROM account").fetchone() == (GANSU_FEN, GANSU_FEN)
    assert owner.execute("SELECT count(*) FROM outbox WHERE kind = 'event'").fetchone() == (1,)
    assert owner.execute("SELECT progress_done, progress_total FROM job WHERE job_id = %s", [job_id]).fetchone() == (4300, 4300)


def test_the_sums_hold_everybody_who_was_looked_at(owner, pensioners):
    retired(owner, retired_on=None)
    retired(owner, status="ended", ended_on="2020-12-31")
    enrol(owner, pensioners[1], status="ended", started_on="1999-01-01", ended_on="2000-12-31")
    job_id = run_whole(owner)
    people = sum(row[0] for row in tiers(owner, job_id, "posting").values()) + sum(skipped(owner, job_id, "posting").values())
    assert people == 6 == owner.execute("SELECT people_done FROM credit_run WHERE job_id = %s", [job_id]).fetchone()[0]
    assert skipped(owner, job_id, "posting") == {"not_retired": 1, "not_enrolled": 1}


def test_money_of_an_earlier_account_year_is_carried_over(owner, pensioners):
    run_whole(owner, CITY, "2025-11-01", date("2026-02-02"))
    assert parts(owner, pensioners[1]) == (0, GANSU_FEN)
    assert datetime.date.fromisoformat(MONTH).year == DAY.year
