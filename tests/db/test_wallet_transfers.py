"""Money on its way to wallets: limits, quiet hours, where it goes and comes back to."""
# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest

from tests.db import interesting
from tests.db.interesting import date, post_year
from tests.db.posting import Account, make_id
from tests.db.transferring import enrol
from tests.db.walleting import (HOUR, SIX, Pair, at, back, create, end, entries, finish, member, money, person, returned, send,
                                sent, state, statuses, wallet_of)


@pytest.fixture
def pair(owner):
    return Pair(owner)


# --- what is refused --------------------------------------------------------------------------------------------------

QUIET = [
    ("21:59:59.999999", "created"), ("22:00:00", "wallet_quiet_hours"), ("23:59:59.999999", "wallet_quiet_hours"),
    ("00:00:00", "wallet_quiet_hours"), ("05:59:59.999999", "wallet_quiet_hours"), ("06:00:00", "created"), ("12:00:00", "created"),
]


@pytest.mark.parametrize(("time", "status"), QUIET)
def test_quiet_hours(owner, pair, time, status):
    assert statuses(create(owner, send(pair.sender, pair.member, instant=at(time)))) == [status]


@pytest.mark.parametrize(("quiet_from", "quiet_until", "time", "status"), [
    ("01:00", "03:00", "00:59:59.999999", "created"), ("01:00", "03:00", "01:00:00", "wallet_quiet_hours"),
    ("01:00", "03:00", "02:59:59.999999", "wallet_quiet_hours"), ("01:00", "03:00", "03:00:00", "created"),
    ("06:00", "06:00", "06:00:00", "created"), ("00:00", "24:00", "23:59:59", "wallet_quiet_hours"),
])
def test_quiet_hours_are_data(superuser, quiet_from, quiet_until, time, status):
    pair = Pair(superuser)
    superuser.execute("UPDATE wallet_rule SET quiet_from = %s, quiet_until = %s", [quiet_from, quiet_until])
    assert statuses(create(superuser, send(pair.sender, pair.member, instant=at(time)))) == [status]


@pytest.mark.parametrize(("amount_fen", "status"), [(1, "created"), (200_000, "created"), (200_001, "wallet_transfer_too_large")])
def test_limit_of_one_transfer(owner, pair, amount_fen, status):
    assert statuses(create(owner, send(pair.sender, pair.member, amount_fen))) == [status]


def test_three_a_day_from_all_accounts_also_those_that_came_back(owner, pair):
    other = Account(person_key=pair.sender.person_key, pool_code="440100", status="suspended")
    other.person_id = pair.sender.person_id
    other.insert(owner)
    enrol(owner, other, "440100", status="suspended")
    elsewhere = member(owner, other, pair.receiver)
    first, second = sent(owner, send(pair.sender, pair.member)), sent(owner, send(pair.sender, pair.member))
    assert statuses(finish(owner, "decline", end(first, pair.receiver))) == ["done"]
    assert statuses(finish(owner, "cancel", end(second, pair.sender))) == ["done"]
    sent(owner, send(pair.sender, pair.member, instant=at("21:00:00")))
    for account, to in ((pair.sender, pair.member), (other, elsewhere)):
        assert statuses(create(owner, send(account, to, instant=at("21:30:00")))) == ["wallet_day_limit"]
    sent(owner, send(pair.sender, pair.member, instant=at("2026-03-11 06:00:00")))


def test_a_day_begins_at_midnight_in_shanghai(owner, pair):
    for _ in range(3):
        sent(owner, send(pair.sender, pair.member, instant=at("21:59:59.999999")))
    assert statuses(create(owner, send(pair.sender, pair.member, instant=at("2026-03-11 06:00:00")))) == ["created"]


REFUSED = [
    ({"state": "invited"}, "not_possible_now"), ({"state": "ended"}, "not_possible_now"), ({"way": "direct"}, "conflict"),
]


@pytest.mark.parametrize(("changes", "status"), REFUSED)
def test_only_a_member_by_wallet(owner, changes, status):
    sender, receiver = person(owner, 1000), person(owner)
    wallet_of(owner, receiver)
    [answer] = create(owner, send(sender, member(owner, sender, receiver, **changes)))
    assert answer["status"] == status
    if status == "not_possible_now":
        assert answer["possible"]["state"] == changes["state"]


@pytest.mark.parametrize(("status", "refusal"), [
    ("active", None), ("suspended", None), ("frozen", "account_frozen"), ("spend_only", "scheme_cannot_share"),
    ("deceased", "account_deceased")])
