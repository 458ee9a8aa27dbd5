"""Grants to look at accounts in batches: nothing waits, nothing is granted twice, and what is past its last day ends."""
# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest

from tests.db.posting import Account
from tests.db.viewing import AT, asked, create, look, person_of, revoke, taken_back

DAY = datetime.timedelta(days=1)


@pytest.fixture
def third(owner):
    return Account().insert_owner(owner).insert(owner)


def statuses(rows):
    return [row[0] for row in rows]


def states(connection):
    return dict(connection.execute("SELECT view_grant_id, state FROM view_grant").fetchall())


def test_one_request_of_an_owner_in_a_batch(owner, world, third):
    one, two, other = (asked(owner, *pair) for pair in ((world.account, world.other), (world.account, third), (third, world.account)))
    assert statuses(create(owner, one, two, other)) == ["created", "deferred", "created"]
    assert statuses(create(owner, two)) == ["created"]
    assert len(states(owner)) == 3


def test_the_same_person_is_granted_once(owner, world):
    one, two = asked(owner, world.account, world.other), asked(owner, world.account, world.other)
    assert statuses(create(owner, one, two)) == ["created", "deferred"]
    assert statuses(create(owner, two)) == ["already_exists"]
    ((status, is_replayed, grant_id, *_),) = create(owner, {**one, "view_grant_id": two["view_grant_id"]})
    assert (status, is_replayed, grant_id) == ("created", True, one["view_grant_id"])


def test_what_another_transaction_holds_is_deferred(cluster, migrated, owner, world):
    request = asked(owner, world.account, world.other)
    with cluster.connect(migrated.database, "owner") as other, other.transaction():
        assert statuses(create(other, asked(other, world.account, None, number_hash=b"x" * 32,
                                            name_hash=b"y" * 32))) == ["member_name_mismatch"]
        assert statuses(create(owner, request)) == ["deferred"]
    assert statuses(create(owner, request)) == ["created"]
    back = taken_back(person_of(owner, world.account), request["view_grant_id"], world.account.person_key)
    with cluster.connect(migrated.database, "owner") as other, other.transaction():
        other.execute("SELECT FROM view_grant FOR NO KEY UPDATE")
        assert statuses(revoke(owner, back)) == ["deferred"]
    again = taken_back(person_of(owner, world.other), request["view_grant_id"], world.account.person_key)
    assert statuses(revoke(owner, back, again)) == ["done", "deferred"]
    assert [row[:3] for row in revoke(owner, again)] == [("not_possible_now", False, "revoked")]
    waiting = taken_back(person_of(owner, world.account), request["view_grant_id"], world.account.person_key, wait=True)
    assert statuses(revoke(owner, waiting)) == ["not_possible_now"]


@pytest.mark.parametrize("wrong", [
    {"scope": "all"}, {"expires_on": AT.date() - DAY}, {"expires_on": AT.date() + 367 * DAY}, {"number_hash": b"short"},
    {"name_hash": None}, {"number_hash": None, "name_hash": None}])
def test_what_no_grant_can_have(owner, world, wrong):
    assert statuses(create(owner, asked(owner, world.account, world.other, **wrong), asked(owner, world.other, world.account))) == [
        "malformed", "created"]


def test_names_are_tried_ten_times_a_day(owner, world):
    wrong = [asked(owner, world.account, None, number_hash=b"x" * 32, name_hash=b"y" * 32, instant=AT + i * DAY / 20) for i in range(12)]
    answers = [create(owner, one)[0] for one in wrong]
    assert statuses(answers) == ["member_name_mismatch"] * 10 + ["too_many_attempts"] * 2
    assert answers[10][5] == 12 * 3600  # the first of them was 12 hours ago
    assert statuses(create(owner, asked(owner, world.account, world.other, instant=AT + DAY))) == ["created"]
    assert statuses(create(owner, asked(owner, world.other, world.account))) == ["created"]


def test_a_look_needs_a_grant_that_holds(owner, world, third):
    request = asked(owner, world.account, world.other, expires_on=AT.date() + 2 * DAY)
    create(owner, request)
    viewer = person_of(owner, world.other)
    assert look(owner, world.account, viewer) and look(owner, world.account, viewer, at=AT + 2 * DAY)
    assert look(owner, world.account, viewer, at=AT + 3 * DAY) is None
    assert look(owner, world.account, viewer, scope="entries") is None
    assert look(owner, world.account, person_of(owner, third)) is None and look(owner, third, viewer) is None
    (count,) = owner.execute("SELECT count(*) FROM audit_event WHERE detail ? 'view_grant_id'").fetchone()
    assert count == 2


def test_the_sweep_ends_what_is_past_its_last_day(owner, world, third):
    today, tomorrow = (asked(owner, world.account, viewer, expires_on=AT.date() + days * DAY) for viewer,
                       days in ((world.other, 0), (third, 1)))
    assert statuses(create(owner, today) + create(owner, tomorrow)) == ["created", "created"]

    def swept(at):
        return owner.execute("SELECT view_grant_expire(%s, 500)", [at]).fetchone()[0]

    assert swept(AT) == 0
    assert swept(AT + DAY) == 1 and swept(AT + DAY) == 0
    assert states(owner) == {today["view_grant_id"]: "expired", tomorrow["view_grant_id"]: "granted"}
    steps = owner.execute("SELECT event, who, actor_kind FROM state_change WHERE object_id = %s ORDER BY seq",
                          [today["view_grant_id"]]).fetchall()
    assert steps == [("grant", "owner", "citizen"), ("expire", "system", "system")]


def test_no_merge_while_the_duplicate_lets_look_or_may(owner, world, third):
    def refusal(survivor, duplicate):
        return owner.execute("SELECT merge_refusal(%s, %s)", [survivor.person_key, duplicate.person_key]).fetchone()[0]

    assert refusal(third, world.other) is None
    for giving, viewer in ((world.other, world.account), (world.account, world.other)):
        request = asked(owner, giving, viewer)
        assert statuses(create(owner, request)) == ["created"]
        assert refusal(third, world.other) == "conflict"
        revoke(owner, taken_back(person_of(owner, giving), request["view_grant_id"], giving.person_key))
        assert refusal(third, world.other) is None
