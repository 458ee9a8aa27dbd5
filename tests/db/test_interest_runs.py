"""Yearly runs of interest, slice by slice as the worker does them: preview, approval, posting, once."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid

import pytest

from tests.db.interesting import at, credit, date, due, entries, parts, settle, spend
from tests.db.posting import Account
from tests.db.world import audit

CITY, OTHER_CITY = "620500", "620900"
REVIEWER = uuid.uuid4()
LONG = datetime.timedelta(minutes=5)


def ask(connection, region, year, day):
    """The status, and the job's id."""
    job_id = uuid.uuid4()
    (status,) = connection.execute(
        "SELECT status FROM interest_run_create(ARRAY[%s]::uuid[], ARRAY[%s], ARRAY[%s]::bigint[], ARRAY['年度计息'],"
        " ARRAY[%s]::uuid[], ARRAY[%s]::date[], ARRAY[%s]::timestamptz[], ARRAY[gen_random_uuid()], ARRAY['r'])",
        [job_id, region, year, uuid.uuid4(), day, at(day)]).fetchone()
    return status, job_id


def lease(connection, job_id, day):
    connection.execute(
        "UPDATE job SET state = 'running', fencing = fencing + 1, lease_owner = 'test', lease_until = %s WHERE job_id = %s",
        [at(day) + LONG, job_id])


def turn(connection, job_id, day):
    """One slice, as the worker does it."""
    return connection.execute(
        "SELECT slice.outcome, slice.done, slice.total FROM job, job_slice(job_id, fencing, %s, %s, %s, 'sha256', %s) AS slice"
        " WHERE job_id = %s", [at(day), at(day) + LONG, at(day), uuid.uuid4(), job_id]).fetchone()


def work(connection, job_id, day):
    lease(connection, job_id, day)
    while (last := turn(connection, job_id, day))[0] == "running":
        pass
    return last[0]


def approve(connection, job_id, day):
    (proposal_id,) = connection.execute("SELECT proposal_id FROM job WHERE job_id = %s", [job_id]).fetchone()
    done = connection.execute("SELECT status FROM proposal_apply_post_interest(ARRAY[%s]::uuid[], %s, ARRAY[%s]::uuid[], ARRAY['r'])",
                              [proposal_id, at(day), REVIEWER]).fetchone()
    connection.execute(
        "UPDATE proposal SET state = 'approved', decided_by = %s, decided_at = %s, outcome = '{}' WHERE proposal_id = %s",
        [REVIEWER, at(day), proposal_id])
    return done[0]


def run_whole(connection, region, year, day):
    status, job_id = ask(connection, region, year, day)
    assert status == "created"
    if work(connection, job_id, day) == "awaiting_approval":
        assert approve(connection, job_id, day) == "applied"
        assert work(connection, job_id, day) == "done"
    return job_id


def sums(connection, job_id):
    return connection.execute(
        "SELECT sum(due_accounts), sum(due_current_year_fen), sum(due_carried_over_fen), sum(due_carried_fen),"
        " sum(posted_accounts), sum(posted_current_year_fen), sum(posted_carried_over_fen), sum(posted_carried_fen)"
        " FROM interest_run_pool WHERE job_id = %s", [job_id]).fetchone()


def skipped(connection, job_id, phase):
    return dict(connection.execute(
        "SELECT reason, sum(accounts)::int FROM interest_run_skip WHERE job_id = %s AND phase = %s GROUP BY reason",
        [job_id, phase]).fetchall())


def rich(connection, pool=CITY, fen=1_000_000, day=date("2025-01-01")):
    account = Account(pool_code=pool).insert_owner(connection).insert(connection)
    credit(connection, account, fen, day)
    return account


@pytest.fixture
def accounts(owner):
    return [rich(owner, CITY if i % 3 else OTHER_CITY) for i in range(7)]


