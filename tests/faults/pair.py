"""A primary and its synchronous stand-by, which change places: PostgreSQL's own replication without a supervisor."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import pathlib
import shutil
import tempfile

import psycopg
from tests.faults.postgres import Postgres
from tests.harness.server import wait_until

REPLICATED = {"wal_level": "replica", "max_wal_senders": "8", "hot_standby": "on", "wal_receiver_timeout": "5s"}


class Node(Postgres):
    """Either a new cluster, or a copy of the `primary`, which it follows until it is promoted."""

    def __init__(self, primary=None, settings=None, under="/tmp"):
        self.primary = primary
        super().__init__({**REPLICATED, "synchronous_standby_names": "''", **(settings or {})}, under)

    def _make_data(self):
        if self.primary is None:
            super()._make_data()
            return
        self._run(
            "pg_basebackup", "-D", self.data, "-h", self.primary.socket_directory, "-U", "postgres", "-c", "fast", "-R",
            "--no-sync",
        )  # fmt: skip
        (self.data / "postgresql.auto.conf").write_text("", encoding="utf-8")  # what was set at the primary is its own
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(f"primary_conninfo = 'host={self.primary.socket_directory} user=postgres application_name=stand_by'\n")

    def set(self, name, value):
        with self.connect("postgres") as sql:
            sql.execute(f"ALTER SYSTEM SET {name} = '{value}'")
            sql.execute("SELECT pg_reload_conf()")

    def promote(self):
        with self.connect("postgres") as sql:
            assert sql.execute("SELECT pg_promote(true, 60)").fetchone()[0]

    def is_followed(self):
        """Whether commits wait for a stand-by, and one is there."""
        with self.connect("postgres") as sql:
            return sql.execute("SELECT FROM pg_stat_replication WHERE sync_state = 'sync'").fetchone() is not None


class Pair:
    """What a World asks of its PostgreSQL. Clients are given two places that never change, and find the primary at one of them."""

    def __init__(self, settings=None):
        self.settings = settings
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="yb-", dir="/tmp"))
        self.directory.chmod(0o755)
        self.places = [self.directory / "a", self.directory / "b"]
        self.primary = Node(settings=settings)
        self._put(self.primary, self.places[0])
        self.follow()

    @staticmethod
    def _put(node, place):
        node.place = place
        place.unlink(missing_ok=True)
        place.symlink_to(node.socket_directory)

    def follow(self):
        """Whoever is the primary gets a new stand-by, and waits for it from now on."""
        self.stand_by = Node(self.primary, self.settings)
        self._put(self.stand_by, next(place for place in self.places if place != self.primary.place))
        self.primary.set("synchronous_standby_names", "stand_by")
        wait_until(self.primary.is_followed, "a synchronous stand-by", 60, 0.01)

    def change_places(self):
        """The stand-by is promoted; the old primary is left as it is."""
        self.stand_by.promote()
        self.primary, self.stand_by = self.stand_by, self.primary

    def remove(self):
        for node in (self.stand_by, self.primary):
            node.remove()
        shutil.rmtree(self.directory)

    def create_database(self, name):
        self.primary.create_database(name)
        return self.url(name)

    def url(self, name, user="postgres"):
        return f"host={','.join(map(str, self.places))} user={user} dbname={name}"

    def connect(self, name, **keywords):
        return self.primary.connect(name, **keywords)

    def is_up(self):
        return self.primary.is_up()


def waiting_commits(node):
    """How many sessions wait for the stand-by to have their commit."""
    with contextlib.suppress(psycopg.OperationalError), node.connect("postgres") as sql:
        return sql.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'").fetchone()[0]
    return 0
