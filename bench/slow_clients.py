"""What slow callers do to good ones: slowhttptest against the server itself and against HAProxy in front of it."""
# SPDX-License-Identifier: Apache-2.0
#
# usage: python3 -m bench.slow_clients [CONNECTIONS [ROUNDS]]
#
# Each attack is made twice: on the server that the good client asks, and on another one beside it. The other one costs
# the machine as much, so what is left between the two is what the attack does to those who share a server with it.
import contextlib
import multiprocessing
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from tests.cluster import Cluster
from tests.harness import database, proxy
from tests.harness.server import Server
from tests.harness.wire import Wire, get

RATE = 500  # slow connections opened in a second
LENGTH_S = 30  # longer than any of them may live
QUIET_S = 10
GOOD_ONES = 3
PAUSE_S = 0.01
KINDS = {
    "slow header": ["-H", "-i", "2"],
    "slow body": ["-B", "-i", "2", "-s", "60000", "-f", "application/json"],
    "slow reader": ["-X", "-w", "64", "-y", "256", "-n", "2", "-z", "16", "-k", "10"],
}
TARGETS = {"-H": "/v1/regions", "-B": "/v1/sign-in/password", "-X": "/v1/regions?limit=100"}
LIMITS = {"YIBAO_RATE_PRINCIPAL_PER_MINUTE": "10000000", "YIBAO_RATE_ADDRESS_PER_MINUTE": "10000000"}


def ask(place, request, over, results):
    """Asks a hundred times a second, on a new connection each time, and sends how long each took; None: it failed."""
    times_ms = []
    while not over.wait(PAUSE_S):
        began = time.monotonic()
        try:
            with Wire(place, timeout_s=20) as wire:
                wire.send(request)
                assert wire.receive().status == 200
            times_ms.append((time.monotonic() - began) * 1000)
        except Exception:
            times_ms.append(None)
    results.send(times_ms)


class Good:
    """A client in a process of its own: what this one does meanwhile does not delay it."""

    def __init__(self, place, who):
        request = get(f"/v1/accounts/{who.account_id}/balance", f"Authorization: Bearer {who.token}")
        fork = multiprocessing.get_context("fork")
        self.over = fork.Event()
        self.results, theirs = fork.Pipe(duplex=False)
        self.process = fork.Process(target=ask, args=(place, request, self.over, theirs), daemon=True)
        self.process.start()

    def end(self):
        self.over.set()
        times_ms = self.results.recv()
        self.process.join()
        return times_ms


def held(port):
    """How many connections the kernel holds at a port; those that only wait for the other side's end do not count."""
    lines = pathlib.Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    fields = [line.split() for line in lines]
    return sum(field[1].endswith(f":{port:04X}") and field[3] not in ("05", "06", "0A") for field in fields)


