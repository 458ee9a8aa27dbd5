"""Random lives of a few people: paying, spending, reversing, merging. No fen comes or goes, and the auditor agrees."""
# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.db import merging
from tests.db.posting import COLLECTION, INSTANT, POOL, Account, Entry, debit, make_id, post
from tests.harness.database import BINARY
from tests.harness.examples import examples

SEVERAL = examples(12)
PEOPLE = 4
WHO = st.integers(0, PEOPLE - 1)
FEN = st.integers(1, 5000)
STEP = st.one_of(
    st.tuples(st.just("pay"), WHO, FEN, st.sampled_from(("regular", "base_adjustment", "refund"))),
    st.tuples(st.just("record"), WHO, FEN),
    st.tuples(st.just("spend"), WHO, FEN),
    st.tuples(st.just("carry"), WHO, FEN),
    st.tuples(st.just("reverse"), WHO, st.integers(0, 30)),
    st.tuples(st.just("merge"), WHO, WHO),
)


class Lives:
    """The people, and what the program should make of them, told in a few numbers."""

    def __init__(self, connection):
        self.connection = connection
        self.people = [Account().insert_owner(connection).insert(connection) for _ in range(PEOPLE)]
        self.months = 0
        self.spent_fen = 0

    def parts(self, person):
        return self.connection.execute(
            "SELECT current_year_fen, carried_over_fen FROM account WHERE account_id = %s", [person.account_id]).fetchone()

    def pay(self, who, fen, kind):
        refund = kind == "refund"
        if refund and self.parts(self.people[who])[0] < fen:
            return
        operation, document = self.store(who, fen, kind, "posted")
        post(self.connection, [Entry(
            self.people[who], fen, kind="contribution_refund" if refund else "contribution", operation_id=operation,
            direction="debit" if refund else "credit", system_account=COLLECTION, reference=document)])

    def record(self, who, fen):
        self.store(who, fen, "regular", "recorded")

    def store(self, who, fen, kind, status):
        self.months += 1
        month = datetime.date(2020 + self.months % 3, 1, 1)  # few, so that merged records have the same ones
        key = self.people[who].person_key
        operation, document = make_id(key), f"DOC-{self.months}" if self.has(key, month, kind) else "DOC-1"
        self.connection.execute(
            "INSERT INTO contribution (person_key, period, scheme, kind, source_document, pool_code, personal_fen, employer_fen,"
            " subsidy_fen, status, contribution_id, operation_id, recorded_at)"
            " VALUES (%s, %s, 'employee', %s, %s, %s, %s, 0, 0, %s, %s, %s, %s)",
            [key, month, kind, document, POOL, fen, status, make_id(key), operation, INSTANT])
        return operation, document

    def has(self, key, month, kind):
        return self.connection.execute(
            "SELECT FROM contribution WHERE person_key = %s AND period = %s AND kind = %s AND source_document = 'DOC-1'",
            [key, month, kind]).fetchone() is not None

    def spend(self, who, fen):
        take = min(fen, self.parts(self.people[who])[0])
        if take:
            post(self.connection, [debit(self.people[who], take)])
            self.spent_fen += take

    def carry(self, who, fen):
        take = min(fen, self.parts(self.people[who])[0])
        if take:
            post(self.connection, [debit(self.people[who], take), Entry(self.people[who], take, part="carried_over")])

    def reverse(self, who, number):
        rows = self.connection.execute(
            "SELECT contribution_id, status FROM contribution WHERE person_key = %s ORDER BY contribution_id",
            [self.people[who].person_key]).fetchall()
        if rows:
            contribution_id, status = rows[number % len(rows)]
            answer, _ = merging.reverse(self.connection, self.people[who].person_key, contribution_id, POOL)
            assert (answer == "applied") == (status in ("posted", "recorded"))

    def merge(self, who, other):
        """Whoever was merged is the survivor from then on."""
        survivor, duplicate = self.people[who], self.people[other]
        answer, _ = merging.merge(self.connection, survivor, duplicate)
        assert answer == ("conflict" if survivor is duplicate else "applied")
        self.people = [survivor if person is duplicate else person for person in self.people]

    def sum(self, sql):
        keys = list({person.person_key for person in self.people})
        return int(self.connection.execute(f"SELECT coalesce(sum({sql} AND person_key = ANY (%s)", [keys]).fetchone()[0])

    def check(self):
        balances = self.sum("current_year_fen + carried_over_fen), 0) FROM account WHERE true")
        owed = self.sum("amount_fen - settled_fen), 0) FROM receivable WHERE state = 'open'")
        standing = self.sum("CASE kind WHEN 'refund' THEN -personal_fen ELSE personal_fen END), 0) FROM contribution"
                            " WHERE status = 'posted'")
        assert balances - owed == standing - self.spent_fen


@pytest.fixture(scope="module")
def own(connect):
    with connect() as connection:
        yield connection


@SEVERAL
@given(steps=st.lists(STEP, min_size=12, max_size=40))
def test_no_fen_comes_or_goes(own, main_database, steps):
    lives = Lives(own)
    for name, *arguments in steps:
        getattr(lives, name)(*arguments)
        lives.check()
    main_database.run(BINARY, "audit")
