"""Set-based functions of staff: members of one batch that meet each other, and the same batch a second time."""
# SPDX-License-Identifier: Apache-2.0
import hashlib
import os
import uuid

import pytest

from tests.db.posting import INSTANT, make_id

KEY_MASK = (1 << 62) - 1


@pytest.fixture
def runtime(cluster, migrated):
    with cluster.connect(migrated.database, "owner", options="-c role=yibao_app") as connection:
        yield connection


def call(connection, function, types, members):
    """One call with one array for each parameter; the status of each member, in order."""
    columns = [[member[i] for member in members] for i in range(len(types))]
    places = ", ".join(f"%s::{kind}[]" for kind in types)
    rows = connection.execute(f"SELECT * FROM {function}({places})", columns).fetchall()
    assert [row[0] for row in rows] == list(range(1, len(members) + 1))
    return [row[1] for row in rows]


def event():
    return [uuid.uuid4(), INSTANT, uuid.uuid4(), "request"]


def new_key():
    return int.from_bytes(os.urandom(7), "big") + 1


def hashed(text):
    return None if text is None else hashlib.sha256(text.encode()).digest()


PERSON = ("bigint uuid text text bytea bytea bytea bytea bytea bytea bytea bytea date text timestamptz uuid timestamptz"
          " uuid text").split()  # fmt: skip


def person(number, card=None, pool="620500"):
    key, sealed = new_key(), b"\x01" * 40
    return [key, make_id(key), pool, "citizen_number", hashed(number), sealed, sealed, hashed("name"), None, None, None,
            hashed(card), "1980-01-01", "male", INSTANT, *event()]  # fmt: skip


ENROLMENT = ("bigint uuid text uuid uuid text text text text text boolean date timestamptz uuid timestamptz uuid"
             " text").split()  # fmt: skip


def enrolment(of, scheme="employee", pool="620500", started_on="2025-01-01", visible=None):
    mode = "with_account" if scheme == "employee" else "pooled_only"
    return [of[0], of[1], visible, make_id(of[0]), make_id(of[0]), pool, scheme, mode, "self", None, None, started_on,
            INSTANT, *event()]  # fmt: skip


def one(connection, sql, *values):
    return connection.execute(sql, values).fetchone()


class TestPeople:
    def test_members_with_the_same_number_or_card(self, runtime):
        first, card = person("A", "C"), person("C", "C")
        batch = [first, person("A"), card, person("D", pool="999999"), person("E"), person("E", "F")]
        assert call(runtime, "person_create", PERSON, batch) == [
            "created", "already_exists", "card_taken", "unknown_pool", "created", "already_exists",
        ]  # fmt: skip
        assert one(runtime, "SELECT count(*) FROM person") == (2,)
        assert one(runtime, "SELECT count(*) FROM person_identifier") == (3,)
        assert one(runtime, "SELECT count(*) FROM audit_event WHERE action = 'create_person'") == (5,)
        assert call(runtime, "person_create", PERSON, [card]) == ["card_taken"]

    def test_again_after_a_lost_connection(self, runtime):
        batch = [person("A", "C"), person("B")]
        for _ in range(2):
            assert call(runtime, "person_create", PERSON, batch) == ["created", "created"]
        assert one(runtime, "SELECT count(*) FROM person") == (2,)
        assert one(runtime, "SELECT count(*) FROM audit_event") == (2,)

    def test_the_log_names_whose_number_it_is(self, runtime):
        known, tried = person("A", "C"), [person("A"), person("B", "C")]
        call(runtime, "person_create", PERSON, [known])
        call(runtime, "person_create", PERSON, tried)
        rows = runtime.execute(
            "SELECT person_key, object_id, detail->>'outcome' FROM audit_event WHERE event_id = ANY (%s) ORDER BY 3",
            [[member[15] for member in tried]],
        ).fetchall()
        assert rows == [(known[0], None, "already_exists"), (known[0], None, "card_taken")]


