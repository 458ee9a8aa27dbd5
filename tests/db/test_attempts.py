"""Counting of attempts: windows, own and strange sources, batches, races, poisonous members."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures
import dataclasses
import datetime
import hashlib
import uuid

import pytest

START = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.timezone.utc)
MINUTE = datetime.timedelta(minutes=1)
PERSON = 4711


def digest(text):
    return hashlib.sha256(text.encode()).digest()


@dataclasses.dataclass
class Try:
    kind: str = "password"
    number: str = "number"
    source: str = "home"
    target: str = None
    person_key: int = PERSON
    trusted: bool = False
    right: bool = False
    at: datetime.datetime = START
    attempt_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    source_kind: str = "address"


def settle(connection, *tries):
    """[(status, retry_after_s, closes_for_s)]"""
    columns = [
        [t.attempt_id for t in tries], [t.kind for t in tries], [digest(t.number) for t in tries],
        [digest(t.target or t.number) for t in tries], [digest(t.source) for t in tries],
        [t.source_kind for t in tries], [t.person_key for t in tries], [t.trusted for t in tries],
        [t.right for t in tries], [t.at for t in tries],
    ]  # fmt: skip
    rows = connection.execute(
        "SELECT ord, status, retry_after_s, closes_for_s FROM attempt_settle(%s::uuid[], %s::text[], %s::bytea[],"
        " %s::bytea[], %s::bytea[], %s::text[], %s::bigint[], %s::boolean[], %s::boolean[], %s::timestamptz[])",
        columns,
    ).fetchall()
    assert [row[0] for row in rows] == list(range(1, len(tries) + 1))
    return [row[1:] for row in rows]


@pytest.fixture
def limits(owner):
    """A table of limits that is easy to count with."""
    owner.execute("DELETE FROM attempt_limit")
    owner.execute(
        "INSERT INTO attempt_limit VALUES ('password', 'pair', 900, 3), ('password', 'strangers', 3600, 5),"
        " ('sms', 'pair', 3600, 2), ('sms', 'strangers', 3600, 3), ('sms', 'source', 3600, 4)"
    )
    return owner


def statuses(rows):
    return [row[0] for row in rows]


def test_wrong_ones_are_counted_and_then_closed(limits):
    assert settle(limits, Try()) == [("counted", 0, 0)]
    assert settle(limits, Try(at=START + MINUTE)) == [("counted", 0, 0)]
    assert settle(limits, Try(at=START + 2 * MINUTE)) == [("counted", 0, 13 * 60)]
    assert settle(limits, Try(at=START + 3 * MINUTE)) == [("closed", 12 * 60, 0)]
    assert settle(limits, Try(at=START + 3 * MINUTE, right=True)) == [("closed", 12 * 60, 0)], "not even the right one"


def test_the_window_slides(limits):
    for minute in (0, 5, 10):
        settle(limits, Try(at=START + minute * MINUTE))
    assert statuses(settle(limits, Try(at=START + 14 * MINUTE))) == ["closed"]
    assert statuses(settle(limits, Try(at=START + 15 * MINUTE))) == ["counted"]
    assert settle(limits, Try(at=START + 16 * MINUTE)) == [("closed", 4 * 60, 0)]


def test_refused_ones_do_not_keep_it_closed(limits):
    for minute in (0, 0, 0, *range(1, 15)):
        settle(limits, Try(at=START + minute * MINUTE))
    assert statuses(settle(limits, Try(at=START + 15 * MINUTE, right=True))) == ["passed"]


def test_an_unknown_number_is_counted_alike(limits):
    known = [settle(limits, Try(number="a")) for _ in range(5)]
    unknown = [settle(limits, Try(number="b", person_key=None)) for _ in range(5)]
    assert known == unknown


def test_strangers_close_only_the_doors_of_strangers(limits):
    assert statuses(settle(limits, Try(source="home", right=True))) == ["passed"]
    for n in range(5):
        assert statuses(settle(limits, Try(source=f"elsewhere {n}"))) == ["counted"]
    assert statuses(settle(limits, Try(source="a new place"))) == ["closed"]
    assert statuses(settle(limits, Try(source="home"))) == ["counted"]
    assert statuses(settle(limits, Try(source="home", right=True))) == ["passed"]
    assert statuses(settle(limits, Try(source="another place", trusted=True, right=True))) == ["passed"]
    assert statuses(settle(limits, Try(source="a new place", number="somebody else", person_key=1))) == ["counted"]


def test_knowing_more_has_an_allowance_of_its_own(limits):
    for n in range(3):
        assert statuses(settle(limits, Try(kind="sms", source=f"elsewhere {n}"))) == ["counted"]
    assert statuses(settle(limits, Try(kind="sms", source="a new place"))) == ["closed"]
    assert statuses(settle(limits, Try(kind="sms", source="a new place", target="number and card"))) == ["counted"]


def test_one_source_cannot_send_to_everybody(limits):
    assert statuses(settle(limits, Try(source="shared", number="owner", right=True))) == ["passed"]
    for n in range(4):
        assert statuses(settle(limits, Try(kind="sms", source="shared", number=f"{n}", person_key=None))) == ["counted"]
    assert statuses(settle(limits, Try(kind="sms", source="shared", number="5", person_key=None))) == ["closed"]
    assert statuses(settle(limits, Try(kind="sms", source="shared", number="owner"))) == ["counted"], "known from there"


def test_a_batch_takes_no_more_than_one_by_one(limits):
    assert statuses(settle(limits, *[Try() for _ in range(8)])) == ["counted"] * 3 + ["closed"] * 5
    assert limits.execute("SELECT count(*) FROM attempt").fetchone() == (3,)


def test_parallel_ones_take_no_more_either(limits, cluster, migrated):
    def attempt(_):
        with cluster.connect(migrated.database, "owner") as connection:
            return statuses(settle(connection, Try(), Try(number="other", source="x")))

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        results = list(pool.map(attempt, range(64)))
    assert sum(result[0] == "counted" for result in results) == 3
    assert sum(result[1] == "counted" for result in results) == 3


def test_the_same_call_again_counts_nothing_twice(limits):
    one = Try()
    assert settle(limits, one) == settle(limits, one) == [("counted", 0, 0)]
    assert limits.execute("SELECT count(*) FROM attempt").fetchone() == (1,)


def test_members_that_make_no_sense_hurt_nobody(limits):
    bad = [
        Try(kind="guess"), Try(source_kind="moon"), Try(attempt_id=None), Try(kind=None), Try(source_kind=None),
        Try(at=None), Try(right=None), Try(trusted=None),
    ]  # fmt: skip
    rows = statuses(settle(limits, *bad, Try(number="good", right=True)))
    assert rows[:6] == ["malformed"] * 6 and rows[-1] == "passed"
    for length in (0, 31, 33):
        row = limits.execute(
            "SELECT status FROM attempt_settle(ARRAY[gen_random_uuid()], '{pin}', ARRAY[%(b)s::bytea],"
            " ARRAY[%(b)s::bytea], ARRAY[%(b)s::bytea], '{phone}', '{1}', '{f}', '{f}', ARRAY[%(at)s::timestamptz])",
            {"b": bytes(length), "at": START},
        ).fetchone()
        assert row == ("malformed",)


def test_kinds_without_a_limit_are_never_closed(limits):
    assert statuses(settle(limits, *[Try(kind="pin") for _ in range(20)])) == ["counted"] * 20


def test_old_ones_are_forgotten(limits):
    settle(limits, *[Try(number=f"{n}", source=f"{n}") for n in range(200)])
    late = START + datetime.timedelta(days=2)
    for _ in range(2):
        settle(limits, Try(at=late, right=True))
    assert limits.execute("SELECT count(*) FROM attempt").fetchone() == (0,)


def test_the_runtime_role_may_do_it(cluster, migrated):
    with cluster.connect(migrated.database, "owner", options="-c role=yibao_app") as connection:
        assert statuses(settle(connection, Try(), Try(right=True))) == ["counted", "passed"]
        late = START + datetime.timedelta(days=40)
        assert statuses(settle(connection, Try(at=late), Try(at=late, right=True))) == ["counted", "passed"]
