"""Recomputations of pensioner credits, slice by slice as the worker does them, for tests of the database alone."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import json
import uuid

from tests.db import credit_running
from tests.db.credit_books import Plan, enrol, pensioner, run
from tests.db.credit_running import REVIEWER
from tests.db.interesting import at, date
from tests.db.merging import apply, propose
from tests.db.posting import Account, debit, make_id, post

POOL, OTHER_POOL, PROVINCE = "230100", "230200", "230000"
PLAN = "test_base"
OLD_BASE, NEW_BASE = 701_000, 757_000  # of Heilongjiang: 7,010.00 for 2024, 7,570.00 for 2025
OLD, NEW = 19_628, 21_196  # 2.8 % of them
JUNE = date("2025-06-10")


def month(text):
    return date(f"{text}-01")


def no_policies(connection):
    """None of those that are shipped."""
    for table in ("credit_policy", "credit_policy_tier", "credit_policy_deduction"):
        connection.execute(f"DELETE FROM {table}")


def base_of_2024(connection, **changes):
    return Plan(PROVINCE, **{"tiers": {0: 280}, "plan_code": PLAN, "plan_kind": "ratio", "base_fen": OLD_BASE,
                             **changes}).insert(connection)


def base_of_2025(connection, **changes):
    """Known late: the next version, in force from January on."""
    return base_of_2024(connection, **{"version": 2, "base_fen": NEW_BASE, "effective_from": date("2025-01-01"), **changes})


def ask(connection, region=PROVINCE, first="2025-01", last="2025-05", day=JUNE, plan=None):
    """The job's id."""
    job_id = uuid.uuid4()
    (status,) = connection.execute(
        "SELECT status FROM credit_recomputation_create(ARRAY[%s]::uuid[], ARRAY[%s], ARRAY[%s]::date[], ARRAY[%s]::date[],"
        " ARRAY[%s]::text[], ARRAY['补发差额'], ARRAY[%s]::uuid[], ARRAY[%s]::timestamptz[], ARRAY[gen_random_uuid()], ARRAY['r'])",
        [job_id, region, month(first), month(last), plan, uuid.uuid4(), at(day)]).fetchone()
    assert status == "created"
    return job_id


def work(connection, job_id, day=JUNE):
    return credit_running.work(connection, job_id, day)


def approve(connection, job_id, day=JUNE):
    (proposal_id,) = connection.execute("SELECT proposal_id FROM job WHERE job_id = %s", [job_id]).fetchone()
    ((status,),) = connection.execute("SELECT status FROM proposal_apply(ARRAY[%s]::uuid[], %s, ARRAY[%s]::uuid[], ARRAY['r'])",
                                      [proposal_id, at(day), REVIEWER]).fetchall()
    connection.execute("UPDATE proposal SET state = 'approved', decided_by = %s, decided_at = %s, outcome = '{}' WHERE proposal_id = %s",
                       [REVIEWER, at(day), proposal_id])
    assert status == "applied"


def checked(connection, day=JUNE, **asked):
    """A recomputation that waits to be posted."""
    job_id = ask(connection, day=day, **asked)
    assert work(connection, job_id, day) == "awaiting_approval"
    approve(connection, job_id, day)
    return job_id


def recompute(connection, day=JUNE, **asked):
    job_id = ask(connection, day=day, **asked)
    if work(connection, job_id, day) == "awaiting_approval":
        approve(connection, job_id, day)
        assert work(connection, job_id, day) == "done"
    return job_id


def differences(connection, job_id, person=None):
    """[(pool, period, gross, deduction, reason, status)] in order, of one person or of all."""
    return connection.execute(
        "SELECT pool_code, to_char(period_start, 'YYYY-MM'), due_gross_fen - credited_gross_fen,"
        " due_deduction_fen - credited_deduction_fen, reason, status FROM credit_difference"
        " WHERE job_id = %s AND (%s::bigint IS NULL OR person_key = %s) ORDER BY 2, 1, person_key, plan_code",
        [job_id, person and person.person_key, person and person.person_key]).fetchall()


def sums(connection, job_id, phase):
    """{(reason, status): (people, people up, people down, differences, gross up, gross down, deduction, net up, net down, receivable)}"""
    return {(row[0], row[1]): tuple(map(int, row[2:])) for row in connection.execute(
        "SELECT reason, status, sum(people), sum(people_up), sum(people_down), sum(differences), sum(gross_up_fen), sum(gross_down_fen),"
        " sum(deduction_fen), sum(net_up_fen), sum(net_down_fen), sum(receivable_fen) FROM credit_difference_sum"
        " WHERE job_id = %s AND phase = %s GROUP BY reason, status", [job_id, phase])}


def not_judged(connection, job_id):
    return dict(connection.execute("SELECT reason, sum(people)::int FROM credit_run_skip WHERE job_id = %s GROUP BY "
                                   "reason", [job_id]).fetchall())


def balance(connection, account):
    """(current year, carried over) of the account in the pool."""
    return connection.execute("SELECT current_year_fen, carried_over_fen FROM account WHERE person_key = %s AND pool_code = %s",
                              [account.person_key, account.pool_code]).fetchone()


def entries_of(connection, credit):
    """[(kind, direction, part, fen, fund, kind of the entry it is linked to)] of a row of pensioner_credit."""
    return connection.execute(
        "SELECT entry.kind, entry.direction, entry.part, entry.amount_fen, split_part(entry.system_account, ':', 1), linked.kind"
        " FROM ledger_entry AS entry LEFT JOIN ledger_entry AS linked ON linked.entry_id = entry.linked_entry_id"
        " WHERE entry.person_key = %s AND entry.operation_id = %s ORDER BY entry.seq",
        [credit["person_key"], credit["credit_id"]]).fetchall()


def owed(connection, account):
    return connection.execute("SELECT kind, amount_fen, state FROM receivable WHERE person_key = %s ORDER BY created_at, receivable_id",
                              [account.person_key]).fetchall()


def correct(connection, account, field, before, after):
    """What an approved proposal changes of a person."""
    payload = json.dumps({"changes": [{"field": field, "before": before, "after": after}]})
    proposal_id = propose(connection, "correct_person", account.person_key, account.person_id, payload=payload)
    ((status, _),) = apply(connection, "correct_person", proposal_id, instant=at(JUNE))
    assert status == "applied"


def moved(connection, person, pool, day, status="active", old_status="spend_only"):
    """The enrolment turns out to have ended the day before, another one to have begun, with an account of its own there."""
    connection.execute("UPDATE enrolment SET status = 'ended', ended_on = %s::date - 1 WHERE person_key = %s AND status <> 'ended'",
                       [day, person.person_key])
    connection.execute("UPDATE account SET status = %s WHERE account_id = %s", [old_status, person.account_id])
    new = Account(person.person_key, pool, status)
    new.person_id, new.account_id = person.person_id, make_id(person.person_key)
    new.insert(connection)
    before = date(day) - datetime.timedelta(days=1)
    enrol(connection, new, started_on=before, retired_on=before)
    return new


def post_months(books, *months, region=PROVINCE):
    for each in months:
        run(books, region, month(each), date(f"{each}-15"))


FIVE = [f"2025-{number:02}" for number in range(1, 6)]


def retired(books, born="1955-06-01", retired_on="2015-06-30", pool=POOL):
    return pensioner(books, pool, born, retired_on)


def spend(books, account, fen, part="current_year"):
    post(books, [debit(account, fen, part=part)], instant=at(JUNE))
