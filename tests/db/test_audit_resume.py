"""An audit that is interrupted goes on from its state file, finds what it would have found, and tells how far it is."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import json
import os
import pty
import shutil
import subprocess

import pytest

from tests.db.conftest import BINARY, ROOT
from tests.db.posting import Entry, post
from tests.db.world import audit


@pytest.fixture
def many(superuser):
    """Accounts enough for several slices, one in the first and one in the last with a fault."""
    superuser.execute("CREATE FUNCTION id_of(key bigint) RETURNS uuid LANGUAGE sql RETURN"
                      " encode(int8send(0) || int8send(key | (-9223372036854775808)::bigint), 'hex')::uuid")
    superuser.execute("""
        INSERT INTO account (person_key, account_id, person_id, pool_code, status, opened_at)
        SELECT key, id_of(key), id_of(key), '620500', 'active', now()
        FROM (SELECT 1 + 500000000000000 * i AS key FROM generate_series(1, 7000) AS i) AS keys
    """)
    superuser.execute("""
        INSERT INTO person (person_key, person_id, birth_date, sex, citizen_number_sealed, name_sealed, name_hash, created_at)
        SELECT person_key, person_id, '1970-01-01', 'unknown', sha256(''), sha256(''), sha256(''), now() FROM account
        WHERE NOT EXISTS (SELECT FROM person WHERE person.person_key = account.person_key)
    """)
    superuser.execute("""
        INSERT INTO person_identifier (kind, hash, person_key, person_id)
        SELECT 'citizen_number', sha256(uuid_send(person_id)), person_key, person_id FROM person
        WHERE NOT EXISTS (SELECT FROM person_identifier AS known WHERE known.person_key = person.person_key)
    """)
    superuser.execute("UPDATE account SET last_hash = sha256('') WHERE person_key IN (500000000000001, 3500000000000000001)")
    return superuser


@pytest.fixture
def failing(tmp_path):
    """A copy of the statements whose last check fails for persons of keys in the third slice, once it is told to."""
    shutil.copytree(ROOT / "db", tmp_path / "db")
    (tmp_path / "db/audit/checks/999_failing.sql").write_text(
        "SELECT 'x', 'x', 'x', 'x', (1 / count(*))::text FROM failing WHERE NOT armed"
        " AND 2500000000000000001 BETWEEN $1::bigint AND $2::bigint HAVING 2500000000000000001 BETWEEN $1 AND $2 AND count(*) = 0")
    return tmp_path / "db"


def test_it_goes_on_where_it_was(migrated, world, many, failing, tmp_path):
    whole = audit(migrated)
    assert [fault["column"] for fault in whole["faults"]] == ["last_hash"] * 2
    many.execute("CREATE TABLE failing (armed boolean); INSERT INTO failing VALUES (true); GRANT SELECT ON failing TO yibao_app")
    state = tmp_path / "audit.state"
    options = ["audit", "--json", "--resume", state, "--db", failing]
    first = migrated.run(*options)
    assert first.returncode == 4 and first.stdout == "" and "999_failing.sql" in first.stderr
    many.execute("UPDATE failing SET armed = false")
    second = migrated.run(*options)
    assert second.returncode == 1, second.stderr
    report = json.loads(second.stdout)
    assert not state.exists()
    assert (report["faults"], report["totals"]) == (whole["faults"], whole["totals"])


def test_a_state_of_half_the_way_is_taken_up(migrated, world, many, tmp_path):
    """Written by hand, so that it is certain that the first half is not looked at again."""
    state = tmp_path / "audit.state"
    fingerprint = fingerprint_of(migrated, tmp_path)
    state.write_text(json.dumps({
        "version": 1, "fingerprint": fingerprint, "stage": "people", "from": 1000000000000000000, "snapshots": 1, "is_incomplete": False,
        "faults_count": 1, "totals": {"accounts": 100000, "personal_fen": 7, "system_fen": -7},
        "faults": [["010_account", "account", "before", "held_fen", "0", "1"]]}))
    result = migrated.run("audit", "--json", "--resume", state)
    report = json.loads(result.stdout)
    assert result.returncode == 1 and report["snapshots"] == 2
    assert [(fault["key"], fault["column"]) for fault in report["faults"]][0] == ("before", "held_fen")
    assert len(report["faults"]) == 2 and report["faults_count"] == 2
    assert 100000 < report["totals"]["accounts"] < 107000 - 1500
    assert not state.exists()


def fingerprint_of(migrated, tmp_path):
    """What the state of an audit of this database must have."""
    state = tmp_path / "other.state"
    state.write_text('{"version": 1, "fingerprint": "other", "stage": "people", "from": 0, "snapshots": 1, "is_incomplete": false,'
                     ' "faults_count": 0, "totals": {}, "faults": []}')
    result = migrated.run("audit", "--resume", state)
    assert result.returncode == 2 and "another database, or with other checks" in result.stderr
    return result.stderr.rsplit("(here: ", 1)[1].split(")")[0]


@pytest.mark.parametrize("text", ["", "{}", "[]", "x", '{"version": 2}'])
def test_what_is_no_state_is_refused_and_kept(migrated, tmp_path, text):
    state = tmp_path / "audit.state"
    state.write_text(text)
    result = migrated.run("audit", "--resume", state)
    assert result.returncode == 2 and str(state) in result.stderr and state.read_text() == text


def test_postings_between_two_runs_disturb_nothing(migrated, cluster, world, many, failing, tmp_path):
    many.execute("UPDATE account SET last_hash = decode(repeat('00', 32), 'hex') WHERE last_seq = 0")
    many.execute("CREATE TABLE failing (armed boolean); INSERT INTO failing VALUES (true); GRANT SELECT ON failing TO yibao_app")
    options = ["audit", "--json", "--resume", tmp_path / "audit.state", "--db", failing]
    assert migrated.run(*options).returncode == 4
    post(world.connection, [Entry(world.account, 1000), Entry(world.other, 70)])
    many.execute("UPDATE failing SET armed = false")
    result = migrated.run(*options)
    assert result.returncode == 0, result.stdout


def test_progress_is_told_when_asked_for(migrated, world):
    assert migrated.run("audit").stderr == ""
    lines = migrated.run("audit", "--progress").stderr.splitlines()
    assert [line.split("%")[0] for line in lines] == ["audit: people 100.0 ", "audit: numbers and keys 100.0 "]


def test_a_terminal_gets_a_bar(migrated, world):
    """Written over and over, to the end; and nothing of it in the report."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([BINARY, "audit"], env=migrated.environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=theirs, text=True)
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):  # the terminal's other end is closed
        while more := os.read(ours, 4096):
            seen += more
    os.close(ours)
    assert "no faults" in process.communicate(timeout=60)[0] and process.returncode == 0
    assert seen.count(b"[" + b"#" * 30 + b"] audit: people 100.0 %") == 1
    assert seen.endswith(b"0 faults\r\n")


def test_exit_codes(migrated, world, tmp_path):
    assert migrated.run("audit").returncode == 0
    world.connection.execute("UPDATE account SET held_fen = 1 WHERE account_id = %s", [world.other.account_id])
    assert migrated.run("audit").returncode == 1
    assert migrated.run("audit", "--no-such-option").returncode == 2
    assert migrated.run("audit", "--resume", tmp_path / "no" / "such" / "directory").returncode in (1, 4)
    world.connection.execute("ALTER TABLE charge RENAME TO gone")
    assert migrated.run("audit").returncode == 4
