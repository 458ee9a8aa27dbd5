"""Servers and clients on a world, while somebody does harm; afterwards everything that was acknowledged is looked for."""
# SPDX-License-Identifier: Apache-2.0
import random
import threading
import time
import urllib.request

from tests.faults import books
from tests.faults.clients import Client, Tally
from tests.faults.journal import Journal
from tests.faults.watch import Watch
from tests.faults.world import NAME
from tests.harness.database import BINARY
from tests.harness.server import Server, free_port, wait_until

PATIENCE_S = 240  # on however busy a machine; how long it really took is reported


def batches_done_again(server):
    """How often this server had work under way at PostgreSQL that was lost, or refused for the moment."""
    with urllib.request.urlopen(server.ops_url + "/metrics", timeout=30) as reply:
        lines = reply.read().decode().splitlines()
    return sum(int(line.split()[-1]) for line in lines if line.startswith("yibaod_lane_batches_retried_total"))


class Storm:
    """
    `with Storm(world, seed, …) as storm:` does harm inside; leaving it waits for every answer and checks the books.
    `few` accounts: clients meet on them all the time. `offices`: classes of `tests/faults/offices.py`, one of each.
    `each`: what is in the environment of each server besides.
    """

    def __init__(self, world, seed, clients=12, servers=1, few=None, pause_s=0.02, settings=None, name="storm", offices=(), each=None):
        self.world, self.seed, self.name = world, seed, name
        self.rng = random.Random(f"{seed} {name}")
        self.environment = {**world.environment, **(settings or {})}
        self.each = each or [{}] * servers
        self.accounts = world.accounts[:few]
        self.ports = [free_port() for _ in range(servers)]
        self.servers = [None] * servers
        self.starts = 0
        self.ready_s, self.healthy_s, self.unready_s = [], [], []
        self.harm, self.lost, self.doubled = {}, 0, 0
        self.idle_cpu = 0.0  # of one core, while nobody asked for anything
        self.tally = Tally()
        self.calm, self.open = threading.Event(), threading.Event()
        self.open.set()
        self.journal = Journal(
            world.directory / f"{name}-{seed}.jsonl", [provider.provider_id for provider in world.providers]
        )
        self.clients = [
            Client(f"{name}-{seed}", number, world, self.accounts, self.ports, self.journal, (self.calm, self.open), pause_s)
            for number in range(clients)
        ]
        self.offices = [office(self, number) for number, office in enumerate(offices)]
        self.everybody = [*self.clients, *self.offices]

    def __enter__(self):
        print(f"{self.name}: seed {self.seed}", flush=True)
        self.opening = books.balances(self.world)
        for index in range(len(self.ports)):
            self.start_server(index)
        for office in self.offices:
            office.prepare()
        self.watch = Watch(self.ports)
        for thread in (*self.everybody, self.watch):
            thread.start()
        return self

    def __exit__(self, kind, *_):
        self.open.set()
        self.calm.set()
        try:
            if kind is None:
                self._settle()
        finally:
            for server in self.servers:
                if server is not None and server.process.poll() is None:
                    server.process.kill()
                    server.process.wait()
            self.journal.close()

    def _settle(self):
        for client in self.everybody:
            client.join(timeout=200)
            assert not client.is_alive(), f"{client.name} never ends (seed {self.seed})"
        self.watch.end()
        self.tally.count["batches done again"] += sum(batches_done_again(server) for server in self.servers)
        self.still_well()
        for client in self.everybody:
            self.tally.add(client.tally)
        assert self.tally.count["acknowledged"] > 0, f"nothing succeeded (seed {self.seed}): {self.tally.seen}"
        for office in self.offices:
            office.check()
        books.check(self)
        self.check_logs()

    def check_logs(self):
        """Neither bugs, nor anything personal."""
        secrets = [self.world.staff_token, NAME, *(provider.token for provider in self.world.providers)]
        secrets += [token for office in self.offices for token in office.secrets]
        for path in self.world.directory.glob("server-*.log"):
            text = path.read_text(encoding="utf-8", errors="replace")
            for word in ("Sanitizer", "runtime error", "Assertion", "statement_failed", *secrets):
                at = text.find(word)
                assert at < 0, f"{path.name}, seed {self.seed}: {text[max(0, at - 300):at + 1500]}"

    def did(self, what, count=1):
        self.harm[what] = self.harm.get(what, 0) + count

    def under_load(self, at_least_s, at_most_s):
        """A moment of the seed's choosing; ends early when a client has failed."""
        self.calm.wait(self.rng.uniform(at_least_s, at_most_s))
        self.still_well()

    def still_well(self):
        for client in self.everybody:
            if client.error is not None:
                raise AssertionError(f"{client.name}, seed {self.seed}: {client.error!r}") from client.error

    def start_server(self, index):
        """The time from its start to readiness counts where PostgreSQL is there."""
        began = time.monotonic()
        path = self.world.directory / f"server-{self.name}-{index}.log"
        self.servers[index] = Server(BINARY, {**self.environment, **self.each[index]}, path, self.ports[index])
        self.wait_ready(index)
        self.starts += 1
        if self.starts > len(self.ports):
            self.ready_s.append(time.monotonic() - began)

    def wait_ready(self, index, wanted=200):
        server = self.servers[index]

        def is_so():
            assert server.process.poll() is None, f"server ended (seed {self.seed}): {server.log_path.read_text()[-3000:]}"
            return server.ready_status() == wanted

        wait_until(is_so, f"/readyz to say {wanted} (seed {self.seed}); log {server.log_path}", PATIENCE_S, 0.005)

    def kill_server(self, index):
        self.servers[index].process.kill()
        self.servers[index].process.wait()

    def wait_healthy(self):
        """From now, when PostgreSQL accepts, until clients have got money moved by every server."""
        began = time.monotonic()

        def all_do():
            self.still_well()
            return all(max(client.good_at[port] for client in self.clients) > began for port in self.ports)

        wait_until(all_do, f"every server to charge again (seed {self.seed})", PATIENCE_S, 0.005)
        self.healthy_s.append(time.monotonic() - began)
        for index in range(len(self.ports)):
            self.wait_ready(index)