def test_a_run_is_looked_at_then_approved_then_posted_once(migrated, owner, accounts):
    late, closed, empty, old = rich(owner, day=date("2026-01-02")), rich(owner), Account().insert_owner(owner).insert(owner), \
        rich(owner, day=date("2024-06-01"))
    spend(owner, closed, 1_000_000, date("2025-07-01"))
    owner.execute("UPDATE account SET status = 'closed' WHERE account_id = %s", [closed.account_id])
    day = date("2026-01-03")
    status, job_id = ask(owner, "620000", 2025, day)
    assert status == "created"
    assert work(owner, job_id, day) == "awaiting_approval"
    each = 3549  # 1,000,000 × 365 × 0.35 % / 360 = 3,548.6
    assert sums(owner, job_id) == (7, 7 * each, 0, 7 * (1_000_000 + each), 0, 0, 0, 0)
    assert skipped(owner, job_id, "checking") == {"account_closed": 1, "earlier_year_open": 1}
    assert entries(owner, accounts[0], "interest") == [], "a preview posts nothing"
    (payload, proposed_in) = owner.execute("SELECT payload, pool_code FROM proposal WHERE object_id = %s", [job_id]).fetchone()
    assert proposed_in == "620000"
    assert {c["field"]: c["after"] for c in payload["changes"]} == {
        "interest_year": "2025", "accounts": "7", "current_year_interest_fen": str(7 * each), "carried_over_interest_fen": "0",
        "carried_fen": str(7 * (1_000_000 + each)), "skipped": "2"}
    assert approve(owner, job_id, day) == "applied"
    assert work(owner, job_id, day) == "done"
    assert sums(owner, job_id)[4:] == sums(owner, job_id)[:4]
    assert {parts(owner, account) for account in accounts} == {(0, 1_000_000 + each)}
    assert parts(owner, late) == (1_000_000, 0) and parts(owner, empty) == (0, 0) and parts(owner, old) == (1_000_000, 0)
    again = run_whole(owner, "620000", 2025, date("2026-02-01"))
    assert sums(owner, again)[0] == 0 and skipped(owner, again, "checking")["already_posted"] == 7
    assert {parts(owner, account) for account in accounts} == {(0, 1_000_000 + each)}
    faults = [fault for fault in audit(migrated)["faults"] if fault["table"] in ("interest_posting", "ledger_entry", "account")]
    assert faults == []


def test_two_runs_that_overlap_post_each_account_once(owner, accounts):
    day = date("2026-01-03")
    (_, of_city), (_, of_province) = ask(owner, CITY, 2025, day), ask(owner, "620000", 2025, day)
    for job_id in (of_city, of_province):
        assert work(owner, job_id, day) == "awaiting_approval"
        approve(owner, job_id, day)
    assert [work(owner, job_id, day) for job_id in (of_city, of_province)] == ["done", "done"]
    assert sums(owner, of_city)[4] == 4 and sums(owner, of_province)[4] == 3
    assert skipped(owner, of_province, "posting") == {"already_posted": 4}
    assert all(len(entries(owner, account, "interest")) == 1 for account in accounts)


@pytest.mark.parametrize("region, year, day, status", [
    (CITY, 2025, "2025-12-31", "conflict"), (CITY, 2025, "2026-01-01", "created"), ("620000", 2026, "2026-06-01", "conflict"),
    ("999999", 2020, "2026-01-01", "conflict"), ("000000", 2020, "2026-01-01", "created"), (CITY, 2007, "2026-01-01", "conflict")])
def test_a_run_needs_a_pool_whose_day_has_come(owner, region, year, day, status):
    assert ask(owner, region, year, date(day))[0] == status


def test_pools_whose_day_has_not_come_are_passed_over(owner, accounts):
    owner.execute("UPDATE pool SET account_year_starts_month = 7 WHERE pool_code = %s", [OTHER_CITY])
    job_id = run_whole(owner, "620000", 2025, date("2026-01-03"))
    assert sums(owner, job_id)[4] == 4 and skipped(owner, job_id, "posting") == {"year_not_over": 3}
    assert [row[0].isoformat() for row in owner.execute(
        "SELECT posts_from FROM interest_run_pool WHERE job_id = %s AND pool_code = %s", [job_id, OTHER_CITY])] == ["2027-01-01"]


def test_a_pool_whose_day_comes_while_the_run_waits_for_approval_is_not_posted(owner, accounts):
    """Nobody was shown what it would come to, so nobody has approved it."""
    owner.execute("UPDATE pool SET account_year_starts_month = 2 WHERE pool_code = %s", [OTHER_CITY])
    status, job_id = ask(owner, "620000", 2025, date("2026-01-20"))
    assert status == "created" and work(owner, job_id, date("2026-01-20")) == "awaiting_approval"
    owner.execute("UPDATE interest_run_pool SET posts_from = '2026-02-01' WHERE job_id = %s AND pool_code = %s", [job_id, OTHER_CITY])
    assert approve(owner, job_id, date("2026-02-03")) == "applied"
    assert work(owner, job_id, date("2026-02-03")) == "done"
    assert sums(owner, job_id)[4:] == sums(owner, job_id)[:4]
    assert skipped(owner, job_id, "posting") == {"year_not_over": 3}
    assert {parts(owner, account) for account in accounts if account.pool_code == OTHER_CITY} == {(1_000_000, 0)}


