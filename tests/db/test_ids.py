"""Ids that the database makes itself: the time in front, the person's key behind, never the same twice."""
# SPDX-License-Identifier: Apache-2.0
import time

KEY = 1234567890123456789


def test_an_id_holds_the_time_and_the_key(owner):
    before_ms = int(time.time() * 1000)
    made = owner.execute("SELECT person_id_at(%s, person_id_tick())", [KEY]).fetchone()[0]
    assert made.version == 7
    assert made.int & ((1 << 62) - 1) == KEY
    assert before_ms - 60_000 < made.int >> 80 < before_ms + 60_000


def test_ticks_that_follow_each_other_make_different_ids_in_order(owner):
    rows = owner.execute("SELECT person_id_at(%s, 7267000000000000 + n) FROM generate_series(1, 20000) AS n ORDER BY n",
                         [KEY]).fetchall()
    ids = [row[0] for row in rows]
    assert len(set(ids)) == len(ids) and ids == sorted(ids)
