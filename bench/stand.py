"""Everything a run starts: a private PostgreSQL, the programs measured, and their end."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import glob
import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
YIBAOD = pathlib.Path(os.environ.get("YIBAOD", ROOT / "build" / "yibaod"))  # another build, to compare
STOP_LIMIT_S = 30
START_LIMIT_S = 60
NO_LIMIT_PER_MINUTE = "100000000"  # rate limits count, and refuse nobody
POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "512MB",
    "max_connections": "200",
    "max_wal_size": "8GB",  # no checkpoint falls into one contender's round only
    "fsync": "on",
    "synchronous_commit": "on",
}


def wait_until(condition, what, limit_s=START_LIMIT_S, pause_s=0.005):
    end = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {limit_s} s")
        time.sleep(pause_s)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:
            return reply.status == 200
    except OSError:
        return False


def accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def stop(process):
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT if process.args[0].endswith("/postgres") else signal.SIGTERM)
    try:
        process.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Stand(contextlib.ExitStack):
    """Directory, cluster and processes of one run; leaving it stops and removes them."""

    def __init__(self):
        super().__init__()
        # Not /tmp: it may be memory, where durability costs nothing.
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="yibaod-bench-", dir="/var/tmp"))
        self.callback(shutil.rmtree, self.directory, ignore_errors=True)
        self.directory.chmod(0o755)
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.postgres_bin = pathlib.Path(sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1])
        self.postgres = None

    def start(self, command, log_name, environment=None, **options):
        log = self.enter_context(open(self.directory / log_name, "ab"))
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   env={**os.environ, **(environment or {})}, **options)
        self.callback(stop, process)
        return process

    def start_postgres(self):
        # initdb refuses root.
        account = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        home = self.directory / "postgres"
        home.mkdir()
        if account:
            shutil.chown(home, "postgres", "postgres")
        subprocess.run([self.postgres_bin / "initdb", "-D", home / "data", "-U", "postgres", "-A", "trust",
                        "-E", "UTF8", "--locale=C.UTF-8"], check=True, stdout=subprocess.DEVNULL, cwd="/", **account)
        settings = {**POSTGRES_SETTINGS, "unix_socket_directories": str(home)}
        arguments = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self.postgres = self.start([self.postgres_bin / "postgres", "-D", home / "data", *arguments], "postgres.log",
                                   cwd="/", **account)
        ready = [self.postgres_bin / "pg_isready", "-q", "-h", home]
        wait_until(lambda: subprocess.run(ready).returncode == 0, "PostgreSQL accepts", pause_s=0.1)

    @property
    def socket_directory(self):
        return str(self.directory / "postgres")

    def url(self, database):
        return f"postgresql:///{database}?host={self.socket_directory}&user=postgres"

    def psql(self, database, *arguments, text=None):
        """Runs a script or statement; any error ends the run. Returns what it printed, unaligned."""
        command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", self.url(database), *map(str, arguments)]
        done = subprocess.run(command, input=text, text=True, capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(f"psql {' '.join(map(str, arguments))}: {done.stderr.strip()}")
        return done.stdout.strip()

    def create_database(self, name, template="template1"):
        # FILE_COPY: the template's pages are not written to the log a second time.
        self.psql("postgres", "-c", f"DROP DATABASE IF EXISTS {name}")
        self.psql("postgres", "-c", f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")

    def environment(self, database):
        return {"DATABASE_URL": self.url(database), "YIBAO_MASTER_KEY_FILE": str(self.directory / "master.key")}

    def yibaod(self, database, *arguments):
        """Runs a subcommand to its end and returns its standard output."""
        done = subprocess.run([YIBAOD, *map(str, arguments)], env={**os.environ, **self.environment(database)},
                              cwd=ROOT, text=True, capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(f"yibaod {' '.join(map(str, arguments))}: {done.stdout.strip()[-2000:]}\n{done.stderr.strip()[-2000:]}")
        return done.stdout

    def create_migrated_database(self, name):
        self.create_database(name)
        self.yibaod(name, "migrate")

    def serve(self, database, **settings):
        """Starts the server and waits until it is ready."""
        server = Server(free_port(), free_port())
        environment = {
            **self.environment(database),
            "YIBAO_LISTEN": f"127.0.0.1:{server.port}",
            "YIBAO_OPS_LISTEN": f"127.0.0.1:{server.ops_port}",
            "YIBAO_RATE_PRINCIPAL_PER_MINUTE": NO_LIMIT_PER_MINUTE,
            "YIBAO_RATE_ADDRESS_PER_MINUTE": NO_LIMIT_PER_MINUTE,
            **settings,
        }
        server.process = self.start([YIBAOD, "serve"], "yibaod.log", environment, cwd=ROOT)
        wait_until(lambda: alive(server.process) and answers(server.ready_url), "yibaod is ready")
        return server


class Server:
    """One running yibaod."""

    def __init__(self, port, ops_port):
        self.port, self.ops_port, self.process = port, ops_port, None

    @property
    def ready_url(self):
        return f"http://127.0.0.1:{self.ops_port}/readyz"

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ops_port}/metrics", timeout=5) as reply:
            return reply.read().decode()


def alive(process):
    if process.poll() is not None:
        raise RuntimeError(f"{process.args[0]} ended with {process.returncode}")
    return True
