"""`make install` gives a tree that runs from anywhere, in production mode, with the two roles that db/README.md tells of."""
# SPDX-License-Identifier: Apache-2.0
import os
import secrets
import socket
import subprocess
import threading

import pytest
from tests.cluster import Cluster
from tests.harness.server import ROOT, Server, wait_until


def make(*arguments):
    # Without MAKEFLAGS: the outer make's job server is not ours.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(
        ["make", "-s", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def root(cluster):
    """What a package or an image would hold, where a user without rights can read it."""
    directory = cluster.directory / "root"
    directory.mkdir(mode=0o755)
    make("install-strip", f"DESTDIR={directory}", "PREFIX=/usr")
    return directory


@pytest.fixture(scope="module")
def cluster():
    cluster = Cluster(durable=True)
    with cluster.connect("postgres") as connection:
        connection.execute("CREATE ROLE yibao_owner LOGIN CREATEROLE")
    cluster.create_database("yibao", "yibao_owner")
    yield cluster
    cluster.remove()


@pytest.fixture(scope="module")
def run(root, cluster):
    """Runs the installed program away from the source tree, with nothing in its environment but its settings, and not as root."""
    run_as = {} if cluster.user is None else {"user": cluster.user.pw_uid, "group": cluster.user.pw_gid, "extra_groups": []}
    directory = cluster.directory / "elsewhere"
    directory.mkdir(mode=0o755)
    key = directory / "master.key"
    key.touch(0o600)
    key.write_text(secrets.token_hex(32))
    for path in (directory, key):
        if run_as:
            os.chown(path, run_as["user"], run_as["group"])
    settings = {
        "YIBAO_MODE": "production",
        "YIBAO_MASTER_KEY_FILE": str(key),
        "YIBAO_SPOOL_DIR": str(directory / "spool"),
        "YIBAO_REACTORS": "1",
    }

    def run(*arguments, user="yibao_web", **changes):
        environment = {**settings, "DATABASE_URL": cluster.url("yibao", user), **changes}
        return subprocess.run(
            [root / "usr/bin/yibaod", *arguments], cwd="/", env=environment, capture_output=True, text=True, timeout=120,
            **run_as,
        )  # fmt: skip

    run.settings, run.directory, run.run_as = settings, directory, run_as
    return run


@pytest.fixture(scope="module")
def migrated(run, cluster):
    done = run("migrate", user="yibao_owner")
    assert done.returncode == 0, done.stderr
    with cluster.connect("postgres") as connection:
        connection.execute("CREATE ROLE yibao_web LOGIN NOINHERIT IN ROLE yibao_app")
    return done.stdout


def test_every_file_of_a_run_is_installed(root):
    installed = root / "usr/share/yibaod/db"
    wanted = {
        path.relative_to(ROOT / "db")
        for path in (ROOT / "db").rglob("*")
        if path.is_file() and path.name != "README.md" and path.parent.name != "queries"
    }
    assert {path.relative_to(installed) for path in installed.rglob("*") if path.is_file()} == wanted
    assert all((installed / path).stat().st_mode & 0o777 == 0o644 for path in wanted)
    assert os.access(root / "usr/bin/yibaod", os.X_OK)


def test_installing_again_leaves_no_file_of_an_older_version(root):
    stale = root / "usr/share/yibaod/db/functions/of_an_older_version.sql"
    stale.write_text("SELECT 1;")
    make("install-strip", f"DESTDIR={root}", "PREFIX=/usr")
    assert not stale.exists()


def test_uninstalling_leaves_nothing(tmp_path):
    make("install", f"DESTDIR={tmp_path}", "PREFIX=/opt/yibaod")
    assert (tmp_path / "opt/yibaod/bin/yibaod").exists()
    make("uninstall", f"DESTDIR={tmp_path}", "PREFIX=/opt/yibaod")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_it_migrates_from_anywhere(run, migrated):
    assert "applied" in migrated
    assert run("migrate", "--status", user="yibao_owner").returncode == 0


def test_it_audits_what_it_was_installed_with(run, migrated):
    done = run("audit")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("command", ["serve", "work"])
def test_it_serves_says_so_and_stops(root, run, migrated, cluster, command):
    environment = {**run.settings, "DATABASE_URL": cluster.url("yibao", "yibao_web")}
    server = Server(root / "usr/bin/yibaod", environment, run.directory / f"{command}.log", command=command, run_as=run.run_as)
    try:
        server.wait_ready()
        ops = {"YIBAO_OPS_LISTEN": f"127.0.0.1:{server.ops_port}"}
        ready, live = run("health", **ops), run("health", "--live", **ops)
        assert (ready.returncode, live.returncode) == (0, 0), ready.stderr + live.stderr
        assert '"status":"ready"' in ready.stdout.replace(": ", ":")
        for every in ("0.0.0.0", "[::]", ""):  # what a server may be told to listen on, asked by loopback
            assert run("health", YIBAO_OPS_LISTEN=f"{every}:{server.ops_port}").returncode == 0
    finally:
        assert server.stop() == 0
    gone = run("health", **ops)
    assert (gone.returncode, gone.stderr) == (1, "yibaod: nobody answers at YIBAO_OPS_LISTEN\n")


def test_health_of_a_server_that_is_not_ready(root, run, migrated, cluster):
    """PostgreSQL goes away: the process lives on, and is not ready."""
    environment = {**run.settings, "DATABASE_URL": cluster.url("yibao", "yibao_web")}
    server = Server(root / "usr/bin/yibaod", environment, run.directory / "away.log", run_as=run.run_as)
    ops = {"YIBAO_OPS_LISTEN": f"127.0.0.1:{server.ops_port}"}
    try:
        server.wait_ready()
        cluster.stop()
        wait_until(lambda: run("health", **ops).returncode == 1, "a failing health check")
        assert run("health", "--live", **ops).returncode == 0
    finally:
        server.stop()
        cluster.start()


def test_health_says_what_is_wrong(run):
    assert run("health", "--dead").returncode == 2
    assert run("health", YIBAO_OPS_LISTEN="somewhere").returncode == 2
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        asking = threading.Thread(target=answer_as_a_stranger, args=(stranger,))
        asking.start()
        done = run("health", YIBAO_OPS_LISTEN=f"127.0.0.1:{port}")
        asking.join()
    assert (done.returncode, done.stderr) == (1, "yibaod: what listens on YIBAO_OPS_LISTEN is not yibaod\n")


def answer_as_a_stranger(listener):
    connection, _ = listener.accept()
    with connection:
        connection.recv(4096)
        connection.sendall(b"220 mail.example ESMTP\r\n")
