"""What becomes later of charges with several payers: frozen and merged relatives, ends of holds, and who settles what."""
# SPDX-License-Identifier: Apache-2.0
import types

import pytest
from tests.db import charging, sharing
from tests.db.charging import add_account, add_provider, change, charge, hold, hours, money, set_status, statuses
from tests.db.merging import merge
from tests.db.posting import INSTANT, Account
from tests.db.sharing import payers
from tests.db.world import audit


@pytest.fixture
def provider(owner):
    return add_provider(owner)


def family(connection, own_fen, *fens):
    """A member with an account, and relatives who share theirs, in their order."""
    member, relatives = add_account(connection, own_fen), [add_account(connection, fen) for fen in fens]
    for place, relative in enumerate(relatives):
        sharing.share(connection, relative, member, since=place)
    return member, *relatives


def taken(outcome):
    return [payer["captured_fen"] for payer in outcome["payers"]]


def test_a_relative_who_is_frozen_leaves_it_to_those_behind(owner, provider):
    member, one, two = family(owner, 100, 200, 1000)
    held = hold(member, provider, 600)
    assert statuses(sharing.create(owner, held)) == ["created"]
    set_status(owner, one, "frozen")
    assert statuses(sharing.capture(owner, change(held, 401))) == ["insufficient_balance"]
    (answer,) = sharing.capture(owner, change(held, 400))
    assert (answer.status, taken(answer.outcome)) == ("captured", [100, 0, 300])
    assert (money(owner, member), money(owner, one), money(owner, two)) == ((0, 0, 0), (200, 0, 0), (700, 0, 0))


def test_the_account_that_was_charged_must_be_allowed_to_pay(owner, provider):
    member, one = family(owner, 100, 1000)
    held = hold(member, provider, 600)
    assert statuses(sharing.create(owner, held)) == ["created"]
    set_status(owner, member, "frozen")
    assert statuses(sharing.capture(owner, change(held))) == ["account_frozen"]
    assert statuses(sharing.void(owner, change(held))) == ["voided"]
    assert (money(owner, member), money(owner, one)) == ((100, 0, 0), (1000, 0, 0))


@pytest.mark.parametrize("own_fen", [100, 0])
def test_a_hold_ends_by_itself_for_all(owner, provider, own_fen):
    member, one = family(owner, own_fen, 1000)
    held = hold(member, provider, 600, lasts=hours(2))
    assert statuses(sharing.create(owner, held)) == ["created"]
    assert money(owner, one) == (1000, 0, 600 - own_fen)
    assert charging.expire(owner, INSTANT + hours(2)) == 1
    assert (money(owner, member), money(owner, one)) == ((own_fen, 0, 0), (1000, 0, 0))
    assert statuses(sharing.capture(owner, change(held, after=hours(3)))) == ["hold_expired"]
    assert charging.expire(owner, INSTANT + hours(3)) == 0


def test_a_locked_relative_is_passed_over_by_the_sweep(owner, provider, cluster, migrated):
    member, one = family(owner, 100, 1000)
    held = hold(member, provider, 600, lasts=hours(2))
    assert statuses(sharing.create(owner, held)) == ["created"]
    with cluster.connect(migrated.database, "owner") as other, other.transaction():
        other.execute("SELECT FROM account WHERE account_id = %s FOR NO KEY UPDATE", [one.account_id])
        assert charging.expire(owner, INSTANT + hours(2)) == 0
    assert charging.expire(owner, INSTANT + hours(2)) == 1


def test_refunds_of_a_merged_relative_go_to_the_current_record(migrated, world):
    connection = world.connection
    member, duplicate, survivor = (Account().insert_owner(connection).insert(connection) for _ in range(3))
    world.contribution(duplicate, "regular", "2026-01-01", 9000)
    for account in (member, duplicate):
        world.enrol(account)
    row = sharing.share(connection, duplicate, member)
    paid = charge(member, add_provider(connection), 500)
    assert statuses(sharing.create(connection, paid)) == ["created"]
    connection.execute("UPDATE family_member SET state = 'ended', ended_at = changed_at WHERE family_member_id = %s", [row])
    connection.execute("DELETE FROM state_change WHERE object_id = %s", [row])
    connection.execute("DELETE FROM family_member WHERE family_member_id = %s", [row])
    assert merge(connection, survivor, duplicate)[0] == "applied"
    assert statuses(sharing.refund(connection, change(paid, 200, after=hours(48)))) == ["created"]
    assert money(connection, survivor)[0] == 9000 - 500 + 200
    assert {fault["column"] for fault in audit(migrated)["faults"]} == {"family_member_id"}  # which the test took away


