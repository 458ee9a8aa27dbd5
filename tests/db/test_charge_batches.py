"""Many changes of charges at once: a poisonous member hurts no other, and whoever is at work with the same is waited for or deferred."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures
import threading

import pytest

from tests.db.charging import (
    add_account, add_provider, capture, change, charge, created, expire, hold, hours, money, refund, row, set_status, statuses, void)
from tests.db.merging import propose
from tests.db.posting import INSTANT, Entry, post

GOOD = 63
LARGEST = 9007199254740991


@pytest.fixture
def provider(owner):
    return add_provider(owner)


@pytest.fixture
def other(cluster, migrated):
    """A second session."""
    with cluster.connect(migrated.database, "owner") as connection:
        yield connection


def good_ones(connection, make):
    return created(connection, *(make(add_account(connection), add_provider(connection)) for _ in range(GOOD)))


def poisoned_captures(owner, provider, good, asked):
    """[(request, what becomes of it)]"""
    held = [created(owner, hold(add_account(owner), provider)) for _ in range(6)]
    account = add_account(owner)
    twice = created(owner, hold(account, provider)), created(owner, hold(account, provider))
    done, expired = change(held[0]), created(owner, hold(add_account(owner), provider, lasts=hours(1) / 2))
    old = change(held[0], LARGEST)
    assert statuses(capture(owner, old) + capture(owner, done)) == ["capture_exceeds_hold", "captured"]
    set_status(owner, held[1].account, "frozen")
    gone = created(owner, hold(add_account(owner), add_provider(owner)))
    owner.execute("DELETE FROM client WHERE client_id = %s", [gone.provider_id])
    owner.execute("DELETE FROM provider WHERE provider_id = %s", [gone.provider_id])
    yield change(good[0]), "deferred"  # the same charge
    yield change(held[2], key=asked[1].key), "captured"  # another provider's key
    yield change(held[3], key="the same key", content="a"), "captured"
    yield change(held[4], key="the same key", content="b"), "deferred"
    yield change(twice[0]), "captured"
    yield change(twice[1]), "deferred"  # the same account
    yield done, "captured"  # once more
    yield change(held[0], key=old.key, content="else"), "idempotency_key_reused"
    yield change(held[1]), "account_frozen"
    yield change(gone), "provider_not_designated"
    yield change(expired), "hold_expired"
    yield change(held[5], LARGEST), "capture_exceeds_hold"
    yield change(held[0]), "charge_not_held"
    yield change(good[2], provider_id=provider), "not_found"
    yield change(good[3], person_key=good[3].person_key ^ 2), "not_found"


def test_a_poisonous_capture_hurts_no_other(owner, provider):
    good = good_ones(owner, hold)
    asked = [change(one) for one in good]
    bad, expected = zip(*poisoned_captures(owner, provider, good, asked))
    assert statuses(capture(owner, *asked, *bad)) == ["captured"] * GOOD + list(expected)
    assert all(money(owner, one.account) == (9900, 0, 0) for one in good)


def poisoned_refunds(owner, provider, good):
    paid = [created(owner, charge(add_account(owner, 100), provider)) for _ in range(8)]
    account = add_account(owner)
    twice = created(owner, charge(account, provider)), created(owner, charge(account, provider))
    used = change(paid[0], 10, refund_no="used")
    refund(owner, used)
    set_status(owner, paid[1].account, "closed")
    post(owner, [Entry(paid[2].account, LARGEST)])
    yield change(good[0]), "deferred"  # the same charge
    yield change(paid[3], refund_no="the same number"), "created"
    yield change(paid[4], refund_no="the same number"), "deferred"
    yield change(twice[0]), "created"
    yield change(twice[1]), "deferred"  # the same account
    yield used, "created"  # once more
    yield change(paid[5], refund_no="used"), "refund_number_used"
    yield change(paid[1]), "account_closed"
    yield change(paid[2]), "balance_overflow"
    yield change(paid[6], LARGEST), "refund_exceeds_charge"
    yield change(paid[6], 0), "deferred"
    yield change(created(owner, hold(add_account(owner), provider))), "charge_not_captured"
    yield change(good[2], provider_id=provider), "not_found"
    yield change(paid[7], 1, refund_no="of good", provider_id=good[3].provider_id), "not_found"


def test_a_poisonous_refund_hurts_no_other(owner, provider):
    good = good_ones(owner, charge)
    bad, expected = zip(*poisoned_refunds(owner, provider, good))
    asked = [change(one, refund_no="of good") for one in good]
    assert statuses(refund(owner, *asked, *bad)) == ["created"] * GOOD + list(expected)
    assert all(money(owner, one.account) == (10000, 0, 0) for one in good)


def test_whoever_is_at_work_with_the_account_the_key_or_the_number_is_not_waited_for(owner, other, provider):
    held, paid = created(owner, hold(add_account(owner), provider)), created(owner, charge(add_account(owner), provider))
    free = created(owner, charge(add_account(owner), provider)), created(owner, hold(add_account(owner), provider))
    with other.transaction():
        taking, giving = change(held), change(paid, refund_no="N")
        capture(other, taking)
        refund(other, giving)
        assert statuses(capture(owner, taking, change(held), change(free[1]))) == ["request_in_progress", "deferred", "captured"]
        assert statuses(void(owner, change(held))) == ["deferred"]
        assert statuses(refund(owner, giving, change(paid), change(free[0], refund_no="N"), change(free[0]))) == [
            "request_in_progress", "deferred", "deferred", "created"]
        assert expire(owner, INSTANT + hours(99)) == 0
    assert [a.is_replayed for a in capture(owner, taking)] == [True]
    assert statuses(refund(owner, change(free[0], refund_no="N"))) == ["refund_number_used"]


def at_once(cluster, database, *acts):
    """What each returned; each has a session of its own, and all begin together."""
    barrier = threading.Barrier(len(acts))

    def run(act):
        with cluster.connect(database, "owner") as connection:
            barrier.wait()
            return act(connection)

    with concurrent.futures.ThreadPoolExecutor(len(acts)) as pool:
        return [done.result() for done in [pool.submit(run, act) for act in acts]]


def test_capture_void_and_sweep_at_once_leave_one_ending(cluster, migrated, owner, provider):
    just_before = {"after": hours(1) * 0.999}
    for _ in range(12):
        held = created(owner, hold(add_account(owner), provider, lasts=hours(1)))
        taken, given_up, swept = at_once(
            cluster, migrated.database,
            lambda one, held=held: capture(one, change(held, **just_before), wait=True)[0].status,
            lambda one, held=held: void(one, change(held, **just_before), wait=True)[0].status,
            lambda one, held=held: expire(one, held.expires_at, row_limit=1))
        (state,) = row(owner, held, "state")
        assert {"captured": taken, "voided": given_up, "expired": swept}[state] in ("captured", "voided", 1)
        assert [taken == "captured", given_up == "voided", swept == 1].count(True) == 1
        assert money(owner, held.account) == (9900 if state == "captured" else 10000, 0, 0)


def test_refunds_at_once_never_give_back_more_than_was_charged(cluster, migrated, owner, provider):
    for _ in range(8):
        paid = created(owner, charge(add_account(owner), provider, 100))
        found = at_once(cluster, migrated.database,
                        *(lambda one, fen=fen: refund(one, change(paid, fen), wait=True)[0].status for fen in (70, 60, 40, 30)))
        (refunded,) = row(owner, paid, "refunded_fen")
        assert refunded == sum(fen for fen, status in zip((70, 60, 40, 30), found) if status == "created") <= 100
        assert set(found) == {"created", "refund_exceeds_charge"}
        assert money(owner, paid.account) == (9900 + refunded, 0, 0)


def test_a_refund_that_waited_for_a_merge_asks_again(cluster, migrated, owner, other, provider):
    paid, survivor = created(owner, charge(add_account(owner), provider)), add_account(owner)
    proposal_id = propose(owner, "merge_people", survivor.person_key, paid.account.person_id)
    giving, started = change(paid, after=hours(48)), threading.Event()

    def give():
        with cluster.connect(migrated.database, "owner") as one:
            started.set()
            return statuses(refund(one, giving, wait=True))

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with other.transaction():
            other.execute(
                "SELECT FROM proposal_apply_merge_people(%s::uuid[], %s, %s::uuid[], '{request}')",
                [[proposal_id], INSTANT + hours(24), [proposal_id]])
            waiting = pool.submit(give)
            started.wait()
            while not owner.execute("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'").fetchall():
                pass
        assert waiting.result() == ["deferred"]
    assert statuses(refund(owner, giving)) == ["created"]
    assert money(owner, survivor) == (20000, 0, 0)


def test_a_merge_waits_for_nothing_that_a_hold_needs(owner, provider):
    """Whoever has an open hold is not merged away, so a hold always ends on the account it was opened on."""
    held, survivor = created(owner, hold(add_account(owner), provider)), add_account(owner)
    ((refusal,),) = owner.execute("SELECT merge_refusal(%s, %s)", [survivor.person_key, held.person_key]).fetchall()
    assert refusal == "conflict"
