"""The commands, and a worker, while allocations fail: no crash, no half of anything, and once there is memory it is done as usual."""
# SPDX-License-Identifier: Apache-2.0
import os
import random
import subprocess

import pytest
from tests.faults import exhaust
from tests.faults.failing_malloc import FailingMalloc
from tests.faults.importers import HEADER, Importer
from tests.faults.scenarios import told_the_truth
from tests.faults.storm import Storm
from tests.faults.world import POOL, World, number_of
from tests.harness.database import BINARY
from tests.harness.server import ROOT, Server

pytestmark = pytest.mark.skipif("YIBAO_SANITIZER" in os.environ, reason="a sanitizer has its own malloc")
# Of each command, at random; `all`: every allocation of every command in turn.
TRIES = os.environ.get("YIBAO_ALLOCATIONS", "3")
PEOPLE, ROWS = 12, 24
FAR = 2**32 - 1


class Commands:
    def __init__(self, world, failing, seed):
        self.world, self.failing, self.dice = world, failing, random.Random(seed)
        self.failed, self.endings = 0, []

    def without(self, number, *arguments, **environment):
        """Exit code and output of a run whose n-th allocation fails, and how many there were."""
        self.failing.nth(number)
        done = subprocess.run([BINARY, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, timeout=300,
                              env={**self.world.environment, **self.failing.environment, **environment})  # fmt: skip
        left = self.failing.left
        self.failing.nth(0)
        assert done.returncode >= 0, f"{arguments} without allocation {number}: signal {-done.returncode}\n{done.stderr[-3000:]}"
        self.failed += left == 0
        self.endings.append((arguments[0], number, done.returncode))
        return done, number - left

    def each(self, *arguments, allowed, **environment):
        """Tries, each with another allocation failing; `allowed` are the exit codes besides 0."""
        done, count = self.without(FAR, *arguments, **environment)
        assert done.returncode == 0, done.stderr
        numbers = range(1, count + 1) if TRIES == "all" else sorted(self.dice.randint(1, count) for _ in range(int(TRIES)))
        for number in numbers:
            done, _ = self.without(number, *arguments, **environment)
            assert done.returncode in (0, *allowed), f"{arguments} without allocation {number}: {done.returncode}\n{done.stderr[-2000:]}"
            yield number, done


@pytest.fixture
def world(directory):
    with World(directory, accounts=PEOPLE) as world:
        yield world


@pytest.fixture
def commands(world, directory, seed):
    return Commands(world, FailingMalloc(directory), seed)


def stored(world, document):
    with world.sql() as sql:
        return sql.execute(
            "SELECT count(*)::integer, count(e.entry_id)::integer FROM contribution AS c LEFT JOIN ledger_entry AS e"
            " ON e.person_key = c.person_key AND e.operation_id = c.contribution_id WHERE source_document = %s", [document]).fetchone()


def test_import(world, commands, directory):
    """Slices that are posted stay; the next run does the rest, and each row is there once."""
    def file(document):
        path = directory / f"{document}.csv"
        path.write_text(HEADER + "".join(f"{number_of(n)},{POOL},employee,2024-{month:02d},regular,{document},1.00\n"
                                         for n in range(PEOPLE) for month in (1, 2)), encoding="utf-8")  # fmt: skip
        return path

    slices = {"YIBAO_IMPORT_SLICE_ROWS": "5"}
    _, count = commands.without(FAR, "import", "contributions", file("whole"), **slices)
    numbers = range(1, count + 1) if TRIES == "all" else sorted(commands.dice.randint(1, count) for _ in range(int(TRIES)))
    for number in numbers:
        document = f"D{number}"
        done, _ = commands.without(number, "import", "contributions", file(document), **slices)
        assert done.returncode in (0, 1), f"without allocation {number}: {done.returncode}\n{done.stderr[-2000:]}"
        assert done.returncode == 1 or stored(world, document) == (ROWS, ROWS), f"without allocation {number}: it said that it was done"
        world.run("import", "contributions", directory / f"{document}.csv")
        assert stored(world, document) == (ROWS, ROWS), f"without allocation {number}"
    assert commands.failed > 0
    world.run("audit")


def test_other_commands(world, commands):
    for number, done in commands.each("audit", allowed=(4,)):
        assert done.returncode == 4 or "no faults" in done.stdout, f"audit without allocation {number}: {done.stdout}"
    for _ in commands.each("migrate", allowed=(1, 2)):
        pass
    for _ in commands.each("config", allowed=(1, 2)):
        pass
    make = ("token", "create", "--kind", "staff", "--role", "auditor", "--region", "000000")
    made = [done.stdout.strip() for _, done in commands.each(*make, allowed=(1, 2)) if done.returncode == 0]
    with world.sql() as sql:
        (tokens,) = sql.execute("SELECT count(*) FROM token").fetchone()
    assert tokens >= len(made) + 1 and all(text.startswith("yb_s_") for text in made)
    assert commands.failed > 0
    world.run("migrate")
    world.run("audit")


def test_a_worker(directory, seed):
    """It takes files to import while one allocation in so many fails, in it and in the import that it starts."""
    failing, rounds = FailingMalloc(directory), 3 if TRIES != "all" else 60
    with World(directory, accounts=PEOPLE) as world:
        settings = {"YIBAO_SERVE_WORKS": "no"}
        with Storm(world, seed, clients=1, name="worker-short-of-memory", settings=settings, offices=(Importer,)) as storm:
            worker = Server(BINARY, {**storm.environment, **failing.environment}, directory / "server-worker.log", command="work").wait_ready()
            try:
                for _ in range(rounds):
                    failing.one_in(storm.rng.choice((100, 300, 1000, 3000)))
                    storm.under_load(0.3, 1)
                    failing.one_in(0)
                    assert worker.process.poll() is None, worker.log_path.read_text()[-3000:]
                    storm.under_load(0.3, 1)
                exhaust.does_not_spin(storm, worker.process.pid)
                settle(storm)
            finally:
                worker.process.kill()
                worker.process.wait()
        told_the_truth(storm)
    assert failing.failed > 0


def settle(storm):
    """The worker is needed until the last file is in: clients end here, and not with the storm."""
    storm.calm.set()
    for one in storm.everybody:
        one.join(timeout=200)
