"""Constraints of a migration are validated when its locks are gone: nobody waits meanwhile; killed there, the next run does it."""
# SPDX-License-Identifier: Apache-2.0
import shutil
import signal

import pytest
from tests.db.conftest import ROOT
from tests.harness.server import wait_until

GATE = 73105795
SLOW = f"""-- A constraint whose check waits at a gate.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE FUNCTION gate(state text) RETURNS boolean LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_advisory_xact_lock_shared({GATE}); RETURN state IS NOT NULL; END $$;
ALTER TABLE pool ADD COLUMN gated integer, ADD CONSTRAINT pool_gate CHECK (gate(pool_code)) NOT VALID;
ALTER TABLE pool VALIDATE CONSTRAINT pool_gate;
COMMENT ON COLUMN pool.gated IS 'Nothing';
-- migrate:down
"""
STATE = "SELECT convalidated FROM pg_constraint WHERE conname = 'pool_gate'"
WAITING = f"SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = {GATE} AND NOT granted"


@pytest.fixture
def db(tmp_path):
    """db/ and a migration more."""
    copy = shutil.copytree(ROOT / "db", tmp_path / "db")
    (copy / "migrations/9999_gate.sql").write_text(SLOW, encoding="utf-8")
    return copy


def test_nobody_waits_for_a_validation(migrated, db):
    with migrated.cluster.connect(migrated.database) as holder, migrated.cluster.connect(migrated.database) as other:
        holder.execute(f"SELECT pg_advisory_lock({GATE})")
        process = migrated.start("migrate", "--db", db)
        pid = wait_until(lambda: other.execute(WAITING).fetchone(), "migrate to validate")[0]
        other.execute("SET lock_timeout = '5s'")
        assert other.execute("SELECT gated FROM pool LIMIT 1").fetchone() == (None,), "what came with it is there"
        other.execute("SELECT FROM pool LIMIT 1 FOR UPDATE")
        other.execute("DELETE FROM pool WHERE pool_code = 'nowhere'")
        assert other.execute(STATE).fetchone() == (False,)
        assert other.execute("SELECT count(*) FROM schema_migration WHERE version = 9999").fetchone() == (1,)

        process.send_signal(signal.SIGKILL)
        process.communicate()
        other.execute("SELECT pg_terminate_backend(%s, 30000)", [pid])
        holder.execute(f"SELECT pg_advisory_unlock({GATE})")
        again = migrated.run("migrate", "--db", db)
        assert again.returncode == 0, again.stderr
        assert other.execute(STATE).fetchone() == (True,)


def test_rows_that_break_it_are_told(migrated, db):
    file = db / "migrations/9999_gate.sql"
    file.write_text(SLOW.replace("state IS NOT NULL", "state <> '110000'"), encoding="utf-8")
    for _ in range(2):
        done = migrated.run("migrate", "--db", db)
        assert done.returncode == 1 and "pool_gate" in done.stderr, done
