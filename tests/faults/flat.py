"""Memory, descriptors, connections and table sizes over hours: sampled while a storm goes on, and judged flat or not."""
# SPDX-License-Identifier: Apache-2.0
import collections
import contextlib
import os
import pathlib
import threading
import time

import psycopg

from tests.faults.exhaust import status_bytes

EVERY_S = 5
WARM_UP = 0.25  # of all samples are not judged
# What may be more at the end than after the warm-up: a share of the mean, and so much besides.
ALLOWED = {
    "memory of the server": (0.05, 4 << 20),
    "memory of the worker": (0.05, 4 << 20),
    "descriptors of the server": (0, 8),
    "descriptors of the worker": (0, 8),
    "connections of PostgreSQL": (0.1, 5),
    "memory of the largest session": (0.10, 2 << 20),
    "size of table account": (0.25, 1 << 20),
    "size of table sweep": (0.25, 1 << 20),
}
SIZES = "SELECT relname, pg_table_size(relid), n_dead_tup FROM pg_stat_user_tables WHERE relname IN ('account', 'sweep')"
SESSIONS = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"


class Samples(threading.Thread):
    """`processes`: {"server": …, "worker": …}, which are never killed. Each sample is written to `path` as it is taken."""

    def __init__(self, world, processes, path):
        super().__init__(name="samples", daemon=True)
        self.file = pathlib.Path(path).open("w", encoding="utf-8")
        self.file.write("what,seconds,value\n")
        self.world, self.processes = world, processes
        self.rows = collections.defaultdict(list)  # what → [(seconds, value)]
        self.ended, self.error = threading.Event(), None
        self.began = time.monotonic()

    def run(self):
        try:
            while not self.ended.wait(EVERY_S):
                self._sample()
        except BaseException as error:  # told by the soak
            self.error = error

    def _add(self, what, value):
        at = time.monotonic() - self.began
        self.rows[what].append((at, value))
        self.file.write(f"{what},{at:.1f},{value}\n")
        self.file.flush()

    def _sample(self):
        for name, process in self.processes.items():
            pid = process.process.pid
            self._add(f"memory of the {name}", status_bytes(pid, "RssAnon"))
            self._add(f"descriptors of the {name}", len(os.listdir(f"/proc/{pid}/fd")))
        with contextlib.suppress(psycopg.OperationalError), self.world.sql() as sql:
            pids = [pid for (pid,) in sql.execute(SESSIONS)]
            self._add("connections of PostgreSQL", len(pids))
            self._add("memory of the largest session", max(map(anonymous_bytes, pids), default=0))
            for table, size, dead in sql.execute(SIZES):
                self._add(f"size of table {table}", size)
                self._add(f"dead rows of table {table}", dead)

    def end(self):
        self.ended.set()
        self.join()
        self.file.close()
        if self.error is not None:
            raise self.error

    def judge(self):
        """[(what, first, last, growth an hour, whether it is flat)], first and last as the line through the samples has them."""
        told = []
        for what, rows in sorted(self.rows.items()):
            judged = rows[int(len(rows) * WARM_UP):]
            first, last = line_through(judged)
            hours = max(1e-9, (judged[-1][0] - judged[0][0]) / 3600)
            share, besides = ALLOWED.get(what, (float("inf"), 0))
            told.append((what, first, last, (last - first) / hours, last - first <= share * (first + last) / 2 + besides))
        return told


def anonymous_bytes(pid):
    try:
        return status_bytes(pid, "RssAnon")
    except (OSError, LookupError):
        return 0


def line_through(rows):
    """The values at both ends of the straight line that fits best."""
    count = len(rows)
    x, y = sum(at for at, _ in rows) / count, sum(value for _, value in rows) / count
    spread = sum((at - x) ** 2 for at, _ in rows)
    slope = sum((at - x) * (value - y) for at, value in rows) / spread if spread else 0
    return tuple(y + slope * (at - x) for at in (rows[0][0], rows[-1][0]))
