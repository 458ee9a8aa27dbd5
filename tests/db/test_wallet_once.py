"""Who ends a transfer to a wallet, in which state, and that each request is done once, whatever comes at the same time."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import threading

import pytest

from tests.db import walleting
from tests.db.merging import merge
from tests.db.posting import make_id
from tests.db.walleting import (ADULT, CHILD, HOUR, NOON, SIX, Pair, at, back, create, end, entries, finish, member, money,
                                open_wallets, person, returned, send, sent, state, statuses, wallet_of)
from tests.db.world import audit


@pytest.fixture
def pair(owner):
    return Pair(owner)


# --- who may ----------------------------------------------------------------------------------------------------------


def test_each_side_ends_it_in_its_own_way(owner, pair):
    stranger = person(owner)
    request = sent(owner, send(pair.sender, pair.member))
    for event, callers in (("accept", (pair.sender, stranger)), ("decline", (pair.sender, stranger)),
                           ("cancel", (pair.receiver, stranger))):
        for caller in callers:
            assert statuses(finish(owner, event, end(request, caller))) == ["not_found"]
    gone = end(request, pair.receiver)
    gone.transfer_id = make_id(pair.sender.person_key)
    assert statuses(finish(owner, "accept", gone)) == ["not_found"]


@pytest.mark.parametrize("event", ["accept", "decline"])
@pytest.mark.parametrize(("birth_date", "by_guardian", "by_receiver"), [
    (CHILD, "done", "guardian_needed"), ("2008-03-10", "not_found", "done"), ("2008-03-11", "done", "guardian_needed"),
    (ADULT, "not_found", "done")])
def test_a_guardian_decides_for_a_minor(owner, event, birth_date, by_guardian, by_receiver):
    sender, receiver, guardian = person(owner, 1000), person(owner), person(owner)
    owner.execute("UPDATE person SET birth_date = %s WHERE person_key = %s", [birth_date, receiver.person_key])
    wallet_of(owner, receiver)
    relation = member(owner, sender, receiver, guardian=guardian)
    for caller, status in ((guardian, by_guardian), (receiver, by_receiver)):
        assert statuses(finish(owner, event, end(sent(owner, send(sender, relation)), caller))) == [status]
    assert statuses(finish(owner, "cancel", end(sent(owner, send(sender, relation)), sender))) == ["done"]


# --- the machine ------------------------------------------------------------------------------------------------------

STATES = {"pending": None, "accepted": "accept", "declined": "decline", "cancelled": "cancel", "returned": "return"}


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("event", ["accept", "decline", "cancel"])
def test_every_event_in_every_state(owner, pair, before, event):
    """Of the table: what does not stand there is refused, and says what could be done; each step taken is in the timeline."""
    request = sent(owner, send(pair.sender, pair.member))
    if STATES[before] == "accept":
        finish(owner, "accept", end(request, pair.receiver))
    elif before != "pending":
        back(owner, pair, STATES[before], request)
    assert state(owner, request) == before
    after = owner.execute("SELECT state_next('wallet_transfer', %s, %s)", [before, event]).fetchone()[0]
    caller = pair.sender if event == "cancel" else pair.receiver
    [answer] = finish(owner, event, end(request, caller, after=2 * HOUR))
    assert answer["status"] == ("done" if after else "not_possible_now")
    assert state(owner, request) == (after or before)
    if not after:
        assert answer["possible"] == {"state": before, "possible": []}
    changes = owner.execute("SELECT event, to_state, who FROM state_change WHERE object_id = %s ORDER BY seq",
                            [request.transfer_id]).fetchall()
    assert changes[0] == ("create", "pending", "sender") and changes[-1][1] == (after or before) and len(changes) <= 2
    told = owner.execute("SELECT event ->> 'event' FROM outbox WHERE event ->> 'object_id' = %s ORDER BY outbox_id",
                         [str(request.transfer_id)]).fetchall()
    assert [name for (name,) in told] == [f"wallet_transfer.{change[1]}" for change in changes]


# --- once -------------------------------------------------------------------------------------------------------------


def test_the_same_request_again(owner, pair):
    request = send(pair.sender, pair.member, 200_000)
    first, again = create(owner, request)[0], create(owner, request)[0]
    assert again == {**first, "is_replayed": True}
    other = send(pair.sender, pair.member, 1, key=request.key)
    assert statuses(create(owner, other)) == ["idempotency_key_reused" if other.content_hash != request.content_hash else "created"]
    accept = end(request, pair.receiver)
    first, again = finish(owner, "accept", accept)[0], finish(owner, "accept", accept)[0]
    assert again == {**first, "is_replayed": True} and money(owner, pair.wallet) == (0, 200_000)
    late = end(request, pair.receiver)
    first, again = finish(owner, "decline", late)[0], finish(owner, "decline", late)[0]
    assert first["status"] == "not_possible_now" and again == {**first, "is_replayed": True}


def test_a_batch_does_each_once(owner, pair):
    """What shares a sender, a transfer or a wallet goes again."""
    other = Pair(owner)
    batch = [send(pair.sender, pair.member), send(pair.sender, pair.member), send(other.sender, other.member),
             send(pair.sender, make_id(pair.sender.person_key)), send(other.sender, other.member, 10**15)]
    answers = create(owner, *batch)
    assert statuses(answers) == ["created", "deferred", "created", "not_found", "deferred"]
    assert statuses(create(owner, batch[1], batch[4])) == ["created", "wallet_transfer_too_large"]
    ends = [end(batch[0], pair.receiver), end(batch[0], pair.receiver), end(batch[1], pair.receiver), end(batch[2], other.receiver)]
    assert statuses(finish(owner, "accept", *ends)) == ["done", "deferred", "deferred", "done"]
    assert statuses(finish(owner, "accept", *ends[1:3])) == ["not_possible_now", "deferred"]
    assert statuses(finish(owner, "accept", ends[2])) == ["done"]


POISON = [{"amount_fen": 0}, {"amount_fen": -5}, {"amount_fen": None}, {"account_id": None}, {"family_member_id": None},
          {"amount_fen": 2**63 - 1}, {"person_key": None}, {"person_key": 0}]


@pytest.mark.parametrize("poison", POISON, ids=str)
def test_no_member_harms_the_others(owner, pair, poison):
    bad, good = send(pair.sender, pair.member), Pair(owner)
    for name, value in poison.items():
        setattr(bad, name, value)
    answers = create(owner, bad, send(good.sender, good.member))
    assert answers[1]["status"] == "created" and answers[0]["status"] not in ("created", "done")


@pytest.mark.parametrize("poison", [{"transfer_id": None}, {"person_key": None}, {"caller_key": None}, {"person_key": 0}], ids=str)
@pytest.mark.parametrize("event", ["accept", "decline", "cancel"])
def test_no_end_harms_the_others(owner, pair, event, poison):
    good, by = sent(owner, send(pair.sender, pair.member)), pair.sender if event == "cancel" else pair.receiver
    bad = end(good, by)
    for name, value in poison.items():
        setattr(bad, name, value)
    assert statuses(finish(owner, event, bad, end(good, by))) == ["not_found", "done"]


@pytest.mark.parametrize("table", ["person", "account"])
def test_what_somebody_else_holds_is_put_off(owner, cluster, migrated, pair, table):
    """Nobody waits for it in a batch, and the others go on."""
    other = Pair(owner)
    with cluster.connect(migrated.database, "owner") as holder, holder.transaction():
        holder.execute(f"SELECT FROM {table} WHERE person_key = %s FOR UPDATE", [pair.sender.person_key])
        requests = [send(pair.sender, pair.member), send(other.sender, other.member)]
        assert statuses(create(owner, *requests)) == ["deferred", "created"]
    assert statuses(create(owner, requests[0])) == ["created"]


def test_an_end_that_somebody_else_is_at_is_put_off(owner, cluster, migrated, pair):
    """The transfer, or the account that would receive; the sweep passes it over."""
    request = sent(owner, send(pair.sender, pair.member))
    for table, column, value in (("wallet_transfer", "wallet_transfer_id", request.transfer_id),
                                 ("account", "account_id", pair.sender.account_id)):
        with cluster.connect(migrated.database, "owner") as holder, holder.transaction():
            holder.execute(f"SELECT FROM {table} WHERE {column} = %s FOR UPDATE", [value])
            assert statuses(finish(owner, "cancel", end(request, pair.sender))) == ["deferred"]
            assert returned(owner, SIX) == 0
    assert returned(owner, SIX) == 1


def test_opening(owner):
    someone, dead = person(owner), person(owner)
    ask = walleting.Open(NOON, someone, person_key=someone.person_key, person_id=someone.person_id)
    [first] = open_wallets(owner, ask)
    assert first["status"] == "created" and open_wallets(owner, ask) == [{**first, "is_replayed": True}]
    again = walleting.Open(NOON, someone, person_key=someone.person_key, person_id=someone.person_id)
    assert statuses(open_wallets(owner, again)) == ["already_exists"]
    row = owner.execute("SELECT pool_code, status FROM account WHERE account_id = %s", [first["account_id"]]).fetchone()
    assert row == ("000000", "spend_only")
    owner.execute("UPDATE account SET status = 'closed' WHERE account_id = %s", [first["account_id"]])
    owner.execute("UPDATE person SET deceased_on = '2026-01-01' WHERE person_key = %s", [dead.person_key])
    stranger = walleting.Open(NOON, dead, person_key=someone.person_key, person_id=someone.person_id)
    wrong = walleting.Open(NOON, someone, person_key=someone.person_key, person_id=dead.person_id)
    closed = walleting.Open(NOON, someone, person_key=someone.person_key, person_id=someone.person_id)
    late = walleting.Open(NOON, dead, person_key=dead.person_key, person_id=dead.person_id)
    assert statuses(open_wallets(owner, stranger, wrong, closed, late)) == ["not_found", "not_found", "account_closed",
                                                                            "account_deceased"] or \
        statuses(open_wallets(owner, closed)) == ["account_closed"]


def test_a_guardian_opens_a_minors_wallet(owner):
    sender, child, guardian = person(owner), person(owner), person(owner)
    owner.execute("UPDATE person SET birth_date = %s WHERE person_key = %s", [CHILD, child.person_key])
    ask = walleting.Open(NOON, guardian, person_key=child.person_key, person_id=child.person_id)
    assert statuses(open_wallets(owner, ask)) == ["not_found"]
    member(owner, sender, child, guardian=guardian)
    assert statuses(open_wallets(owner, ask)) == ["created"]


# --- what is open stands in the way -----------------------------------------------------------------------------------


def test_money_on_its_way_keeps_the_account_open_and_the_people_apart(owner, pair):
    request = sent(owner, send(pair.sender, pair.member, 200_000))
    ask = "SELECT account_has_wallet_money(%s, %s)"
    assert owner.execute(ask, [pair.sender.person_key, pair.sender.account_id]).fetchone() == (True,)
    owner.execute("UPDATE family_member SET state = 'ended', ended_at = changed_at WHERE family_member_id = %s", [pair.member])
    for survivor, duplicate in ((person(owner), pair.sender), (person(owner), pair.receiver), (pair.sender, person(owner))):
        assert merge(owner, survivor, duplicate)[0] == "conflict"
    assert statuses(finish(owner, "accept", end(request, pair.receiver))) == ["done"]
    assert owner.execute(ask, [pair.sender.person_key, pair.sender.account_id]).fetchone() == (False,)
    survivor = person(owner)
    assert merge(owner, survivor, pair.receiver, instant=NOON + 4 * HOUR)[0] == "applied"
    wallet = owner.execute("SELECT current_year_fen, carried_over_fen, status FROM account WHERE person_key = %s AND pool_code = '000000'",
                           [survivor.person_key]).fetchone()
    assert wallet == (0, 200_000, "spend_only")


def test_a_wallet_never_receives_and_an_account_with_money_on_its_way_is_not_closed(owner, pair):
    fault = "SELECT account_status_fault(account, %s) FROM account WHERE account_id = %s"
    assert owner.execute(fault, ["active", pair.wallet.account_id]).fetchone() == ("not_allowed_in_status",)
    assert owner.execute(fault, ["frozen", pair.wallet.account_id]).fetchone() == (None,)
    poor = Pair(owner, current_year_fen=100, carried_over_fen=0)
    sent(owner, send(poor.sender, poor.member, 100))
    assert owner.execute(fault, ["closed", poor.sender.account_id]).fetchone() == ("not_allowed_in_status",)


def test_the_books_stay_clean(owner, migrated, pair):
    for event in ("accept", "decline", "cancel"):
        request = sent(owner, send(pair.sender, pair.member, 150_000))
        caller = pair.sender if event == "cancel" else pair.receiver
        assert statuses(finish(owner, event, end(request, caller))) == ["done"]
    other = Pair(owner)
    sent(owner, send(other.sender, other.member, 150_000))
    returned(owner, SIX)
    faults = [fault for fault in audit(migrated)["faults"] if fault["check"] != "070_owner"]
    assert faults == []


# --- races ------------------------------------------------------------------------------------------------------------


def race(cluster, migrated, *calls):
    """Calls of (connection) at the same time, each on a connection of its own; their results."""
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place, call):
        with cluster.connect(migrated.database, "owner") as connection:
            barrier.wait()
            results[place] = call(connection)

    threads = [threading.Thread(target=run, args=one) for one in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def again(event, request):
    """Until it is not deferred any more."""
    def call(connection):
        while True:
            [answer] = finish(connection, event, request) if event != "create" else create(connection, request)
            if answer["status"] != "deferred":
                return answer["status"]
    return call


def test_of_all_that_end_it_at_once_one_does(owner, cluster, migrated):
    for _ in range(12):
        pair = Pair(owner)
        request = sent(owner, send(pair.sender, pair.member, 1000, instant=at("21:59:00")))
        before = SIX - datetime.timedelta(seconds=1)
        results = race(
            cluster, migrated, again("accept", end(request, pair.receiver, instant=before)),
            again("accept", end(request, pair.receiver, instant=before)), again("cancel", end(request, pair.sender, instant=before)),
            again("decline", end(request, pair.receiver, instant=before)), lambda connection: returned(connection, SIX))
        done = [result for result in results if result in ("done", 1)]
        assert len(done) == 1 and set(results) <= {"done", "not_possible_now", 0, 1}
        assert sum(money(owner, pair.sender)) + sum(money(owner, pair.wallet)) == 500_000
        ends = [row for row in entries(owner, request) if row[0] != "wallet_out"]
        assert sum(row[3] for row in ends) == 1000


def test_opposite_directions_at_once(owner, cluster, migrated):
    for _ in range(10):
        one, two = person(owner, 10_000), person(owner, 10_000)
        wallet_of(owner, one), wallet_of(owner, two)
        there, back_again = member(owner, one, two), member(owner, two, one)
        requests = [send(one, there), send(two, back_again), send(one, there), send(two, back_again)]
        assert race(cluster, migrated, *(again("create", request) for request in requests)) == ["created"] * 4
        accepts = [end(request, two if request.caller is one else one) for request in requests]
        assert race(cluster, migrated, *(again("accept", accept) for accept in accepts)) == ["done"] * 4


def test_the_limit_of_a_day_holds_for_all_at_once(owner, cluster, migrated):
    pair = Pair(owner)
    results = race(cluster, migrated, *(again("create", send(pair.sender, pair.member)) for _ in range(8)))
    assert sorted(results) == ["created"] * 3 + ["wallet_day_limit"] * 5
