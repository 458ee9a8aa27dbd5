"""Who moves withdraws nothing meanwhile, and who withdraws does not move, also when both are asked for at one instant."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures
import threading

import pytest

from tests.db import moving_world, transferring, withdrawing
from tests.db.charging import add_account
from tests.db.moving_world import GUANGZHOU, START, add_mover
from tests.db.posting import INSTANT, Account, Entry, make_id, post

MOVERS = 16


def suspended(connection):
    """Whose enrolment may still be transferred, and who may emigrate."""
    mover = add_mover(connection, "suspended")
    (mover.account.person_id,) = connection.execute("SELECT person_id FROM person WHERE person_key = %s",
                                                    [mover.person_key]).fetchone()
    post(connection, [Entry(mover.account, 5000)], instant=INSTANT)
    return mover


def both(mover):
    return moving_world.Application(mover), withdrawing.Application(mover.account, instant=START)


def ask(connection, asked, wait=False):
    """The status of a transfer or a withdrawal that is applied for."""
    if isinstance(asked, withdrawing.Application):
        return withdrawing.apply(connection, asked)[0][0]
    return moving_world.apply(connection, asked, wait=wait)[0][0]


def under_way(connection, mover):
    return connection.execute(
        "SELECT (SELECT count(*) FROM transfer WHERE person_key = %(key)s AND ended_at IS NULL),"
        " (SELECT count(*) FROM withdrawal WHERE person_key = %(key)s AND ended_at IS NULL)", {"key": mover.person_key}).fetchone()


@pytest.mark.parametrize(("is_withdrawal_first", "first", "refusal", "left"), [
    (False, "created", "transfer_under_way", (1, 0)), (True, "done", "withdrawal_under_way", (0, 1))])
def test_the_second_waits_for_the_first_and_is_refused(cluster, migrated, owner, is_withdrawal_first, first, refusal, left):
    mover = suspended(owner)
    one, other = both(mover)[::-1] if is_withdrawal_first else both(mover)
    with cluster.connect(migrated.database, "owner") as session:
        with session.transaction():
            assert ask(session, one) == first
            assert ask(owner, other) == "deferred", "nobody knows yet whether the first one is begun"
    assert ask(owner, other) == refusal
    assert under_way(owner, mover) == left


def test_many_sessions_at_once_begin_one_of_both(cluster, migrated, owner, superuser):
    movers = [suspended(owner) for _ in range(MOVERS)]
    asked, barrier = [both(mover) for mover in movers], threading.Barrier(4)

    def run(number):
        with cluster.connect(migrated.database, "owner") as connection:
            for pair in asked:
                barrier.wait()
                while ask(connection, pair[number % 2]) == "deferred":
                    pass

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    assert {sum(under_way(owner, mover)) for mover in movers} == {1}
    superuser.execute("SELECT pg_stat_force_next_flush()")
    assert superuser.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").fetchone() == (0,)


def old_account(connection, moving, pool_code, status="spend_only"):
    """One of earlier times, with money."""
    account = Account(person_key=moving.person_key, pool_code=pool_code, status=status)
    account.person_id = moving.account.person_id
    account.insert(connection)
    post(connection, [Entry(account, 300, part="carried_over")], instant=INSTANT)
    return account


def on_the_way(connection, state="in_review", **fields):
    moving = transferring.apply(connection, account=add_account(connection, 5000, 700), **fields)
    return transferring.bring(connection, moving, state)


def test_between_two_pools_somebody_is_employed(owner):
    moving = on_the_way(owner)
    elsewhere = old_account(owner, moving, "330600")
    assert withdrawing.statuses(withdrawing.apply(owner, withdrawing.Application(elsewhere))) == ["withdrawal_not_eligible"]
    assert transferring.step(owner, moving, "in", "refuse") == "done"
    owner.execute("UPDATE enrolment SET status = 'ended', ended_on = current_date WHERE enrolment_id = %s", [moving.enrolment_id])
    assert withdrawing.statuses(withdrawing.apply(owner, withdrawing.Application(elsewhere))) == ["done"]


def test_an_account_that_will_receive_is_not_withdrawn(owner):
    moving = on_the_way(owner, "checked_out")
    waiting = old_account(owner, moving, GUANGZHOU)
    assert withdrawing.statuses(withdrawing.apply(owner, withdrawing.Application(waiting))) == ["transfer_under_way"]


def test_nobody_moves_to_where_they_withdraw(owner):
    mover = suspended(owner)
    mover.account.person_id = mover.person_id
    account = old_account(owner, moving_world.Application(mover).mover, GUANGZHOU)
    assert withdrawing.statuses(withdrawing.apply(owner, withdrawing.Application(account))) == ["done"]
    assert ask(owner, moving_world.Application(mover)) == "withdrawal_under_way"
    assert ask(owner, moving_world.Application(mover, to_scheme="resident")) == "created", "no account receives there"


def test_a_desk_takes_nobody_in_whose_account_is_being_withdrawn(owner):
    """One that was begun before it was refused."""
    moving = on_the_way(owner)
    account = old_account(owner, moving, GUANGZHOU)
    owner.execute(
        "INSERT INTO withdrawal (person_key, created_at, changed_at, withdrawal_id, person_id, account_id, pool_code, reason,"
        " state, payee_kind, bank_card_sealed, payee_name_sealed) VALUES (%s, %s, %s, %s, %s, %s, %s, 'emigration', 'submitted',"
        " 'person', %s, %s)", [moving.person_key, INSTANT, INSTANT, make_id(moving.person_key), account.person_id,
                               account.account_id, GUANGZHOU, withdrawing.CARD, withdrawing.NAME])
    assert transferring.step(owner, moving, "in") == "withdrawal_under_way"
    owner.execute("UPDATE withdrawal SET state = 'cancelled', ended_at = changed_at WHERE person_key = %s", [moving.person_key])
    assert transferring.step(owner, moving, "in") == "done"


@pytest.mark.parametrize(("status", "after"), [("active", "active"), ("closing", "active"), ("pending_in", "active"),
                                               ("suspended", "closed")])
def test_an_account_that_receives_again_is_not_closed_by_a_withdrawal_that_is_paid(owner, status, after):
    asked = withdrawing.approved(owner)
    transferring.enrol(owner, asked.account, status=status, started_on="2026-01-01")
    withdrawing.done(owner, withdrawing.Step(asked, "pay_at_window", reason="cash"))
    assert withdrawing.money(owner, asked.account)[3] == after
