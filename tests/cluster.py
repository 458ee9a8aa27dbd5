"""A throw-away PostgreSQL on a unix socket, for tests that need one of their own."""
# SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

import psycopg

PATIENCE_S = 60
ROOM_BYTES = 8 << 30


def find_bin():
    """Directory of the newest installed PostgreSQL's programs, or $YIBAO_PG_BIN."""
    if os.environ.get("YIBAO_PG_BIN"):
        return pathlib.Path(os.environ["YIBAO_PG_BIN"])
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    if not found:
        raise RuntimeError("no PostgreSQL server in /usr/lib/postgresql")
    return found[-1]


def quick_directory():
    """In memory where there is room for it: each of two thousand tests copies a database."""
    room = shutil.disk_usage("/dev/shm").free if os.access("/dev/shm", os.W_OK) else 0
    return "/dev/shm" if room > ROOM_BYTES else "/tmp"


class Cluster:
    """
    Superuser `postgres`, trusted on its socket, no TCP. `durable` keeps fsync on; `settings` are further postgresql.conf values.
    As root everything runs as the system user postgres, since initdb refuses root.
    """

    def __init__(self, durable=False, settings=None, under=None):
        self.bin = find_bin()
        under = under or ("/tmp" if durable else quick_directory())
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="yb-", dir=under))  # socket paths hold 107 bytes
        self.data = self.directory / "data"
        self.socket_directory = self.directory
        self.process = None
        self.user = None
        if os.geteuid() == 0:
            self.user = pwd.getpwnam("postgres")
            os.chown(self.directory, self.user.pw_uid, self.user.pw_gid)
        self.directory.chmod(0o755)
        self._make_data()
        values = {
            "listen_addresses": "''",
            "unix_socket_directories": f"'{self.socket_directory}'",
            "shared_buffers": "64MB",
            "max_connections": "300",  # of several servers at once: five for each core, and a few more
            "fsync": "on" if durable else "off",
            "jit": "off",  # as `make run` has it: compiling what runs for milliseconds takes a second
            "log_min_messages": "warning",
            **(settings or {}),
        }
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = {value}\n" for name, value in values.items())
        self.start()

    def _make_data(self):
        self._run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")

    def _as_user(self):
        if self.user is None:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def _run(self, program, *arguments):
        subprocess.run(
            [str(self.bin / program), *map(str, arguments)],
            check=True, stdout=subprocess.DEVNULL, cwd="/", **self._as_user(),
        )

    def start(self):
        with (self.directory / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(self.bin / "postgres"), "-D", str(self.data)],
                stdout=log, stderr=log, cwd="/", start_new_session=True, **self._as_user(),
            )
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            try:
                self.connect("postgres").close()
                return
            except psycopg.OperationalError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL did not start; its log: {self.log()}")

    def log(self):
        return (self.directory / "log").read_text(encoding="utf-8", errors="replace")[-4000:]

    def stop(self, how=signal.SIGINT):
        """SIGINT: fast stop; SIGQUIT: immediate stop, as after a crash."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(timeout=PATIENCE_S)

    def remove(self):
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.directory, ignore_errors=True)

    def url(self, database, user="postgres"):
        return f"host={self.socket_directory} user={user} dbname={database}"

    def connect(self, database, user="postgres", **keywords):
        return psycopg.connect(self.url(database, user), autocommit=True, **keywords)

    def set(self, name, value):
        """For all sessions from now on, as ALTER SYSTEM, where a reload is enough."""
        self._change(f"ALTER SYSTEM SET {name} = '{value}'", name)

    def reset(self, name):
        self._change(f"ALTER SYSTEM RESET {name}", name)

    def _change(self, statement, name):
        with self.connect("postgres") as connection:
            connection.execute(statement)
            wanted = connection.execute(
                "SELECT setting FROM pg_file_settings WHERE name = %s ORDER BY seqno DESC LIMIT 1", [name]
            ).fetchone()
            connection.execute("SELECT pg_reload_conf()")
        end = time.monotonic() + PATIENCE_S
        while wanted is not None and time.monotonic() < end:
            with self.connect("postgres") as connection:
                if connection.execute("SELECT current_setting(%s)", [name]).fetchone() == wanted:
                    return
            time.sleep(0.01)

    def create_database(self, name, owner="postgres", template="template0"):
        with self.connect("postgres") as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}" OWNER "{owner}" TEMPLATE "{template}" STRATEGY file_copy')
        return self.url(name, owner)