def test_the_day_of_posting_is_the_regions(owner):
    owner.execute("UPDATE interest_rule SET posting_month = 3, posting_day = 15 WHERE region_code = '000000'")
    assert ask(owner, CITY, 2025, date("2026-03-14"))[0] == "conflict"
    assert ask(owner, CITY, 2025, date("2026-03-15"))[0] == "created"


def test_a_run_over_nobody_is_done_at_once(owner):
    _, job_id = ask(owner, CITY, 2025, date("2026-01-03"))
    assert work(owner, job_id, date("2026-01-03")) == "done"


def test_many_slices_and_a_worker_that_dies_in_each(owner):
    """A slice that was not committed is done again by whoever takes the lease, and nobody else's slice counts."""
    made = [rich(owner, fen=100_000 + i) for i in range(640)]
    day = date("2026-01-03")
    _, job_id = ask(owner, CITY, 2025, day)
    lost = 0
    for phase in ("awaiting_approval", "done"):
        outcome = "running"
        while outcome == "running":
            lease(owner, job_id, day)
            with owner.transaction(force_rollback=True):
                turn(owner, job_id, day)
                lost += 1
            outcome = turn(owner, job_id, day)[0]
        assert outcome == phase
        if phase == "awaiting_approval":
            approve(owner, job_id, day)
    assert lost == 5
    assert sums(owner, job_id)[0] == sums(owner, job_id)[4] == 640
    assert owner.execute("SELECT count(*), count(DISTINCT account_id) FROM interest_posting").fetchone() == (640, 640)
    assert owner.execute("SELECT sum(current_year_fen) FROM account").fetchone()[0] == 0
    assert parts(owner, made[3])[1] == 100_003 + 355


def test_who_lost_the_lease_posts_nothing(owner, accounts):
    day = date("2026-01-03")
    _, job_id = ask(owner, CITY, 2025, day)
    lease(owner, job_id, day)
    outcome = owner.execute("SELECT outcome FROM job_slice(%s, 0, %s, %s, %s, 'sha256', %s)",
                            [job_id, at(day), at(day) + LONG, at(day), uuid.uuid4()]).fetchone()
    assert outcome == ("lost",)


def propose(connection, account, day):
    return connection.execute(
        "SELECT status, proposal_id FROM account_interest_propose(ARRAY[%s]::uuid[], ARRAY[%s]::bigint[], ARRAY[%s]::uuid[],"
        " ARRAY[NULL]::text[], ARRAY[%s]::date[], ARRAY['销户'], ARRAY[NULL]::text[], ARRAY[%s]::uuid[], ARRAY[%s]::timestamptz[],"
        " ARRAY[gen_random_uuid()], ARRAY['r'])",
        [uuid.uuid4(), account.person_key, account.account_id, day, uuid.uuid4(), at(day)]).fetchone()


def apply(connection, proposal_id, day):
    return connection.execute(
        "SELECT status, outcome ->> 'interest_fen' FROM proposal_apply(ARRAY[%s]::uuid[], %s, ARRAY[%s]::uuid[], ARRAY['r'])",
        [proposal_id, at(day), REVIEWER]).fetchone()


def test_one_accounts_interest_is_proposed_and_settled(owner):
    account = rich(owner)
    status, proposal_id = propose(owner, account, date("2025-07-01"))
    assert status == "proposed"
    assert propose(owner, account, date("2025-07-01"))[0] == "already_exists"
    assert apply(owner, proposal_id, date("2025-07-03")) == ("applied", str(round(1_000_000 * 183 * 0.0035 / 360)))
    assert apply(owner, proposal_id, date("2025-07-03"))[0] == "conflict", "nothing is due any more"
    owner.execute("UPDATE account SET status = 'closed', current_year_fen = 0 WHERE account_id = %s", [account.account_id])
    assert propose(owner, account, date("2025-09-01"))[0] == "not_allowed_in_status"


