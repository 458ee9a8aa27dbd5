"""A large database to migrate, and how long who else waits for the locks of migrate."""
# SPDX-License-Identifier: Apache-2.0
import collections
import subprocess
import threading

import psycopg
from tests.harness.server import ROOT

CHUNK = 100_000
PROVIDER = "01900000-0006-7000-8000-000000000001"
PROVIDERS = f"""
    INSERT INTO client (client_id, kind, name, regions, state, created_at, changed_at)
    VALUES ('{PROVIDER}', 'provider', 'large hospital', '{{620000}}', 'active', now(), now());
    INSERT INTO provider (provider_id, institution_code, institution_type) VALUES ('{PROVIDER}', 'H62010000001', 'hospital');
    INSERT INTO system_account (system_account, kind, pool_code, counterparty)
    VALUES ('provider_payable:620100:{PROVIDER}', 'provider_payable', '620100', '{PROVIDER}')"""
BLOCKED = """
    WITH migrate AS (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND (classid::bigint << 32) + objid::bigint = 7310579412648811)
    SELECT waiting.pid, waiting.query_start, extract(epoch FROM clock_timestamp() - waiting.query_start)::float8,
           holder.query, holder.state
      FROM pg_stat_activity AS waiting
      JOIN pg_stat_activity AS holder ON holder.pid = ANY (pg_blocking_pids(waiting.pid))
     WHERE waiting.wait_event_type = 'Lock' AND waiting.datname = current_database()
       AND holder.pid IN (TABLE migrate) AND waiting.pid NOT IN (TABLE migrate)"""
PAUSE_S = 0.01


def fill(url, people):
    """An account, a contribution, a charge and three entries for each, written as bench/sql does for the auditor."""
    with psycopg.connect(url, autocommit=True) as sql:
        for statement in PROVIDERS.split(";"):
            sql.execute(statement)
    text = (ROOT / "bench/sql/audit_world.sql").read_text(encoding="utf-8").replace("n % 4 = 0", "true")
    for first in range(1, people + 1, CHUNK):
        last = min(first + CHUNK - 1, people)
        subprocess.run(
            ["psql", "-qX1", "-v", "ON_ERROR_STOP=1", "-v", f"first={first}", "-v", f"last={last}", "-d", url],
            input="SET synchronous_commit = off;\n" + text, text=True, check=True,
        )  # fmt: skip
    with psycopg.connect(url, autocommit=True) as sql:
        sql.execute("VACUUM (ANALYZE)")


def beginnings():
    """The first words of each migration, by which PostgreSQL's view of activity tells what runs."""
    for file in sorted((ROOT / "db/migrations").glob("*.sql")):
        up = file.read_text(encoding="utf-8").split("-- migrate:up", 1)[1].split("\n-- migrate:down", 1)[0]
        for part in up.split("\n", 1)[1].split("\n-- migrate:next"):
            yield part.strip()[:200], file.name[:-4]


class Waits:
    """Samples every 10 ms who waits for migrate, which has an advisory lock, while the block runs; `longest_s` by what it did then."""

    def __init__(self, url):
        self.url = url
        self.longest_s = collections.defaultdict(float)
        self.count = collections.Counter()
        self.samples = 0
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.sample)
        self.names = list(beginnings())

    def name(self, query, state):
        query = query.strip()
        found = next((name for words, name in self.names if words and query.startswith(words)), None)
        return found or f"{state}: {' '.join(query.split())[:60]}"

    def sample(self):
        seen = set()
        with psycopg.connect(self.url, autocommit=True) as sql:
            while not self.stop.wait(PAUSE_S):
                self.samples += 1
                for pid, since, waited_s, query, state in sql.execute(BLOCKED).fetchall():
                    name = self.name(query, state)
                    self.longest_s[name] = max(self.longest_s[name], waited_s)
                    self.count[name] += (pid, since) not in seen
                    seen.add((pid, since))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()

    def lines(self):
        yield f"{self.samples} samples; who waited for migrate:" + ("" if self.longest_s else " nobody")
        for name, seconds in sorted(self.longest_s.items(), key=lambda item: -item[1]):
            yield f"  {seconds:6.2f} s at most, {self.count[name]} statements: {name}"
