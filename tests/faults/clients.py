"""Threads that ask servers whatever is done to them; clients charge and hold, and repeat with the same key what has no clear answer."""
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


class Asker(threading.Thread):
    """
    Each attempt goes to any of the ports. `gates` are events: `calm` ends it after its last answer, `open` lets requests out.
    What it does, one thing after the other, is `_one()`.
    """

    def __init__(self, name, rng, ports, journal, gates, pause_s):
        super().__init__(name=name, daemon=True)
        self.rng, self.ports, self.journal, self.pause_s = rng, ports, journal, pause_s
        self.calm, self.open = gates
        self.tally = Tally()
        self.line = Line()
        self.error = self.resolved_by = None
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
        raise NotImplementedError

    def patient(self):
        """A moment before the next attempt. After the last fault there is an end to it."""
        if self.calm.is_set():
            self.resolved_by = self.resolved_by or time.monotonic() + RESOLVED_IN_S
            assert time.monotonic() < self.resolved_by, f"no answer within {RESOLVED_IN_S} s after the last fault: {self.tally.seen}"
        time.sleep(0.01 + self.rng.random() * 0.05)

    def _attempt(self, request):
        if request.is_write:
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
        if request.is_write and answer.status == 503 and not answer.is_unclear:
            self.tally.denied.append(answer.body["request_id"])
        if answer.is_final and request.key:
            self.good_at[port] = time.monotonic()
        if request.is_write:
            self.journal.received(request, answer)
        return answer


class Client(Asker):
    """Of one provider."""

    def __init__(self, seed, number, world, accounts, ports, journal, gates, pause_s):
        super().__init__(f"client {number}", random.Random(f"{seed} client {number}"), ports, journal, gates, pause_s)
        self.trade = Trade(self.rng, world.providers[number % len(world.providers)], accounts, f"s{seed}-c{number}")

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
        was_unclear = False
        while True:
            answer = self._attempt(request)
            if answer is not None and answer.is_final:
                break
            was_unclear |= answer is None or answer.is_unclear
            self.patient()
        if is_done:
            return answer
        if was_unclear and request.key:
            self.tally.count["unknown"] += 1
            self.tally.count["unknown, was done"] += answer.is_replayed
            self.tally.count["unknown, was not done"] += not answer.is_replayed
        return answer