class Watch(threading.Thread):
    """Counts what is held twice a second, until the end."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.seen, self.over = port, [], threading.Event()
        self.began = time.monotonic()

    def run(self):
        while not self.over.wait(0.5):
            self.seen.append((time.monotonic() - self.began, held(self.port)))

    def gone(self):
        """All of them have come and gone."""
        return len(self.seen) > 4 and all(count <= GOOD_ONES for _, count in self.seen[-2:])

    def lasted_s(self, connections):
        """From when the last one had come until the last had gone; None: some have not."""
        self.over.set()
        self.join()
        most = max(count for _, count in self.seen)
        full = next(second for second, count in self.seen if count >= min(most, connections))
        if self.seen[-1][1] > GOOD_ONES:
            return None
        return max(second for second, count in self.seen if count > GOOD_ONES) - full + 0.5


def processor_s(pids):
    """What processes have used of the processor."""
    fields = [pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split() for pid in pids]
    return sum(int(field[11]) + int(field[12]) for field in fields) / os.sysconf("SC_CLK_TCK")


class Place:
    """Where to connect, and the processes that are at work there."""

    def __init__(self, at, pids):
        self.at, self.pids = at, pids
        host = "localhost" if at.base_url.startswith("https") else at.host
        self.base_url = f"{at.base_url.split(':')[0]}://{host}:{at.port}"


def attack(place, arguments, connections):
    """(how long the last of them lasted, processor time of those who were attacked)"""
    watch, before_s = Watch(place.at.port), processor_s(place.pids)
    watch.start()
    tool = subprocess.Popen(
        ["slowhttptest", *arguments, "-c", str(connections), "-r", str(RATE), "-l", str(LENGTH_S),
         "-u", place.base_url + TARGETS[arguments[0]], "-p", "10", "-v", "0"], stdout=subprocess.DEVNULL,
    )  # fmt: skip
    end = time.monotonic() + LENGTH_S
    while time.monotonic() < end and not watch.gone():
        time.sleep(0.25)
    tool.terminate()
    tool.wait()
    return watch.lasted_s(connections), processor_s(place.pids) - before_s


def percentile(times_ms, hundredth):
    times = sorted(time_ms for time_ms in times_ms if time_ms is not None)
    return times[len(times) * hundredth // 100]


def summary(name, rounds):
    """`rounds`: (times, lasted, processor) of each."""
    times = [times_ms for times_ms, _, _ in rounds]
    asked = [time_ms for one in times for time_ms in one]
    p50, p99 = ([percentile(one, hundredth) for one in times] for hundredth in (50, 99))
    line = f"  {name}: {len(asked)} asked, {asked.count(None)} failed, median p50 {statistics.median(p50):.1f} ms, " \
           f"median p99 {statistics.median(p99):.1f} ms ({min(p99):.1f} to {max(p99):.1f})"
    if rounds[0][2] is not None:
        lasted = [s for _, s, _ in rounds]
        line += "; " + ("SOME LEFT" if None in lasted else f"none left after {max(lasted):.1f} s at most") + \
                f", processor {statistics.median(used for _, _, used in rounds):.2f} s"
    print(line, flush=True)


def measure(name, asked, beside, who, connections, rounds):
    """All ways in turn in each round, so that what else the machine does meets all alike."""
    found = {}
    for _ in range(rounds):
        good = Good(asked.at, who)
        time.sleep(QUIET_S)
        found.setdefault("nobody else", []).append((good.end(), None, None))
        for kind, arguments in KINDS.items():
            for where, place in (("", asked), (", at another", beside)):
                good = Good(asked.at, who)
                lasted_s, used_s = attack(place, arguments, connections)
                found.setdefault(kind + where, []).append((good.end(), lasted_s, used_s))
    print(f"{name}, {connections} connections, {rounds} rounds; load average {os.getloadavg()[0]:.1f}", flush=True)
    for kind, results in found.items():
        summary(kind, results)


def main():
    connections, rounds = (int(given) for given in (sys.argv[1:] + ["300", "3"][len(sys.argv) - 1 :]))
    cluster = Cluster()
    with contextlib.ExitStack() as stack:
        directory = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        world = database.Database(cluster, "yibao", directory)
        stack.callback(cluster.remove)
        environment = {**world.environment, **LIMITS, "YIBAO_PROXY_ADDRESSES": "127.0.0.1"}
        direct, behind = [], []
        for name in ("asked", "beside"):
            server = Server(database.BINARY, environment, directory / f"{name}.log")
            stack.callback(server.stop)
            direct.append(Place(server.wait_ready(), [server.process.pid]))
            (directory / name).mkdir()
            front = stack.enter_context(proxy.in_front_of(server, directory / name))
            workers = subprocess.run(["pgrep", "-P", str(front.process.pid)], capture_output=True, text=True).stdout.split()
            behind.append(Place(front, [server.process.pid, *map(int, workers)]))
        who = world.demo.employee
        measure("at yibaod", *direct, who, connections, rounds)
        measure("through HAProxy", *behind, who, connections, rounds)


if __name__ == "__main__":
    main()
