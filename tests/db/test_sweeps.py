"""What is due again and again is done by one process at a time; old idempotency keys go, young ones stay."""
# SPDX-License-Identifier: Apache-2.0
import datetime

NOW = datetime.datetime(2026, 1, 5, 9, 30, tzinfo=datetime.timezone.utc)
NAMES = ["holds", "idempotency_keys", "snapshots", "transfer_reminders"]


def at(seconds):
    return NOW + datetime.timedelta(seconds=seconds)


def take(connection, owner, seconds=0, names=NAMES):
    return connection.execute("SELECT * FROM sweep_take(%s, %s, %s, %s)", [at(seconds), owner, at(seconds + 30), names]).fetchall()


def done(connection, name, owner, seconds, next_seconds):
    return connection.execute("SELECT sweep_done(%s, %s, %s, %s)", [name, owner, at(seconds), at(next_seconds)]).fetchone()[0]


def test_each_is_taken_by_one(owner):
    taken = [take(owner, name) for name in ("a", "b", "c", "d", "e")]
    assert sorted(rows[0] for rows in taken[:4]) == [(name, True) for name in NAMES]
    assert taken[4] == []


def test_it_is_due_again_when_it_says(owner):
    assert take(owner, "a", names=["holds"]) == [("holds", True)]
    assert done(owner, "holds", "a", 1, 5)
    assert take(owner, "b", 4, names=["holds"]) == []
    assert take(owner, "b", 5, names=["holds"]) == [("holds", False)]


def test_the_lease_of_who_is_gone_ends(owner):
    assert take(owner, "a", names=["holds"])
    assert take(owner, "b", 29, names=["holds"]) == []
    assert take(owner, "b", 30, names=["holds"]) == [("holds", True)]
    assert not done(owner, "holds", "a", 31, 1000), "it is another's now"
    assert done(owner, "holds", "b", 32, 40)


def test_one_of_a_later_version_is_left_alone(owner):
    owner.execute("INSERT INTO sweep (name, next_at) VALUES ('of_tomorrow', '-infinity')")
    assert [row[0] for _ in range(4) for row in take(owner, "a")].count("of_tomorrow") == 0


def put_keys(connection, count, days, prefix):
    connection.execute(
        "INSERT INTO idempotency_key (principal_id, operation, key, content_hash, status, created_at)"
        " SELECT gen_random_uuid(), 'create_charge', %s || lpad(i::text, 8, '0'), sha256('x'), 'created', %s"
        " FROM generate_series(1, %s) AS i", [prefix, NOW - datetime.timedelta(days=days), count])


def tidy(connection, blocks):
    """All slices: how many, and how many keys each deleted."""
    slices, block = [], 0
    while block is not None:
        deleted, block = connection.execute(
            "SELECT * FROM idempotency_key_tidy(%s, %s, %s)", [NOW - datetime.timedelta(days=7), block, blocks]).fetchone()
        slices.append(deleted)
    return slices


def test_keys_that_are_old_enough_are_deleted_in_slices(owner):
    put_keys(owner, 500, 8, "old")
    put_keys(owner, 500, 6.9, "young")
    slices = tidy(owner, 3)
    assert len(slices) > 3 and sum(slices) == 500 and max(slices) < 500
    assert owner.execute("SELECT DISTINCT left(key, 5) FROM idempotency_key").fetchall() == [("young",)]


def test_old_keys_in_room_that_was_used_before_are_found_too(owner):
    put_keys(owner, 500, 20, "first")
    assert sum(tidy(owner, 100)) == 500
    owner.execute("VACUUM idempotency_key")
    put_keys(owner, 100, 1, "young")
    put_keys(owner, 100, 9, "old")
    assert sum(tidy(owner, 1)) == 100
    assert tidy(owner, 1) and owner.execute("SELECT count(*) FROM idempotency_key").fetchone() == (100,)
