"""Refunds: to the part that paid, never more than was charged, also a year later and after a merge."""
# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.db.charging import (
    add_account, add_provider, capture, change, charge, created, entries, expire, hold, hours, money, refund, row, set_status,
    statuses, void)
from tests.db.merging import merge
from tests.db.posting import INSTANT, POOL, Entry, post
from tests.db.world import audit

LATER = INSTANT + hours(1)
NEXT_YEAR = hours(24 * 365)
LARGEST = 9007199254740991


@pytest.fixture
def provider(owner):
    return add_provider(owner)


@pytest.fixture
def account(owner):
    return add_account(owner, 500, 800)


def refunds(connection, of):
    return connection.execute(
        "SELECT amount_fen, current_year_fen, carried_over_fen, current_year_into FROM charge_refund"
        " WHERE person_key = %s AND charge_id = %s ORDER BY created_at, amount_fen", [of.person_key, of.charge_id]).fetchall()


def test_what_was_taken_last_is_given_back_first(owner, provider, account):
    paid = created(owner, charge(account, provider, 700))
    giving = change(paid, 150)
    (answer,) = refund(owner, giving)
    assert (answer.status, answer.is_replayed, answer.refund_id, answer.amount_fen) == ("created", False, giving.refund_id, 150)
    assert (answer.current_year_fen, answer.carried_over_fen, answer.created_at) == (0, 150, LATER)
    assert money(owner, account) == (0, 750, 0)
    (answer,) = refund(owner, change(paid, 100))
    assert (answer.current_year_fen, answer.carried_over_fen) == (50, 50)
    (answer,) = refund(owner, change(paid))
    assert (answer.amount_fen, answer.current_year_fen, answer.carried_over_fen) == (450, 450, 0)
    assert money(owner, account) == (500, 800, 0)
    assert row(owner, paid, "state", "refunded_fen", "changed_at") == ("captured", 700, LATER)
    assert statuses(refund(owner, change(paid))) == statuses(refund(owner, change(paid, 1))) == ["refund_exceeds_charge"]


def test_each_entry_is_linked_to_the_one_it_gives_back(owner, provider, account):
    paid = created(owner, charge(account, provider, 700))
    giving = change(paid, 650, refund_no="R/1")
    refund(owner, giving)
    system = f"provider_payable:{POOL}:{provider}"
    current, carried = row(owner, paid, "current_year_entry_id", "carried_over_entry_id")
    assert entries(owner, giving.refund_id, "kind", "part", "direction", "amount_fen", "system_account", "reference",
                   "linked_entry_id") == [
        ("charge_refund", "current_year", "credit", 450, system, "R/1", current),
        ("charge_refund", "carried_over", "credit", 200, system, "R/1", carried)]


def test_where_carried_over_money_paid_first_it_is_given_back_last(owner):
    provider, account = add_provider(owner, ["330600"]), add_account(owner, 500, 800, pool_code="330600")
    paid = created(owner, hold(account, provider, 900))
    capture(owner, change(paid))
    (answer,) = refund(owner, change(paid, 150, after=hours(2)))
    assert (answer.current_year_fen, answer.carried_over_fen) == (100, 50)


def test_current_year_money_of_a_year_that_is_over_is_carried_over(owner, provider, account):
    paid = created(owner, charge(account, provider, 700))
    giving = change(paid, 300, after=NEXT_YEAR)
    (answer,) = refund(owner, giving)
    assert (answer.current_year_fen, answer.carried_over_fen) == (0, 300)
    assert refunds(owner, paid) == [(300, 100, 200, "carried_over")]
    assert [part for (part,) in entries(owner, giving.refund_id, "part")] == ["carried_over", "carried_over"]
    linked = [one for (one,) in entries(owner, giving.refund_id, "linked_entry_id")]
    assert linked == list(row(owner, paid, "current_year_entry_id", "carried_over_entry_id"))
    assert money(owner, account) == (0, 900, 0)
    again = refund(owner, giving)[0]
    assert again.is_replayed and again.columns == answer.columns
    refund(owner, change(paid, after=NEXT_YEAR))
    assert refunds(owner, paid) == [(300, 100, 200, "carried_over"), (400, 400, 0, "carried_over")]
    assert money(owner, account) == (0, 1300, 0)


def test_the_account_year_is_the_pools(owner):
    owner.execute("UPDATE pool SET account_year_starts_month = 7 WHERE pool_code = '330600'")
    provider, account = add_provider(owner, ["330600"]), add_account(owner, 500, 0, pool_code="330600")
    paid = created(owner, charge(account, provider, 100, instant=INSTANT + hours(24 * 170)))
    assert refund(owner, change(paid, 10, after=hours(24)))[0].current_year_fen == 10, "June"
    assert refund(owner, change(paid, 10, after=hours(24 * 20)))[0].carried_over_fen == 10, "July"