def test_the_senders_account_must_let_it_out(owner, pair, status, refusal):
    owner.execute("UPDATE account SET status = %s WHERE account_id = %s", [status, pair.sender.account_id])
    assert statuses(create(owner, send(pair.sender, pair.member))) == [refusal or "created"]


ENDED = [
    ("UPDATE enrolment SET status = 'ended', ended_on = '2026-01-01' WHERE person_key = %(owner)s", "scheme_cannot_share"),
    ("UPDATE person SET deceased_on = '2026-01-01' WHERE person_key = %(owner)s", "account_deceased"),
    ("UPDATE person SET deceased_on = '2026-01-01' WHERE person_key = %(relative)s", "member_not_enrolled")]


@pytest.mark.parametrize(("happens", "refusal"), ENDED)
def test_nothing_is_sent_from_what_can_be_shared_no_longer(owner, pair, happens, refusal):
    """Before the sweep that ends it."""
    owner.execute(happens, {"owner": pair.sender.person_key, "relative": pair.receiver.person_key})
    assert statuses(create(owner, send(pair.sender, pair.member))) == [refusal]
    assert money(owner, pair.sender) == (300_000, 200_000)


@pytest.mark.parametrize("status", [None, "frozen", "deceased", "closed"])
def test_the_wallet_must_be_open(owner, status):
    sender, receiver = person(owner, 1000), person(owner)
    if status:
        wallet_of(owner, receiver, status)
    assert statuses(create(owner, send(sender, member(owner, sender, receiver)))) == ["wallet_not_open"]


def test_what_is_held_stays(owner, pair):
    owner.execute("UPDATE account SET held_fen = 400000 WHERE account_id = %s", [pair.sender.account_id])
    assert statuses(create(owner, send(pair.sender, pair.member, 100_001))) == ["insufficient_balance"]
    assert statuses(create(owner, send(pair.sender, pair.member, 100_000))) == ["created"]


def test_nobody_elses_account_or_member(owner, pair):
    stranger = Pair(owner)
    for request in (send(pair.sender, stranger.member), send(pair.sender, make_id(pair.sender.person_key)),
                    send(pair.sender, pair.member, account_id=stranger.sender.account_id),
                    send(pair.sender, pair.member, account_id=pair.wallet.account_id)):
        assert statuses(create(owner, request)) == ["not_found"]


# --- where the money goes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("pool_code", "amount_fen", "gave"), [
    ("620500", 100, {"current_year": 100}), ("330600", 100, {"carried_over": 100}),
    ("620500", 150_000, {"current_year": 100_000, "carried_over": 50_000}),
    ("330600", 150_000, {"carried_over": 120_000, "current_year": 30_000})])
def test_parts_pay_in_the_order_of_the_pool(owner, pool_code, amount_fen, gave):
    pair = Pair(owner, pool_code, 100_000, 120_000)
    request = sent(owner, send(pair.sender, pair.member, amount_fen))
    assert {part: fen for _, part, _, fen, _ in entries(owner, request)} == gave
    assert {(kind, direction, system) for kind, _, direction, _, system in entries(owner, request)} == {
        ("wallet_out", "debit", f"transit:{pool_code}")}
    assert sum(money(owner, pair.sender)) == 220_000 - amount_fen and money(owner, pair.wallet) == (0, 0)


def test_accepted(owner, pair):
    request = sent(owner, send(pair.sender, pair.member, 200_000))
    [answer] = finish(owner, "accept", end(request, pair.receiver))
    assert answer["status"] == "done" and state(owner, request) == "accepted"
    assert money(owner, pair.wallet) == (0, 200_000) and money(owner, pair.sender) == (100_000, 200_000)
    assert [row for row in entries(owner, request) if row[0] == "wallet_in"] == [
        ("wallet_in", "carried_over", "credit", 200_000, "transit:000000")]


def test_accepted_from_both_parts(owner):
    pair = Pair(owner, "620500", 100, 100)
    request = sent(owner, send(pair.sender, pair.member, 150))
    assert statuses(finish(owner, "accept", end(request, pair.receiver))) == ["done"]
    assert money(owner, pair.wallet) == (0, 150)
    linked = owner.execute("SELECT e.amount_fen, o.amount_fen, o.kind FROM ledger_entry AS e JOIN ledger_entry AS o"
                           " ON o.entry_id = e.linked_entry_id WHERE e.account_id = %s ORDER BY 1", [pair.wallet.account_id]).fetchall()
    assert linked == [(50, 50, "wallet_out"), (100, 100, "wallet_out")]


