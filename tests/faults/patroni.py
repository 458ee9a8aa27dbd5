"""PostgreSQL under Patroni, with an etcd of its own, all on loopback: nodes that die, freeze and come back."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import json
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request

import psycopg
from tests.cluster import find_bin
from tests.harness.server import free_port, wait_until

PATIENCE_S = 240
PROGRAMS = ("patroni", "etcd")
TTL_S = 20  # the least that Patroni takes: how long a leader that says nothing is believed in


def is_installed():
    return all(shutil.which(program) for program in PROGRAMS)


def children_of(pid):
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
    return [int(word) for word in found.split()]


class Node:
    """A machine: Patroni and its PostgreSQL."""

    def __init__(self, cluster, number):
        self.cluster, self.name = cluster, f"node{number}"
        self.port, self.rest_port = free_port(), free_port()
        self.directory = cluster.directory / self.name
        self.data = self.directory / "data"
        self.process = None
        self.directory.mkdir()
        (self.directory / "patroni.json").write_text(json.dumps(self._settings()), encoding="utf-8")
        cluster.give(self.directory, self.directory / "patroni.json")

    def _settings(self):
        here = "127.0.0.1"
        return {
            "scope": "yibao",
            "name": self.name,
            "restapi": {"listen": f"{here}:{self.rest_port}", "connect_address": f"{here}:{self.rest_port}"},
            "etcd3": {"host": f"{here}:{self.cluster.etcd_port}"},
            "bootstrap": {
                "dcs": {
                    "ttl": TTL_S, "loop_wait": 2, "retry_timeout": 3, "synchronous_mode": True,
                    "synchronous_mode_strict": True, "primary_start_timeout": 0, "master_start_timeout": 0,
                    "postgresql": {"use_pg_rewind": True, "use_slots": True},
                },
                "initdb": ["data-checksums", {"encoding": "UTF8"}, {"locale": "C.UTF-8"}],
            },
            "postgresql": {
                "listen": f"{here}:{self.port}",
                "connect_address": f"{here}:{self.port}",
                "data_dir": str(self.data),
                "bin_dir": str(find_bin()),
                "pgpass": str(self.directory / "pgpass"),
                "authentication": {"superuser": {"username": "postgres"}, "replication": {"username": "postgres"}},
                "basebackup": [{"checkpoint": "fast"}],
                "pg_hba": [f"host {what} all {here}/32 trust" for what in ("all", "replication")],
                "parameters": {
                    "max_connections": 200, "shared_buffers": "64MB", "unix_socket_directories": "", "wal_keep_size": "256MB",
                },
            },
        }  # fmt: skip

    def start(self):
        self.process = self.cluster.run(["patroni", str(self.directory / "patroni.json")], self.directory / "patroni.log")

    def postmaster(self):
        """Its process id, if it runs: the file may be left of one that was killed."""
        with contextlib.suppress(OSError, ValueError):
            pid = int((self.data / "postmaster.pid").read_text(encoding="ascii").split()[0])
            return pid if os.readlink(f"/proc/{pid}/cwd") == str(self.data) else None
        return None

    def processes(self):
        postmaster = self.postmaster()
        own = [self.process.pid] if self.process.poll() is None else []
        return [*own, *([postmaster, *children_of(postmaster)] if postmaster else [])]

    def signal(self, number, pids=None):
        for pid in self.processes() if pids is None else pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def has(self, database):
        try:
            psycopg.connect(f"host=127.0.0.1 port={self.port} user=postgres dbname={database}").close()
            return True
        except psycopg.OperationalError:
            return False

    def last_lines(self):
        return (self.directory / "patroni.log").read_text(encoding="utf-8", errors="replace")[-3000:]

    def ask(self, path):
        """(status, JSON), or (None, None) while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.rest_port}{path}", timeout=2) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as error:
            return error.code, None
        except (OSError, ValueError):
            return None, None


class Patroni:
    """What a World asks of its PostgreSQL."""

    def __init__(self, nodes=3):
        self.user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="yb-", dir="/tmp"))
        self.etcd_port, self.etcd_peer_port = free_port(), free_port()
        self.give(self.directory)
        self.start_etcd()
        self.nodes = [Node(self, number) for number in range(nodes)]
        for node in self.nodes:
            node.start()
        self.wait_whole()

    def give(self, *paths):
        for path in paths if self.user else ():
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def run(self, command, log_path):
        identity = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}
        with log_path.open("ab") as log:
            return subprocess.Popen(
                command, cwd=self.directory, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(self.directory)}, **identity,
            )  # fmt: skip

    def start_etcd(self):
        client, peer = f"http://127.0.0.1:{self.etcd_port}", f"http://127.0.0.1:{self.etcd_peer_port}"
        self.etcd = self.run(
            ["etcd", "--data-dir", str(self.directory / "etcd"), "--name", "one", "--initial-cluster", f"one={peer}",
             "--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer,
             "--initial-advertise-peer-urls", peer, "--enable-v2=false"],
            self.directory / "etcd.log",
        )  # fmt: skip

    def stop_etcd(self):
        self.etcd.kill()
        self.etcd.wait()

    def leader(self):
        """The node that says that it is the primary, or None."""
        return next((node for node in self.nodes if node.ask("/primary")[0] == 200), None)

    def is_whole(self):
        """One leader, and everybody else follows it, one of them synchronously."""
        _, cluster = next((told for node in self.nodes if (told := node.ask("/cluster"))[0] == 200), (None, None))
        members = (cluster or {}).get("members", [])
        roles = sorted(member["role"] for member in members if member["state"] in ("running", "streaming"))
        primaries = sum(node.ask("/primary")[0] == 200 for node in self.nodes)
        return len(roles) == len(self.nodes) and {"leader", "sync_standby"} <= set(roles) and primaries == 1

    def wait_whole(self):
        try:
            wait_until(self.is_whole, "a leader that is followed", PATIENCE_S, 0.1)
        except AssertionError as error:
            logs = "\n".join(f"{node.name} {node.ask('/cluster')}\n{node.last_lines()}" for node in self.nodes)
            raise AssertionError(f"{error}\n{logs}") from error

    def switch_over(self):
        body = json.dumps({"leader": self.leader().name}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.leader().rest_port}/switchover", body, method="POST")
        with urllib.request.urlopen(request, timeout=60) as reply:
            assert reply.status in (200, 202)

    def url(self, name):
        ports = ",".join(str(node.port) for node in self.nodes)
        return f"host={','.join(['127.0.0.1'] * len(self.nodes))} port={ports} user=postgres dbname={name}"

    def connect(self, name):
        return psycopg.connect(f"{self.url(name)} target_session_attrs=read-write connect_timeout=3", autocommit=True)

    def create_database(self, name):
        with self.connect("postgres") as sql:
            sql.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        wait_until(lambda: all(node.has(name) for node in self.nodes), "the database everywhere", PATIENCE_S)
        return self.url(name)

    def remove(self):
        """Also what was removed before: a World removes its own, and whoever made this one too."""
        for node in self.nodes:
            node.kill()
        self.stop_etcd()
        shutil.rmtree(self.directory, ignore_errors=True)
