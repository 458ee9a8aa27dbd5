"""yibaod audit: clean where all is well, and every planted fault found and named."""
# SPDX-License-Identifier: Apache-2.0
import json
import time

import pytest

from tests.db.planting import assert_named
from tests.db.posting import Entry, debit, post
from tests.db.world import audit


def test_nothing_at_all_is_clean(migrated):
    assert audit(migrated)["clean"]


def test_good_books_are_clean(migrated, world):
    report = audit(migrated)
    assert report["faults"] == [] and report["clean"] and report["complete"]
    totals = report["totals"]
    assert (totals["accounts"], totals["entries"], totals["contributions"], totals["hold_events"]) == (2, 8, 3, 1)
    assert totals["personal_fen"] == 5000 + 700 + 900 - 250 + 12345 - 45 + 30
    assert totals["system_fen"] == -totals["personal_fen"]
    assert totals["system_fen:contribution_collection"] == -12300
    text = migrated.run("audit")
    assert text.returncode == 0 and "no faults" in text.stdout


ENTRY = "ledger_entry SET {} WHERE account_id = %(account)s AND seq = 3"
ACCOUNT = "account SET {} WHERE account_id = %(account)s"
CONTRIBUTION = "contribution SET {} WHERE kind = 'regular' AND status = 'posted'"

