"""Each storm with the world it needs: `SCENARIOS[name](directory, seed, rounds)` gives its Figures, or fails."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import dataclasses
import json
import subprocess
import sys

from tests.faults import clocks, exhaust, failing_over, harm, network, patroni
from tests.faults.credit_runs import credit_runs_killed
from tests.faults.desks import Desk
from tests.faults.failing_malloc import FailingMalloc
from tests.faults.figures import Figures
from tests.faults.importers import FileImporter, Importer
from tests.faults.pair import Pair
from tests.faults.postgres import Postgres
from tests.faults.proxy import Proxy
from tests.faults.readers import Reader
from tests.faults.storm import Storm
from tests.faults.world import World
from tests.harness.server import ROOT

ONLY_503 = {503}
SMALL_WAL = {"min_wal_size": "32MB", "max_wal_size": "48MB"}


def told_the_truth(storm, dies=False, allowed=ONLY_503):
    """Outward nothing but 503 says that something is wrong; only a server that dies itself cuts connections."""
    wrong = {status for status, _ in storm.tally.seen if status >= 500} - allowed
    assert not wrong, f"seed {storm.seed}: {storm.tally.seen}"
    assert dies or storm.tally.count["connection errors"] == 0, f"seed {storm.seed}: {storm.tally.count}"
    return Figures.of(storm)


def servers_killed(directory, seed, rounds):
    with World(directory, accounts=300) as world:
        with Storm(world, seed, servers=2, name="servers-killed") as storm:
            harm.kill_servers(storm, rounds)
        return told_the_truth(storm, dies=True)


def servers_killed_few(directory, seed, rounds):
    """One server, and clients that meet on six accounts."""
    with World(directory, accounts=6) as world:
        with Storm(world, seed, servers=1, clients=16, name="server-killed-few") as storm:
            harm.kill_servers(storm, rounds)
        return told_the_truth(storm, dies=True)


def postgres_killed(directory, seed, rounds):
    with World(directory, accounts=100) as world:
        with Storm(world, seed, servers=2, name="postgres-killed") as storm:
            harm.stop_postgres(storm, rounds)
        return told_the_truth(storm)


def both_killed(directory, seed, rounds):
    """PostgreSQL goes in the middle of the server's own end."""
    with World(directory, accounts=20) as world:
        with Storm(world, seed, servers=2, name="both-killed") as storm:
            for _ in range(rounds):
                storm.under_load(0.02, 0.3)
                storm.kill_server(0)
                world.postgres.kill()
                world.postgres.start()
                storm.start_server(0)
                storm.did("server and postmaster killed")
                storm.wait_healthy()
        return told_the_truth(storm, dies=True)


def stand_by_promoted(directory, seed, rounds):
    """Nobody tells the server where the primary is now."""
    settings = {"YIBAO_WRITE_TIMEOUT_MS": "1500"}  # a commit that waits for a stand-by that has gone is given up so soon
    with World(directory, accounts=50, postgres=Pair()) as world:
        with Storm(world, seed, servers=2, name="stand-by-promoted", settings=settings) as storm:
            harm.promote_stand_by(storm, rounds)
        return told_the_truth(storm)


def failed_over(directory, seed, rounds):
    return told_the_truth(failing_over.under_patroni(directory, seed, rounds))


def sessions_terminated(directory, seed, rounds):
    with World(directory, accounts=12) as world:
        with Storm(world, seed, servers=2, name="sessions-terminated") as storm:
            harm.terminate_sessions(storm, rounds)
        return told_the_truth(storm)


def connections_cut(directory, seed, rounds):
    with _proxied(directory, accounts=50) as (world, proxy):
        with Storm(world, seed, servers=1, name="connections-cut", settings=_through(proxy)) as storm:
            harm.cut_connections(storm, proxy, rounds)
        return told_the_truth(storm)


def connections_frozen(directory, seed, rounds):
    with _proxied(directory, accounts=50) as (world, proxy):
        with Storm(world, seed, servers=1, name="connections-frozen", settings=_through(proxy)) as storm:
            harm.freeze_connections(storm, proxy.freeze, proxy.thaw, rounds)
        return told_the_truth(storm)


def _through(relay):
    return {"DATABASE_URL": relay.url("yibao")}


@contextlib.contextmanager
def _proxied(directory, accounts):
    with World(directory, accounts) as world:
        proxy = Proxy(world.postgres.directory / ".s.PGSQL.5432")
        try:
            yield world, proxy
        finally:
            proxy.close()