@pytest.mark.parametrize(("event", "after"), [("decline", "declined"), ("cancel", "cancelled"), ("return", "returned")])
@pytest.mark.parametrize("status", ["active", "frozen", "deceased"])
def test_what_comes_back_goes_where_it_came_from(owner, event, after, status):
    """Whatever has become of the account."""
    pair = Pair(owner, "620500", 100, 100)
    request = sent(owner, send(pair.sender, pair.member, 150))
    owner.execute("UPDATE account SET status = %s WHERE account_id = %s", [status, pair.sender.account_id])
    assert back(owner, pair, event, request) == (1 if event == "return" else ["done"])
    assert money(owner, pair.sender) == (100, 100) and money(owner, pair.wallet) == (0, 0)
    assert state(owner, request) == after
    assert [row[:4] for row in entries(owner, request)[2:]] == [
        ("wallet_return", "carried_over", "credit", 50), ("wallet_return", "current_year", "credit", 100)]


def test_money_of_a_year_that_has_ended_is_carried_over(owner):
    pair = Pair(owner, "620500", 100, 100)
    request = sent(owner, send(pair.sender, pair.member, 150, instant=at("2026-12-31 21:00:00")))
    assert returned(owner, at("2027-01-01 06:00:00")) == 1
    assert money(owner, pair.sender) == (0, 200) and state(owner, request) == "returned"


@pytest.mark.parametrize(("is_posted_between", "parts"), [(False, (0, 200)), (True, (100, 100))])
def test_what_leaves_after_the_years_end_is_the_new_years(owner, is_posted_between, parts):
    """docs/interest.md: posted between the legs, the old year's end carries over what is there, and what is back stays current."""
    pair, day = Pair(owner, "620500", 100, 100), date("2027-01-09")
    sent(owner, send(pair.sender, pair.member, 100, instant=at("2027-01-09 09:00:00")))
    if is_posted_between:
        assert post_year(owner, pair.sender, 2026, day) == "posted"
    assert returned(owner, at("2027-01-10 06:00:00")) == 1
    if not is_posted_between:
        assert post_year(owner, pair.sender, 2026, date("2027-01-10")) == "posted"
    interest = sum(fen for _, _, fen in interesting.entries(owner, pair.sender, "interest"))
    assert money(owner, pair.sender) == (parts[0], parts[1] + interest)


def test_the_sweep_is_exact(owner, pair):
    early, late = sent(owner, send(pair.sender, pair.member, instant=at("06:00:00"))), sent(owner, send(pair.sender, pair.member))
    micro = datetime.timedelta(microseconds=1)
    assert returned(owner, SIX - micro) == 0
    assert returned(owner, SIX, row_limit=1) == 1
    assert returned(owner, SIX) == 1 and returned(owner, SIX) == 0
    assert state(owner, early) == state(owner, late) == "returned"
    events = owner.execute("SELECT count(*) FROM audit_event WHERE action = 'return_wallet_transfer' AND object_id = ANY(%s)",
                           [[early.transfer_id, late.transfer_id]]).fetchone()
    assert events == (2,)


@pytest.mark.parametrize(("instant", "status"), [
    (SIX - datetime.timedelta(microseconds=1), "done"), (SIX, "not_possible_now"), (SIX + HOUR, "not_possible_now")])
def test_accepted_before_its_return_only_swept_or_not(owner, pair, instant, status):
    request = sent(owner, send(pair.sender, pair.member))
    [answer] = finish(owner, "accept", end(request, pair.receiver, instant=instant))
    assert answer["status"] == status
    if status != "done":
        assert answer["possible"] == {"state": "pending", "possible": ["cancel", "decline"]}
        assert statuses(finish(owner, "decline", end(request, pair.receiver, instant=instant))) == ["done"]


@pytest.mark.parametrize(("status", "refusal"), [
    ("spend_only", None), ("suspended", None), ("frozen", "account_frozen"), ("deceased", "account_deceased")])
def test_the_wallet_must_take_it_in(owner, pair, status, refusal):
    request = sent(owner, send(pair.sender, pair.member))
    owner.execute("UPDATE account SET status = %s WHERE account_id = %s", [status, pair.wallet.account_id])
    assert statuses(finish(owner, "accept", end(request, pair.receiver))) == [refusal or "done"]
