"""Threads that read and charge over HTTP while something changes, and count what they were answered."""
# SPDX-License-Identifier: Apache-2.0
import collections
import itertools
import json
import threading
import time
import uuid

from tests.harness.crowd import Crowd
from tests.harness.wire import Closed, Wire, get

PATIENCE_S = 120
SLOW_S = 0.5


class Load(Crowd):
    """
    Half of the threads make a connection for each request, the others keep theirs for as long as they are let: whoever
    reads that it is to be closed makes another one, as HTTP demands. Nothing is ever sent twice.
    """

    def __init__(self, servers, demo, threads=6):
        super().__init__(threads)
        self.servers = list(servers)
        self.demo = demo
        self.provider = demo.provider("hospital")
        self.seen = collections.Counter()  # (method, status)
        self.failures = []
        self.charges = []  # ids of those acknowledged
        self.slowest_s = 0.0
        self.slow = 0
        self.lock = threading.Lock()

    @property
    def count(self):
        return sum(self.seen.values())

    def charge(self, connection):
        fields = {"account_id": self.demo.employee.account_id, "amount_fen": 1, "usage": "medicine", "capture": True}
        body = json.dumps({**fields, "charge_no": uuid.uuid4().hex}).encode()
        return get(
            "/v1/charges", f"Authorization: Bearer {self.provider.token}", f"Idempotency-Key: {uuid.uuid4()}", connection,
            "Content-Type: application/json", f"Content-Length: {len(body)}", method="POST",
        ) + body  # fmt: skip

    def request(self, number, keeps):
        connection = "Connection: keep-alive" if keeps else "Connection: close"
        if number % 4 == 0:
            return "POST", 201, self.charge(connection)
        citizen = self.demo.citizens[number % len(self.demo.citizens)]
        path = "/v1/me" if number % 4 < 3 else "/v1/regions/110000"
        return "GET", 200, get(path, f"Authorization: Bearer {citizen.token}", connection)

    def connect(self, number):
        return Wire(self.servers[number % len(self.servers)])

    def run(self, first):
        wire, keeps = None, first % 2 == 0
        for number in itertools.count(first * 1000):
            if self.stop.is_set():
                break
            started = time.monotonic()
            try:
                wire = self.ask(wire or self.connect(number), number, keeps)
            except (OSError, Closed) as error:
                with self.lock:
                    self.failures.append(f"{'kept' if keeps and wire else 'new'} connection, request {number}: {error!r}")
                wire = None
            self.note_time(time.monotonic() - started)
        if wire:
            wire.socket.close()

    def note_time(self, taken_s):
        with self.lock:
            self.slowest_s = max(self.slowest_s, taken_s)
            self.slow += taken_s > SLOW_S

    def ask(self, wire, number, keeps):
        """The connection for the next request, or None."""
        method, expected, content = self.request(number, keeps)
        wire.send(content)
        answer = wire.receive()
        with self.lock:
            self.seen[method, answer.status] += 1
            if answer.status != expected:
                self.failures.append(f"{method}: {answer.status} {answer.body[:300]!r}")
            elif method == "POST":
                self.charges.append(answer.json()["charge_id"])
        if keeps and answer.headers.get("connection", "").lower() != "close":
            return wire
        wire.socket.close()
        return None

    def wait_for(self, count):
        """Until so many more have been answered."""
        end, target = time.monotonic() + PATIENCE_S, self.count + count
        while self.count < target:
            assert time.monotonic() < end, (self.seen, self.failures[:3])
            time.sleep(0.01)

    def check(self, connection):
        """Nothing failed, and what was charged is what was acknowledged."""
        assert self.failures == [], (len(self.failures), self.failures[:5])
        found = connection.execute("SELECT count(*) FROM charge WHERE charge_id = ANY (%s)", [self.charges]).fetchone()[0]
        assert found == len(set(self.charges)) == len(self.charges) > 0
        return self
