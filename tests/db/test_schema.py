"""What the schema must say of itself, and what the runtime role may not do."""
# SPDX-License-Identifier: Apache-2.0
import psycopg
import pytest

from tests.db.posting import Account, Entry, post

RELATIONS = "relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')"
APPEND_ONLY = ["ledger_entry", "hold_event", "audit_event", "opening_balance", "person_identifier_former",
               "charge_refund", "business_number"]


@pytest.fixture
def runtime(cluster, migrated):
    """A session as `yibaod serve` has it."""
    with cluster.connect(migrated.database, "owner", options="-c role=yibao_app") as connection:
        yield connection


def test_every_table_and_column_has_a_comment(owner):
    rows = owner.execute(f"""
        SELECT relname, attname FROM pg_class
        JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
        WHERE {RELATIONS} AND col_description(pg_class.oid, attnum) IS NULL
        UNION ALL SELECT relname, NULL FROM pg_class WHERE {RELATIONS} AND obj_description(oid, 'pg_class') IS NULL
    """).fetchall()
    assert rows == []


def test_comments_of_money_name_the_unit(owner):
    rows = owner.execute(f"""
        SELECT relname, attname FROM pg_class
        JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
        WHERE {RELATIONS} AND attname LIKE '%\\_fen' AND col_description(pg_class.oid, attnum) NOT LIKE '%fen%'
    """).fetchall()
    assert rows == []


def test_runtime_role_owns_nothing_and_is_nobody(owner):
    assert owner.execute(
        "SELECT count(*) FROM pg_class WHERE relowner = 'yibao_app'::regrole"
    ).fetchone() == (0,)
    assert owner.execute("SELECT count(*) FROM pg_proc WHERE proowner = 'yibao_app'::regrole").fetchone() == (0,)
    assert owner.execute(
        "SELECT rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = 'yibao_app'"
    ).fetchone() == (False, False, False, False, False)
    assert owner.execute("SELECT has_schema_privilege('yibao_app', 'public', 'CREATE')").fetchone() == (False,)


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_runtime_role_cannot_change_what_is_append_only(runtime, table):
    for sql in (f"DELETE FROM {table}", f"TRUNCATE {table}", f"DROP TABLE {table}", f"ALTER TABLE {table} DISABLE RULE x"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            runtime.execute(sql)
    columns = runtime.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped", [table]
    ).fetchall()
    for (column,) in columns:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            runtime.execute(f"UPDATE {table} SET {column} = {column}")


@pytest.mark.parametrize(
    "table",
    ["entry_rule", "account_status_rule", "account_status_transition", "schema_migration", "data_key", "region", "pool", "coverage_rule"],
)
def test_runtime_role_cannot_change_rules(runtime, table):
    for sql in (f"DELETE FROM {table}", f"INSERT INTO {table} SELECT * FROM {table}"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            runtime.execute(sql)


@pytest.mark.parametrize("table, allowed", [("token", {"revoked_at", "revoked_by"}), ("token_epoch", {"version"}), ("deployment", set())])
def test_runtime_role_can_end_a_token_but_not_widen_it(owner, table, allowed):
    rows = owner.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %(t)s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND has_column_privilege('yibao_app', attrelid, attname, 'UPDATE')",
        {"t": table},
    )
    assert {column for (column,) in rows} == allowed
    assert owner.execute("SELECT has_table_privilege('yibao_app', %s, 'DELETE, TRUNCATE, TRIGGER')", [table]).fetchone() == (False,)


@pytest.mark.parametrize(
    "table, kept",
    [("interest_run", {"job_id", "region_code", "interest_year"}),
     ("interest_run_pool", {"job_id", "pool_code", "starts_on", "ends_before", "posts_from"}),
     ("interest_run_skip", {"job_id", "phase", "pool_code", "reason"}), ("sweep", {"name"}),
     ("ledger_close", {"is_only"})],
)
def test_runtime_role_cannot_change_what_a_run_or_sweep_is(owner, table, kept):
    rows = owner.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %(t)s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND NOT has_column_privilege('yibao_app', attrelid, attname, 'UPDATE')",
        {"t": table},
    )
    assert {column for (column,) in rows} == kept


