"""A link between the program and PostgreSQL in network namespaces of its own, which drops every packet while it is down."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import subprocess
import sys
import time

from tests.faults.proxy import Proxy

NEAR, FAR = "10.99.0.1", "10.99.0.2"


def ip(*words, within=None):
    place = ["nsenter", "-t", str(within), "-n"] if within else []
    subprocess.run([*place, "ip", *words], check=True)


def can_unshare():
    return subprocess.run(["unshare", "--net", "true"], capture_output=True).returncode == 0


class Link:
    """To be made in a namespace of one's own (`unshare --net`): the far end, a relay to PostgreSQL, is in a further one."""

    def __init__(self, upstream):
        ip("link", "set", "lo", "up")
        command = ["unshare", "--net", sys.executable, "-m", "tests.faults.network", str(upstream)]
        self.relay = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.relay.stdout.readline() == "here\n"
        self.pid = self.relay.pid
        ip("link", "add", "near0", "type", "veth", "peer", "name", "far0")
        ip("link", "set", "far0", "netns", str(self.pid))
        ip("addr", "add", f"{NEAR}/24", "dev", "near0")
        ip("link", "set", "near0", "up")
        ip("addr", "add", f"{FAR}/24", "dev", "far0", within=self.pid)
        self.thaw()
        self.relay.stdin.write("listen\n")
        self.relay.stdin.flush()
        self.port = int(self.relay.stdout.readline())

    def url(self, database, user="postgres"):
        return f"host={FAR} port={self.port} user={user} dbname={database}"

    def freeze(self):
        ip("link", "set", "far0", "down", within=self.pid)

    def thaw(self):
        ip("link", "set", "far0", "up", within=self.pid)

    def close(self):
        self.relay.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.relay.wait(timeout=5)
        self.relay.kill()
        self.relay.wait()


def drop_packets(storm, link, rounds):
    """For moments too short for any deadline, and some that are not."""
    for _ in range(rounds):
        storm.under_load(0.05, 0.4)
        link.freeze()
        time.sleep(storm.rng.choice((0.02, 0.1, 0.3, 1)))
        link.thaw()
        storm.did("packets dropped")
    storm.wait_healthy()


def relay(upstream):
    """Between the words `listen` and the end of standard input."""
    print("here", flush=True)
    sys.stdin.readline()
    proxy = Proxy(upstream, FAR)
    print(proxy.port, flush=True)
    sys.stdin.read()
    proxy.close()


if __name__ == "__main__":
    relay(sys.argv[1])
