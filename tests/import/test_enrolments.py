"""Enrolments: people, identifiers, accounts."""
# SPDX-License-Identifier: Apache-2.0
import psycopg
from importing import EMPLOYER, OTHER_POOL, POOL, enrolment


def test_an_employee_becomes_a_person_with_an_account(books):
    outcome = books.good("enrolments", [enrolment(1, employer_code=EMPLOYER, phone="13800000000", card_number="a1234567")])
    assert "1 stored" in outcome.out
    assert books.counts() | {"audit_event": 1} == {
        "person": 1, "person_identifier": 2, "employer": 1, "enrolment": 1, "account": 1, "contribution": 0, "ledger_entry": 0,
        "audit_event": 1}
    (row,) = books.ask("SELECT status, account_mode, payer_kind, employer_code FROM enrolment")
    assert row == ("active", "with_account", "employer", EMPLOYER)
    ids = books.ask("SELECT person.person_id, enrolment_id, account_id, person_key FROM person JOIN enrolment USING (person_key)"
                    " JOIN account USING (person_key)")
    assert all(value.int & ((1 << 62) - 1) == ids[0][3] and value.version == 7 for value in ids[0][:3])
    books.audit()


def test_personal_data_is_sealed(books):
    books.good("enrolments", [enrolment(1, phone="13800000000")])
    text = "".join(str(row) for table in ("person", "person_identifier", "enrolment", "import_run", "audit_event")
                   for row in books.ask(f"SELECT {table}::text FROM {table}"))
    for plain in (enrolment(1)["citizen_number"], "测试1", "13800000000"):
        assert plain not in text and plain.encode().hex() not in text


def test_the_same_file_again_changes_nothing(books):
    rows = [enrolment(n, card_number=f"CARD{n:06d}") for n in range(20)]
    books.good("enrolments", rows)
    before = books.content(), books.counts()
    outcome = books.good("enrolments", rows)
    assert "0 stored, 20 unchanged" in outcome.out
    assert (books.content(), books.counts()) == before


def test_a_card_number_may_come_later(books):
    books.good("enrolments", [enrolment(1)])
    books.good("enrolments", [enrolment(1, card_number="CARD0001")])
    assert books.one("SELECT count(*) FROM person_identifier WHERE kind = 'card_number'") == 1
    assert books.one("SELECT count(*) FROM enrolment") == 1


def test_whoever_moved_has_two_accounts_and_one_receives(books):
    books.good("enrolments", [
        enrolment(1, ended_on="2024-06-30"),
        enrolment(1, pool_code=OTHER_POOL, started_on="2024-07-01")])
    assert books.counts()["person"] == 1
    assert books.ask("SELECT pool_code, status FROM account ORDER BY 1") == [(OTHER_POOL, "active"), (POOL, "spend_only")]


def test_a_later_enrolment_elsewhere_takes_over(books):
    books.good("enrolments", [enrolment(1, status="suspended")])
    assert books.ask("SELECT pool_code, status FROM account") == [(POOL, "active")]
    books.good("enrolments", [enrolment(1, pool_code=OTHER_POOL, started_on="2026-01-01")])
    assert books.ask("SELECT pool_code, status FROM account ORDER BY 1") == [(OTHER_POOL, "active"), (POOL, "spend_only")]


def test_coming_back_to_a_pool_revives_its_account(books):
    books.good("enrolments", [enrolment(1, ended_on="2024-06-30")])
    assert books.ask("SELECT status FROM account") == [("spend_only",)]
    books.good("enrolments", [enrolment(1, started_on="2025-01-01")])
    assert books.ask("SELECT status FROM account") == [("active",)]


def test_who_gets_no_account(books):
    books.good("enrolments", [
        enrolment(1, scheme="resident"),
        enrolment(2, account_mode="pooled_only", payer_kind="self")])
    assert books.counts()["account"] == 0
    assert books.ask("SELECT scheme, account_mode, payer_kind FROM enrolment ORDER BY 1") == [
        ("employee", "pooled_only", "self"), ("resident", "pooled_only", "self")]


def test_resident_and_employee_enrolments_of_one_person(books):
    books.good("enrolments", [enrolment(1, scheme="resident", ended_on="2020-12-31"), enrolment(1, started_on="2021-01-01")])
    assert books.counts() | {"audit_event": 0} == {
        "person": 1, "person_identifier": 1, "employer": 0, "enrolment": 2, "account": 1, "contribution": 0, "ledger_entry": 0,
        "audit_event": 0}


def test_the_old_fifteen_digits_are_the_same_person(books):
    number = enrolment(1)["citizen_number"]
    books.good("enrolments", [enrolment(1), enrolment(1, citizen_number=number[:6] + number[8:17], started_on="2010-01-01",
                                                      ended_on="2014-12-31")])
    assert books.counts()["person"] == 1


def test_an_account_that_somebody_dead_turns_out_to_have_receives_nothing(people):
    """An older enrolment comes to light after the death."""
    with psycopg.connect(people.url, autocommit=True) as connection:
        connection.execute("UPDATE person SET deceased_on = '2026-01-01' WHERE birth_date = '1970-01-02'")
        connection.execute("UPDATE account SET status = 'deceased' FROM person"
                           " WHERE person.person_key = account.person_key AND deceased_on IS NOT NULL")
    people.good("enrolments", [enrolment(1, pool_code=OTHER_POOL, started_on="2010-01-01", status="suspended")])
    assert people.ask("SELECT DISTINCT status FROM account JOIN person USING (person_key) WHERE deceased_on IS NOT NULL"
                      ) == [("deceased",)]
    people.audit()
