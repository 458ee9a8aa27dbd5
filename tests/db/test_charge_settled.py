"""A slow clock adds nothing to a day that is agreed with the provider, and dates no hold before what is posted."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid

import pytest
from tests.db.charging import (
    add_account, add_provider, capture, change, charge, create, created, day_of, entries, events, hold, hours, money, refund, row,
    statuses)
from tests.db.posting import INSTANT, Entry, post

NEXT_DAY = INSTANT + hours(24)


@pytest.fixture
def provider(owner):
    return add_provider(owner)


@pytest.fixture
def account(owner):
    return add_account(owner, 1000)


def settle(owner, provider, instant=INSTANT, state="agreed"):
    missing = 0 if state == "agreed" else 1
    owner.execute(
        "INSERT INTO settlement VALUES (%s, %s, %s, 1, %s, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, %s, 0, 0, 0, %s)",
        [uuid.uuid4(), provider, day_of(instant), state, missing, instant])


def test_nothing_is_charged_on_a_settled_day(owner, provider, account):
    settle(owner, provider)
    for asked in (charge(account, provider), hold(account, provider)):
        assert statuses(create(owner, asked)) == ["day_settled"]
    assert money(owner, account) == (1000, 0, 0)
    assert statuses(create(owner, charge(account, add_provider(owner)))) == ["created"], "another's day is open"


def test_the_same_request_succeeds_on_an_open_day(owner, provider, account):
    """Through a server whose clock is right: neither the key nor the number is used up."""
    settle(owner, provider)
    asked = charge(account, provider)
    for _ in range(2):
        assert statuses(create(owner, asked)) == ["day_settled"]
    asked.instant = NEXT_DAY
    (answer,) = create(owner, asked)
    assert (answer.status, answer.is_replayed) == ("created", False)
    assert create(owner, asked)[0].is_replayed


def test_nothing_is_captured_or_refunded_on_a_settled_day(owner, provider, account):
    before = INSTANT - hours(24)
    held = created(owner, hold(account, provider, 300, instant=before, lasts=hours(72)))
    paid = created(owner, charge(account, provider, 200, instant=before))
    settle(owner, provider)
    taking, giving = change(held, instant=INSTANT), change(paid, instant=INSTANT)
    for _ in range(2):
        assert statuses(capture(owner, taking)) == statuses(refund(owner, giving)) == ["day_settled"]
    assert row(owner, held, "state") == ("held",) and row(owner, paid, "refunded_fen") == (0,)
    taking.instant = giving.instant = NEXT_DAY
    assert statuses(capture(owner, taking)) == ["captured"]
    assert statuses(refund(owner, giving)) == ["created"]
    assert money(owner, account) == (700, 0, 0)


def test_what_was_answered_before_is_answered_again(owner, provider, account):
    asked = created(owner, charge(account, provider))
    settle(owner, provider)
    (answer,) = create(owner, asked)
    assert (answer.status, answer.is_replayed) == ("created", True)


def test_a_day_that_differs_is_open(owner, provider, account):
    settle(owner, provider, state="differs")
    assert statuses(create(owner, charge(account, provider))) == ["created"]


def test_a_batch_is_judged_one_by_one(owner, provider, account):
    settle(owner, provider)
    other = add_provider(owner)
    asked = [charge(add_account(owner), who) for who in (provider, other, provider, other)]
    assert statuses(create(owner, *asked)) == ["day_settled", "created", "day_settled", "created"]


def test_a_hold_is_not_dated_before_the_newest_entry(owner, provider, account):
    newest = INSTANT + datetime.timedelta(seconds=90)
    post(owner, [Entry(account, 50)], instant=newest)
    held, paid = hold(account, provider, 100), charge(account, provider, 10)
    answers = create(owner, held)
    assert answers[0].created_at == newest
    assert events(owner, held) == [("opened", 100, newest)]
    assert row(owner, held, "created_at", "changed_at", "business_date") == (newest, newest, day_of(INSTANT))
    (answer,) = create(owner, paid)
    assert statuses(create(owner, hold(account, provider, lasts=datetime.timedelta(seconds=90)))) == ["hold_expired"]
    assert [(answer.created_at,)] == entries(owner, paid.charge_id, "posted_at") == [(newest,)]