def packets_dropped(directory, seed, rounds):
    """In namespaces of its own, so in a process of its own."""
    command = ["unshare", "--net", sys.executable, "-m", "tests.faults", "--within", str(directory)]
    command += ["--seed", str(seed), "--rounds", str(rounds)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"seed {seed}: {done.stdout[-3000:]}{done.stderr[-6000:]}"
    return Figures(**json.loads(done.stdout.splitlines()[-1]))


def packets_dropped_here(directory, seed, rounds):
    with World(directory, accounts=50) as world:
        link = network.Link(world.postgres.directory / ".s.PGSQL.5432")
        try:
            with Storm(world, seed, servers=1, name="packets-dropped", settings=_through(link)) as storm:
                network.drop_packets(storm, link, rounds)
                harm.freeze_connections(storm, link.freeze, link.thaw, 1 + rounds // 10)
            return told_the_truth(storm)
        finally:
            link.close()


def offices_killed(directory, seed, rounds):
    """Who reads, imports or works as staff, while servers are killed."""
    with World(directory, accounts=30) as world:
        with _with_offices(world, seed, servers=2, name="offices-killed") as storm:
            harm.kill_servers(storm, rounds)
        return told_the_truth(storm, dies=True)


def offices_and_postgres(directory, seed, rounds):
    with World(directory, accounts=30) as world:
        with _with_offices(world, seed, servers=2, name="offices-postgres") as storm:
            harm.stop_postgres(storm, rounds)
        return told_the_truth(storm)


def offices_cut(directory, seed, rounds):
    """Sessions terminated, connections cut, and frozen in the end."""
    with _proxied(directory, accounts=30) as (world, proxy):
        with _with_offices(world, seed, servers=1, name="offices-cut", settings=_through(proxy)) as storm:
            harm.terminate_sessions(storm, rounds)
            harm.cut_connections(storm, proxy, rounds)
            harm.freeze_connections(storm, proxy.freeze, proxy.thaw, 1 + rounds // 30)
        return told_the_truth(storm)


def _with_offices(world, seed, **how):
    return Storm(world, seed, clients=4, few=20, offices=(Reader, Reader, Desk, Desk, Importer, FileImporter), **how)


def clocks_apart(directory, seed, rounds):
    """PostgreSQL's clock is right, each server's is minutes off."""
    own = clocks.Clocks(directory, servers=2)
    with World(directory, accounts=30) as world:
        with _with_offices(world, seed, servers=2, name="clocks-apart", each=own.environments()) as storm:
            harm.jump_clocks(storm, own, rounds)
        return told_the_truth(storm, dies=True)


def descriptors_taken(directory, seed, rounds):
    with World(directory, accounts=50) as world:
        with Storm(world, seed, servers=1, name="descriptors-taken") as storm:
            exhaust.descriptors(storm, rounds)
        return told_the_truth(storm, dies=True)  # whom it cannot accept it must turn away


def memory_taken(directory, seed, rounds):
    with World(directory, accounts=50) as world:
        with Storm(world, seed, servers=1, name="memory-taken") as storm:
            exhaust.memory(storm, rounds)
        return told_the_truth(storm, dies=True, allowed={500, 503})


def allocations_failed(directory, seed, rounds):
    failing = FailingMalloc(directory)
    with World(directory, accounts=50) as world:
        with Storm(world, seed, servers=1, name="allocations-failed", settings=failing.environment) as storm:
            exhaust.allocations(storm, failing, rounds)
        return told_the_truth(storm, dies=True, allowed={500, 503})


def disk_full(directory, seed, rounds):
    """Everything of PostgreSQL on one small file system."""
    with exhaust.SmallDisk(directory / "disk", 400 << 20) as small:
        postgres = Postgres(SMALL_WAL, under=str(small.path))
        with World(directory, accounts=50, postgres=postgres) as world:
            with Storm(world, seed, servers=1, name="disk-full") as storm:
                exhaust.disk(storm, small, rounds)
            return told_the_truth(storm)


def wal_full(directory, seed, rounds):
    """Only its log is on the small one: PostgreSQL crashes."""
    with exhaust.SmallDisk(directory / "wal", 80 << 20) as small:
        postgres = Postgres(SMALL_WAL)
        postgres.move_log_to(small.path)
        with World(directory, accounts=50, postgres=postgres) as world:
            with Storm(world, seed, servers=1, name="wal-full") as storm:
                exhaust.disk(storm, small, rounds, hurry=postgres.next_log_file)
            return told_the_truth(storm)


@dataclasses.dataclass(frozen=True)
class Scenario:
    run: object
    share: float  # of the kills asked for
    at_once: int  # rounds in one world; afterwards the books are checked, and a new one is made
    is_possible: object = lambda: True  # some need root
    is_apart: bool = False  # only when it is asked for by name


SCENARIOS = {
    "servers killed": Scenario(servers_killed, 1, 200),
    "server killed, six accounts": Scenario(servers_killed_few, 0.5, 200),
    "PostgreSQL killed": Scenario(postgres_killed, 0.3, 100),
    "server and PostgreSQL killed": Scenario(both_killed, 0.1, 100),
    "stand-by promoted": Scenario(stand_by_promoted, 0.03, 15),
    "fail-over": Scenario(failed_over, 0.03, 12, patroni.is_installed, is_apart=True),
    "credit runs killed": Scenario(credit_runs_killed, 0.1, 34),
    "sessions terminated": Scenario(sessions_terminated, 1, 500),
    "connections cut": Scenario(connections_cut, 1, 300),
    "connections frozen": Scenario(connections_frozen, 0.02, 20),
    "packets dropped": Scenario(packets_dropped, 0.05, 100, network.can_unshare),
    "reads, staff and imports: servers killed": Scenario(offices_killed, 0.2, 100),
    "reads, staff and imports: PostgreSQL killed": Scenario(offices_and_postgres, 0.1, 50),
    "reads, staff and imports: connections cut": Scenario(offices_cut, 0.2, 100),
    "clocks apart": Scenario(clocks_apart, 0.1, 50, clocks.is_installed),
    "descriptors taken": Scenario(descriptors_taken, 0.01, 20),
    "memory taken": Scenario(memory_taken, 0.01, 20),
    "allocations failed": Scenario(allocations_failed, 0.05, 50),
    "disk full": Scenario(disk_full, 0.01, 20, exhaust.can_mount),
    "log disk full": Scenario(wal_full, 0.01, 20, exhaust.can_mount),
}
