"""Who pays what of a charge with several payers: order, limits to the fen, deferral, poison, races; nothing below zero."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures
import datetime
import functools

import pytest
from tests.db import charging, sharing
from tests.db.charging import add_account, add_provider, change, charge, hold, hours, money, set_status, statuses
from tests.db.posting import POOL
from tests.db.sharing import payers


@pytest.fixture
def fresh(owner):
    return owner


@pytest.fixture
def connect_again(cluster, migrated):
    return functools.partial(cluster.connect, migrated.database, "owner")


@pytest.fixture
def provider(fresh):
    return add_provider(fresh)


def pays(connection, provider, member, fen, **fields):
    """[(kind, amount)], or why not."""
    (answer,) = sharing.create(connection, charge(member, provider, fen, **fields))
    return payers(answer) if answer.status == "created" else answer.status


# What the relative's row says, what was charged to it before, what is asked for (nothing is on the own account), and who pays.
LIMITS = [
    ({}, 0, 1000, [("family", 1000)]),
    ({}, 0, 1001, "insufficient_balance"),
    ({"charge_limit_fen": 300}, 0, 300, [("family", 300)]),
    ({"charge_limit_fen": 300}, 0, 301, "insufficient_balance"),
    ({"month_limit_fen": 500}, 200, 300, [("family", 300)]),
    ({"month_limit_fen": 500}, 200, 301, "insufficient_balance"),
    ({"year_limit_fen": 500}, 499, 1, [("family", 1)]),
    ({"year_limit_fen": 500}, 500, 1, "insufficient_balance"),
    ({"usages": ["device"]}, 0, 1, "insufficient_balance"),
    ({"usages": ["device", "medicine"]}, 0, 1, [("family", 1)]),
    ({"state": "ended"}, 0, 1, "insufficient_balance"),
    ({"way": "wallet"}, 0, 1, "insufficient_balance"),
]


# What has happened since they agreed, of which no sweep knows yet.
ENDINGS = {
    "the owner's employment ended": "UPDATE enrolment SET status = 'ended', ended_on = '2026-01-01' WHERE person_key = %(owner)s",
    "the owner's account can only be spent from": "UPDATE account SET status = 'spend_only' WHERE person_key = %(owner)s",
    "the owner died": "UPDATE person SET deceased_on = '2026-01-01' WHERE person_key = %(owner)s",
    "the relative died": "UPDATE person SET deceased_on = '2026-01-01' WHERE person_key = %(member)s",
    "the relative is not insured": "UPDATE enrolment SET status = 'ended', ended_on = '2026-01-01' WHERE person_key = %(member)s",
}


@pytest.mark.parametrize("what", ENDINGS)
def test_nothing_is_paid_for_whom_nothing_can_be_shared_with(fresh, provider, what):
    member, owner = add_account(fresh, 0), add_account(fresh, 1000)
    sharing.share(fresh, owner, member)
    assert pays(fresh, provider, member, 10) == [("family", 10)]
    assert fresh.execute(ENDINGS[what], {"owner": owner.person_key, "member": member.person_key}).rowcount == 1
    assert pays(fresh, provider, member, 10) == "insufficient_balance"


@pytest.mark.parametrize(("row", "before_fen", "fen", "expected"), LIMITS)
def test_a_relative_pays_as_far_as_the_limits_go(fresh, provider, row, before_fen, fen, expected):
    member, owner = add_account(fresh, 0), add_account(fresh, 1000)
    sharing.share(fresh, owner, member, **row)
    if before_fen:
        assert pays(fresh, provider, member, before_fen) == [("family", before_fen)]
    assert pays(fresh, provider, member, fen) == expected


def test_months_and_years_end_at_midnight_of_the_calendar_and_refunds_count_back(fresh, provider):
    member, owner = add_account(fresh, 0), add_account(fresh, 10_000)
    sharing.share(fresh, owner, member, month_limit_fen=500, year_limit_fen=900)
    last = datetime.datetime(2026, 11, 30, 23, 59, 59, tzinfo=charging.CHINA)
    first = last + datetime.timedelta(seconds=1)
    assert pays(fresh, provider, member, 500, instant=last) == [("family", 500)]
    assert pays(fresh, provider, member, 1, instant=last) == "insufficient_balance"
    paid = charge(member, provider, 400, instant=first)
    assert statuses(sharing.create(fresh, paid)) == ["created"]
    assert pays(fresh, provider, member, 1, instant=first) == "insufficient_balance"
    assert statuses(sharing.refund(fresh, change(paid, 150, after=hours(1)))) == ["created"]
    assert pays(fresh, provider, member, 151, instant=first) == "insufficient_balance"
    assert pays(fresh, provider, member, 150, instant=first) == [("family", 150)]
    new_year = datetime.datetime(2027, 1, 1, tzinfo=charging.CHINA)
    assert pays(fresh, provider, member, 500, instant=new_year) == [("family", 500)]


@pytest.mark.parametrize(("order", "expected"), [
    ("{own,wallet,family}", [("account", 100), ("own", 100), ("wallet", 100), ("family", 50)]),
    ("{family,wallet,own}", [("account", 100), ("family", 100), ("wallet", 100), ("own", 50)]),
    ("{wallet}", "insufficient_balance"),
    ("{}", "insufficient_balance"),
])  # fmt: skip
def test_the_order_is_data(superuser, order, expected):
    superuser.execute("UPDATE charge_rule SET payer_order = %s", [order])
    provider, member, owner = add_provider(superuser), add_account(superuser, 100), add_account(superuser, 100)
    sharing.more_of(superuser, member, "620900", 100)
    sharing.more_of(superuser, member, "000000", 100)
    sharing.share(superuser, owner, member)
    assert pays(superuser, provider, member, 350) == expected


@pytest.mark.parametrize("status", ["frozen", "deceased", "closed", "spend_only"])
def test_whose_account_may_not_pay_is_passed_over(fresh, provider, status):
    member, first, second = add_account(fresh, 100), add_account(fresh, 0 if status == "closed" else 1000), add_account(fresh, 1000)
    sharing.share(fresh, first, member)
    sharing.share(fresh, second, member, since=1)
    set_status(fresh, first, status)
    assert pays(fresh, provider, member, 500) == [("account", 100), ("family", 400)]
    assert money(fresh, second) == (600, 0, 0)


def test_who_is_employed_no_more_shares_no_more(fresh, provider):
    """Also before the sweep has ended it; who has only applied to move goes on sharing."""
    member, leaving, moving = (add_account(fresh, fen) for fen in (0, 1000, 1000))
    sharing.share(fresh, leaving, member)
    sharing.share(fresh, moving, member, since=1)
    for account, status, ended_on in ((leaving, "ended", "2025-12-31"), (moving, "closing", None)):
        fresh.execute("UPDATE enrolment SET status = %s, ended_on = %s WHERE person_key = %s", [status, ended_on, account.person_key])
    assert pays(fresh, provider, member, 400) == [("family", 400)]
    assert (money(fresh, leaving), money(fresh, moving)) == ((1000, 0, 0), (600, 0, 0))


def test_the_pools_day_limit_counts_what_an_account_pays_for_others(superuser):
    superuser.execute("UPDATE charge_rule SET account_day_limit_fen = 500, provider_day_limit_fen = NULL")
    provider, member, owner = add_provider(superuser), add_account(superuser, 0), add_account(superuser, 1000)
    sharing.share(superuser, owner, member)
    assert pays(superuser, provider, member, 300) == [("family", 300)]
    assert statuses(charging.create(superuser, charge(owner, provider, 201))) == ["account_day_limit"]
    assert pays(superuser, provider, member, 201) == "insufficient_balance"
    assert statuses(charging.create(superuser, charge(owner, provider, 200))) == ["created"]


def test_an_account_that_can_pay_alone_does_not_ask_others(fresh, provider):
    member, owner = add_account(fresh, 100), add_account(fresh, 1000)
    answers = charging.create(fresh, charge(member, provider, 101))
    assert statuses(answers) == ["insufficient_balance"]
    sharing.share(fresh, owner, member)
    too_much = charge(member, provider, 101)
    assert statuses(charging.create(fresh, too_much, charge(owner, provider, 5))) == ["more_payers", "created"]
    kept = fresh.execute("SELECT count(*) FROM idempotency_key WHERE key = %s", [too_much.key]).fetchone()
    assert kept == (0,)
    assert statuses(sharing.create(fresh, too_much)) == ["created"]
    assert [a.is_replayed for a in charging.create(fresh, too_much)] == [True]


def test_poison_harms_nobody_else_in_the_batch(fresh, provider):
    members = [add_account(fresh, 100) for _ in range(6)]
    owners = [add_account(fresh, 1000) for _ in range(6)]
    for owner, member in zip(owners, members):
        sharing.share(fresh, owner, member)
    good = [charge(member, provider, 500) for member in members]
    nobody = charge(add_account(fresh, 0), add_provider(fresh, regions=("440100",)), 10)
    ended = hold(members[0], provider, 100, lasts=hours(-1))
    much = charge(members[1], provider, 9007199254740991)
    again = charge(members[5], provider, 5, charge_no=good[2].charge_no)
    unknown = charge(members[4], provider, 5, usage="fitness")
    batch = (nobody, good[2], ended, much, again, unknown, good[3])
    assert statuses(sharing.create(fresh, *batch)) == [
        "not_found", "created", "hold_expired", "insufficient_balance", "deferred", "usage_not_allowed", "created"]
    assert statuses(sharing.create(fresh, again)) == ["charge_number_used"]
    answers = statuses(sharing.create(fresh, good[0], charge(members[0], provider, 1), good[1]))
    assert answers == ["created", "deferred", "created"]


def test_a_locked_payer_puts_the_charge_off(fresh, connect_again, provider):
    member, owner = add_account(fresh, 0), add_account(fresh, 1000)
    sharing.share(fresh, owner, member)
    with connect_again() as other, other.transaction():
        other.execute("SELECT FROM account WHERE account_id = %s FOR NO KEY UPDATE", [owner.account_id])
        assert statuses(sharing.create(fresh, charge(member, provider, 10))) == ["deferred"]
    assert pays(fresh, provider, member, 10) == [("family", 10)]


def test_two_who_share_with_each_other_race_with_others_for_the_same_money(fresh, connect_again, provider):
    """Opposite orders of locks; the count of successes is exact, and nothing goes below zero."""
    one, two, third = add_account(fresh, 1000), add_account(fresh, 1000), add_account(fresh, 0)
    for owner, member in ((one, two), (two, one), (one, third), (two, third)):
        sharing.share(fresh, owner, member)
    asked = [charge((one, two, third)[i % 3], provider, 10) for i in range(300)]

    def work(requests):
        done = 0
        with connect_again() as mine:
            for request in requests:
                for attempt in range(1000):
                    (answer,) = sharing.create(mine, request, wait=attempt > 5)
                    if answer.status != "deferred":
                        break
                assert answer.status in ("created", "insufficient_balance"), answer.status
                done += answer.status == "created"
        return done

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        done = sum(pool.map(work, [asked[i::6] for i in range(6)]))
    assert done == 200
    assert money(fresh, one) == money(fresh, two) == (0, 0, 0)
    deadlocks = fresh.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").fetchone()
    assert deadlocks == (0,)


def test_who_pays_is_in_the_same_pool_or_not(fresh, provider):
    member, owner = add_account(fresh, 0), add_account(fresh, 1000, pool_code="620900")
    sharing.share(fresh, owner, member)
    assert POOL != "620900" and pays(fresh, provider, member, 10) == [("family", 10)]
    rows = fresh.execute("SELECT system_account FROM ledger_entry WHERE account_id = %s AND kind = 'charge'", [owner.account_id]).fetchall()
    assert rows == [(f"provider_payable:620900:{provider}",)]