@pytest.mark.parametrize("regions", [["62%"], ["______"], ["%%%%%%"], ["620500,%"], [""], [None], ["62050"], ["620500", "x"]])
def test_regions_of_a_token_are_never_patterns(owner, regions):
    with pytest.raises(psycopg.errors.CheckViolation):
        owner.execute(
            "INSERT INTO token (token_hash, token_id, kind, subject_id, roles, regions, created_at)"
            " VALUES (sha256('x'), gen_random_uuid(), 'staff', gen_random_uuid(), '{operator}', %s, now())",
            [regions],
        )


def test_nobody_else_makes_objects_between_ours(cluster, empty):
    """A database that came from a version before 15 lets PUBLIC create in its schema."""
    with cluster.connect(empty.database) as connection:
        connection.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
    assert empty.run("migrate").returncode == 0
    with cluster.connect(empty.database) as connection:
        assert connection.execute("SELECT has_schema_privilege('yibao_app', 'public', 'CREATE')").fetchone() == (False,)


def test_a_login_that_is_only_the_runtime_role_is_enough(cluster, migrated):
    """db/README.md: then not even SQL of an intruder becomes the owner."""
    with cluster.connect("postgres") as connection:
        connection.execute("DROP ROLE IF EXISTS web")
        connection.execute("CREATE ROLE web LOGIN NOINHERIT IN ROLE yibao_app")
    migrated.environment["DATABASE_URL"] = cluster.url(migrated.database, "web")
    made = migrated.run("token", "create", "--kind", "staff", "--role", "operator", "--region", "000000")
    assert made.returncode == 0, made.stderr
    assert migrated.run("token", "list").stdout.count("\n") == 2
    assert migrated.run("token", "revoke", made.stderr.split()[1]).returncode == 0
    with cluster.connect(migrated.database, "web", options="-c role=yibao_app") as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SET ROLE owner")


def test_runtime_role_can_post(runtime):
    account = Account().insert(runtime)
    assert post(runtime, [Entry(account, 100)])[0][0] == "posted"


def test_unique_constraints_of_person_tables_contain_the_person(owner):
    """But for the look-up tables, which are keyed by the hash on purpose, and what must not tell whose it is."""
    rows = owner.execute("""
        SELECT index_class.relname FROM pg_index
        JOIN pg_class AS index_class ON index_class.oid = indexrelid
        JOIN pg_attribute AS key ON key.attrelid = indrelid AND key.attname = 'person_key' AND NOT key.attisdropped
        WHERE indisunique AND NOT key.attnum = ANY (indkey::smallint[])
          AND indrelid::regclass::text NOT IN ('person_identifier', 'token', 'audit_event', 'proposal', 'attempt',
                                               'challenge', 'refresh_token', 'outbox', 'consent_request')
          AND index_class.relnamespace = 'public'::regnamespace
    """).fetchall()
    assert rows == []


def test_hot_tables_have_no_foreign_keys_and_nothing_has_triggers(owner):
    assert owner.execute("""
        SELECT conrelid::regclass::text FROM pg_constraint
        WHERE contype = 'f' AND conrelid::regclass::text IN ('account', 'ledger_entry', 'hold_event', 'contribution')
    """).fetchall() == []
    assert owner.execute(
        "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace"
    ).fetchall() == []


def test_a_balance_update_stays_in_its_page(owner):
    account = Account().insert(owner)
    for _ in range(3):
        post(owner, [Entry(account, 1)])
    owner.execute("SELECT pg_stat_force_next_flush()")
    assert owner.execute(
        "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'account'"
    ).fetchone() == (3, 3)


