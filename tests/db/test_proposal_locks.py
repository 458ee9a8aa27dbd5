"""Approvals lock people and money in one order, however many kinds and rounds there are: nobody waits for them in a ring."""
# SPDX-License-Identifier: Apache-2.0
import threading
import time
import uuid

import pytest

from tests.db.posting import POOL, Account
from tests.db.test_proposals import OPERATOR, approve, decision, insert, proposal


@pytest.fixture
def two(world):
    """Two people with one account and one contribution each, in the order of their accounts."""
    found = [Account().insert_owner(world.connection).insert(world.connection) for _ in range(2)]
    for account in found:
        world.contribution(account, "regular", "2026-02-01", 100)
    return sorted(found, key=lambda account: account.account_id)


def proposed(connection, kind, account, object_id, payload):
    row = proposal(account, object_id=object_id, payload=payload, proposed_by=OPERATOR)
    assert insert(connection, [row], kind) == ["proposed"]
    return row["proposal_id"]


def suspension(connection, account):
    return proposed(connection, "change_account_status", account, account.account_id,
                    {"changes": [{"field": "status", "before": "active", "after": "suspended"}]})


def reversal(connection, account):
    ((contribution_id,),) = connection.execute(
        "SELECT contribution_id FROM contribution WHERE person_key = %s", [account.person_key])
    return proposed(connection, "reverse_contribution", account, contribution_id, {"changes": []})


def held_up(cluster, migrated, connection, ids, first, then):
    """The answers of an approval that begins while `first` is locked; before that ends, `then` must be free to be locked."""
    answers = []

    def run():
        with cluster.connect(migrated.database, "owner") as other:
            answers.extend(approve(other, [decision(i) for i in ids]))

    with connection.transaction():
        connection.execute("SET LOCAL lock_timeout = '5s'")
        connection.execute(*first)
        thread = threading.Thread(target=run)
        thread.start()
        with cluster.connect(migrated.database) as watch:
            while not watch.execute("SELECT FROM pg_locks WHERE NOT granted").fetchall():
                time.sleep(0.01)
        connection.execute(*then)
    thread.join()
    return answers


def of_account(account):
    return "SELECT FROM account WHERE account_id = %s FOR NO KEY UPDATE", [account.account_id]


def of_person(account):
    return "SELECT FROM person WHERE person_key = %s FOR NO KEY UPDATE", [account.person_key]


def test_accounts_of_several_kinds_are_locked_in_the_order_of_their_ids(cluster, migrated, world, two):
    """As a charge does: the earlier account first. The status comes before the reversal, and its account is the later one."""
    low, high = two
    ids = [suspension(world.connection, high), reversal(world.connection, low)]
    assert held_up(cluster, migrated, world.connection, ids, of_account(low), of_account(high)) == ["done", "done"]


def test_accounts_of_several_rounds_are_locked_in_the_order_of_their_ids(cluster, migrated, world, two):
    """Two of one person are two rounds; the second brings another account of hers."""
    low, high = two
    first = suspension(world.connection, high)
    early = Account(person_key=high.person_key, status="spend_only", pool_code="440100")
    early.account_id = uuid.UUID(int=(1 << 96) + high.person_key)
    early.person_id = high.person_id
    early.insert(world.connection)
    second = proposed(world.connection, "change_account_status", high, early.account_id,
                      {"changes": [{"field": "status", "before": "spend_only", "after": "suspended"}]})
    answers = held_up(cluster, migrated, world.connection, [first, second], of_account(early), of_account(high))
    assert answers == ["done", "done"]


def test_people_are_locked_before_their_accounts(cluster, migrated, world, two):
    """As whoever enrols somebody does."""
    low, high = two
    ids = [suspension(world.connection, low), reversal(world.connection, high)]
    assert held_up(cluster, migrated, world.connection, ids, of_person(high), of_account(low)) == ["done", "done"]
    rows = world.connection.execute("SELECT status, pool_code FROM account WHERE account_id = %s", [low.account_id])
    assert rows.fetchall() == [("suspended", POOL)]
