"""What becomes of holds: captured in full or part, voided, expired; once, by their provider, and not past their time."""
# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest

from tests.db.charging import (
    add_account, add_provider, capture, change, created, charge, entries, events, expire, hold, hours, money, refund, row,
    set_status, statuses, void)
from tests.db.posting import INSTANT

LATER = INSTANT + hours(1)
TODAY = INSTANT.date()


@pytest.fixture
def provider(owner):
    return add_provider(owner)


@pytest.fixture
def account(owner):
    return add_account(owner, 500, 800)


def test_a_capture_takes_what_was_held(owner, provider, account):
    held = created(owner, hold(account, provider, 700))
    assert money(owner, account) == (500, 800, 700)
    (answer,) = capture(owner, change(held))
    assert (answer.status, answer.is_replayed, answer.captured_fen) == ("captured", False, 700)
    assert (answer.current_year_fen, answer.carried_over_fen, answer.captured_on) == (500, 200, TODAY)
    assert (answer.changed_at, answer.balance_after_fen) == (LATER, 600)
    assert money(owner, account) == (0, 600, 0)
    assert row(owner, held, "state", "captured_fen", "current_year_fen", "carried_over_fen", "refunded_fen") == (
        "captured", 700, 500, 200, 0)
    assert events(owner, held) == [("opened", 700, INSTANT), ("captured", 700, LATER)]
    system = f"provider_payable:620500:{provider}"
    assert entries(owner, held.charge_id, "kind", "part", "direction", "amount_fen", "system_account", "reference") == [
        ("charge", "current_year", "debit", 500, system, held.charge_no),
        ("charge", "carried_over", "debit", 200, system, held.charge_no)]
    ids = [entry_id for (entry_id,) in entries(owner, held.charge_id, "entry_id")]
    assert ids == list(row(owner, held, "current_year_entry_id", "carried_over_entry_id"))


def test_what_is_not_captured_is_released(owner, provider, account):
    held, other = created(owner, hold(account, provider, 700)), created(owner, hold(account, provider, 100))
    (answer,) = capture(owner, change(held, 1))
    assert (answer.status, answer.captured_fen, answer.current_year_fen, answer.carried_over_fen) == ("captured", 1, 1, 0)
    assert money(owner, account) == (499, 800, 100)
    assert events(owner, held) == [("opened", 700, INSTANT), ("captured", 1, LATER), ("voided", 699, LATER)]
    assert row(owner, held, "amount_fen", "captured_fen", "carried_over_entry_id") == (700, 1, None)
    assert row(owner, other, "state") == ("held",)


def test_all_the_money_may_be_held_and_taken(owner, provider, account):
    held = created(owner, hold(account, provider, 1300))
    assert statuses(capture(owner, change(held))) == ["captured"]
    assert money(owner, account) == (0, 0, 0)


def test_carried_over_money_pays_first_where_the_pool_says_so(owner):
    provider, account = add_provider(owner, ["330600"]), add_account(owner, 500, 800, pool_code="330600")
    (answer,) = capture(owner, change(created(owner, hold(account, provider, 900))))
    assert (answer.current_year_fen, answer.carried_over_fen, answer.balance_after_fen) == (100, 800, None)


def test_an_answer_is_given_again_whatever_came_after(owner, provider, account):
    held, released = created(owner, hold(account, provider, 700)), created(owner, hold(account, provider, 100))
    taking, voiding = change(held, 600), change(released)
    first, given_up = capture(owner, taking)[0], void(owner, voiding)[0]
    refund(owner, change(held, 100, after=hours(2)))
    again = capture(owner, taking)[0]
    assert again.is_replayed and (again.status, again.columns) == (first.status, first.columns)
    assert again.changed_at == LATER
    again = void(owner, voiding)[0]
    assert again.is_replayed and (again.status, again.columns) == (given_up.status, given_up.columns) == ("voided", {"changed_at": LATER})
    assert money(owner, account) == (0, 800, 0)


