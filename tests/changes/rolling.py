"""Processes restarted one after the other under load: behind the proxy, or sharing a port."""
# SPDX-License-Identifier: Apache-2.0
import collections
import pathlib
import time

import psycopg
from tests.changes.load import Load
from tests.changes.waits import Waits
from tests.harness.database import BINARY, Database
from tests.harness.proxy import Proxy
from tests.harness.server import ROOT, Server, wait_until

SERVERS = 2
NO_LIMITS = {"YIBAO_RATE_PRINCIPAL_PER_MINUTE": "10000000", "YIBAO_RATE_ADDRESS_PER_MINUTE": "10000000"}
BEHIND_PROXY = {"YIBAO_DRAIN_DELAY_S": "3"}  # HAProxy notices within 1.25 s

Result = collections.namedtuple("Result", "restarts requests statuses failures slowest_s slow")


class Fleet:
    """Servers on one database; `settings` are those of each. All are stopped at the end of the block."""

    def __init__(self, database, directory, settings=None, binary=BINARY):
        self.database = database
        self.directory = directory
        self.settings = settings or {}
        self.binary = binary
        self.numbers = 0
        self.running = []

    def start(self, like=None, binary=None):
        """One more, or one on the ports of another."""
        self.numbers += 1
        environment = {**self.database.environment, **NO_LIMITS, "YIBAO_REACTORS": "2", **self.settings}
        server = Server(
            binary or self.binary, environment, self.directory / f"fleet-{self.numbers}.log", port=like and like.port,
            ops_port=like and like.ops_port,
        )  # fmt: skip
        self.running.append(server)
        return server.wait_ready()

    def stop(self, server):
        assert server.stop() == 0, server.log_path.read_text()[-2000:]
        self.running.remove(server)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in list(self.running):
            server.stop()


def summary(load, restarts):
    statuses = {f"{method} {status}": count for (method, status), count in sorted(load.seen.items())}
    return Result(restarts, load.count, statuses, load.failures, round(load.slowest_s, 2), load.slow)


def check(load, database):
    with psycopg.connect(database.url) as connection:
        load.check(connection)
    database.run(BINARY, "audit")


def behind_proxy(database, directory, restarts, binaries=None, threads=6):
    """Each in its turn, once the proxy sends to all again. `binaries` are taken in turn for what is started."""
    binaries = binaries or [BINARY]
    with Fleet(database, directory, BEHIND_PROXY) as fleet:
        servers = [fleet.start() for _ in range(SERVERS)]
        proxy = Proxy(directory, servers)
        try:
            proxy.wait_ready(SERVERS)
            with Load([proxy], database.demo, threads) as load:
                for number in range(restarts):
                    load.wait_for(50)
                    old = servers[number % SERVERS]
                    fleet.stop(old)
                    servers[number % SERVERS] = fleet.start(old, binaries[number % len(binaries)])
                    wait_until(lambda: proxy.servers_up() == SERVERS, "the proxy to send to all")
                load.wait_for(100)
        finally:
            proxy.stop()
    return load


def on_one_port(database, directory, restarts, threads=6):
    """A successor joins the port; when it is ready, its predecessor goes."""
    with Fleet(database, directory) as fleet:
        server = fleet.start()
        with Load([server], database.demo, threads) as load:
            for _ in range(restarts):
                load.wait_for(50)
                old, server = server, fleet.start(port_of(server))
                fleet.stop(old)
            load.wait_for(100)
    return load


class ReleaseBefore(Database):
    """A database as the release in another checkout makes and fills it."""

    patience_s = 7200  # it may be a large one

    def __init__(self, cluster, name, directory, checkout):
        self.checkout = pathlib.Path(checkout)
        super().__init__(cluster, name, directory)

    def run(self, command, *arguments, **environment):
        """Its own programs in place of ours, until there is a demo."""
        if not hasattr(self, "demo"):
            command = self.checkout / pathlib.Path(command).relative_to(ROOT)
            environment["YIBAO_BINARY"] = str(self.checkout / "build/yibaod")
        return super().run(command, *arguments, **environment)


def upgrade(database, directory, restarts, threads=6):
    """The release before serves; migrated under it; replaced process by process; `restarts` more, of either release in turn."""
    old = database.checkout / "build/yibaod"
    with Fleet(database, directory, BEHIND_PROXY, binary=old) as fleet:
        servers = [fleet.start() for _ in range(SERVERS)]
        proxy = Proxy(directory, servers)
        try:
            proxy.wait_ready(SERVERS)
            with Load([proxy], database.demo, threads) as load:
                load.wait_for(300)
                started, before_s = time.monotonic(), load.slowest_s
                load.slowest_s = 0
                with Waits(database.url) as waits:
                    print("migrate:", database.run(BINARY, "migrate").strip())
                print(*waits.lines(), sep="\n")
                print(f"it took {time.monotonic() - started:.1f} s; slowest request before {before_s:.2f} s, meanwhile {load.slowest_s:.2f} s")
                for number in range(restarts):
                    load.wait_for(100)
                    at = number % SERVERS
                    fleet.stop(servers[at])
                    servers[at] = fleet.start(servers[at], old if number // SERVERS % 2 else BINARY)
                    wait_until(lambda: proxy.servers_up() == SERVERS, "the proxy to send to all")
                load.wait_for(300)
        finally:
            proxy.stop()
    return load


class port_of:
    """The API's port is shared; each process has operators' listener of its own."""

    def __init__(self, server):
        self.port = server.port
        self.ops_port = None
