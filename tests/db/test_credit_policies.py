"""Versions of credit policies in the database: drafted and put in force in batches, repeated, and at the same time."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import threading
import uuid

import psycopg
import pytest

from tests.db.entitled import policy

NOW = datetime.datetime(2026, 5, 6, 10, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
CREATE = """
SELECT status FROM credit_policy_create(%s::uuid[], %s::text[], %s::text[], %s::date[], %s::text[], %s::text[], %s::smallint[],
    %s::boolean[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::uuid[],
    %s::timestamptz[], %s::uuid[], %s::text[]) ORDER BY ord
"""


def member(region="620500", plan="test"):
    return [uuid.uuid4(), region, plan, "2026-01-01", "fixed", "month", None, False, "credit_month", None, "half_up", "test", "test",
            "0:10000;70:11000", "critical_illness:300", uuid.uuid4(), NOW, uuid.uuid4(), "r"]  # fmt: skip


def create(connection, members):
    return [status for (status,) in connection.execute(CREATE, list(map(list, zip(*members)))).fetchall()]


def versions(connection):
    return connection.execute("SELECT region_code, plan_code, version FROM credit_policy WHERE created_by IS NOT NULL"
                              " ORDER BY region_code, plan_code, version").fetchall()  # fmt: skip


def proposed(connection, policy_id):
    """An open proposal to put it in force."""
    return connection.execute(
        "INSERT INTO proposal (proposal_id, kind, object_id, payload, reason, proposed_by, proposed_at)"
        " VALUES (gen_random_uuid(), 'activate_credit_policy', %s, '{}', 'test', gen_random_uuid(), now()) RETURNING proposal_id",
        [policy_id]).fetchone()[0]  # fmt: skip


def approve(connection, proposal_ids, instant=NOW):
    rows = connection.execute(
        "SELECT proposal_id, status FROM proposal_apply(%s, %s, %s, %s)",
        [proposal_ids, instant, [uuid.uuid4() for _ in proposal_ids], ["r"] * len(proposal_ids)]).fetchall()  # fmt: skip
    statuses = dict(rows)
    return [statuses[proposal_id] for proposal_id in proposal_ids]


def active(connection):
    return [version for (version,) in connection.execute(
        "SELECT version FROM credit_policy WHERE plan_code = 'test' AND activated_at IS NOT NULL ORDER BY version")]  # fmt: skip


def test_a_batch_of_drafts(owner):
    batch = [member(), member(plan="other"), member("629999"), member(), member("620000"), member("000000")]
    assert create(owner, batch) == ["created", "created", "unknown_region", "created", "created", "created"]
    assert versions(owner) == [("000000", "test", 1), ("620000", "test", 1), ("620500", "other", 1),
                               ("620500", "test", 1), ("620500", "test", 2)]
    assert owner.execute("SELECT count(*), sum(amount_fen) FROM credit_policy_tier JOIN credit_policy USING (policy_id)"
                         " WHERE created_by IS NOT NULL").fetchone() == (10, 105_000)  # fmt: skip


def test_repeating_a_draft_stores_nothing_twice(owner):
    batch = [member(), member()]
    assert create(owner, batch) == create(owner, batch) == ["created", "created"]
    assert create(owner, [batch[1], member()]) == ["created", "created"]
    assert [row[2] for row in versions(owner)] == [1, 2, 3]
    assert owner.execute("SELECT count(*) FROM audit_event WHERE action = 'create_credit_policy'").fetchone() == (3,)


def test_of_a_batch_of_approvals_each_sees_the_one_before(owner):
    ids = [policy(owner, "620500", "test", {0: 1}, version=version, active=False) for version in (1, 2, 3)]
    waiting = [proposed(owner, policy_id) for policy_id in ids]
    outcome = dict(zip((1, 2, 3), approve(owner, waiting)))
    order = sorted(outcome, key=lambda version: waiting[version - 1])
    highest = 0
    for version in order:
        assert outcome[version] == ("applied" if version > highest else "conflict")
        highest = max(highest, version)
    assert active(owner) == [version for version in (1, 2, 3) if outcome[version] == "applied"]


@pytest.mark.parametrize("first", [1, 2])
def test_approvals_at_once_wait_for_each_other(cluster, migrated, owner, first):
    """Whichever comes first holds the other up, which then sees it: a lower version never slips in behind a higher one."""
    ids = {version: policy(owner, "620500", "test", {0: 1}, version=version, active=False) for version in (1, 2)}
    waiting = {version: proposed(owner, policy_id) for version, policy_id in ids.items()}
    second, done = 3 - first, []
    with cluster.connect(migrated.database, "owner") as one, cluster.connect(migrated.database, "owner") as other:
        (pid,) = other.execute("SELECT pg_backend_pid()").fetchone()
        with one.transaction():
            assert approve(one, [waiting[first]]) == ["applied"]
            thread = threading.Thread(target=lambda: done.extend(approve(other, [waiting[second]])))
            thread.start()
            while not owner.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [pid]).fetchone()[0]:
                assert thread.is_alive()
        thread.join()
    assert done == ["conflict" if second == 1 else "applied"]
    assert active(owner) == ([1, 2] if second == 2 else [2])


def test_a_change_of_the_period_must_lie_ahead(owner):
    """Approved in May 2026, a yearly plan from 2027 on is possible, and the one from January 2026 is not."""
    policy(owner, "620500", "test", {0: 1})
    yearly = {"period": "year", "posting_month": 7, "active": False}
    past = policy(owner, "620500", "test", {0: 12}, version=2, effective_from="2026-01-01", **yearly)
    ahead = policy(owner, "620500", "test", {0: 12}, version=3, effective_from="2027-01-01", **yearly)
    assert approve(owner, [proposed(owner, past)]) == ["conflict"]
    assert approve(owner, [proposed(owner, ahead)]) == ["applied"]
    back = policy(owner, "620500", "test", {0: 1}, version=4, effective_from="2027-03-01", active=False)
    assert approve(owner, [proposed(owner, back)]) == ["conflict"], "in the middle of a year"
    back = policy(owner, "620500", "test", {0: 1}, version=5, effective_from="2028-01-01", active=False)
    assert approve(owner, [proposed(owner, back)], NOW.replace(year=2028)) == ["conflict"], "its year has begun by then"


def test_a_first_version_may_begin_in_the_past(owner):
    yearly = policy(owner, "620500", "test", {0: 12}, effective_from="2020-01-01", period="year", posting_month=7, active=False)
    assert approve(owner, [proposed(owner, yearly)]) == ["applied"]
    assert owner.execute("SELECT activated_at FROM credit_policy WHERE policy_id = %s", [yearly]).fetchone() == (NOW,)


def test_a_nation_wide_version_is_judged_for_every_pool(owner):
    """One city with months of its own in the middle of a year is enough."""
    policy(owner, "620900", "test", {0: 1}, effective_from="2028-05-01")
    nation = policy(owner, "000000", "test", {0: 12}, effective_from="2028-01-01", period="year", posting_month=7, active=False)
    assert approve(owner, [proposed(owner, nation)]) == ["conflict"]
    later = policy(owner, "000000", "test", {0: 12}, version=2, effective_from="2029-01-01", period="year", posting_month=7, active=False)
    assert approve(owner, [proposed(owner, later)]) == ["applied"]


@pytest.fixture
def runtime(cluster, migrated):
    """A session as `yibaod serve` has it."""
    with cluster.connect(migrated.database, "owner", options="-c role=yibao_app") as connection:
        yield connection


def refused(connection, sql, values):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(sql, values)


def test_the_runtime_role_drafts_and_puts_in_force_by_proposals(runtime):
    one = member()
    assert create(runtime, [one]) == ["created"]
    assert approve(runtime, [proposed(runtime, one[0])]) == ["applied"]
    assert active(runtime) == [1]


def test_the_runtime_role_adds_nothing_to_what_is_proposed_or_active(runtime):
    tier = "INSERT INTO credit_policy_tier (policy_id, min_age, amount_fen) VALUES (%s, 150, 1)"
    deduction = "INSERT INTO credit_policy_deduction (policy_id, kind, amount_fen) VALUES (%s, 'critical_illness', 1)"
    one = member()
    one[14] = ""
    assert create(runtime, [one]) == ["created"]
    waiting = proposed(runtime, one[0])
    (shipped,) = runtime.execute("SELECT policy_id FROM credit_policy WHERE region_code = '370000'").fetchone()
    for policy_id in (one[0], shipped):
        refused(runtime, tier, [policy_id])
        refused(runtime, deduction, [policy_id])
    assert approve(runtime, [waiting]) == ["applied"]
    refused(runtime, tier, [one[0]])
    refused(runtime, deduction, [one[0]])
    assert runtime.execute("SELECT count(*) FROM credit_policy_tier WHERE policy_id = %s", [one[0]]).fetchone() == (2,)


def test_the_runtime_role_neither_ends_nor_ships_a_version(runtime):
    """What counts stays so, since its instant; and nothing counts that nobody drafted or approved."""
    for change in ("activated_at = NULL, proposal_id = NULL", "activated_at = now()", "proposal_id = gen_random_uuid()"):
        assert runtime.execute(f"UPDATE credit_policy SET {change} WHERE activated_at IS NOT NULL").rowcount == 0
    for one in ("jsonb_build_object('policy_id', gen_random_uuid(), 'version', 9)",
                "jsonb_build_object('policy_id', gen_random_uuid(), 'version', 9, 'activated_at', NULL)"):  # fmt: skip
        refused(runtime, f"INSERT INTO credit_policy SELECT (jsonb_populate_record(p, {one})).* FROM credit_policy AS p"
                         " WHERE region_code = '370000'", [])  # fmt: skip
    assert create(runtime, [member()]) == ["created"]
    refused(runtime, "UPDATE credit_policy SET activated_at = now() WHERE plan_code = 'test'", [])
