"""scripts/cluster.sh: the private PostgreSQL of a clone starts, survives, and goes away."""
# SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import signal
import subprocess

import psycopg
import pytest
from tests.harness.server import ROOT, wait_until

SCRIPT = ROOT / "scripts/cluster.sh"


class PrivateCluster:
    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.environment = {**os.environ, "YIBAO_CLUSTER_DIR": str(self.directory)}

    def __call__(self, command, code=0):
        # Into a file: a pipe would stay open in the hands of the server that was started.
        log = self.directory.parent / "cluster.log"
        with log.open("w") as out:
            done = subprocess.run([SCRIPT, command], env=self.environment, stdout=out, stderr=out, timeout=120)
        assert done.returncode == code, log.read_text()
        return log.read_text()

    @property
    def url(self):
        return self("env").strip()

    @property
    def pid(self):
        return int((self.directory / "postmaster.pid").read_text().split()[0])

    def query(self, sql):
        with psycopg.connect(self.url) as connection:
            return connection.execute(sql).fetchone()[0]


@pytest.fixture
def private(tmp_path_factory):
    directory = tmp_path_factory.mktemp("cluster")
    private = PrivateCluster(directory / "pg")
    yield private
    private("remove")
    assert not private.directory.exists()


def is_alive(pid):
    """A zombie, which only waits for its parent to notice, is not."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_start_is_repeatable_and_stop_keeps_the_data(private):
    private("start")
    assert private.query("SELECT current_user::text") == "yibao"
    with psycopg.connect(private.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    pid = private.pid
    private("start")
    assert private.pid == pid
    private("stop")
    assert not is_alive(pid)
    private("stop")
    private("start")
    assert private.query("SELECT answer FROM kept") == 42
    assert private.query("SHOW fsync") == "on"
    assert private.query("SHOW listen_addresses") == ""


def test_it_starts_after_a_kill(private):
    private("start")
    pid = private.pid
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(pid), "the end of the killed server")
    private("start")
    assert private.query("SELECT 1") == 1


def test_a_pid_file_of_another_process_does_not_mislead(private):
    private("start")
    private("stop")
    pid_file = private.directory / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{private.directory}\n")
    private("stop")
    assert is_alive(os.getpid())
    private("start")
    assert private.query("SELECT 1") == 1


def test_a_long_path_gets_a_short_socket(tmp_path_factory):
    directory = tmp_path_factory.mktemp("long") / ("d" * 100)
    directory.mkdir()
    private = PrivateCluster(directory / "pg")
    private("start")
    assert "/tmp/yibaod-" in private.url
    socket_directory = pathlib.Path(private.url.split("host=")[1].split("&")[0])
    assert socket_directory.stat().st_mode & 0o777 == 0o700
    assert private.query("SELECT 1") == 1
    private("remove")
    assert not socket_directory.exists()


def test_half_made_data_are_not_used(private):
    private("start")
    private("stop")
    (private.directory / "yibaod.complete").unlink()
    assert "make reset" in private("start", code=1)


def test_a_wrong_command_says_how_to_use_it(private):
    assert "usage" in private("restart", code=2)
