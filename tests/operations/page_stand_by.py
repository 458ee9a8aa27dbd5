"""A stand-by that is set up as docs/operations/replica.md says."""
# SPDX-License-Identifier: Apache-2.0
import re
import shlex

from tests.cluster import Cluster, quick_directory
from tests.harness.database import ROOT

PAGE = (ROOT / "docs/operations/replica.md").read_text(encoding="utf-8")
ROLE = re.search(r"CREATE ROLE (\w+) REPLICATION", PAGE)[1]
PREPARED = re.search(r"```sql\n(.*?)```", PAGE, re.S)[1]
COPY = re.search(r"^pg_basebackup .*$", PAGE, re.M)[0]
SETTINGS = dict(re.findall(r"^\| `(\w+)` \| `([^` ]+)`", PAGE, re.M))
REMOVED = re.search(r"`(SELECT pg_drop_replication_slot\(.*?\))`", PAGE)[1]


class PageStandBy(Cluster):
    """The page's statements on the primary, its pg_basebackup with another directory and host, and its settings."""

    def __init__(self, primary):
        self.primary = primary
        with primary.connect("postgres") as sql:
            sql.execute(PREPARED)
        super().__init__(settings=SETTINGS, under=quick_directory())

    def _make_data(self):
        program, *arguments = shlex.split(COPY)
        arguments[arguments.index("-D") + 1] = self.data
        arguments[arguments.index("-h") + 1] = self.primary.socket_directory
        self._run(program, *arguments)

    def is_fed_by_its_slot(self):
        with self.primary.connect("postgres") as sql:
            found = sql.execute("SELECT active, xmin IS NOT NULL FROM pg_replication_slots WHERE slot_name = %s", [ROLE])
            return found.fetchone() == (True, True)

    def remove(self):
        super().remove()
        with self.primary.connect("postgres") as sql:
            sql.execute(REMOVED)
            sql.execute(f"DROP ROLE {ROLE}")
