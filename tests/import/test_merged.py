"""Files with numbers of a record that was merged: everything goes to the surviving one, and nothing twice."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import datetime
import types

import psycopg
import pytest
from importing import OTHER_POOL, contribution, enrolment, opening
from tests.db import merging
from tests.harness.server import wait_until

BORN = datetime.date(1970, 1, 1)


def person(books, n):
    ((key, person_id),) = books.ask("SELECT person_key, person_id FROM person WHERE birth_date = %s", BORN + datetime.timedelta(days=n))
    return types.SimpleNamespace(person_key=key, person_id=person_id)


def merge(books, survivor, duplicate, connection=None):
    instant = datetime.datetime.fromisoformat(books.environment["YIBAO_TEST_CLOCK"])
    with contextlib.nullcontext(connection) if connection else psycopg.connect(books.url, autocommit=True) as own:
        status, _ = merging.merge(own, person(books, survivor), person(books, duplicate), instant=instant)
    assert status == "applied"


def test_money_for_the_merged_number_goes_to_the_survivor(people):
    merge(people, 1, 2)
    people.good("contributions", [contribution(2), contribution(1, period="2026-02")])
    assert people.balance(1) == (20000, 0) and people.balance(2) == (0, 0)
    people.audit()


def test_a_file_from_before_the_merge_changes_nothing(people):
    enrolments = [enrolment(1), enrolment(2)]
    openings = [opening(1), opening(2)]
    rows = [contribution(1), contribution(2, period="2026-02"), contribution(2, period="2025-12", personal_yuan="3")]
    people.good("opening-balances", openings)
    people.good("contributions", rows)
    merge(people, 1, 2)
    before = people.content()
    assert "0 stored, 2 unchanged" in people.good("opening-balances", openings).out
    assert "0 stored, 3 unchanged" in people.good("contributions", rows).out
    assert people.load("enrolments", enrolments).code == 0
    assert people.content() == before
    people.audit()


def test_an_opening_balance_of_the_merged_record_alone_is_not_posted_again(people):
    people.good("opening-balances", [opening(2)])
    merge(people, 1, 2)
    assert "0 stored, 1 unchanged" in people.good("opening-balances", [opening(2)]).out
    assert people.balance(1) == (1000, 20000)
    assert people.load("opening-balances", [opening(2, current_year_yuan="11.00")]).codes == {"conflict"}
    # Its months are in it still.
    people.good("contributions", [contribution(1, period="2025-12")])
    assert people.balance(1) == (1000, 20000)
    people.audit()


def test_enrolments_and_cards_of_both_numbers_are_of_one_person(people):
    people.good("enrolments", [enrolment(7, card_number="A12345678")])
    merge(people, 1, 7)
    people.good("enrolments", [
        enrolment(7, pool_code=OTHER_POOL, status="suspended", started_on="2020-01-01"),
        enrolment(1, scheme="resident", started_on="2012-01-01", ended_on="2013-01-01", card_number="A12345678")])
    assert people.one("SELECT count(*) FROM enrolment WHERE person_key = %s", person(people, 1).person_key) == 3
    assert people.load("enrolments", [
        enrolment(1, started_on="2019-01-01"), enrolment(7, started_on="2018-01-01")]).codes == {"active_enrolment"}
    people.audit()


@contextlib.contextmanager
def merging_meanwhile(books, kind, path):
    """The import has checked its rows and waits; the merge is done and committed; then the import goes on."""
    with psycopg.connect(books.url) as connection:
        merge(books, 1, 2, connection)
        process = books.start(kind, path)
        with psycopg.connect(books.url, autocommit=True) as other:
            wait_until(lambda: other.execute("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchall(),
                       "an import that waits for the merge")
        connection.commit()
    assert process.wait(timeout=60) == 1
    yield


@pytest.mark.parametrize(("kind", "row"), [
    ("contributions", contribution(2)), ("contributions", contribution(2, personal_yuan="0")), ("opening-balances", opening(2)),
    ("enrolments", enrolment(2, pool_code=OTHER_POOL, status="suspended", started_on="2020-01-01"))])
def test_a_merge_between_checks_and_posting(people, kind, row):
    other = {"contributions": contribution(3), "opening-balances": opening(3), "enrolments": enrolment(99)}[kind]
    path = people.write(kind, [row, other])
    with merging_meanwhile(people, kind, path):
        people.audit()
    assert people.one("SELECT count(*) FROM account WHERE person_key = %s AND status <> 'closed'", person(people, 2).person_key) == 0
    people.good(kind, path)
    people.audit()