def test_a_refusal_is_kept_with_its_key(owner, provider, account):
    held = created(owner, hold(account, provider, 700))
    asked = change(held, 701)
    assert statuses(capture(owner, asked)) == ["capture_exceeds_hold"]
    assert [(a.status, a.is_replayed) for a in capture(owner, asked)] == [("capture_exceeds_hold", True)]
    assert statuses(capture(owner, change(held))) == ["captured"], "with a key of its own"


def test_the_same_key_with_other_content_is_refused(owner, provider, account):
    held = created(owner, hold(account, provider, 700))
    asked = change(held, 100, content="a")
    assert statuses(capture(owner, asked)) == ["captured"]
    assert statuses(capture(owner, change(held, 200, key=asked.key, content="b"))) == ["idempotency_key_reused"]
    assert statuses(void(owner, change(held, key=asked.key, content="b"))) == ["charge_not_held"], "keys belong to an operation"


def test_a_hold_ends_once(owner, provider, account):
    captured, voided, at_once = (
        created(owner, hold(account, provider)), created(owner, hold(account, provider)), created(owner, charge(account, provider)))
    assert statuses(capture(owner, change(captured))) == ["captured"]
    assert statuses(void(owner, change(voided))) == ["voided"]
    for one in (captured, voided, at_once):
        assert statuses(capture(owner, change(one))) == ["charge_not_held"]
        assert statuses(void(owner, change(one))) == ["charge_not_held"]
    assert statuses(refund(owner, change(voided))) == ["charge_not_captured"]
    assert money(owner, account) == (300, 800, 0)


def test_a_void_gives_everything_back_whatever_the_account(owner, provider, account):
    held = created(owner, hold(account, provider, 1300))
    set_status(owner, account, "frozen")
    assert statuses(void(owner, change(held))) == ["voided"]
    assert money(owner, account) == (500, 800, 0)
    assert events(owner, held) == [("opened", 1300, INSTANT), ("voided", 1300, LATER)]
    assert row(owner, held, "state", "captured_fen", "captured_on", "changed_at") == ("voided", 0, None, LATER)


def test_another_provider_knows_nothing_of_it(owner, provider, account):
    held, other = created(owner, hold(account, provider)), add_provider(owner)
    asked = [change(held, provider_id=other), change(held, person_key=held.person_key + 2)]
    for act in (capture, void, refund):
        assert statuses(act(owner, *asked)) == ["not_found", "not_found"]
    assert owner.execute("SELECT count(*) FROM idempotency_key WHERE principal_id = %s", [other]).fetchone() == (0,)
    assert owner.execute("SELECT count(*) FROM audit_event WHERE actor_id = %s", [other]).fetchone() == (0,)


@pytest.mark.parametrize("status", ["frozen", "deceased"])
def test_the_status_of_the_account_may_forbid_it(owner, provider, account, status):
    held = created(owner, hold(account, provider))
    set_status(owner, account, status)
    assert statuses(capture(owner, change(held))) == [f"account_{status}"]
    set_status(owner, account, "active")
    assert statuses(capture(owner, change(held))) == ["captured"]


def test_a_provider_that_is_none_any_more_takes_nothing(owner, provider, account):
    held, other = created(owner, hold(account, provider)), created(owner, hold(account, provider))
    owner.execute("UPDATE client SET state = 'closed' WHERE client_id = %s", [provider])
    assert statuses(capture(owner, change(held))) == ["provider_not_designated"]
    owner.execute("DELETE FROM client WHERE client_id = %s", [provider])
    assert statuses(capture(owner, change(held))) == ["provider_not_designated"]
    assert statuses(void(owner, change(other))) == ["voided"], "what it holds it may still give back"


