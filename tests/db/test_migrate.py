"""yibaod migrate: from empty, again, changed, missing, out of order, killed, twice at once."""
# SPDX-License-Identifier: Apache-2.0
import shutil
import signal
import time

import pytest

from tests.db.conftest import ROOT



@pytest.fixture
def db(tmp_path):
    """A copy of db/ that a test may change."""
    return shutil.copytree(ROOT / "db", tmp_path / "db")


def migrate(program, db, *arguments):
    return program.run("migrate", "--db", db, *arguments)


def dump(program):
    """All there is, but for what differs by nature: instants and keys."""
    with program.cluster.connect(program.database) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns"
            " WHERE table_schema = 'public' ORDER BY 1, 2"
        ).fetchall()
        constraints = connection.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2"
        ).fetchall()
        functions = connection.execute(
            "SELECT proname, md5(pg_get_functiondef(oid)) FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' ORDER BY 1, 2"
        ).fetchall()
        versions = connection.execute("SELECT version, checksum FROM schema_migration ORDER BY 1").fetchall()
        pools = connection.execute("SELECT * FROM pool ORDER BY 1").fetchall()
    return columns, constraints, functions, versions, pools


def test_from_empty_and_a_second_time(empty):
    first = empty.run("migrate")
    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith("applied ")
    before = dump(empty)
    second = empty.run("migrate")
    assert (second.returncode, second.stdout, second.stderr) == (0, "nothing to do\n", "")
    assert dump(empty) == before


def test_status_changes_nothing(empty):
    pending = empty.run("migrate", "--status")
    assert pending.returncode == 1
    assert all(line.startswith("pending ") for line in pending.stdout.splitlines())
    with empty.cluster.connect(empty.database) as connection:
        assert connection.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace").fetchone() == (0,)
    empty.run("migrate")
    applied = empty.run("migrate", "--status")
    assert applied.returncode == 0
    assert len(applied.stdout.splitlines()) == len(pending.stdout.splitlines())
    assert all(line.startswith("applied ") for line in applied.stdout.splitlines())


def test_wrong_use_is_told_apart(empty):
    assert empty.run("migrate", "--nonsense").returncode == 2
    assert empty.run("migrate", "--db", "/nowhere").returncode == 1


def test_changed_file_is_refused(migrated, db):
    file = db / "migrations" / "0003_people.sql"
    file.write_text(file.read_text() + "\n-- a harmless remark\n")
    result = migrate(migrated, db)
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1 and "0003_people.sql was changed" in result.stderr


def test_missing_file_is_refused(migrated, db):
    (db / "migrations" / "0003_people.sql").unlink()
    result = migrate(migrated, db)
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1 and "0003_people.sql was applied" in result.stderr


def test_late_and_double_numbers_are_refused(migrated, db):
    late = db / "migrations" / "0009_late.sql"
    late.write_text("-- migrate:up\nSELECT 1;\n-- migrate:down\n")
    assert "higher number" in migrate(migrated, db).stderr
    late.rename(db / "migrations" / "0007_twice.sql")
    assert "same number" in migrate(migrated, db).stderr


def test_failing_migration_leaves_nothing(migrated, db):
    (db / "migrations" / "9001_bad.sql").write_text(
        "-- migrate:up\nCREATE TABLE half (a integer);\nSELECT 1 / 0;\n-- migrate:down\n"
    )
    before = dump(migrated)
    result = migrate(migrated, db)
    assert result.returncode == 1
    assert "9001_bad.sql" in result.stderr and "division by zero" in result.stderr
    assert dump(migrated) == before


def wait_for(condition, patience_s=30):
    end = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def sleeps(program):
    with program.cluster.connect("postgres") as connection:
        return connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = %s", [program.database]
        ).fetchone() == (1,)


def test_killed_half_way_it_converges(empty, db):
    slow = db / "migrations" / "0004_accounts.sql"
    real = slow.read_text()
    slow.write_text(real.replace("-- migrate:down", "SELECT pg_sleep(60);\n-- migrate:down"))
    process = empty.start("migrate", "--db", db)
    wait_for(lambda: sleeps(empty))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with empty.cluster.connect("postgres") as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
    slow.write_text(real)
    assert migrate(empty, db).returncode == 0
    converged = dump(empty)
    empty.cluster.create_database(empty.database, "owner")
    assert migrate(empty, db).returncode == 0
    assert dump(empty) == converged


def test_two_at_once_follow_each_other(empty):
    both = [empty.start("migrate") for _ in range(2)]
    outputs = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert sorted(output[0].split()[0] for output in outputs) == ["applied", "nothing"]


def test_statements_outside_of_a_transaction(migrated, db):
    (db / "migrations" / "9001_index.sql").write_text(
        "-- migrate:up transaction:false\n"
        "DROP INDEX CONCURRENTLY IF EXISTS ledger_entry_operation;\n"
        "-- migrate:next\n"
        "CREATE INDEX CONCURRENTLY ledger_entry_operation ON ledger_entry (person_key, operation_id);\n"
        "-- migrate:down\n"
    )
    result = migrate(migrated, db)
    assert result.returncode == 0, result.stderr
    with migrated.cluster.connect(migrated.database) as connection:
        assert connection.execute(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ledger_entry_operation'::regclass"
        ).fetchone() == (True,)


def test_a_busy_table_is_waited_for_in_short_turns(migrated, db, owner):
    (db / "migrations" / "9001_column.sql").write_text(
        "-- migrate:up\nALTER TABLE account ADD COLUMN note text;\n-- migrate:down\n"
    )
    with owner.transaction():
        owner.execute("SELECT count(*) FROM account")
        process = migrated.start("migrate", "--db", db)
        with migrated.cluster.connect(migrated.database) as reader:
            wait_for(lambda: reader.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone() != (0,))
            started = time.monotonic()
            reader.execute("SELECT count(*) FROM account")
            assert time.monotonic() - started < 10, "the waiting migration held a reader up"
    output = process.communicate(timeout=120)
    assert process.returncode == 0, output


def test_reference_rows_are_put_right_and_never_removed(migrated, owner):
    owner.execute("UPDATE pool SET name = 'wrong' WHERE pool_code = '620500'")
    owner.execute("INSERT INTO working_day VALUES ('2031-01-01', 'holiday')")
    owner.execute("DELETE FROM channel WHERE pool_code = '110000'")
    assert "changed 8 reference rows" in migrated.run("migrate").stdout
    assert owner.execute("SELECT name FROM pool WHERE pool_code = '620500'").fetchone() == ("天水市",)
    assert owner.execute("SELECT count(*) FROM working_day WHERE day = '2031-01-01'").fetchone() == (1,)


def test_downs_undo_everything(empty, db):
    assert migrate(empty, db).returncode == 0
    with empty.cluster.connect(empty.database, "owner") as connection:
        for routine, kind in connection.execute(
            "SELECT p.oid::regprocedure::text, CASE prokind WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END FROM pg_proc AS p"
            " WHERE pronamespace = 'public'::regnamespace AND proowner = 'owner'::regrole"
            "   AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e') ORDER BY prokind"
        ).fetchall():
            connection.execute(f"DROP {kind} {routine} CASCADE")
        for file in sorted((db / "migrations").glob("*.sql"), reverse=True):
            connection.execute(file.read_text().split("-- migrate:down", 1)[1])
        left = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')"
        ).fetchall()
    assert sorted(left) == [("schema_migration",), ("schema_migration_pkey",)]
