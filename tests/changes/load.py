"""Threads that read over HTTP while something changes, on connections that are kept or made anew, and count what they got."""
# SPDX-License-Identifier: Apache-2.0
import collections
import itertools
import threading
import time

from tests.harness.wire import Closed, Wire, get

PATIENCE_S = 60


class Load:
    """
    Half of the threads make a connection for each request, the others keep theirs for as long as the server lets them: whoever
    reads that it is to be closed, or finds it closed before having sent anything more, makes another one, as HTTP demands.
    """

    def __init__(self, servers, demo, threads=6, path=None):
        self.servers = list(servers)
        self.demo = demo
        self.path = path
        self.seen = collections.Counter()
        self.failures = []
        self.lock = threading.Lock()
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(n, n % 2 == 0)) for n in range(threads)]

    def request(self, number, keeps):
        citizen = self.demo.citizens[number % len(self.demo.citizens)]
        path = self.path or ("/v1/me" if number % 3 else "/v1/regions/110000")
        return get(path, f"Authorization: Bearer {citizen.token}", "Connection: " + ("keep-alive" if keeps else "close"))

    def run(self, first, keeps):
        wire = None
        for number in itertools.count(first):
            if self.stop.is_set():
                break
            try:
                wire = wire or Wire(self.servers[number % len(self.servers)])
                wire = self.ask(wire, number, keeps)
            except (OSError, Closed) as error:
                with self.lock:
                    self.failures.append(repr(error))
                wire = None
        if wire:
            wire.socket.close()

    def ask(self, wire, number, keeps):
        """The connection for the next request, or None."""
        wire.send(self.request(number, keeps))
        answer = wire.receive()
        with self.lock:
            self.seen[answer.status] += 1
        if keeps and answer.headers.get("connection", "").lower() != "close":
            return wire
        wire.socket.close()
        return None

    def wait_for(self, count):
        """Until so many more have been answered."""
        end, target = time.monotonic() + PATIENCE_S, sum(self.seen.values()) + count
        while sum(self.seen.values()) < target:
            assert time.monotonic() < end, (self.seen, self.failures[:3])
            time.sleep(0.01)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()