class TestEnrolments:
    @pytest.fixture
    def people(self, runtime):
        made = [person(number) for number in "ABC"]
        call(runtime, "person_create", PERSON, made)
        return made

    def test_members_for_the_same_person(self, runtime, people):
        a, b, _ = people
        batch = [
            enrolment(a), enrolment(a, pool="440100"), enrolment(a, "resident"), enrolment(a, "resident"),
            enrolment(b, pool="999999"), enrolment(b), enrolment(b, visible="11%"), enrolment(person("Z")),
            enrolment(b, "resident", started_on="1979-12-31"),
        ]  # fmt: skip
        assert call(runtime, "enrolment_create", ENROLMENT, batch) == [
            "created", "active_exists", "created", "already_exists", "unknown_pool", "created", "absent", "absent",
            "before_birth",
        ]  # fmt: skip
        assert one(runtime, "SELECT count(*), count(DISTINCT person_key), min(status) FROM account") == (2, 2, "active")

    def test_again_after_a_lost_connection(self, runtime, people):
        batch = [enrolment(people[0]), enrolment(people[1], "resident")]
        for _ in range(2):
            assert call(runtime, "enrolment_create", ENROLMENT, batch) == ["created", "created"]
        assert one(runtime, "SELECT count(*) FROM enrolment") == (2,)
        assert one(runtime, "SELECT count(*), max(version) FROM account") == (1, 0)
        assert one(runtime, "SELECT count(*) FROM audit_event WHERE action = 'create_enrolment'") == (2,)

    @pytest.mark.parametrize("status", ["suspended", "frozen", "deceased", "closed"])
    def test_an_account_of_the_pool_is_not_woken_by_an_enrolment(self, runtime, people, status):
        """Only one that could be spent from receives again: the others have reasons that a proposal settles."""
        a = people[0]
        runtime.execute(
            "INSERT INTO account (person_key, account_id, person_id, pool_code, status, opened_at)"
            " VALUES (%s, %s, %s, '620500', %s, %s)",
            [a[0], make_id(a[0]), a[1], status, INSTANT],
        )
        assert call(runtime, "enrolment_create", ENROLMENT, [enrolment(a)]) == ["created"]
        assert one(runtime, "SELECT count(*), min(status) FROM account") == (1, status)


class TestDirectories:
    EMPLOYER = "text text boolean timestamptz uuid timestamptz uuid text".split()
    POOL = "text text boolean smallint text text uuid timestamptz uuid text".split()
    CHANNEL = "text text text text text text text text text text text uuid timestamptz uuid text".split()
    REMOVAL = "text text text uuid timestamptz uuid text".split()

    def test_of_several_the_last_one_holds(self, runtime):
        employers = [["A" * 18, name, True, INSTANT, *event()] for name in ("一", "二", "三")]
        assert call(runtime, "employer_put", self.EMPLOYER, employers) == ["created", "replaced", "replaced"]
        assert one(runtime, "SELECT name FROM employer WHERE employer_code = %s", "A" * 18) == ("三",)
        pools = [["620500", name, True, 1, "620000", "原因", *event()] for name in ("甲", "乙")]
        assert call(runtime, "pool_put", self.POOL, pools) == ["620000", "620000"]
        assert one(runtime, "SELECT name, maintained_by FROM pool WHERE pool_code = '620500'") == ("乙", "staff")
        channels = [["620500", "query", "x1", name, "查询", *[None] * 6, *event()] for name in ("甲", "乙")]
        absent = [["620502", "query", "x1", "甲", "查询", *[None] * 6, *event()]]
        assert call(runtime, "channel_put", self.CHANNEL, channels + absent) == ["created", "replaced", "absent"]
        assert one(runtime, "SELECT name FROM channel WHERE channel_code = 'x1'") == ("乙",)

    def test_taken_away_once(self, runtime):
        key = ["110000", "query", *one(runtime, "SELECT channel_code FROM channel WHERE pool_code = '110000' AND kind = 'query'")]
        both = [[*key, *event()] for _ in range(2)]
        assert call(runtime, "channel_remove", self.REMOVAL, both) == ["removed", "absent"]
        assert call(runtime, "channel_remove", self.REMOVAL, both[:1]) == ["removed"], "asked again after a lost connection"
        assert call(runtime, "channel_remove", self.REMOVAL, [[*key, *event()]]) == ["absent"]
        assert one(runtime, "SELECT count(*) FROM audit_event WHERE action = 'delete_channel'") == (1,)
