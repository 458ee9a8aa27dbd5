"""Batches of proposals to reverse and to merge, as the runtime role: poisonous members, members that meet, the same again."""
# SPDX-License-Identifier: Apache-2.0
import uuid

import pytest

from tests.db.merging import contribution
from tests.db.posting import INSTANT, Account, make_id

REVERSAL = "uuid bigint uuid uuid text text text uuid timestamptz uuid text".split()
MERGE = "uuid bigint uuid bigint uuid boolean text text text uuid timestamptz uuid text".split()


@pytest.fixture
def runtime(cluster, migrated, world):
    with cluster.connect(migrated.database, "owner", options="-c role=yibao_app") as connection:
        yield connection


def call(connection, function, types, members):
    places = ", ".join(f"%s::{kind}[]" for kind in types)
    columns = [[member[i] for member in members] for i in range(len(types))]
    rows = connection.execute(f"SELECT * FROM {function}({places})", columns).fetchall()
    assert [row[0] for row in rows] == list(range(1, len(members) + 1))
    return [row[1] for row in rows]


def tail(reason="wrong", document=None):
    return [reason, document, uuid.uuid4(), INSTANT, uuid.uuid4(), "request"]


def reversal(owner, contribution_id, visible=None, **words):
    return [make_id(owner.person_key), owner.person_key, owner.person_id, contribution_id, visible, *tail(**words)]


def merging(survivor, duplicate, visible=None, confirmed=False, **words):
    return [make_id(survivor.person_key), survivor.person_key, survivor.person_id, duplicate.person_key, duplicate.person_id,
            confirmed, visible, *tail(**words)]


def stored(connection):
    return connection.execute("SELECT count(*) FROM proposal WHERE kind <> 'post_adjustment'").fetchone()[0]


def test_reversals(runtime, world):
    owner = world.account
    good = contribution(runtime, owner, kind="regular", status="posted")
    refund, recorded = contribution(runtime, owner, kind="refund"), contribution(runtime, owner, status="recorded")
    members = [
        reversal(owner, good), [None] * len(REVERSAL), reversal(owner, good), reversal(owner, refund, visible="440100"),
        reversal(world.other, good), reversal(owner, uuid.uuid4()), reversal(owner, refund, document="文" * 86),
        reversal(owner, refund, reason=""), reversal(owner, refund, visible="62%", document="文" * 85), reversal(owner, recorded)]
    expected = ["proposed", "absent", "already_exists", "absent", "absent", "absent", "malformed", "malformed", "proposed",
                "proposed"]
    assert call(runtime, "reversal_propose", REVERSAL, members) == expected
    assert call(runtime, "reversal_propose", REVERSAL, members) == expected, "the same batch after a lost connection"
    assert stored(runtime) == 3
    assert runtime.execute("SELECT count(*) FROM audit_event WHERE action = 'propose_reversal'").fetchone() == (3,)


def test_merges(runtime, world):
    connection = world.connection
    first, second, third, older = (Account().insert_owner(connection).insert(connection) for _ in range(4))
    connection.execute("UPDATE person SET birth_date = '1960-01-01' WHERE person_key = %s", [older.person_key])
    nobody = Account()
    members = [
        merging(first, second), [None] * len(MERGE), merging(third, second), merging(first, nobody), merging(nobody, first),
        merging(first, third, visible="440100"), merging(first, older), merging(first, older, confirmed=True), merging(first, first),
        merging(first, world.account), merging(first, third, visible="620500", document="D" * 513), merging(second, third)]
    expected = ["proposed", "absent", "already_exists", "unknown_duplicate", "absent", "absent", "differs", "proposed", "itself",
                "conflict", "malformed", "proposed"]
    assert call(runtime, "merge_propose", MERGE, members) == expected
    assert call(runtime, "merge_propose", MERGE, members) == expected, "the same batch after a lost connection"
    assert stored(runtime) == 3
