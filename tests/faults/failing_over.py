"""Patroni moves the primary while clients charge: who is killed, frozen or cut off comes back as a stand-by."""
# SPDX-License-Identifier: Apache-2.0
import signal
import sys
import threading
import time

from tests.faults.patroni import Patroni
from tests.faults.storm import Storm
from tests.faults.world import World
from tests.harness.server import wait_until

PATIENCE_S = 120


class Gap(threading.Thread):
    """The longest time in which no client was told of any success, of whatever server."""

    def __init__(self, storm):
        super().__init__(name="gap", daemon=True)
        self.storm, self.ended, self.longest_s = storm, threading.Event(), 0.0

    def run(self):
        last = time.monotonic()
        while not self.ended.wait(0.005):
            last = max([last, *(max(client.good_at.values()) for client in self.storm.clients)])
            self.longest_s = max(self.longest_s, time.monotonic() - last)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join()


def machine_killed(cluster, old):
    old.kill()
    return lambda: old.start()


def postgres_killed(cluster, old):
    old.signal(signal.SIGKILL, [old.postmaster()])
    return lambda: None


def machine_frozen(cluster, old):
    pids = old.processes()
    old.signal(signal.SIGSTOP, pids)
    return lambda: old.signal(signal.SIGCONT, pids)


def postgres_frozen(cluster, old):
    """Patroni itself goes on, and finds its PostgreSQL dumb: it keeps the lock until that is restarted by hand."""
    pids = old.processes()[1:]
    old.signal(signal.SIGSTOP, pids)
    time.sleep(5)
    old.signal(signal.SIGCONT, pids)
    return None


def etcd_killed(cluster, old):
    """Nobody may be the leader then: the primary takes no more writes until etcd is back."""
    cluster.stop_etcd()
    wait_until(lambda: cluster.leader() is None, "the leader to step back", PATIENCE_S, 0.05)
    cluster.start_etcd()
    return None


def switched_over(cluster, old):
    cluster.switch_over()
    return lambda: None


HARM = {
    "machine of the primary killed": machine_killed,
    "primary killed": postgres_killed,
    "machine of the primary frozen": machine_frozen,
    "primary frozen for 5 s": postgres_frozen,
    "etcd killed": etcd_killed,
    "switched over": switched_over,
}


def fail_over(storm, cluster, how):
    """Harm, until clients move money through every server again; `mend` brings back what was harmed."""
    old = cluster.leader()
    with Gap(storm) as gap:
        mend = HARM[how](cluster, old)
        if mend is None:
            wait_until(cluster.leader, "a leader", PATIENCE_S, 0.02)
        else:
            wait_until(lambda: cluster.leader() not in (None, old), "another leader", PATIENCE_S, 0.02)
        began = time.monotonic()
        wait_until(lambda: has_charged(storm, began), f"charges again (seed {storm.seed})", PATIENCE_S, 0.005)
    if mend is not None:
        mend()
    cluster.wait_whole()
    storm.did(how)
    storm.healthy_s.append(gap.longest_s)
    print(f"  {how}: {old.name} → {cluster.leader().name}, no write for {gap.longest_s:.1f} s", file=sys.stderr, flush=True)


def has_charged(storm, since):
    storm.still_well()
    return all(max(client.good_at[port] for client in storm.clients) > since for port in storm.ports)


def under_patroni(directory, seed, rounds):
    """Each kind of harm in turn, in an order of the seed's choosing."""
    cluster = Patroni()
    try:
        return _under(cluster, directory, seed, rounds)
    finally:
        cluster.remove()


def _under(cluster, directory, seed, rounds):
    with World(directory, accounts=50, postgres=cluster) as world:
        with Storm(world, seed, servers=2, name="fail-over") as storm:
            kinds = list(HARM)
            for number in range(rounds):
                if number % len(kinds) == 0:
                    storm.rng.shuffle(kinds)
                storm.under_load(0.5, 2)
                fail_over(storm, world.postgres, kinds[number % len(kinds)])
        return storm
