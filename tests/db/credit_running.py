"""Retired people, plans and monthly runs of credits, slice by slice as the worker does them, for tests of the database alone."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid

from tests.db.interesting import at, date
from tests.db.posting import Account, make_id

CITY, OTHER_CITY, PROVINCE = "620500", "620900", "620000"
MONTH, DAY = "2026-03-01", date("2026-03-20")
REVIEWER = uuid.uuid4()
LONG = datetime.timedelta(minutes=5)
GANSU_FEN = 12_000


def retired(connection, pool=CITY, born="1955-06-01", retired_on="2015-06-30", has_account=True, account_status="active", **enrolment):
    """Somebody with an employee enrolment; retired_on None: not retired."""
    account = Account(pool_code=pool, status=account_status).insert_owner(connection)
    connection.execute("UPDATE person SET birth_date = %s WHERE person_key = %s", [born, account.person_key])
    if has_account:
        account.insert(connection)
    enrol(connection, account, retired_on=retired_on, **enrolment)
    return account


def enrol(connection, account, **changes):
    row = {"person_key": account.person_key, "enrolment_id": make_id(account.person_key), "pool_code": account.pool_code,
           "scheme": "employee", "status": "active", "account_mode": "with_account", "payer_kind": "self", "started_on": "2001-01-01",
           **changes}
    connection.execute(f"INSERT INTO enrolment ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))


def put_policy(connection, region, amount_fen, effective_from, plan="basic", version=2, kind="fixed"):
    """A new version of a monthly plan with one tier, in force at once; amount None: a ratio whose base is not known."""
    policy_id = uuid.uuid4()
    connection.execute(
        "INSERT INTO credit_policy (policy_id, region_code, plan_code, version, effective_from, plan_kind, period, is_pro_rated, age_basis,"
        " rounding, legal_basis, source, created_at, activated_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, 'month', false, 'credit_month', 'half_up', 'test', 'test', now(), now())",
        [policy_id, region, plan, version, effective_from, kind])
    connection.execute("INSERT INTO credit_policy_tier (policy_id, min_age, amount_fen, ratio_bp) VALUES (%s, 0, %s, %s)",
                       [policy_id, amount_fen, 250 if amount_fen is None else None])
    return policy_id


def ask(connection, region=CITY, month=MONTH, day=DAY, dry_run=False):
    """The status, and the job's id."""
    job_id = uuid.uuid4()
    (status,) = connection.execute(
        "SELECT status FROM credit_run_create(ARRAY[%s]::uuid[], ARRAY[%s], ARRAY[%s]::date[], ARRAY['返款'], ARRAY[%s]::boolean[],"
        " ARRAY[%s]::uuid[], ARRAY[%s]::date[], ARRAY[%s]::timestamptz[], ARRAY[gen_random_uuid()], ARRAY['r'])",
        [job_id, region, month, dry_run, uuid.uuid4(), day, at(day)]).fetchone()
    return status, job_id


def lease(connection, job_id, day=DAY):
    connection.execute(
        "UPDATE job SET state = 'running', fencing = fencing + 1, lease_owner = 'test', lease_until = %s WHERE job_id = %s",
        [at(day) + LONG, job_id])


def turn(connection, job_id, day=DAY):
    """One slice, as the worker does it."""
    return connection.execute(
        "SELECT slice.outcome, slice.done, slice.total FROM job, job_slice(job_id, fencing, %s, %s, %s, 'sha256', %s) AS slice"
        " WHERE job_id = %s", [at(day), at(day) + LONG, at(day), uuid.uuid4(), job_id]).fetchone()


def work(connection, job_id, day=DAY):
    lease(connection, job_id, day)
    while (last := turn(connection, job_id, day))[0] == "running":
        pass
    return last[0]


def approve(connection, job_id, day=DAY):
    (proposal_id,) = connection.execute("SELECT proposal_id FROM job WHERE job_id = %s", [job_id]).fetchone()
    done = connection.execute("SELECT status FROM proposal_apply_post_credit_run(ARRAY[%s]::uuid[], %s, ARRAY[%s]::uuid[], ARRAY['r'])",
                              [proposal_id, at(day), REVIEWER]).fetchone()
    connection.execute(
        "UPDATE proposal SET state = 'approved', decided_by = %s, decided_at = %s, outcome = '{}' WHERE proposal_id = %s",
        [REVIEWER, at(day), proposal_id])
    return done[0]


def checked(connection, region=CITY, month=MONTH, day=DAY):
    """A run that waits to be posted."""
    status, job_id = ask(connection, region, month, day)
    assert status == "created" and work(connection, job_id, day) == "awaiting_approval"
    return job_id


def run_whole(connection, region=CITY, month=MONTH, day=DAY):
    status, job_id = ask(connection, region, month, day)
    assert status == "created"
    if work(connection, job_id, day) == "awaiting_approval":
        assert approve(connection, job_id, day) == "applied"
        assert work(connection, job_id, day) == "done"
    return job_id


def tiers(connection, job_id, phase):
    """{(pool, plan, min_age): (people, gross, deduction)}"""
    return {(row[0], row[1], row[2]): tuple(map(int, row[3:])) for row in connection.execute(
        "SELECT pool_code, plan_code, min_age, people, gross_fen, deduction_fen FROM credit_run_tier WHERE job_id = %s AND phase = %s",
        [job_id, phase])}


def skipped(connection, job_id, phase):
    """{reason: people}, without those that are nobody."""
    return dict(connection.execute(
        "SELECT reason, sum(people)::int FROM credit_run_skip WHERE job_id = %s AND phase = %s AND people > 0 GROUP BY reason",
        [job_id, phase]).fetchall())


def credits_of(connection, account):
    return connection.execute(
        "SELECT period_start::text, plan_code, pool_code, gross_fen, deduction_fen FROM pensioner_credit WHERE person_key = %s"
        " ORDER BY period_start, plan_code, revision", [account.person_key]).fetchall()
