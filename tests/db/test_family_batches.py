"""Invitations and steps of several people together: one after the other for an account, put off while somebody holds it, never too many."""
# SPDX-License-Identifier: Apache-2.0
import threading
import uuid

import psycopg
import pytest

from tests.db import family_steps as sharing
from tests.db.charging import add_account
from tests.db.posting import make_id


@pytest.fixture
def people(owner):
    """So many with an account and an enrolment."""
    def make(count):
        accounts = [add_account(owner) for _ in range(count)]
        for account in accounts:
            sharing.enrol(owner, account)
        return accounts

    return make


def states(owner, account):
    rows = owner.execute("SELECT state FROM family_member WHERE person_key = %s ORDER BY family_member_id", [account.person_key])
    return [state for (state,) in rows]


def test_one_account_takes_one_member_of_a_batch_and_the_same_key_is_one_request(owner, people):
    account, one, two, other = people(4)
    first, second, third = (sharing.asked(owner, a, r) for a, r in ((account, one), (account, two), (other, one)))
    again = {**first, "id": make_id(account.person_key), "event_id": make_id(account.person_key)}
    assert [row[0] for row in sharing.invite(owner, first, second, third, again)] == ["created", "deferred", "created", "deferred"]
    assert [row[:2] for row in sharing.invite(owner, second)] == [("created", False)]
    assert sharing.invite(owner, again) == [("created", True, uuid.UUID(str(first["id"])))]
    assert sharing.invite(owner, {**first, "content": b"d" * 32})[0][0] == "idempotency_key_reused"


def test_what_somebody_else_holds_is_put_off_and_nothing_is_kept(owner, people, migrated):
    account, one = people(2)
    request = sharing.asked(owner, account, one)
    with psycopg.connect(migrated.environment["DATABASE_URL"]) as holder:
        holder.execute("SELECT FROM account WHERE account_id = %s FOR NO KEY UPDATE", [account.account_id])
        assert sharing.invite(owner, request)[0][0] == "deferred"
        holder.rollback()
        holder.execute("SELECT FROM person WHERE person_key = %s FOR NO KEY UPDATE", [one.person_key])
        assert sharing.invite(owner, request)[0][0] == "deferred"
    assert states(owner, account) == [] and owner.execute("SELECT count(*) FROM idempotency_key").fetchone() == (0,)
    assert sharing.invite(owner, {**request, "wait": True})[0][0] == "created"
    agreed = sharing.stepping(owner, one, request)
    with psycopg.connect(migrated.environment["DATABASE_URL"]) as holder:
        holder.execute("SELECT FROM person WHERE person_key = %s FOR NO KEY UPDATE", [one.person_key])
        assert sharing.step(owner, "accept", agreed)[0][0] == "deferred"
        assert sharing.step(owner, "cancel", sharing.stepping(owner, account, request))[0][0] == "done"  # which needs it not
    assert sharing.step(owner, "accept", agreed)[0][0] == "not_possible_now"


def test_steps_of_a_batch_each_by_its_own_side(owner, people):
    account, one, other, two = people(4)
    requests = [sharing.shared(owner, account, one), sharing.shared(owner, other, two)]
    ends = [sharing.stepping(owner, one, requests[0]), sharing.stepping(owner, one, requests[1])]
    assert [row[0] for row in sharing.step(owner, "end", *ends)] == ["done", "not_found"]
    assert states(owner, account) == ["ended"] and states(owner, other) == ["active"]


def test_a_group_is_never_more_than_full_however_many_come_at_once(owner, people, migrated):
    """Seven are allowed, ten are invited from as many connections."""
    account, *relatives = people(11)
    requests = [sharing.asked(owner, account, relative, wait=True) for relative in relatives]
    answers, gate = [], threading.Barrier(len(requests))

    def send(request):
        with psycopg.connect(migrated.environment["DATABASE_URL"], autocommit=True) as connection:
            gate.wait()
            answers.append(sharing.invite(connection, request)[0][0])

    threads = [threading.Thread(target=send, args=[request]) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["created"] * 7 + ["family_full"] * 3
    assert states(owner, account) == ["invited"] * 7


def test_two_groups_never_get_the_same_person_where_one_wants_them_alone(owner, people, migrated):
    one, two, relative = people(3)
    owner.execute(
        "INSERT INTO family_rule (region_code, effective_from, relations, usages, members_max, is_one_group, least_days, invitation_days,"
        " reach, is_wallet_allowed, source) VALUES ('620500', '2000-01-01', '{parent}', '{medicine}', 7, true, 0, 30, 'region', true, 'x')")
    requests = [sharing.asked(owner, account, relative) for account in (one, two)]
    assert [row[0] for request in requests[:2] for row in sharing.invite(owner, request)] == ["created"] * 2
    answers, gate = [], threading.Barrier(2)

    def agree(request):
        with psycopg.connect(migrated.environment["DATABASE_URL"], autocommit=True) as connection:
            gate.wait()
            answers.append(sharing.step(connection, "accept", sharing.stepping(connection, relative, request, wait=True))[0][0])

    threads = [threading.Thread(target=agree, args=[request]) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["done", "member_in_other_group"]


def test_the_sweep_goes_through_all_in_slices_and_passes_over_what_is_held(owner, people, migrated):
    accounts = people(6)
    for account, relative in zip(accounts[:3], accounts[3:]):
        sharing.shared(owner, account, relative)
    owner.execute("UPDATE account SET status = 'spend_only' WHERE account_id = ANY(%s)", [[a.account_id for a in accounts[:3]]])
    closed, after, slices = 0, 0, 0
    with psycopg.connect(migrated.environment["DATABASE_URL"]) as holder:
        holder.execute("SELECT FROM account WHERE account_id = %s FOR NO KEY UPDATE", [accounts[0].account_id])
        while after is not None:
            count, after = owner.execute("SELECT closed, next_key FROM family_member_close(now(), now(), %s, 1)", [after]).fetchone()
            closed, slices = closed + count, slices + 1
    assert (closed, slices) == (2, 4) and states(owner, accounts[0]) == ["active"]
    assert owner.execute("SELECT closed, next_key FROM family_member_close(now(), now(), 0, 2000)").fetchone() == (1, None)