def test_plpgsql_check_finds_nothing(superuser):
    if not superuser.execute("SELECT FROM pg_available_extensions WHERE name = 'plpgsql_check'").fetchall():
        pytest.skip("plpgsql_check is not installed")
    superuser.execute("CREATE EXTENSION plpgsql_check")
    found = superuser.execute("""
        SELECT pg_proc.oid::regprocedure::text, line.*
        FROM pg_proc JOIN pg_language ON pg_language.oid = prolang AND lanname = 'plpgsql',
             LATERAL plpgsql_check_function(pg_proc.oid, performance_warnings => false) AS line
        WHERE pronamespace = 'public'::regnamespace AND prorettype <> 'trigger'::regtype
          AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
          -- Kinds of proposals and of jobs have one signature each (docs/proposals.md, 881_job_step.sql); few need all of it.
          AND NOT ((proname LIKE 'proposal\\_apply\\_%' OR proname LIKE 'job\\_check\\_%') AND line LIKE '%unused parameter%')
    """).fetchall()
    assert found == []


REFUSED = {
    "negative part": "UPDATE account SET current_year_fen = -1",
    "hold above the balance": "UPDATE account SET held_fen = 1",
    "two accounts that receive": "INSERT INTO account (person_key, account_id, person_id, pool_code, status, opened_at)"
    " SELECT person_key, gen_random_uuid(), person_id, '440100', 'active', opened_at FROM account",
    "unknown status": "UPDATE account SET status = 'asleep'",
    "chain head of the wrong length": "UPDATE account SET last_hash = '\\x00'",
    "system account whose name lies": "INSERT INTO system_account VALUES ('transit:1', 'transit', '620500', NULL)",
    "citizen token without a person": "INSERT INTO token (token_hash, token_id, kind, subject_id, created_at, expires_at)"
    " VALUES (sha256('x'), gen_random_uuid(), 'citizen', gen_random_uuid(), now(), now() + '1 hour')",
    "client token with a role": "INSERT INTO token (token_hash, token_id, kind, subject_id, roles, created_at)"
    " VALUES (sha256('x'), gen_random_uuid(), 'client', gen_random_uuid(), '{operator}', now())",
    "month that is no month": "INSERT INTO contribution (person_key, period, scheme, kind, source_document, pool_code,"
    " personal_fen, employer_fen, subsidy_fen, status, contribution_id, operation_id, recorded_at) VALUES"
    " (1, '2026-01-02', 'employee', 'regular', 'D', '620500', 1, 0, 0, 'recorded', gen_random_uuid(), gen_random_uuid(), now())",
    "posted resident premium": "INSERT INTO contribution (person_key, period, scheme, kind, source_document, pool_code,"
    " personal_fen, employer_fen, subsidy_fen, status, contribution_id, operation_id, recorded_at) VALUES"
    " (1, '2026-01-01', 'resident', 'regular', 'D', '620500', 1, 0, 0, 'posted', gen_random_uuid(), gen_random_uuid(), now())",
}


@pytest.mark.parametrize("what", REFUSED)
def test_constraints_carry_the_rules(owner, what):
    Account().insert(owner)
    with pytest.raises(psycopg.errors.IntegrityError):
        owner.execute(REFUSED[what])


def test_reference_data_is_whole(owner):
    def count(sql):
        return owner.execute(f"SELECT count(*) FROM {sql}").fetchone()[0]

    assert count("region WHERE level <> 'nation'") == 3351
    assert count("working_day") == 175
    assert count("region AS r WHERE parent_code IS NOT NULL"
                 " AND NOT EXISTS (SELECT FROM region WHERE region_code = r.parent_code)") == 0
    assert count("pool WHERE NOT EXISTS (SELECT FROM region WHERE region_code IN (pool_code, province_code)"
                 " HAVING count(*) = CASE WHEN pool_code = province_code THEN 1 ELSE 2 END)") == 0
    pools = {row[0] for row in owner.execute("SELECT pool_code FROM pool")}
    assert {"110000", "310000", "540000", "330600", "440300", "620500", "620900", "419001", "429004"} <= pools
    assert not {"110100", "419000", "429000", "500200", "540100", "710000", "000000"} & pools
    assert count("channel WHERE pool_code NOT IN (SELECT pool_code FROM pool UNION SELECT '000000')") == 0