def test_what_is_past_its_time_cannot_be_captured_swept_or_not(owner, provider, account):
    held = created(owner, hold(account, provider, lasts=hours(2)))
    late = {"after": hours(2)}
    assert statuses(capture(owner, change(held, **late))) == ["hold_expired"]
    assert statuses(void(owner, change(held, **late))) == ["hold_expired"]
    assert money(owner, account) == (500, 800, 100)
    assert expire(owner, held.expires_at) == 1
    assert statuses(capture(owner, change(held, **late))) == ["hold_expired"]
    assert statuses(capture(owner, change(held, after=hours(1)))) == ["hold_expired"], "nor by a clock that is behind"
    assert money(owner, account) == (500, 800, 0)
    just = created(owner, hold(account, provider, lasts=hours(2)))
    assert statuses(capture(owner, change(just, after=hours(2) - datetime.timedelta(microseconds=1)))) == ["captured"]


def test_a_sweep_takes_what_is_due_and_tells_it(owner, provider, account):
    one, two, not_yet = (created(owner, hold(account, provider, 10 + i, lasts=hours(i))) for i in (1, 2, 3))
    elsewhere = created(owner, hold(add_account(owner), provider, lasts=hours(1)))
    assert expire(owner, INSTANT) == 0
    assert expire(owner, one.expires_at - datetime.timedelta(microseconds=1)) == 0
    assert expire(owner, two.expires_at) == 3
    assert expire(owner, two.expires_at) == 0
    assert money(owner, account) == (500, 800, 13)
    assert [row(owner, one, "state", "changed_at"), row(owner, not_yet, "state", "changed_at")] == [
        ("expired", two.expires_at), ("held", INSTANT)]
    assert events(owner, one) == [("opened", 11, INSTANT), ("expired", 11, two.expires_at)]
    told = owner.execute(
        "SELECT actor_kind, actor_id, person_key, object_id, pool_code FROM audit_event WHERE action = 'expire_charge'").fetchall()
    assert sorted(map(str, told)) == sorted(
        str(("system", None, one.person_key if of is not elsewhere else of.person_key, of.charge_id, "620500"))
        for of in (one, two, elsewhere))


def test_a_sweep_goes_slice_by_slice(owner, provider):
    created(owner, *(hold(add_account(owner), provider, lasts=hours(1 + i)) for i in range(5)))
    assert [expire(owner, INSTANT + hours(9), row_limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_events_of_a_hold_follow_each_other_where_clocks_differ(owner, provider, account):
    one, two, three = (created(owner, hold(account, provider)) for _ in range(3))
    early = {"after": -datetime.timedelta(seconds=1)}
    assert capture(owner, change(one, **early))[0].changed_at == INSTANT
    assert void(owner, change(two, **early))[0].changed_at == INSTANT
    capture(owner, change(three))
    assert refund(owner, change(three, **early))[0].created_at == LATER
    assert entries(owner, one.charge_id, "posted_at") == [(INSTANT,)]


def test_every_change_is_told(owner, provider, account):
    held, other, third = (created(owner, hold(account, provider)) for _ in range(3))
    capture(owner, change(held, 101))
    capture(owner, change(held))
    void(owner, change(other))
    giving = change(held)
    refund(owner, giving)
    refund(owner, change(third, 5))
    told = owner.execute(
        "SELECT action, object_id, detail FROM audit_event WHERE actor_id = %s AND action <> 'create_charge'"
        " AND actor_kind = 'client' AND person_key = %s AND pool_code = '620500' AND request_id = 'request'",
        [provider, account.person_key]).fetchall()
    assert {str(one) for one in told} == {str(one) for one in [
        ("capture_charge", held.charge_id, {"refused": "capture_exceeds_hold", "amount_fen": 101}),
        ("capture_charge", held.charge_id, None), ("void_charge", other.charge_id, None),
        ("create_refund", giving.refund_id, {"charge_id": str(held.charge_id)}),
        ("create_refund", third.charge_id, {"refused": "charge_not_captured", "amount_fen": 5})]}
