"""A database with the schema and the demo data in it, made by the program's own commands."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import json
import os
import pathlib
import signal
import subprocess

import psycopg
from tests.harness.people import Demo
from tests.harness.server import ROOT

BINARY = pathlib.Path(os.environ.get("YIBAO_BINARY", ROOT / "build/yibaod"))


class Database:
    patience_s = 120

    def __init__(self, cluster, name, directory):
        self.cluster = cluster
        self.url = cluster.create_database(name)
        self.demo_path = directory / "demo.json"
        self.environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "DATABASE_URL": self.url,
            "YIBAO_MASTER_KEY_FILE": str(directory / "master.key"),
            "YIBAO_DEMO_FILE": str(self.demo_path),
            "YIBAO_SMS_GATEWAY": f"file:{directory / 'sms.jsonl'}",
            "YIBAO_SPOOL_DIR": str(directory / "spool"),
            "YIBAO_BINARY": str(BINARY),
        }
        self.run(BINARY, "migrate")
        self.run(ROOT / "scripts/demo.sh")
        self.demo = Demo(json.loads(self.demo_path.read_text(encoding="utf-8")))

    def run(self, *command, **environment):
        """Runs a command to its end; fails the test with its output when it does not succeed."""
        done = subprocess.run(
            [str(part) for part in command],
            cwd=ROOT, env={**self.environment, **environment}, capture_output=True, text=True, timeout=self.patience_s,
        )  # fmt: skip
        assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def terminate_backends(self):
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )

    def _all_processes(self, number):
        postmaster = self.cluster.process.pid
        found = subprocess.run(["pgrep", "-P", str(postmaster)], capture_output=True, text=True).stdout.split()
        for pid in [postmaster, *map(int, found)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    @contextlib.contextmanager
    def outage(self, mode):
        """`frozen`: nobody answers, connections stay; `stopped`: connections break and none is accepted."""
        if mode == "frozen":
            self._all_processes(signal.SIGSTOP)
            try:
                yield
            finally:
                self._all_processes(signal.SIGCONT)
        else:
            self.cluster.stop(signal.SIGQUIT)
            try:
                yield
            finally:
                self.cluster.start()
