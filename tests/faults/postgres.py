"""A durable private PostgreSQL that is killed, stopped, starved and started again."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import os
import pathlib
import shutil
import signal
import time

import psycopg
from tests.cluster import PATIENCE_S, Cluster

PRIVATE = {
    "max_connections": "200",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Recovery would else open and sync each of a thousand files, for seconds, before it begins.
    "recovery_init_sync_method": "syncfs",
}


class Postgres(Cluster):
    """`under`: the directory that its own is made in."""

    def __init__(self, settings=None, under="/tmp"):
        super().__init__(durable=True, settings={**PRIVATE, **(settings or {})}, under=under)

    def move_log_to(self, directory):
        """The write-ahead log, to another file system."""
        self.stop()
        place = pathlib.Path(directory) / "pg_wal"
        shutil.move(self.data / "pg_wal", place)
        if self.user is not None:
            for path in (place, *place.rglob("*")):
                os.chown(path, self.user.pw_uid, self.user.pw_gid)
        (self.data / "pg_wal").symlink_to(place)
        self.start()

    def next_log_file(self):
        """The write-ahead log goes on in another file, for which there must be room; or nobody is there to say so."""
        with contextlib.suppress(psycopg.Error), self.connect("postgres") as sql:
            sql.execute("SELECT pg_switch_wal()")

    def kill(self):
        """SIGKILL of the postmaster; its children notice by themselves."""
        self.process.kill()
        self.process.wait(timeout=PATIENCE_S)

    def stop_at_once(self):
        self.stop(signal.SIGQUIT)

    def start(self):
        """Until it accepts; tried again while what a killed one left behind is still ending."""
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                return super().start()
            except RuntimeError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def is_up(self):
        try:
            self.connect("postgres").close()
            return True
        except psycopg.OperationalError:
            return False

    def backends(self):
        """Process ids of the sessions that clients of the database have."""
        with self.connect("postgres") as sql:
            rows = sql.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname = 'yibao' ORDER BY pid"
            ).fetchall()
        return [pid for (pid,) in rows]

    def terminate(self, pids):
        with self.connect("postgres") as sql:
            rows = sql.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::integer[]) AS pid", [pids]).fetchall()
        return sum(done for (done,) in rows)

    def kill_backend(self, pid):
        """SIGKILL of one session: PostgreSQL throws all of them out and recovers as after a crash."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
