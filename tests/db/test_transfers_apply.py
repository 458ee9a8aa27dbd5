"""Applications and cancellations in batches: each is judged by itself, whoever is locked goes again, nobody waits in a ring."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures
import json
import random
import threading

import pytest

from tests.db import transferring
from tests.db.moving_world import GUANGZHOU, START, UNCONNECTED, Application, add_mover, apply, call, cancel, enrolment, statuses

CARD = bytes(40)


def state(connection, asked):
    return connection.execute("SELECT state FROM transfer WHERE transfer_id = %s", [asked.transfer_id]).fetchone()[0]


def test_members_of_a_batch_are_judged_each_by_itself(owner):
    movers = [add_mover(owner) for _ in range(5)]
    owner.execute("UPDATE enrolment SET retired_on = '2020-01-01' WHERE enrolment_id = %s", [movers[1].enrolment_id])
    asked = [Application(movers[0]), Application(movers[1]), Application(movers[2], to_region_code="999999"),
             Application(movers[3], to_region_code=UNCONNECTED, bank_card_sealed=CARD), Application(movers[4], visible="11%"),
             Application(movers[0])]
    answers = apply(owner, *asked)
    assert statuses(answers) == ["created", "retired_stays", "malformed", "created", "not_found", "deferred"]
    assert [answer[2] for answer in answers] == [asked[0].transfer_id, None, None, asked[3].transfer_id, None, None]
    stored = owner.execute("SELECT machine, way, bank_card_sealed IS NOT NULL, from_enrolment_status, due_on::text FROM transfer"
                           " ORDER BY machine").fetchall()
    assert stored == [("transfer", "cross_province", False, "active", "2026-03-09"), ("transfer_payout", "payout", True,
                                                                                      "active", "2026-03-09")]
    assert [enrolment(owner, mover) for mover in movers] == ["closing", "active", "active", "closing", "active"]
    assert statuses(apply(owner, asked[5])) == ["transfer_under_way"]
    assert owner.execute("SELECT status, count(*) FROM idempotency_key GROUP BY 1 ORDER BY 1").fetchall() == [
        ("created", 2), ("retired_stays", 1), ("transfer_under_way", 1)], "what is malformed or absent leaves nothing behind"


def test_each_step_is_in_the_timeline_and_the_outbox_without_anything_personal(owner):
    asked = Application(add_mover(owner))
    apply(owner, asked)
    cancel(owner, asked, instant=START.replace(hour=8))  # a clock that goes back
    steps = owner.execute("SELECT seq, event, from_state, to_state, who, actor_kind, at FROM state_change ORDER BY seq").fetchall()
    assert [step[:6] for step in steps] == [(1, "submit", "", "submitted", "person", "citizen"),
                                            (2, "cancel", "submitted", "cancelled", "person", "citizen")]
    assert steps[1][6] == steps[0][6] == START
    events = [row[0] for row in owner.execute("SELECT event FROM outbox ORDER BY outbox_id").fetchall()]
    assert [event["event"] for event in events] == ["transfer.submitted", "transfer.cancelled"]
    assert all(set(event) == {"event", "object_id", "pool_code", "at"} for event in events)
    assert owner.execute("SELECT due_on, ended_at = entered_at, ended_at >= created_at FROM transfer").fetchone() == (None, True, True)


def test_who_is_locked_by_somebody_else_goes_again_and_does_not_hold_up_the_others(cluster, migrated, owner):
    first, second = add_mover(owner), add_mover(owner)
    asked = [Application(first), Application(second)]
    with cluster.connect(migrated.database, "owner") as other:
        with other.transaction():
            other.execute("SELECT FROM person WHERE person_key = %s FOR NO KEY UPDATE", [first.person_key])
            assert statuses(apply(owner, *asked)) == ["deferred", "created"]
        assert statuses(apply(owner, asked[0], wait=True)) == ["created"]
        with other.transaction():
            other.execute("SELECT FROM account WHERE account_id = %s FOR NO KEY UPDATE", [first.account.account_id])
            assert statuses(cancel(owner, *asked)) == ["deferred", "done"]
            assert state(owner, asked[0]) == "submitted" and enrolment(owner, first) == "closing"
    assert statuses(cancel(owner, asked[0])) == ["done"]


@pytest.mark.parametrize("machine", ["transfer", "transfer_payout"])
def test_every_state_knows_whether_it_can_be_cancelled(owner, machine):
    """The table of the machine against the function: what is no step is answered with what is possible."""
    asked = Application(add_mover(owner), to_region_code=UNCONNECTED if machine == "transfer_payout" else GUANGZHOU, bank_card_sealed=CARD)
    assert statuses(apply(owner, asked)) == ["created"]
    steps = owner.execute("SELECT state, event, next_state, who FROM state_step WHERE machine = %s", [machine]).fetchall()
    states = {after for _, _, after, _ in steps}
    for one in sorted(states):
        possible = sorted(event for before, event, _, who in steps if before == one and who != ["system"])
        with owner.transaction(force_rollback=True):
            is_over = not any(before == one for before, *_ in steps)
            owner.execute("UPDATE transfer SET state = %s, ended_at = CASE WHEN %s THEN entered_at END", [one, is_over])
            ((status, _, said, events),) = cancel(owner, asked)
            if "cancel" in possible:
                assert (status, state(owner, asked), enrolment(owner, asked.mover)) == ("done", "cancelled", "active"), one
            else:
                assert (status, said, json.loads(events)) == ("not_possible_now", one, possible), one
                assert state(owner, asked) == one and enrolment(owner, asked.mover) == "closing"


def test_an_enrolment_that_staff_have_changed_meanwhile_stays_as_they_left_it(owner):
    asked = Application(add_mover(owner))
    apply(owner, asked)
    owner.execute("UPDATE enrolment SET status = 'ended', ended_on = '2026-03-01' WHERE enrolment_id = %s", [asked.mover.enrolment_id])
    assert statuses(cancel(owner, asked)) == ["done"]
    assert enrolment(owner, asked.mover) == "ended"


def test_an_enrolment_that_begins_at_the_same_instant_wins(cluster, migrated, owner, superuser):
    """An import inserts it and commits while the cancellation waits for the index: nobody could have seen it before."""
    first, second = Application(add_mover(owner)), Application(add_mover(owner))
    apply(owner, first, second)
    with cluster.connect(migrated.database, "owner") as importing, cluster.connect(migrated.database, "owner") as session, \
            concurrent.futures.ThreadPoolExecutor(1) as pool:
        with importing.transaction():
            transferring.enrol(importing, first.mover.account, "110000", started_on="2026-03-01")
            asked = pool.submit(cancel, session, first, second)
            while not superuser.execute("SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s",
                                        [session.info.backend_pid]).fetchone()[0]:
                assert not asked.done(), asked.result()
        assert statuses(asked.result(60)) == ["done", "done"]
    assert [enrolment(owner, one.mover) for one in (first, second)] == ["suspended", "active"]


def test_records_with_a_transfer_under_way_are_not_merged(owner):
    first, second = add_mover(owner), add_mover(owner)
    owner.execute("UPDATE enrolment SET status = 'suspended' WHERE enrolment_id = %s", [second.enrolment_id])
    asked = Application(first)
    refusal = "SELECT merge_refusal(%s, %s)"
    for survivor, duplicate in ((first, second), (second, first)):
        with owner.transaction(force_rollback=True):
            assert owner.execute(refusal, [survivor.person_key, duplicate.person_key]).fetchone() == (None,)
            apply(owner, asked)
            assert owner.execute(refusal, [survivor.person_key, duplicate.person_key]).fetchone() == ("conflict",)
            cancel(owner, asked)
            assert owner.execute(refusal, [survivor.person_key, duplicate.person_key]).fetchone() == (None,)


def act(cluster, database, movers, barrier, seed):
    """Applies and cancels in batches and orders of its own; how many of each were done."""
    dice, done = random.Random(seed), {"created": [], "done": 0}
    with cluster.connect(database, "owner") as connection:
        barrier.wait()
        for _ in range(15):
            asked = [Application(mover) for mover in dice.sample(movers, dice.randint(1, 6))]
            done["created"] += [a for a, answer in zip(asked, apply(connection, *asked)) if answer[0] == "created"]
            some = dice.sample(done["created"], min(4, len(done["created"])))
            done["done"] += statuses(cancel(connection, *some)).count("done") if some else 0
    return done


def test_many_sessions_apply_and_cancel_and_nobody_waits_in_a_ring(cluster, migrated, owner, superuser):
    movers, barrier = [add_mover(owner) for _ in range(8)], threading.Barrier(5)
    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        done = list(pool.map(lambda n: act(cluster, migrated.database, movers, barrier, n), range(5)))
    superuser.execute("SELECT pg_stat_force_next_flush()")
    assert superuser.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").fetchone() == (0,)
    created, cancelled = sum(len(one["created"]) for one in done), sum(one["done"] for one in done)
    assert created > len(movers) and cancelled > 0
    assert owner.execute("SELECT count(*), count(ended_at) FROM transfer").fetchone() == (created, cancelled)
    for mover in movers:
        (open_count,) = owner.execute("SELECT count(*) FROM transfer WHERE person_key = %s AND ended_at IS NULL",
                                      [mover.person_key]).fetchone()
        assert enrolment(owner, mover) == ("closing" if open_count else "active") and open_count <= 1


def test_the_runtime_role_may_do_all_of_it(cluster, migrated, owner):
    asked = Application(add_mover(owner), to_region_code=UNCONNECTED, bank_card_sealed=CARD)
    with cluster.connect(migrated.database, "owner") as connection:
        connection.execute("SET ROLE yibao_app")
        assert statuses(apply(connection, asked)) == ["created"]
        assert connection.execute("SELECT transfer_remind(%s, %s, 10)", [START.replace(day=20), START]).fetchone() == (1,)
        assert statuses(cancel(connection, asked)) == ["done"]


def test_meanwhile_the_account_can_be_shared_and_the_person_is_insured_for_who_shares_with_them(owner):
    asked = Application(add_mover(owner))
    sharing = "SELECT family_account_fault(%(key)s, %(account)s, '2026-03-02'), family_way('620500', 'region', true, %(key)s, '2026-03-02')"
    values = {"key": asked.mover.person_key, "account": asked.mover.account.account_id}
    for _ in range(2):
        assert owner.execute(sharing, values).fetchone() == (None, "direct")
        apply(owner, asked)
    assert enrolment(owner, asked.mover) == "closing"
