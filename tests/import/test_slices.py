"""What may happen around one slice: others in its way, time passing, a file that changes."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import time

import psycopg
import pytest
from importing import POOL, contribution, csv_text, enrolment
from importing import CONTRIBUTION as COLUMNS
from tests.harness.server import wait_until

IMPORT_LOCK = 7309454
ROWS = [contribution(n, period=f"2026-0{month}") for n in range(5) for month in range(1, 6)]


def raise_at_first(books, state, times, table):
    """The first `times` inserts of an import fail as if another transaction had been in the way."""
    with psycopg.connect(books.url, autocommit=True) as connection:
        connection.execute("CREATE SEQUENCE tries; GRANT USAGE ON tries TO yibao_app")
        connection.execute(f"""
            CREATE FUNCTION in_the_way() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF nextval('tries') <= {times} THEN RAISE 'in the way' USING ERRCODE = '{state}'; END IF;
                RETURN NULL;
            END $$""")
        connection.execute(f"CREATE TRIGGER in_the_way AFTER INSERT ON {table}"
                           " FOR EACH STATEMENT EXECUTE FUNCTION in_the_way()")


@pytest.mark.parametrize(("state", "table"), [
    ("40001", "contribution"), ("40P01", "ledger_entry"), ("55P03", "ledger_entry")])
def test_a_slice_that_met_another_transaction_is_tried_again(people, state, table):
    raise_at_first(people, state, 3, table)
    outcome = people.good("contributions", ROWS)
    assert "25 stored" in outcome.out
    assert people.one("SELECT rows_posted FROM import_run ORDER BY started_at DESC LIMIT 1") == 25
    people.audit()


def test_a_slice_is_not_tried_for_ever(people):
    raise_at_first(people, "40P01", 1000, "contribution")
    before = people.content()
    outcome = people.load("contributions", ROWS)
    assert outcome.code == 1 and "run it again" in outcome.err
    assert people.content() == before
    people.ask("SELECT setval('tries', 1000)")
    people.good("contributions", ROWS)
    people.audit()


def test_other_errors_end_the_run_at_once(people):
    raise_at_first(people, "22012", 1, "contribution")
    assert people.load("contributions", ROWS).code == 1


def test_a_slice_that_takes_too_long_is_made_smaller(people):
    """A posting older than the write time-out would change balances that were read as settled."""
    slowly = """
        CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.02); RETURN NULL; END';
        CREATE TRIGGER slowly AFTER INSERT ON contribution FOR EACH ROW EXECUTE FUNCTION slowly()"""
    with psycopg.connect(people.url, autocommit=True) as connection:
        connection.execute(slowly)
    before = people.counts()
    rows = [contribution(1, source_document=f"L{n}") for n in range(60)]
    people.good("contributions", rows, YIBAO_IMPORT_SLICE_ROWS="16", YIBAO_WRITE_TIMEOUT_MS="250")
    after = people.counts()
    assert after["contribution"] - before["contribution"] == 60
    assert after["audit_event"] - before["audit_event"] >= 60 / 12
    people.audit()


@contextlib.contextmanager
def holding(books, sql, *params):
    with psycopg.connect(books.url) as connection:
        connection.execute(sql, params)
        yield


def test_posting_after_midnight_is_of_the_new_day(people):
    """Checked in the old year, posted in the new one, since an account was locked: instant, day and part agree."""
    row = contribution(1, period="2025-11", source_document="Y")
    path = people.write("contributions", [row])
    with holding(people, "SELECT FROM account FOR UPDATE"):
        process = people.start("contributions", path, YIBAO_TEST_CLOCK="2025-12-31T23:59:57.500+08:00")
        time.sleep(4)
        assert process.poll() is None
    assert process.wait(timeout=60) == 0
    (entry,) = people.ask("SELECT business_date::text, part, (posted_at AT TIME ZONE 'Asia/Shanghai')::date::text"
                          " FROM ledger_entry WHERE reference = 'Y'")
    assert entry == ("2026-01-01", "carried_over", "2026-01-01")
    people.audit()


def test_accounts_are_locked_in_order_before_enrolments_are_stored(people):
    """Charges with several payers and desks of transfers lock them so too: nobody waits for the other way round."""
    people.ask("UPDATE enrolment SET status = 'closing' RETURNING 1")
    accounts = [row[0] for row in people.ask("SELECT account_id FROM account ORDER BY account_id")]
    path = people.write("enrolments", [enrolment(n, pool_code="620900", started_on="2026-05-01") for n in reversed(range(5))])
    with holding(people, "SELECT FROM account WHERE account_id = %s FOR NO KEY UPDATE", accounts[0]):
        process = people.start("enrolments", path)
        wait_until(lambda: people.ask("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"),
                   "the import to wait")
        free = people.ask("SELECT account_id FROM account WHERE account_id = ANY (%s) FOR NO KEY UPDATE SKIP LOCKED", accounts)
        assert len(free) == 4, "it holds none behind the one that it waits for"
        assert not people.ask("SELECT FROM pg_locks WHERE relation = 'enrolment'::regclass AND mode = 'RowExclusiveLock'")
    assert process.wait(timeout=60) == 0
    accounts_now = people.ask("SELECT pool_code, status, count(*) FROM account GROUP BY 1, 2 ORDER BY 2")
    assert accounts_now == [("620900", "active", 5), (POOL, "spend_only", 5)]
    people.audit()


@pytest.mark.parametrize(("clock", "day", "part"), [
    ("2025-12-31T23:59:40+08:00", "2025-12-31", "current_year"), ("2025-12-31T16:00:00Z", "2026-01-01", "carried_over"),
    ("2026-01-01T00:00:00+08:00", "2026-01-01", "carried_over")])
def test_the_day_is_that_of_shanghai(books, clock, day, part):
    books.good("enrolments", [enrolment(1)], YIBAO_TEST_CLOCK=clock)
    books.good("contributions", [contribution(1, period="2025-12")], YIBAO_TEST_CLOCK=clock)
    assert books.ask("SELECT business_date::text, part FROM ledger_entry") == [(day, part)]


def test_a_clock_that_goes_back_keeps_the_order(people):
    people.good("contributions", [contribution(0, source_document="A")], YIBAO_TEST_CLOCK="2026-06-20T10:00:00+08:00")
    people.good("contributions", [contribution(0, source_document="B")], YIBAO_TEST_CLOCK="2026-06-15T11:00:00+08:00")
    rows = people.ask("SELECT reference, posted_at FROM ledger_entry ORDER BY seq")
    assert [row[0] for row in rows] == ["D0", "A", "B"]
    assert rows[0][1] < rows[1][1] == rows[2][1]
    people.audit()


def test_a_file_cut_short_meanwhile_does_not_matter(people):
    path = people.write("contributions", csv_text(COLUMNS, ROWS))
    with holding(people, "SELECT pg_advisory_lock(%s, 0)", IMPORT_LOCK):
        process = people.start("contributions", path)
        end = time.monotonic() + 30
        while not people.one("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"):
            assert time.monotonic() < end
        path.write_text("")
    assert process.wait(timeout=60) == 0
    assert people.counts()["contribution"] == 26


def test_the_report_does_not_destroy_the_file(people):
    path = people.write("contributions", [contribution(1, personal_yuan="x")])
    before = path.read_bytes()
    assert people.load("contributions", path, "--report", str(path)).code == 2
    assert path.read_bytes() == before