def test_nothing_due_is_not_proposed(owner):
    assert propose(owner, rich(owner, fen=10), date("2025-02-01"))[0] == "conflict"


def test_a_settled_account_is_not_settled_by_the_year_again(owner):
    account = rich(owner)
    settle(owner, account, date("2025-12-31"))
    job_id = run_whole(owner, CITY, 2025, date("2026-01-03"))
    assert sums(owner, job_id)[4] == 1 and due(owner, account, date("2026-01-01")) == 0
    assert sum(fen for _, _, fen in entries(owner, account, "interest")) == round(1_000_000 * 364 * 0.0035 / 360) + 10


@pytest.mark.parametrize("change", [
    "UPDATE interest_rate SET rate_ppm = rate_ppm + 1 WHERE rate_kind = 'demand'",
    "INSERT INTO interest_rate VALUES ('620500', 'demand', '2025-06-01', 9999, 'test')",
    "INSERT INTO interest_rule SELECT '620500', effective_from, current_year_rate, carried_over_rate, 365 + 360 - day_count_basis,"
    " rounding, posting_month, posting_day, source FROM interest_rule_at('620500', '2025-01-01')",
])
def test_terms_that_changed_since_the_check_are_not_posted(migrated, owner, accounts, change):
    """What was approved are other sums. A new run posts them."""
    _, job_id = ask(owner, CITY, 2025, date("2026-01-02"))
    assert work(owner, job_id, date("2026-01-02")) == "awaiting_approval"
    owner.execute(change)
    assert approve(owner, job_id, date("2026-01-03")) == "applied"
    assert work(owner, job_id, date("2026-01-03")) == "done"
    assert sums(owner, job_id)[4:] == (0, 0, 0, 0)
    assert skipped(owner, job_id, "posting") == {"rules_changed": 4}
    assert sums(owner, run_whole(owner, CITY, 2025, date("2026-01-04")))[4] == 4
    assert audit(migrated)["faults"] == []


@pytest.mark.parametrize("change", [
    "INSERT INTO interest_rate VALUES ('620500', 'demand', '2026-01-01', 9999, 'test')",
    "INSERT INTO interest_rate VALUES ('440100', 'demand', '2025-06-01', 9999, 'test')",
    "UPDATE interest_rate SET source = 'another paper'",
])
def test_a_change_that_does_not_touch_the_year_is_none(owner, accounts, change):
    _, job_id = ask(owner, CITY, 2025, date("2026-01-02"))
    assert work(owner, job_id, date("2026-01-02")) == "awaiting_approval"
    owner.execute(change)
    approve(owner, job_id, date("2026-01-03"))
    assert work(owner, job_id, date("2026-01-03")) == "done"
    assert sums(owner, job_id)[:4] == sums(owner, job_id)[4:]


def test_only_pools_whose_terms_have_changed_are_passed_over(owner, accounts):
    _, job_id = ask(owner, "620000", 2025, date("2026-01-02"))
    assert work(owner, job_id, date("2026-01-02")) == "awaiting_approval"
    approve(owner, job_id, date("2026-01-03"))
    owner.execute("INSERT INTO interest_rate VALUES (%s, 'demand', '2025-06-01', 9999, 'test')", [OTHER_CITY])
    assert work(owner, job_id, date("2026-01-03")) == "done"
    assert sums(owner, job_id)[4] == 4
    assert skipped(owner, job_id, "posting")["rules_changed"] == 3


def test_terms_that_change_in_the_middle_of_posting(owner, accounts):
    """What is left of the pool is passed over, and counted."""
    _, job_id = ask(owner, CITY, 2025, date("2026-01-02"))
    assert work(owner, job_id, date("2026-01-02")) == "awaiting_approval"
    slice_of = "SELECT cardinality(account_ids), is_over FROM interest_run_slice(%s, 'posting', '2026-01-03', 1)"
    assert owner.execute(slice_of, [job_id]).fetchone() == (1, False)
    owner.execute("INSERT INTO interest_rate VALUES (%s, 'demand', '2025-06-01', 9999, 'test')", [CITY])
    assert [owner.execute(slice_of, [job_id]).fetchone() for _ in range(4)] == [(0, False)] * 3 + [(0, True)]
    assert skipped(owner, job_id, "posting") == {"rules_changed": 3}