# What is planted: what is done, then the table, key and column that the report must name.
PLANTED = {
    "balance, current-year": (f"UPDATE {ACCOUNT.format('current_year_fen = current_year_fen + 1')}",
                              "account", "{account}", "current_year_fen"),
    "balance, carried-over": (f"UPDATE {ACCOUNT.format('carried_over_fen = carried_over_fen - 1')}",
                              "account", "{account}", "carried_over_fen"),
    "balance, one part to the other": (
        f"UPDATE {ACCOUNT.format('carried_over_fen = carried_over_fen - 1, current_year_fen = current_year_fen + 1')}",
        "account", "{account}", "carried_over_fen"),
    "held": (f"UPDATE {ACCOUNT.format('held_fen = held_fen - 1')}", "account", "{account}", "held_fen"),
    "hold event amount": ("UPDATE hold_event SET amount_fen = 299", "account", "{account}", "held_fen"),
    "hold event removed": ("DELETE FROM hold_event", "account", "{account}", "held_fen"),
    "last_seq": (f"UPDATE {ACCOUNT.format('last_seq = last_seq + 1')}", "account", "{account}", "last_seq"),
    "last_hash": (f"UPDATE {ACCOUNT.format('last_hash = sha256(last_hash)')}", "account", "{account}", "last_hash"),
    "last_posted_at": (f"UPDATE {ACCOUNT.format('last_posted_at = last_posted_at + interval $$1 us$$')}",
                       "account", "{account}", "last_posted_at"),
    "account removed": ("DELETE FROM account WHERE account_id = %(account)s", "account", "{account}", "account_id"),
    "amount": (f"UPDATE {ENTRY.format('amount_fen = amount_fen + 1')}",
               "ledger_entry", "{account}/3", "carried_over_after_fen"),
    "direction": (f"UPDATE {ENTRY.format('direction = $$credit$$')}",
                  "ledger_entry", "{account}/3", "carried_over_after_fen"),
    "part": (f"UPDATE {ENTRY.format('part = $$current_year$$')}",
             "ledger_entry", "{account}/3", "current_year_after_fen"),
    "balance after, current-year": (f"UPDATE {ENTRY.format('current_year_after_fen = current_year_after_fen + 1')}",
                                    "ledger_entry", "{account}/3", "current_year_after_fen"),
    "balance after, carried-over": (f"UPDATE {ENTRY.format('carried_over_after_fen = carried_over_after_fen + 1')}",
                                    "ledger_entry", "{account}/3", "carried_over_after_fen"),
    "gap in seq": (f"UPDATE {ENTRY.format('seq = 30')}", "ledger_entry", "{account}/4", "seq"),
    "entry removed": ("DELETE FROM ledger_entry WHERE account_id = %(account)s AND seq = 3",
                      "ledger_entry", "{account}/4", "seq"),
    "last entry removed": ("DELETE FROM ledger_entry WHERE account_id = %(account)s AND seq = 7",
                           "account", "{account}", "last_seq"),
    "order of two entries": (
        "UPDATE ledger_entry SET seq = 100 - seq WHERE account_id = %(account)s AND seq IN (2, 3);"
        "UPDATE ledger_entry SET seq = CASE seq WHEN 97 THEN 2 ELSE 3 END WHERE account_id = %(account)s AND seq > 90",
        "ledger_entry", "{account}/2", "hash"),
    "hash": (f"UPDATE {ENTRY.format('hash = sha256(hash)')}", "ledger_entry", "{account}/3", "hash"),
    "hash algorithm": (f"UPDATE {ENTRY.format('hash_algorithm = $$sm3$$')}", "ledger_entry", "{account}/3", "hash"),
    "reference": (f"UPDATE {ENTRY.format('reference = $$other$$')}", "ledger_entry", "{account}/3", "hash"),
    "business date": (f"UPDATE {ENTRY.format('business_date = business_date + 1')}",
                      "ledger_entry", "{account}/3", "hash"),
    "instant": (f"UPDATE {ENTRY.format('posted_at = posted_at + interval $$1 us$$')}",
                "ledger_entry", "{account}/3", "hash"),
    "instant before the one before": (f"UPDATE {ENTRY.format('posted_at = posted_at - interval $$1 hour$$')}",
                                      "ledger_entry", "{account}/3", "posted_at"),
    "entry id": (f"UPDATE {ENTRY.format('entry_id = gen_random_uuid()')}", "ledger_entry", "{account}/3", "hash"),
    "operation id": (f"UPDATE {ENTRY.format('operation_id = gen_random_uuid()')}",
                     "ledger_entry", "{account}/3", "hash"),
    "link": (f"UPDATE {ENTRY.format('linked_entry_id = entry_id')}", "ledger_entry", "{account}/3", "hash"),
    "kind": (f"UPDATE {ENTRY.format('kind = $$interest$$')}", "ledger_entry", "{account}/3", "system_account"),
    "forbidden pairing": (f"UPDATE {ENTRY.format('system_account = $$transit:620500$$')}",
                          "ledger_entry", "{account}/3", "system_account"),
    "forbidden pairing, allowed by a changed rule": (
        "INSERT INTO entry_rule VALUES ('adjustment', 'debit', 'transit');"
        f"UPDATE {ENTRY.format('system_account = $$transit:620500$$')}",
        "ledger_entry", "{account}/3", "system_account"),
    "unknown system account": (f"UPDATE {ENTRY.format('system_account = $$adjustment:999999$$')}",
                               "ledger_entry", "{account}/3", "system_account"),
    "system account of another pool": (f"UPDATE {ENTRY.format('system_account = $$adjustment:440100$$')}",
                                       "ledger_entry", "{account}/3", "system_account"),
    "contribution without entry": (f"UPDATE {CONTRIBUTION.format('operation_id = gen_random_uuid()')}",
                                   "contribution", "{contribution}", "operation_id"),
    "recorded contribution called posted": ("UPDATE contribution SET status = 'posted' WHERE status = 'recorded'",
                                            "contribution", "{recorded}", "operation_id"),
    "posted contribution called recorded": (f"UPDATE {CONTRIBUTION.format('status = $$recorded$$')}",
                                            "contribution", "{contribution}", "operation_id"),
    "entry without contribution": ("DELETE FROM contribution WHERE kind = 'regular' AND status = 'posted'",
                                   "ledger_entry", "{account}/4", "operation_id"),
    "contribution of another amount": (f"UPDATE {CONTRIBUTION.format('personal_fen = personal_fen + 1')}",
                                       "contribution", "{contribution}", "personal_fen"),
    "contribution of another kind": (f"UPDATE {CONTRIBUTION.format('kind = $$refund$$, source_document = $$D2$$')}",
                                     "contribution", "{contribution}", "kind"),
    "contribution of another pool": (f"UPDATE {CONTRIBUTION.format('pool_code = $$440100$$')}",
                                     "contribution", "{contribution}", "pool_code"),
    "two contributions on one entry": (
        "INSERT INTO contribution (person_key, period, scheme, kind, source_document, pool_code, personal_fen, employer_fen,"
        " subsidy_fen, status, contribution_id, operation_id, recorded_at)"
        " SELECT person_key, period, scheme, kind, 'D2', pool_code, personal_fen, 0, 0, status, gen_random_uuid(),"
        " operation_id, recorded_at FROM contribution WHERE kind = 'regular' AND status = 'posted'",
        "contribution", "{contribution}", "operation_id"),
    "two entries for one contribution": (
        "UPDATE ledger_entry SET operation_id = (SELECT operation_id FROM ledger_entry WHERE kind = 'contribution'),"
        " kind = 'contribution' WHERE account_id = %(account)s AND seq = 6",
        "contribution", "{contribution}", "operation_id"),
    "negative balance, explained by an entry": (
        "ALTER TABLE account DROP CONSTRAINT account_current_year_fen_check;"
        "ALTER TABLE account DROP CONSTRAINT account_check;"
        "ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_current_year_after_fen_check;"
        "UPDATE account SET current_year_fen = -1 WHERE account_id = %(other)s;"
        "UPDATE ledger_entry SET current_year_after_fen = -1 WHERE account_id = %(other)s",
        "account", "{other}", "current_year_fen"),
    "all of an account exchanged": (
        "UPDATE ledger_entry SET amount_fen = amount_fen + 1, carried_over_after_fen = carried_over_after_fen + 1"
        " WHERE account_id = %(other)s;"
        "UPDATE account SET carried_over_fen = carried_over_fen + 1 WHERE account_id = %(other)s",
        "ledger_entry", "{other}/1", "hash"),
    "money from nowhere": (f"UPDATE {ACCOUNT.format('current_year_fen = current_year_fen + 1')}",
                           "account", "all", "sum of balances"),
}


