"""Sessions: chains of refresh tokens, lost replies and copied tokens, and their end."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures

import pytest

from tests.db.signing import (
    DAY, MINUTE, START, add_citizen, count, digest, end, ends, refresh, refreshes, registered, statuses, tokens,
    went_on, went_on_of, works,
)  # fmt: skip


def test_a_chain_of_refreshes(owner, citizen):
    session = registered(owner, citizen)
    current = session["refresh_hash"]
    for step in range(1, 8):
        row = refresh(owner, member := refreshes(current, at=START + step * DAY))[0]
        assert (row["status"], row["session_id"], row["person_id"]) == ("refreshed", session["session_id"], citizen.person_id)
        assert row["refresh_expires_at"] == min(START + (step + 7) * DAY, START + 30 * DAY)
        current = member["new_refresh_hash"]
    assert owner.execute("SELECT generation FROM session").fetchone() == (8,)
    assert statuses(refresh(owner, refreshes(digest("unknown")))) == ["unknown"]


def test_a_lost_reply_may_be_asked_for_again(owner, citizen):
    first = registered(owner, citizen)["refresh_hash"]
    went_on(owner, first)
    second = went_on(owner, first, at=START + 4 * MINUTE)
    third = went_on(owner, second, at=START + 5 * MINUTE)
    went_on(owner, third, at=START + 6 * MINUTE)
    assert count(owner, "session", "ended_at IS NULL") == 1


def test_the_same_call_again_gives_the_same(owner, citizen):
    member = refreshes(registered(owner, citizen)["refresh_hash"])
    assert refresh(owner, member) == refresh(owner, member)
    assert count(owner, "token") == 2 and count(owner, "refresh_token") == 2
    went_on(owner, member["new_refresh_hash"], at=START + 3 * MINUTE)


@pytest.mark.parametrize("thief_first", [False, True])
def test_a_copied_token_is_found_out(owner, citizen, thief_first):
    """Both get new tokens within the grace; as soon as both have gone on, the session ends."""
    first = registered(owner, citizen)["refresh_hash"]
    owners = went_on(owner, first)
    thiefs = went_on(owner, first, at=START + 3 * MINUTE)
    winner, loser = (thiefs, owners) if thief_first else (owners, thiefs)
    newest = went_on(owner, winner, at=START + 10 * MINUTE)
    assert statuses(refresh(owner, refreshes(loser, at=START + 11 * MINUTE))) == ["reused"]
    assert statuses(refresh(owner, refreshes(newest, at=START + 12 * MINUTE))) == ["unknown"]
    assert count(owner, "token", "revoked_at IS NULL AND expires_at > '2026-03-01 12:12Z'") == 0
    assert count(owner, "audit_event", "action = 'session_ended' AND detail->>'reason' = 'refresh_reused'") == 1


def test_an_old_token_ends_the_session(owner, citizen):
    first = registered(owner, citizen)["refresh_hash"]
    second = went_on(owner, first)
    assert statuses(refresh(owner, refreshes(first, at=START + 7 * MINUTE))) == ["reused"], "the grace is over"
    assert statuses(refresh(owner, refreshes(second, at=START + 7 * MINUTE))) == ["unknown"]

    first = registered(owner, citizen, at=START + DAY)["refresh_hash"]
    second = went_on(owner, first, at=START + DAY + MINUTE)
    went_on(owner, second, at=START + DAY + MINUTE)
    assert statuses(refresh(owner, refreshes(first, at=START + DAY + MINUTE))) == ["reused"], "its successor was used"


def test_repeats_are_few(owner, citizen):
    first = registered(owner, citizen)["refresh_hash"]
    results = [statuses(refresh(owner, refreshes(first)))[0] for _ in range(8)]
    assert results == ["refreshed"] * 5 + ["too_many"] * 3
    assert count(owner, "session", "ended_at IS NULL") == 1
    assert statuses(refresh(owner, *[refreshes(went_on_of(owner, citizen)) for _ in range(3)])) == ["refreshed"] * 3
    other = registered(owner, citizen, at=START + DAY)["refresh_hash"]
    batch = refresh(owner, *[refreshes(other, at=START + DAY) for _ in range(8)])
    assert statuses(batch) == ["refreshed"] * 5 + ["too_many"] * 3


def test_two_tokens_of_one_session_in_a_batch(owner, citizen):
    first = registered(owner, citizen)["refresh_hash"]
    second = went_on(owner, first)
    rows = refresh(owner, refreshes(second), refreshes(first), refreshes(digest("unknown")))
    assert statuses(rows) == ["refreshed", "busy", "unknown"]


def test_parallel_refreshes_leave_one_chain(owner, citizen, cluster, migrated):
    first = registered(owner, citizen)["refresh_hash"]

    def go_on(_):
        with cluster.connect(migrated.database, "owner", options="-c role=yibao_app") as connection:
            member = refreshes(first)
            return statuses(refresh(connection, member))[0], member["new_refresh_hash"]

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        results = list(pool.map(go_on, range(200)))
    good = [new for status, new in results if status == "refreshed"]
    assert len(good) == 5 and {status for status, _ in results} == {"refreshed", "too_many"}
    assert owner.execute("SELECT generation, ended_at FROM session").fetchone() == (2, None)
    went_on(owner, good[-1], at=START + 3 * MINUTE)


def test_idle_and_absolute_life(owner, citizen):
    idle = registered(owner, citizen)["refresh_hash"]
    assert statuses(refresh(owner, refreshes(idle, at=START + 7 * DAY))) == ["unknown"]
    current = registered(owner, citizen, at=START)["refresh_hash"]
    for day in range(5, 30, 5):
        current = went_on(owner, current, at=START + day * DAY)
    assert statuses(refresh(owner, refreshes(current, at=START + 30 * DAY))) == ["unknown"]


def test_signing_out(owner, citizen):
    other = add_citizen(owner)
    foreign = registered(owner, other)
    one, two, three = (registered(owner, citizen, at=START + n * DAY) for n in range(3))
    late = START + 3 * DAY
    assert end(owner, ends(citizen, one["session_id"], late), ends(citizen, foreign["session_id"], late)) == ["ended", "absent"]
    assert end(owner, ends(citizen, one["session_id"], late)) == ["ended"], "again"
    assert statuses(refresh(owner, refreshes(one["refresh_hash"], at=late))) == ["unknown"]
    assert end(owner, ends(citizen, at=late)) == ["ended"] == end(owner, ends(citizen, at=late))
    assert statuses(refresh(owner, refreshes(two["refresh_hash"], at=late), refreshes(three["refresh_hash"], at=late))) == ["unknown"] * 2
    assert count(owner, "session", "ended_at IS NULL") == 1, "the stranger's"
    assert works(owner, foreign["token_hash"])
    rows = owner.execute("SELECT action, detail->>'sessions' FROM audit_event WHERE action LIKE 'end_%' ORDER BY 1").fetchall()
    assert rows == [("end_my_session", "1"), ("end_my_sessions", "2")]


def test_a_refresh_under_way_does_not_survive_the_end(owner, citizen, cluster, migrated):
    session = registered(owner, citizen)
    member = refreshes(session["refresh_hash"])
    with cluster.connect(migrated.database, "owner") as slow, concurrent.futures.ThreadPoolExecutor(1) as pool:
        with slow.transaction():
            assert statuses(refresh(slow, member)) == ["refreshed"]
            waiting = pool.submit(end, owner, ends(citizen))
            while not slow.execute("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'").fetchall():
                pass
        assert waiting.result() == ["ended"]
    assert not works(owner, member["token_hash"])


def test_sessions_of_long_ago_are_forgotten(cluster, migrated, owner, citizen):
    """But no session that may still be refreshed, no token that works, and nothing of others."""
    other = add_citizen(owner)
    foreign, old = registered(owner, other), registered(owner, citizen)
    went_on(owner, old["refresh_hash"])
    with cluster.connect(migrated.database, "owner", options="-c role=yibao_app") as runtime:
        registered(runtime, citizen, at=START + 30 * DAY)
        assert count(owner, "session") == 3, "not yet"
        registered(runtime, citizen, at=START + 40 * DAY)
    assert {row[0] for row in owner.execute("SELECT person_key FROM session")} == {citizen.key, other.key}
    assert count(owner, "session") == 3 and count(owner, "refresh_token") == 3 and count(owner, "token") == 3
    assert works(owner, foreign["token_hash"])
    assert statuses(refresh(owner, refreshes(old["refresh_hash"], at=START + 40 * DAY))) == ["unknown"]
