"""docs/operations/backup.md as it stands: archive, base backup, restore to a named second, with the master key and without."""
# SPDX-License-Identifier: Apache-2.0
import collections
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import httpx
import psycopg
import pytest
from tests.faults import books
from tests.faults.asking import Line, Request
from tests.faults.postgres import Postgres
from tests.faults.storm import Storm
from tests.faults.world import World
from tests.harness.database import BINARY
from tests.harness.server import ROOT, Server, free_port, wait_until
from tests.operations.pages import Shell, blocks
from tests.operations.postmaster import Postmaster

SEED = int(os.environ.get("YIBAO_FAULTS_SEED", "1"))
SETTINGS = {"wal_level": "replica", "max_wal_senders": "4", "track_commit_timestamp": "on"}
# When each of the keys was committed.
COMMITS = "SELECT principal_id::text, key, pg_xact_commit_timestamp(xmin) FROM idempotency_key"


@pytest.fixture
def directory():
    """PostgreSQL's user may enter it: nothing of the clone, which may be somewhere that only its owner sees."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="yb-", dir="/tmp"))
    path.chmod(0o755)
    for name in ("bin", "share/yibaod"):
        (path / name).mkdir(parents=True)
    shutil.copy(BINARY, path / "bin/yibaod")
    shutil.copy(ROOT / "scripts/archive_wal.sh", path / "bin")
    shutil.copytree(ROOT / "db", path / "share/yibaod/db")
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def world(directory):
    with World(directory, accounts=20, postgres=Postgres(SETTINGS)) as world:
        yield world


@pytest.fixture
def shell(world, directory):
    """Of the user that PostgreSQL runs as, who has a copy of the master key here."""
    postgres = world.postgres
    place = directory / "admin"
    place.mkdir()
    shutil.copy(directory / "master.key", place / "original.key")
    if postgres.user is not None:
        for path in (place, place / "original.key"):
            os.chown(path, postgres.user.pw_uid, postgres.user.pw_gid)
    environment = {
        "PATH": f"{directory / 'bin'}:{postgres.bin}:{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "HOME": str(place),
        "PGHOST": str(postgres.socket_directory),
        "PGUSER": "postgres",
        "YIBAO_LISTEN": f"127.0.0.1:{free_port()}",
        "YIBAO_OPS_LISTEN": f"127.0.0.1:{free_port()}",
    }
    shell = Shell(place, environment, postgres.user)
    yield shell
    shell.end()
    Postmaster(place / "restored").kill()


def disaster(world):
    """Storms over a second that is then named; → (that instant, when each key was committed, what accounts had, the storm)."""
    with Storm(world, SEED, servers=1, name="restore") as storm:
        storm.under_load(0.5, 1)
        with world.sql() as sql:
            (instant,) = sql.execute("SELECT date_trunc('second', clock_timestamp()) + interval '1 s'").fetchone()
            wait_until(lambda: sql.execute("SELECT clock_timestamp() > %s", [instant]).fetchone()[0], "that second")
        storm.under_load(0.5, 1)
        figures = httpx.get(f"{storm.servers[0].ops_url}/metrics").text
        assert "\nyibaod_postgresql_archive_age_seconds " in figures
    with world.sql() as sql:
        commits = {(client, key): at for client, key, at in sql.execute(COMMITS)}
    balances = books.balances(world)
    world.postgres.stop()  # having archived what there is
    return instant, commits, balances, storm


def acknowledged(journal):
    """The last success of each key, in the order of the journal: [(client, key, line)]."""
    lines = [json.loads(line) for line in journal.path.read_text(encoding="utf-8").splitlines()]
    told = {}
    for line in lines:
        if line["event"] == "received" and line["key"] and line["status"] < 300:
            told.setdefault((line["principal_id"], line["key"]), line)
    return told


def resubmit(world, port, gone):
    """As docs/operations/backup.md says: in order, with the same keys, and new ids for charges that are done again."""
    tokens = {provider.provider_id: provider for provider in world.providers}
    line, now = Line(), {}
    for told in gone:
        path = told["path"]
        for before, after in now.items():
            path = path.replace(before, after)
        answer = line.ask(port, Request(tokens[told["principal_id"]], told["method"], path, told["key"], told["body"]))
        assert answer.status == told["status"] and not answer.is_replayed, (told, answer)
        if path == "/v1/charges":
            now[told["reply"]["charge_id"]] = answer.body["charge_id"]
    line.close()


def judge(output, told, gone):
    """What the auditor names is what was committed after that instant, and nothing else."""
    lost = {line.split("FAULT charge ")[1].split()[0] for line in output if "charge_id: expected acknowledged in" in line}
    expected = {line["reply"]["charge_id"] for place, line in told.items() if place in gone and line["path"] == "/v1/charges"}
    assert lost == expected
    refunds = {line.split("FAULT charge_refund ")[1].split()[0] for line in output if "refund_id: expected acknowledged" in line}
    assert refunds == {told[place]["reply"]["refund_id"] for place in gone if told[place]["path"].endswith("/refunds")}
    assert expected, "nothing was acknowledged after that second: this proves nothing"


def test_backup_and_restore(world, shell, directory):
    steps = collections.deque(blocks("backup"))
    place, postgres = directory / "admin", world.postgres

    def do(**values):
        return shell.run(steps.popleft().set(**values))

    do(DATA=postgres.data, BACKUP=place / "backup", KEYS=place / "keys", ARCHIVE_WAL=directory / "bin/archive_wal.sh",
       MASTER_KEY=place / "original.key")  # fmt: skip
    do()
    postgres.process = Postmaster(postgres.data)
    do()
    do()
    instant, commits, balances, storm = disaster(world)
    told = acknowledged(storm.journal)
    gone = [place for place in told if commits[place] > instant]
    do(RESTORED=place / "restored", INSTANT=instant.isoformat(sep=" "))
    do()
    citizen = (directory / "enrolments.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    do(DATABASE_URL="port=5433 dbname=yibao user=postgres", CITIZEN=citizen, YIBAO_SPOOL_DIR=place / "spool")
    do()
    do()
    do()
    shutil.copy(storm.journal.path, directory / "journal.jsonl")
    (directory / "journal.jsonl").chmod(0o644)
    do(JOURNAL=directory / "journal.jsonl")
    do()
    judge((place / "gone.txt").read_text(encoding="utf-8").splitlines(), told, gone)
    assert not steps, "a block that is not executed"

    restored = {**world.environment, "DATABASE_URL": f"host={postgres.socket_directory} port=5433 user=postgres dbname=yibao"}
    server = Server(BINARY, restored, directory / "server-restored.log").wait_ready()
    resubmit(world, server.port, [told[place] for place in gone])
    server.stop()
    with psycopg.connect(restored["DATABASE_URL"]) as sql:
        now = {account: (balance, held) for account, balance, held in sql.execute(books.MONEY)}
    assert now == balances
    audit = subprocess.run([BINARY, "audit"], cwd=ROOT, env=restored, capture_output=True, text=True, timeout=120, check=False)
    assert audit.returncode == 0, audit.stdout[-3000:]
    figures = f"{len(told)} acknowledged, {len(gone)} after {instant}"
    print(figures, flush=True)


def test_the_archive_never_replaces_a_file(tmp_path):
    script, source, target = ROOT / "scripts/archive_wal.sh", tmp_path / "wal", tmp_path / "archive/000000010000000000000001"
    target.parent.mkdir()

    def archive():
        return subprocess.run([script, source, target], capture_output=True, text=True, timeout=60, check=False).returncode

    source.write_bytes(b"one" * 1000)
    assert archive() == 0 and target.read_bytes() == source.read_bytes()
    assert archive() == 0, "handed in again"
    source.write_bytes(b"two" * 1000)
    assert archive() == 1 and target.read_bytes() == b"one" * 1000
    target.unlink()
    (target.parent / f".{target.name}.part").write_bytes(b"half of an earlier attem")
    assert archive() == 0 and target.read_bytes() == source.read_bytes()
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    shutil.rmtree(target.parent)
    assert archive() != 0, "there is nowhere to put it"
