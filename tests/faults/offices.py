"""What else goes on in a storm than charges: one thread each that reads, writes as staff or imports, and looks afterwards for all it was told."""
# SPDX-License-Identifier: Apache-2.0
import random

from tests.faults.asking import Request
from tests.faults.clients import Asker
from tests.faults.journal import Journal

PAUSE_S = 0.03


class Office(Asker):
    """`prepare()` is called before the storm, when the servers are ready, `check()` when everything has been answered after it."""

    def __init__(self, storm, number):
        self.storm, self.world, self.number = storm, storm.world, number
        self.mark = f"{storm.name}-{storm.seed}-o{number}"
        self.secrets = []  # what no log may hold
        name = f"{type(self).__name__.lower()} {number}"
        journal = Journal(self.world.directory / f"{self.mark}.jsonl", [])
        super().__init__(name, random.Random(f"{self.mark}"), storm.ports, journal, (storm.calm, storm.open), PAUSE_S)

    def prepare(self):
        pass

    def check(self):
        pass

    def staff(self, *roles):
        made = self.world.staff(*roles)
        self.secrets.append(made.token)
        return made

    def rows(self, statement, *values):
        with self.world.sql() as sql:
            return sql.execute(statement, values).fetchall()

    def get(self, by, path):
        """The final answer to a read: right, or none yet."""
        while True:
            answer = self._attempt(Request(by, "GET", path))
            if answer is not None and answer.is_final:
                return answer
            self.patient()

    def write(self, request, find=None):
        """
        The acknowledgement of a request that must succeed. What is not acknowledged is sent again: with its key, when it has one,
        and otherwise once `find` has looked for it in vain. `find` gives what the acknowledgement would have told.
        """
        unclear = False
        while True:
            answer = self._attempt(request)
            if answer is not None and answer.status < 300:
                return self._resolved(unclear, answer.body, answer.is_replayed)
            assert answer is None or unclear or not answer.is_final, f"{request} was refused: {answer}"
            unclear |= answer is None or answer.is_unclear
            found = find() if unclear and find else None
            if found is not None:
                return self._resolved(True, found, True)
            assert answer is None or not answer.is_final or request.key is None, f"{request}: {answer}"
            self.patient()

    def _resolved(self, unclear, body, was_done):
        self.tally.count["acknowledged"] += 1
        if unclear:
            self.tally.count["unknown"] += 1
            self.tally.count["unknown, was done" if was_done else "unknown, was not done"] += 1
        return body

    def once(self, what, found, expected):
        """Both as {thing: …}; what is missing was lost, what is too much was done twice."""
        self.storm.lost += len(expected.keys() - found.keys())
        wrong = {thing: (found.get(thing), value) for thing, value in expected.items() if found.get(thing) != value}
        assert not wrong, f"seed {self.storm.seed}: {what}: found and expected {wrong}"
        self.storm.tally.count[what] += len(expected)
