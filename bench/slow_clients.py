"""What slow callers do to good ones: slowhttptest against the server itself and against HAProxy in front of it."""
# SPDX-License-Identifier: Apache-2.0
#
# usage: python3 -m bench.slow_clients [CONNECTIONS]
import pathlib
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


class Good(threading.Thread):
    """Asks for a balance a hundred times a second, on a new connection each time; `times_ms` are how long that took."""

    def __init__(self, place, who):
        super().__init__(daemon=True)
        self.place, self.times_ms, self.failed, self.over = place, [], 0, threading.Event()
        self.request = get(f"/v1/accounts/{who.account_id}/balance", f"Authorization: Bearer {who.token}")

    def run(self):
        while not self.over.wait(PAUSE_S):
            began = time.monotonic()
            try:
                with Wire(self.place, timeout_s=20) as wire:
                    wire.send(self.request)
                    self.failed += wire.receive().status != 200
            except Exception:
                self.failed += 1
            self.times_ms.append((time.monotonic() - began) * 1000)

    def end(self):
        self.over.set()
        self.join()
        times = sorted(self.times_ms)
        return f"{len(times)} asked, {self.failed} failed, p50 {times[len(times) // 2]:.1f} ms, " \
               f"p99 {times[len(times) * 99 // 100]:.1f} ms"


class Held(threading.Thread):
    """How many connections the kernel holds at a port, twice a second; those that only wait for late packets do not count."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.seen, self.over = port, [], threading.Event()

    def run(self):
        began = time.monotonic()
        while not self.over.wait(0.5):
            lines = subprocess.run(["ss", "-Htan", f"sport = :{self.port}"], capture_output=True, text=True).stdout
            states = [line.split()[0] for line in lines.splitlines()]
            self.seen.append((time.monotonic() - began, sum(s not in ("LISTEN", "TIME-WAIT") for s in states)))

    def end(self, connections):
        """When the last one had come, and when all but the good one's few had gone."""
        self.over.set()
        self.join()
        most = max(count for _, count in self.seen)
        full = next(second for second, count in self.seen if count >= min(most, connections))
        gone = [second for second, count in self.seen if count > GOOD_ONES]
        left = self.seen[-1][1]
        return f"{most} at once, all there after {full:.1f} s, " + (
            f"{left} LEFT after {LENGTH_S} s" if left > GOOD_ONES else f"none left {gone[-1] - full + 0.5:.1f} s later")


def attack(place, name, arguments, connections, who):
    good, held = Good(place, who), Held(place.port)
    good.start()
    held.start()
    url = place.base_url.replace("127.0.0.1", "localhost" if place.base_url.startswith("https") else "127.0.0.1")
    began = time.monotonic()
    subprocess.run(
        ["slowhttptest", *arguments, "-c", str(connections), "-r", str(RATE), "-l", str(LENGTH_S),
         "-u", url + TARGETS[arguments[0]], "-p", "10", "-v", "0"], check=False, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(max(0, LENGTH_S - (time.monotonic() - began)) if name == "slow reader" else 1)
    print(f"  {name}: {held.end(connections)}; good ones meanwhile: {good.end()}", flush=True)


def measure(place, connections, who):
    good = Good(place, who)
    good.start()
    time.sleep(QUIET_S)
    print(f"{place.base_url.split(':')[0]}: good ones alone: {good.end()}", flush=True)
    for name, arguments in KINDS.items():
        attack(place, name, arguments, connections, who)


def main():
    connections = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    cluster = Cluster()
    with tempfile.TemporaryDirectory() as temporary:
        directory = pathlib.Path(temporary)
        world = database.Database(cluster, "yibao", directory)
        environment = {**world.environment, **LIMITS, "YIBAO_PROXY_ADDRESSES": "127.0.0.1"}
        server = Server(database.BINARY, environment, directory / "server.log").wait_ready()
        try:
            measure(server, connections, world.demo.employee)
            with proxy.in_front_of(server, directory) as front:
                measure(front, connections, world.demo.employee)
        finally:
            server.stop()
            cluster.remove()


if __name__ == "__main__":
    main()
