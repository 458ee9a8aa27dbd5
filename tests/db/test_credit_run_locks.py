"""Monthly runs beside each other and beside other work: who comes second waits, and finds what the first did."""
# SPDX-License-Identifier: Apache-2.0
import threading

import pytest

from tests.db.credit_running import (CITY, GANSU_FEN, OTHER_CITY, PROVINCE, approve, checked, credits_of, enrol, lease, retired, run_whole,
                                     skipped, tiers, turn, work)
from tests.db.interesting import entries
from tests.harness.server import wait_until


@pytest.fixture
def second(cluster, migrated):
    with cluster.connect(migrated.database, "owner") as connection:
        yield connection


class Slice:
    """One slice of a run, in a thread of its own, so that it may wait."""

    def __init__(self, connection, job_id):
        self.outcome = None
        self.pid = connection.info.backend_pid
        lease(connection, job_id)
        self.thread = threading.Thread(target=self.work, args=(connection, job_id))
        self.thread.start()

    def work(self, connection, job_id):
        self.outcome = turn(connection, job_id)

    def wait_for_lock(self, connection):
        wait_until(lambda: connection.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [self.pid]).fetchone()[0], "it to wait")

    def end(self):
        self.thread.join(60)
        assert self.outcome is not None
        return self.outcome[0]


def approved(connection, region=CITY):
    job_id = checked(connection, region)
    assert approve(connection, job_id) == "applied"
    return job_id


def test_a_slice_waits_for_the_one_of_another_run_and_credits_nobody_again(owner, second):
    people = [retired(owner) for _ in range(5)]
    first, other = approved(owner), approved(owner, PROVINCE)
    with owner.transaction():
        lease(owner, first)
        assert turn(owner, first)[0] == "done"
        waiting = Slice(second, other)
        waiting.wait_for_lock(owner)
    assert waiting.end() == "running" and work(owner, other) == "done"
    assert skipped(owner, other, "posting") == {"already_credited": 5} and tiers(owner, other, "posting") == {}
    assert all(len(entries(owner, account, "pensioner_credit")) == 1 for account in people)


def test_a_slice_that_was_rolled_back_leaves_everybody_to_the_other_run(owner, second):
    people = [retired(owner) for _ in range(5)]
    first, other = approved(owner), approved(owner, PROVINCE)
    with owner.transaction(force_rollback=True):
        lease(owner, first)
        assert turn(owner, first)[0] == "done"
        waiting = Slice(second, other)
        waiting.wait_for_lock(owner)
    waiting.end()
    assert tiers(owner, other, "posting") == {(CITY, "basic", 0): (5, 5 * GANSU_FEN, 0)}
    assert work(owner, first) == "done" and skipped(owner, first, "posting") == {"already_credited": 5}
    assert all(len(credits_of(owner, account)) == 1 for account in people)


def test_who_moves_while_two_pools_post_is_credited_by_one(owner, second):
    """The run of the new pool cannot see the old one's credit yet: it waits at the account that both lock."""
    mover = retired(owner)
    account_elsewhere = type(mover)(person_key=mover.person_key, pool_code=OTHER_CITY, status="suspended")
    account_elsewhere.person_id = mover.person_id
    account_elsewhere.insert(owner)
    retired(owner, OTHER_CITY)
    enrol(owner, mover, pool_code=OTHER_CITY, status="suspended", started_on="2026-01-01", retired_on="2026-01-01")
    owner.execute("UPDATE enrolment SET started_on = '1990-01-01' WHERE person_key = %s AND pool_code = %s", [mover.person_key, OTHER_CITY])
    old, new = approved(owner), approved(owner, OTHER_CITY)
    with owner.transaction():
        lease(owner, old)
        assert turn(owner, old)[0] == "done"
        second.execute("UPDATE enrolment SET status = 'ended', ended_on = '2020-01-31' WHERE person_key = %s AND pool_code = %s",
                       [mover.person_key, CITY])
        second.execute("UPDATE enrolment SET status = 'active' WHERE person_key = %s AND pool_code = %s", [mover.person_key, OTHER_CITY])
        waiting = Slice(second, new)
        waiting.wait_for_lock(owner)
    assert waiting.end() == "done"
    assert skipped(owner, new, "posting") == {"already_credited": 1}
    assert [row[2] for row in credits_of(owner, mover)] == [CITY]


def test_who_becomes_due_while_a_slice_waits_is_left_to_a_later_run(owner, second):
    """Their account is not locked by the slice."""
    held, late = retired(owner), retired(owner, retired_on=None)
    job_id = approved(owner)
    with owner.transaction():
        owner.execute("SELECT FROM account WHERE person_key = %s FOR NO KEY UPDATE", [held.person_key])
        waiting = Slice(second, job_id)
        waiting.wait_for_lock(owner)
        owner.execute("UPDATE enrolment SET retired_on = '2015-06-30' WHERE person_key = %s", [late.person_key])
    assert waiting.end() == "done"
    assert skipped(owner, job_id, "posting") == {"changed_meanwhile": 1} and credits_of(owner, late) == []
    run_whole(owner)
    assert [len(credits_of(owner, account)) for account in (held, late)] == [1, 1]


def test_the_nation_credits_every_pool_by_its_own_plan(owner):
    people = {"110000": 10_000, CITY: GANSU_FEN, "340100": 7000, "370100": 10_000, "500000": 10_500}
    accounts = {pool: retired(owner, pool, born="1960-01-01") for pool in people}
    retired(owner, "440300")
    job_id = run_whole(owner, "000000")
    assert {pool: credits_of(owner, account)[0][3] for pool, account in accounts.items()} == people
    assert skipped(owner, job_id, "posting") == {"policy_incomplete": 1}
    assert {row[0] for row in owner.execute("SELECT DISTINCT pool_code FROM ledger_entry JOIN account USING (person_key, account_id)"
                                            " WHERE system_account = 'pooled_fund:' || pool_code")} == set(people)
    assert owner.execute("SELECT pool_code FROM proposal").fetchone() == (None,), "only who sees the nation decides it"
