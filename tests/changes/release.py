"""What tools/record_release.py kept of an earlier release: its database, what it answered, its statements."""
# SPDX-License-Identifier: Apache-2.0
import json
import lzma
import os
import re
import shutil
import subprocess

import psycopg
from tests.harness.database import BINARY
from tests.harness.people import Demo
from tests.harness.server import ROOT

DIRECTORY = ROOT / "tests/data/schemas"
NAMES = sorted(file.name[:4] for file in DIRECTORY.glob("*.sql.xz"))
PREVIOUS = NAMES[-1]  # the release before, from which one upgrades
ROLE = "DO $$ BEGIN CREATE ROLE yibao_app NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
DATA_REFUSED = {"22", "23"}  # values, not what is in the schema
TYPES = {"instant": "timestamptz"}
# What depends on the moment, or leads to it.
VOLATILE = {"next_cursor", "cursor", "as_of", "asked_at", "request_id", "is_quiet_now", "working_days_left"}


def kept(name, what):
    return lzma.decompress((DIRECTORY / f"{name}.{what}.xz").read_bytes())


class Release:
    """The database as that release left it; `environment` is for today's programs on it."""

    def __init__(self, cluster, name, directory):
        self.cluster, self.name, self.database = cluster, name, f"release_{name}"
        self.url = cluster.create_database(self.database)
        key = shutil.copy(DIRECTORY / f"{name}.key", directory / "master.key")
        os.chmod(key, 0o600)
        self.sms_path = directory / "sms.jsonl"
        self.environment = {
            "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "DATABASE_URL": self.url, "YIBAO_MASTER_KEY_FILE": str(key),
            "YIBAO_SMS_GATEWAY": f"file:{self.sms_path}", "YIBAO_SPOOL_DIR": str(directory / "spool"),
        }  # fmt: skip
        with self.connect() as sql:
            sql.execute(ROLE)
        loaded = subprocess.run(
            ["psql", "-qX1", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, "-d", self.url], input=kept(name, "sql"),
            env=self.environment, capture_output=True, check=False,
        )  # fmt: skip
        assert loaded.returncode == 0, loaded.stderr[-2000:]
        answers = json.loads(kept(name, "replies.json"))
        self.replies, self.demo = answers["replies"], demo_of(answers["demo"])

    def some_replies(self, count):
        """Spread over all there are."""
        every = max(1, -(-len(self.replies) // count))
        return [(path, self.replies[path]) for path in sorted(self.replies)[::every]]

    def connect(self):
        return self.cluster.connect(self.database)

    def run(self, *arguments):
        done = subprocess.run([str(BINARY), *arguments], env=self.environment, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, (arguments, done.stdout[-3000:], done.stderr[-3000:])
        return done.stdout.strip()


class Statement:
    def __init__(self, text):
        self.is_set = re.search(r"^--\s*mode\s*: set$", text, re.M) is not None
        found = re.findall(r"^--\s*param\s*:\s*\S+ (\w+)", text, re.M)
        self.types = [TYPES.get(kind, kind) + ("[]" if self.is_set else "") for kind in found]
        self.sql = "\n".join(line for line in text.splitlines() if not line.startswith("--"))

    def fault(self, sql):
        """What PostgreSQL has against it, prepared and run with nothing, and with a member of which nothing is known; or None."""
        types = f"({', '.join(self.types)})" if self.types else ""
        try:
            sql.execute(f"PREPARE one {types} AS {self.sql}")
        except psycopg.Error as error:
            return str(error)
        found = [self.fault_run(sql, value) for value in (("'{}'", "'{NULL}'") if self.is_set else ("NULL",))]
        sql.execute("DEALLOCATE one")
        return next(filter(None, found), None)

    def fault_run(self, sql, value):
        values = f"({', '.join([value] * len(self.types))})" if self.types else ""
        try:
            with sql.transaction(force_rollback=True):
                sql.execute(f"EXECUTE one {values}")
        except psycopg.Error as error:
            return None if error.sqlstate[:2] in DATA_REFUSED else str(error)
        return None


def statements(name):
    return {name: Statement(text) for name, text in json.loads(kept(name, "statements.json")).items()}


def demo_of(document):
    """As early releases wrote it: without clients, and without numbers of people."""
    fields = ("citizen_number", "card_number", "phone", "name")
    citizens = [{**dict.fromkeys(fields), **citizen} for citizen in document["citizens"]]
    clients = [client for client in document.get("clients", ()) if "institution_type" in client]
    return Demo({**document, "citizens": citizens, "clients": clients})


def differences(before, now, where=""):
    """What of `before` is not in `now`: there may be more fields than there were."""
    if isinstance(before, dict) and isinstance(now, dict):
        for name, value in before.items():
            if name not in VOLATILE:
                yield from differences(value, now.get(name, "(missing)"), f"{where}.{name}")
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for number, (one, other) in enumerate(zip(before, now, strict=True)):
            yield from differences(one, other, f"{where}[{number}]")
    elif before != now:
        yield where, before, now
