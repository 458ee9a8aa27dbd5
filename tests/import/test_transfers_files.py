"""Files of agencies while a transfer is under way: those that still call the old enrolment active are taken as before."""
# SPDX-License-Identifier: Apache-2.0
import pytest
from importing import OTHER_POOL, POOL, contribution, enrolment


@pytest.fixture
def moving(books):
    """Employee 1 has applied to move; their row in the agency's file."""
    row = enrolment(1)
    books.good("enrolments", [row])
    books.ask("UPDATE enrolment SET status = 'closing' RETURNING status")
    books.ask("INSERT INTO transfer (person_key, created_at, entered_at, transfer_id, person_id, from_enrolment_id, machine, way, state,"
              " from_pool_code, to_pool_code, from_scheme, to_scheme) SELECT person.person_key, now(), now(),"
              " person_id_at(person.person_key, person_id_tick()), person.person_id, enrolment_id, 'transfer', "
              "'cross_province', 'submitted',"
              f" '{POOL}', '{OTHER_POOL}', 'employee', 'employee' FROM person JOIN enrolment USING (person_key) RETURNING transfer_id")
    return row


def test_the_same_row_is_no_conflict(books, moving):
    assert "0 stored, 1 unchanged" in books.good("enrolments", [moving]).out
    assert "0 stored, 1 unchanged" in books.good("enrolments", [{**moving, "status": "closing"}]).out
    assert books.ask("SELECT status FROM enrolment") == [("closing",)]


def test_another_row_is(books, moving):
    for changes in ({"status": "suspended"}, {"ended_on": "2026-01-31"}):
        assert "conflict" in books.load("enrolments", [{**moving, **changes}]).codes


def test_contributions_go_on_and_the_destination_may_wait_or_begin(books, moving):
    books.good("contributions", [contribution(1)])
    books.good("enrolments", [enrolment(1, pool_code=OTHER_POOL, started_on="2026-05-01", status="pending_in")])
    assert books.ask("SELECT pool_code, status FROM account ORDER BY 1") == [(OTHER_POOL, "spend_only"), (POOL, "active")]
    books.good("contributions", [contribution(1, period="2026-04", source_document="D2")])
    assert books.one("SELECT count(*) FROM ledger_entry") == 2


def test_after_it_is_over_the_row_must_be_as_it_is(books, moving):
    books.ask("UPDATE transfer SET state = 'completed', ended_at = now() RETURNING state")
    assert "conflict" in books.load("enrolments", [moving]).codes