def test_a_number_gives_one_refund_and_a_refusal_uses_none_up(owner, provider, account):
    paid, other = created(owner, charge(account, provider, 100)), created(owner, charge(account, provider, 100))
    assert statuses(refund(owner, change(paid, 101, refund_no="A"))) == ["refund_exceeds_charge"]
    first = change(paid, 50, refund_no="A")
    assert statuses(refund(owner, first)) == ["created"]
    assert statuses(refund(owner, change(other, 50, refund_no="A"))) == ["refund_number_used"]
    assert statuses(refund(owner, change(paid, 10, refund_no=paid.charge_no))) == ["created"], "numbers of charges are others"
    elsewhere = add_provider(owner)
    assert statuses(refund(owner, change(created(owner, charge(account, elsewhere)), refund_no="A"))) == ["created"]
    assert [(a.status, a.is_replayed) for a in refund(owner, first)] == [("created", True)]
    assert statuses(refund(owner, change(paid, 51, refund_no="A", key=first.key, content="other"))) == ["idempotency_key_reused"]


def test_a_frozen_account_receives_and_a_closed_one_does_not(owner, provider, account):
    paid = created(owner, charge(account, provider, 1300))
    for status in ("frozen", "deceased", "spend_only", "suspended"):
        set_status(owner, account, status)
        assert statuses(refund(owner, change(paid, 100))) == ["created"]
    emptied = add_account(owner, 100)
    paid = created(owner, charge(emptied, provider, 100))
    set_status(owner, emptied, "closed")
    assert statuses(refund(owner, change(paid, 100))) == ["account_closed"]


def test_no_account_holds_more_than_every_reader_of_json_can(owner, provider):
    account = add_account(owner, 100)
    paid = created(owner, charge(account, provider, 100))
    post(owner, [Entry(account, LARGEST - 99)])
    assert statuses(refund(owner, change(paid, 100), change(created(owner, charge(add_account(owner), provider))))) == [
        "balance_overflow", "created"]
    assert statuses(refund(owner, change(paid, 99))) == ["created"]


def test_several_refunds_of_a_charge_in_one_batch_take_turns(owner, provider, account):
    paid = created(owner, charge(account, provider, 100))
    asked = [change(paid, 60), change(paid, 60), change(paid, 40)]
    assert statuses(refund(owner, *asked)) == ["created", "deferred", "deferred"]
    assert statuses(refund(owner, *asked)) == ["created", "refund_exceeds_charge", "deferred"]
    assert statuses(refund(owner, *asked)) == ["created", "refund_exceeds_charge", "created"]
    assert money(owner, account) == (500, 800, 0)


class TestAfterAMerge:
    @pytest.fixture
    def merged(self, owner, provider, account):
        """(what the duplicate paid, the survivor's account)"""
        paid, survivor = created(owner, charge(account, provider, 700)), add_account(owner, 10, 20)
        assert merge(owner, survivor, account)[0] == "applied"
        assert money(owner, account) == (0, 0, 0) and money(owner, survivor) == (10, 620, 0)
        return paid, survivor

    def test_the_current_persons_account_receives(self, owner, merged):
        paid, survivor = merged
        giving = change(paid, 300, after=hours(48))
        assert statuses(refund(owner, giving)) == ["created"]
        assert money(owner, survivor) == (110, 820, 0)
        assert owner.execute(
            "SELECT person_key, account_id, account_person_key, charge_id FROM charge_refund WHERE refund_id = %s",
            [giving.refund_id]).fetchone() == (paid.person_key, survivor.account_id, survivor.person_key, paid.charge_id)
        ids = entries(owner, giving.refund_id, "person_key", "account_id", "entry_id")
        assert [(key, account_id, entry_id.int & (1 << 62) - 1) for key, account_id, entry_id in ids] == [
            (survivor.person_key, survivor.account_id, survivor.person_key)] * 2
        assert row(owner, paid, "refunded_fen") == (300,)

    def test_never_more_than_was_charged(self, owner, merged):
        paid, survivor = merged
        late = {"after": hours(48)}
        assert statuses(refund(owner, change(paid, 700, **late), change(paid, 1, **late))) == ["created", "deferred"]
        assert statuses(refund(owner, change(paid, 1, **late))) == ["refund_exceeds_charge"]
        assert money(owner, survivor) == (510, 820, 0)

    def test_also_of_a_record_that_was_merged_again(self, owner, merged):
        paid, survivor = merged
        last = add_account(owner, 0, 0)
        assert merge(owner, last, survivor, instant=INSTANT + hours(30))[0] == "applied"
        assert statuses(refund(owner, change(paid, after=hours(48)))) == ["created"]
        assert money(owner, last) == (510, 820, 0)

    def test_nothing_else_can_be_done_with_it(self, owner, merged):
        paid, _ = merged
        assert statuses(capture(owner, change(paid))) == ["charge_not_held"]


def test_the_auditor_agrees_with_all_of_it(migrated, superuser):
    connection, provider = superuser, add_provider(superuser)
    account, duplicate, survivor = (add_account(connection, 500, 800) for _ in range(3))
    paid = created(connection, charge(account, provider, 700))
    other = created(connection, charge(duplicate, provider, 900))
    refund(connection, change(paid, 50), change(other, 10))
    taken, given_up, over, _ = (created(connection, hold(account, provider, 9, lasts=hours(lasts))) for lasts in (2, 2, 1.5, 9))
    assert statuses(capture(connection, change(taken, 5)) + void(connection, change(given_up))) == ["captured", "voided"]
    assert expire(connection, over.expires_at) == 1
    assert merge(connection, survivor, duplicate)[0] == "applied"
    late = change(other, 500, after=hours(48)), change(paid, 300, after=NEXT_YEAR)
    assert statuses(refund(connection, *late)) == ["created", "created"]
    assert audit(migrated)["faults"] == []
