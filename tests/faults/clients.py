"""Clients that charge and hold all the time, and repeat with the same key whatever they have no clear answer to."""
# SPDX-License-Identifier: Apache-2.0
import collections
import random
import threading
import time

from tests.faults.asking import Line, NoAnswer
from tests.faults.trade import Trade

RESOLVED_IN_S = 90  # after the last fault everything must have been answered


class Tally:
    """Counts of one client; `slowest_s` is the longest that one attempt took."""

    def __init__(self):
        self.count = collections.Counter()
        self.seen = collections.Counter()  # (status, code)
        self.slowest_s = 0.0
        self.denied = []  # ids of requests of which it was said that nothing was done

    def add(self, other):
        self.denied += other.denied
        self.count.update(other.count)
        self.seen.update(other.seen)
        self.slowest_s = max(self.slowest_s, other.slowest_s)


class Client(threading.Thread):
    """
    Each attempt goes to any of the ports. `gates` are events: `calm` ends it after its last answer, `open` lets requests out.
    """

    def __init__(self, seed, number, world, accounts, ports, journal, gates, pause_s):
        super().__init__(name=f"client {number}", daemon=True)
        self.rng = random.Random(f"{seed} client {number}")
        self.trade = Trade(self.rng, world.providers[number % len(world.providers)], accounts, f"s{seed}-c{number}")
        self.ports, self.journal, self.pause_s = ports, journal, pause_s
        self.calm, self.open = gates
        self.tally = Tally()
        self.line = Line()
        self.error = None
        self.good_at = dict.fromkeys(ports, 0.0)  # when each server last gave a clear answer

    def run(self):
        try:
            while not self.calm.is_set():
                self._one()
                time.sleep(self.rng.random() * 2 * self.pause_s)
        except BaseException as error:  # noqa: BLE001 - whoever joins raises it
            self.error = error
            self.calm.set()
        finally:
            self.line.close()

    def _one(self):
        request = self.trade.next()
        answer = self._answer(request)
        self.trade.learn(request, answer)
        self.tally.count["answered"] += 1
        self.tally.count["acknowledged" if answer.status < 300 else "refused"] += request.method == "POST"
        if request.key and self.rng.random() < 0.03:
            self._again(request, answer)

    def _again(self, request, first):
        """What was answered before is answered again, word for word."""
        answer = self._answer(request, is_done=True)
        assert answer.is_replayed, (request, answer)
        same = {name: value for name, value in (answer.body or {}).items() if name not in ("request_id", "instance")}
        assert answer.status == first.status and all(first.body[name] == same[name] for name in same), (first, answer)
        self.tally.count["asked again"] += 1

    def _answer(self, request, is_done=False):
        """Sends it until there is an answer."""
        end, was_unclear = None, False
        while True:
            answer = self._attempt(request)
            if answer is not None and answer.is_final:
                break
            was_unclear |= answer is None or answer.is_unclear
            if self.calm.is_set():
                end = end or time.monotonic() + RESOLVED_IN_S
                assert time.monotonic() < end, f"no answer within {RESOLVED_IN_S} s after the last fault: {request} {answer}"
            time.sleep(0.01 + self.rng.random() * 0.05)
        if is_done:
            return answer
        if was_unclear and request.key:
            self.tally.count["unknown"] += 1
            self.tally.count["unknown, was done"] += answer.is_replayed
            self.tally.count["unknown, was not done"] += not answer.is_replayed
        return answer

    def _attempt(self, request):
        if request.key:
            self.journal.sent(request)
        self.open.wait()
        self.tally.count["requests"] += 1
        began = time.monotonic()
        port = self.rng.choice(self.ports)
        try:
            answer = self.line.ask(port, request)
        except NoAnswer:
            self.tally.count["connection errors"] += 1
            return None
        finally:
            self.tally.slowest_s = max(self.tally.slowest_s, time.monotonic() - began)
        self.tally.seen[(answer.status, answer.code)] += 1
        if request.key and answer.status == 503 and not answer.is_unclear:
            self.tally.denied.append(answer.body["request_id"])
        if answer.is_final and request.key:
            self.good_at[port] = time.monotonic()
        if request.key:
            self.journal.received(request, answer)
        return answer
