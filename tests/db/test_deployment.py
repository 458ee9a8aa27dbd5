"""Production and demo keep apart, marked in the database itself: a forgotten setting alone opens neither to the other."""
# SPDX-License-Identifier: Apache-2.0
import json
import resource
import signal
import subprocess

import httpx
import pytest
from tests.db.conftest import BINARY, ROOT
from tests.harness.production import Service, durable, make_role
from tests.harness.server import free_port, wait_until

CITIZEN = ("token", "create", "--kind", "citizen", "--subject", "01890000-0000-7000-8000-000000000001", "--expires", "1d")
IMPORT = ("import", "contributions", str(ROOT / "tests/db/test_deployment.py"))  # refused before its rows are read
STAFF = ("token", "create", "--kind", "staff", "--role", "operator", "--region", "000000")


def run_demo(program, tmp_path):
    environment = {**program.environment, "YIBAO_DEMO_FILE": str(tmp_path / "demo.json"), "YIBAO_BINARY": str(BINARY)}
    return subprocess.run([ROOT / "scripts/demo.sh"], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120)


def complaints(result):
    """Lines for a person; the others are the log's."""
    return [line for line in result.stderr.splitlines() if not line.startswith("{")]


class Serving:
    def __init__(self, program, directory, binary=BINARY, run_as=None):
        ops_port = free_port()
        listeners = {"YIBAO_LISTEN": f"127.0.0.1:{free_port()}", "YIBAO_OPS_LISTEN": f"127.0.0.1:{ops_port}", "YIBAO_REACTORS": "1"}
        self.ready_url = f"http://127.0.0.1:{ops_port}/readyz"
        self.process = subprocess.Popen(
            [str(binary), "serve"], env={**program.environment, **listeners}, cwd=directory, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=allow_core_files, **(run_as or {}),
        )  # fmt: skip

    def is_ready(self):
        assert self.process.poll() is None, self.process.stderr.read()
        try:
            return httpx.get(self.ready_url, timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def end(self, number):
        self.process.send_signal(number)
        return self.process.communicate(timeout=30)[1]


def allow_core_files():
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


@pytest.fixture
def production(empty, cluster):
    assert empty.run("migrate").returncode == 0  # takes a moment here, and long where all is durable
    with durable(cluster):
        empty.environment["YIBAO_MODE"] = "production"
        result = empty.run("migrate")
        assert result.returncode == 0, result.stderr
        yield empty


@pytest.fixture
def demo(empty, tmp_path):
    assert empty.run("migrate").returncode == 0
    loaded = run_demo(empty, tmp_path)
    assert loaded.returncode == 0, loaded.stderr
    empty.tokens = json.loads((tmp_path / "demo.json").read_text(encoding="utf-8"))
    return empty


@pytest.mark.parametrize("arguments", [["serve"], ["migrate"], STAFF], ids=lambda a: a[0])
def test_production_does_not_open_the_demo(demo, arguments):
    demo.environment["YIBAO_MODE"] = "production"
    result = demo.run(*arguments)
    assert result.returncode == 1 and result.stdout == ""
    (line,) = complaints(result)
    assert "demo" in line


@pytest.mark.parametrize("arguments", [["serve"], ["migrate"], IMPORT, CITIZEN, STAFF], ids=lambda a: " ".join(a[:4]))
def test_development_does_not_open_production(production, arguments):
    production.environment["YIBAO_MODE"] = "development"
    result = production.run(*arguments)
    assert result.returncode == 1 and result.stdout == ""
    (line,) = complaints(result)
    assert "YIBAO_MODE=production" in line


def test_a_token_can_be_revoked_in_any_mode(production):
    made = production.run(*STAFF)
    assert made.returncode == 0, made.stderr
    production.environment["YIBAO_MODE"] = "development"
    assert production.run("token", "revoke", made.stderr.split()[1]).returncode == 0


def test_no_demo_in_production(production, tmp_path):
    for mode in ("production", "development"):
        production.environment["YIBAO_MODE"] = mode
        refused = run_demo(production, tmp_path)
        assert refused.returncode == 1 and "production" in refused.stderr
        assert not (tmp_path / "demo.json").exists()
    with production.cluster.connect(production.database) as connection:
        assert connection.execute("SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM token)").fetchone() == (0, 0)


def test_a_demo_cut_short_is_marked_too(empty, tmp_path):
    assert empty.run("migrate").returncode == 0
    empty.environment["YIBAO_MASTER_KEY_FILE"] = str(tmp_path / "no such file")
    assert run_demo(empty, tmp_path).returncode == 1
    with empty.cluster.connect(empty.database) as connection:
        assert connection.execute("SELECT kind FROM deployment").fetchall() == [("demo",)]


def test_production_serves_what_it_migrated_and_leaves_no_core_file(production, cluster):
    make_role(cluster)
    service = Service(cluster, production.database, production.environment["YIBAO_MASTER_KEY_FILE"])
    serving = Serving(service, service.directory, service.binary, service.run_as)
    wait_until(serving.is_ready, "a production server")
    serving.end(signal.SIGQUIT)
    assert list(service.directory.glob("core*")) == []


def test_the_demo_is_served_in_development(demo, tmp_path):
    serving = Serving(demo, tmp_path)
    wait_until(serving.is_ready, "a demo server")
    serving.end(signal.SIGTERM)
    assert serving.process.returncode == 0