def left(connection, one):
    return connection.execute("SELECT captured_fen - refunded_fen, shared_refunded_fen FROM charge WHERE charge_id = %s",
                              [one.charge_id]).fetchone()


@pytest.mark.parametrize(("closed", "back", "balances"), [
    (1, 500, {0: 100, 2: 400}),  # the first relative: the last one and the account that was charged get theirs
    (2, 300, {0: 100, 1: 200}), (0, 600, {1: 200, 2: 400})])
def test_a_closed_account_takes_nothing_back_and_the_others_do(migrated, owner, provider, closed, back, balances):
    accounts = family(owner, 100, 200, 400)
    bought = charge(accounts[0], provider, 700)
    assert statuses(sharing.create(owner, bought)) == ["created"]
    set_status(owner, accounts[closed], "closed")
    for fen in (700, None, back + 1):
        assert statuses(sharing.refund(owner, change(bought, fen))) == ["account_closed"]
    assert [money(owner, account)[0] for account in accounts] == [0, 0, 0], "nothing was given back"
    assert statuses(sharing.refund(owner, change(bought, back))) == ["created"]
    assert {place: money(owner, account)[0] for place, account in enumerate(accounts) if place != closed} == balances
    assert left(owner, bought) == (700 - back, back - balances.get(0, 0))
    assert statuses(sharing.refund(owner, change(bought, 1))) == ["account_closed"]
    assert audit(migrated)["faults"] == []


def test_what_two_closed_accounts_paid_is_refused_with_the_later_ones_code(owner, provider):
    member, one, two = family(owner, 100, 200, 400)
    bought = charge(member, provider, 700)
    assert statuses(sharing.create(owner, bought)) == ["created"]
    for account in (one, two):
        set_status(owner, account, "closed")
    assert statuses(sharing.refund(owner, change(bought, 101))) == ["account_closed"]
    (answer,) = sharing.refund(owner, change(bought, 60))
    assert (answer.status, payers(types.SimpleNamespace(**answer.outcome))) == ("created", [("account", 60)])
    assert statuses(sharing.refund(owner, change(bought, 41))) == ["account_closed"]
    assert statuses(sharing.refund(owner, change(bought, 40))) == ["created"]
    assert money(owner, member) == (100, 0, 0)


def test_each_pool_settles_what_its_accounts_paid(owner, provider):
    member, one = family(owner, 100, 1000)
    other = add_account(owner, 1000, pool_code="620900")
    sharing.share(owner, other, member, since=9, charge_limit_fen=300)
    set_status(owner, one, "frozen")
    first = charge(member, provider, 400)
    (answer,) = sharing.create(owner, first)
    assert payers(answer) == [("account", 100), ("family", 300)]
    set_status(owner, one, "active")
    assert payers(sharing.create(owner, charge(member, provider, 1200))[0]) == [("family", 1000), ("family", 200)]
    assert statuses(sharing.refund(owner, change(first, 350, after=hours(1)))) == ["created"]
    parts = owner.execute(
        "SELECT pool_code, item, count(DISTINCT number), sum(amount_fen) FROM settlement_parts(%s, %s) GROUP BY 1, 2 ORDER BY 1, 2",
        [provider, INSTANT.astimezone(charging.CHINA).date()]).fetchall()
    assert parts == [(member.pool_code, "charge", 2, 1100), (member.pool_code, "refund", 1, 50), ("620900", "charge", 2, 500),
                     ("620900", "refund", 1, 300)]
    whole = owner.execute("SELECT sum(amount_fen) FROM settlement_day(%s, %s) WHERE item = 'charge'",
                          [provider, INSTANT.astimezone(charging.CHINA).date()]).fetchone()
    assert whole == (1600,)