@pytest.mark.parametrize("what", PLANTED)
def test_planted_fault_is_found(migrated, world, what):
    sql, table, key, column = PLANTED[what]
    connection = world.connection
    (contribution,), = connection.execute(
        "SELECT contribution_id FROM contribution WHERE kind = 'regular' AND status = 'posted'").fetchall()
    (recorded,), = connection.execute("SELECT contribution_id FROM contribution WHERE status = 'recorded'").fetchall()
    ids = {"account": world.account.account_id, "other": world.other.account_id}
    for statement in sql.split(";"):
        assert connection.execute(statement, ids if "%(" in statement else None).rowcount != 0, statement
    key = key.format(**ids, contribution=contribution, recorded=recorded)
    report = audit(migrated)
    assert_named(report, what, table, key, column)
    assert report["faults_count"] == len(report["faults"])


def test_faults_are_printed_for_people_too(migrated, world):
    world.connection.execute("UPDATE account SET held_fen = 1 WHERE account_id = %s", [world.other.account_id])
    result = migrated.run("audit")
    assert result.returncode == 1
    assert f"FAULT account {world.other.account_id} held_fen: expected 0, found 1\n" in result.stdout


def test_slices_cover_everything(migrated, superuser):
    """More accounts than a slice holds, with a fault in the first and the last, and orphans beyond both ends."""
    superuser.execute("CREATE FUNCTION id_of(key bigint) RETURNS uuid LANGUAGE sql RETURN"
                      " encode(int8send(0) || int8send(key | (-9223372036854775808)::bigint), 'hex')::uuid")
    superuser.execute("""
        INSERT INTO account (person_key, account_id, person_id, pool_code, status, opened_at)
        SELECT key, id_of(key), id_of(key), '620500', 'active', now()
        FROM (SELECT 1 + 1000 * i AS key FROM generate_series(1, 4500) AS i) AS keys
    """)
    superuser.execute("""
        INSERT INTO person (person_key, person_id, birth_date, sex, citizen_number_sealed, name_sealed, name_hash, created_at)
        SELECT person_key, person_id, '1970-01-01', 'unknown', sha256(''), sha256(''), sha256(''), now() FROM account
    """)
    superuser.execute("""
        INSERT INTO person_identifier (kind, hash, person_key, person_id)
        SELECT 'citizen_number', sha256(uuid_send(person_id)), person_key, person_id FROM person
    """)
    superuser.execute("UPDATE account SET last_hash = sha256('') WHERE person_key IN (1001, 4500001)")
    superuser.execute("""
        INSERT INTO hold_event (person_key, account_id, hold_id, seq, kind, amount_fen, operation_id, expires_at, posted_at,
                                reference)
        SELECT key, gen_random_uuid(), gen_random_uuid(), 1, 'opened', 1, gen_random_uuid(), now(), now(), ''
        FROM unnest('{1,4611686018427387903,9223372036854775807,-9223372036854775808}'::bigint[]) AS key
    """)
    report = audit(migrated)
    assert report["totals"]["accounts"] == 4500
    assert sorted(fault["column"] for fault in report["faults"]) == ["account_id"] * 4 + ["hold_id"] * 4 + ["last_hash"] * 2


def test_audit_beside_postings_sees_no_half(migrated, cluster, world):
    process = migrated.start("audit", "--json")
    with cluster.connect(migrated.database, "owner") as connection:
        end = time.monotonic() + 20
        while process.poll() is None and time.monotonic() < end:
            post(connection, [Entry(world.account, 1), debit(world.other, 1, part="carried_over")])
    assert json.loads(process.communicate(timeout=60)[0])["clean"]


def test_audit_shares_no_function_with_the_program(migrated, world, superuser):
    own = superuser.execute("""
        SELECT p.oid::regprocedure::text, CASE prokind WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END FROM pg_proc AS p
        WHERE pronamespace = 'public'::regnamespace
          AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e') ORDER BY prokind
    """).fetchall()
    for name, kind in own:
        superuser.execute(f"DROP {kind} {name} CASCADE")
    assert audit(migrated)["clean"]
