"""Databases of earlier schemas, with the data such a version had, are migrated to the newest: nothing changes, books in order."""
# SPDX-License-Identifier: Apache-2.0
import lzma
import os
import shutil
import subprocess

import pytest
from tests.harness.database import BINARY
from tests.harness.server import ROOT

SCHEMAS = ROOT / "tests/data/schemas"
# What moves no money and is nobody's name must be the same before and after.
KEPT = [
    "SELECT account_id, current_year_fen, carried_over_fen, version, encode(last_hash, 'hex') FROM account ORDER BY 1",
    "SELECT count(*), sum(amount_fen), md5(string_agg(encode(hash, 'hex'), '' ORDER BY person_key, account_id, seq)) FROM ledger_entry",
    "SELECT person_id, md5(citizen_number_sealed), md5(name_sealed), birth_date FROM person ORDER BY 1",
    "SELECT count(*), sum(personal_fen) FROM contribution",
    "SELECT purpose, version, md5(wrapped) FROM data_key WHERE purpose <> 'hash_content' ORDER BY 1",
]

def run(command, environment):
    return subprocess.run([str(BINARY), command], env=environment, capture_output=True, text=True, timeout=300, check=False)


def make_schema(connection, version):
    """The migrations up to that one, which are never edited."""
    for file in sorted((ROOT / "db/migrations").glob("*.sql")):
        if int(file.name[:4]) > version:
            break
        up = file.read_text(encoding="utf-8").split("-- migrate:up", 1)[1].split("\n-- migrate:down", 1)[0]
        options, up = up.split("\n", 1)
        for statement in up.split("\n-- migrate:next") if "transaction:false" in options else [up]:
            connection.execute(statement)


@pytest.mark.parametrize("name", sorted(file.name[:4] for file in SCHEMAS.glob("*.sql.xz")))
def test_an_earlier_schema_with_data(cluster, tmp_path, name):
    url = cluster.create_database(f"schema_{name}")
    key = shutil.copy(SCHEMAS / f"{name}.key", tmp_path / "master.key")
    os.chmod(key, 0o600)
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": url, "YIBAO_MASTER_KEY_FILE": str(key)}
    with cluster.connect(f"schema_{name}") as sql:
        sql.execute((ROOT / "db/schema_migration.sql").read_text(encoding="utf-8"))
        make_schema(sql, int(name))
        tables = sql.execute("SELECT string_agg(oid::regclass::text, ', ') FROM pg_class"
                             " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace").fetchone()[0]
        sql.execute(f"TRUNCATE {tables}")  # what migrations insert is among the data
        loaded = subprocess.run(
            ["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", url], input=lzma.decompress((SCHEMAS / f"{name}.sql.xz").read_bytes()),
            env={**environment, "PGOPTIONS": "-c session_replication_role=replica"}, capture_output=True, check=False,
        )  # fmt: skip
        assert loaded.returncode == 0, loaded.stderr[-2000:]
        before = [sql.execute(query).fetchall() for query in KEPT]
        assert before[1][0][0] > 0, "it holds entries"
        migrated = run("migrate", environment)
        assert migrated.returncode == 0, migrated.stderr[-3000:]
        audited = run("audit", environment)
        assert audited.returncode == 0, (audited.stdout[-3000:], audited.stderr[-3000:])
        assert [sql.execute(query).fetchall() for query in KEPT] == before
