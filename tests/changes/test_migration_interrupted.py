"""yibaod migrate killed in every phase, and PostgreSQL with it: run again, it comes to the same schema."""
# SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import random
import shutil
import signal
import subprocess

import psycopg
import pytest
from tests.faults.postgres import Postgres
from tests.harness.database import BINARY
from tests.harness.server import ROOT, wait_until

SAMPLE = int(os.environ.get("YIBAO_MIGRATIONS_KILLED", "6"))  # migrations to be killed in; 999: every one
GATE = "SELECT pg_advisory_xact_lock_shared(73105794, {number})"
SCHEMA = [
    """SELECT c.relname, c.relkind, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
              col_description(c.oid, a.attnum), c.relacl::text, a.attacl::text
         FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1, 3""",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2",
    """SELECT i.indexrelid::regclass::text, i.indisvalid, i.indisready, pg_get_indexdef(i.indexrelid)
         FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid AND c.relnamespace = 'public'::regnamespace ORDER BY 1""",
    """SELECT oid::regprocedure::text, md5(pg_get_functiondef(oid)), proacl::text, obj_description(oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' ORDER BY 1""",
    "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public' ORDER BY 1",
    "SELECT version FROM schema_migration ORDER BY 1",
    "SELECT purpose, version FROM data_key ORDER BY 1, 2",
    "SELECT * FROM pool ORDER BY 1", "SELECT * FROM state_step ORDER BY 1, 2, 3", "SELECT * FROM material_rule ORDER BY 1, 2, 3",
]  # fmt: skip


@pytest.fixture(scope="module")
def postgres():
    """One that may be killed."""
    cluster = Postgres()
    with cluster.connect("postgres") as sql:
        sql.execute("CREATE ROLE owner LOGIN CREATEROLE")
    yield cluster
    cluster.remove()


@pytest.fixture(scope="module")
def gated(tmp_path_factory):
    """A copy of db/ whose every migration, and the functions, end at a gate; numbers of the gates in their order."""
    db = shutil.copytree(ROOT / "db", tmp_path_factory.mktemp("gated") / "db")
    numbers = []
    for file in sorted((db / "migrations").glob("*.sql")):
        numbers.append(int(file.name[:4]))
        text, gate = file.read_text(encoding="utf-8"), GATE.format(number=numbers[-1])
        in_turns = "transaction:false" in text
        file.write_text(text.replace("\n-- migrate:down", f"\n{'-- migrate:next' if in_turns else ''}\n{gate};\n-- migrate:down"))
    (db / "functions" / "999_gate.sql").write_text(GATE.format(number=10_000))
    return db, [*numbers, 10_000]


class Deployment:
    def __init__(self, postgres, name, db, directory):
        self.postgres, self.name, self.db = postgres, name, db
        self.environment = {
            "PATH": os.environ["PATH"], "DATABASE_URL": postgres.create_database(name, "owner"),
            "YIBAO_MASTER_KEY_FILE": str(directory / f"{name}.key"),
        }  # fmt: skip

    def start(self):
        return subprocess.Popen(
            [str(BINARY), "migrate", "--db", str(self.db)], env=self.environment, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def finish(self):
        process = self.start()
        output = process.communicate(timeout=300)
        assert process.returncode == 0, output

    def schema(self):
        with self.postgres.connect(self.name) as sql:
            return [sql.execute(query).fetchall() for query in SCHEMA]

    def waiting(self, sql):
        """Processes of PostgreSQL in which migrate waits."""
        return [pid for (pid,) in sql.execute(
            "SELECT pid FROM pg_locks JOIN pg_database AS d ON d.oid = database WHERE NOT granted AND datname = %s", [self.name]
        )]  # fmt: skip

    def end_session(self, sql):
        """The session of a killed migrate waits on, and has the lock of migrations: its end is what TCP would tell it."""
        sql.execute("SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE datname = %s", [self.name])


def kill_at(deployment, hold):
    """Starts migrate against what `hold` locks in a session of ours, and kills it while it waits for that."""
    with deployment.postgres.connect("postgres") as sql, psycopg.connect(deployment.postgres.url(deployment.name)) as holder:
        holder.execute(hold)
        process = deployment.start()

        def waits():
            assert process.poll() is None, process.communicate()
            return deployment.waiting(sql)

        wait_until(waits, f"migrate to come to {hold}", patience_s=120)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        holder.rollback()
        holder.close()
        deployment.end_session(sql)


def chosen(numbers, seed):
    some = random.Random(seed).sample(numbers[:-1], min(SAMPLE, len(numbers) - 1))
    return sorted({*some, numbers[-1]})


def gate_of(number):
    return f"SELECT pg_advisory_xact_lock(73105794, {number})"


def test_killed_in_every_phase(postgres, gated, tmp_path):
    db, numbers = gated
    whole = Deployment(postgres, "whole", db, tmp_path)
    whole.finish()
    killed = Deployment(postgres, "killed", db, tmp_path)
    for number in chosen(numbers, seed=1):
        kill_at(killed, gate_of(number))
    kill_at(killed, "LOCK TABLE material_rule IN EXCLUSIVE MODE")  # of the reference rows
    kill_at(killed, "LOCK TABLE data_key IN SHARE MODE")
    killed.finish()
    assert killed.schema() == whole.schema()
    assert pathlib.Path(killed.environment["YIBAO_MASTER_KEY_FILE"]).exists()


def test_postgresql_killed_meanwhile(postgres, gated, tmp_path):
    db, numbers = gated
    whole = Deployment(postgres, "whole_again", db, tmp_path)
    whole.finish()
    killed = Deployment(postgres, "crashed", db, tmp_path)
    for number in chosen(numbers, seed=2)[-3:]:
        holder = psycopg.connect(postgres.url("crashed"))
        holder.execute(gate_of(number))
        process = killed.start()
        with postgres.connect("postgres") as sql:
            wait_until(lambda: killed.waiting(sql), "migrate to wait", patience_s=120)  # noqa: B023
        postgres.kill()
        output = process.communicate(timeout=120)
        assert process.returncode == 1 and output[1], output
        holder.close()
        postgres.start()
    killed.finish()
    assert killed.schema() == whole.schema()
