"""What production refuses of PostgreSQL and of the system: one line each, that names it and says what to do."""
# SPDX-License-Identifier: Apache-2.0
import os

import pytest

from tests.db.conftest import Program
from tests.harness import production
from tests.harness.server import wait_until

SECRET = "correct horse battery staple"


@pytest.fixture(scope="module")
def deployed(cluster, template):
    """A database that was marked for production, and its master key."""
    program = Program(cluster.create_database("in_production", "owner", "migrated"), template)
    program.environment["YIBAO_MODE"] = "production"
    with production.durable(cluster):
        result = program.run("migrate")
        assert result.returncode == 0, result.stderr
        production.make_role(cluster)
        yield program
        with cluster.connect("postgres") as connection:
            connection.execute("DROP DATABASE in_production WITH (FORCE)")


@pytest.fixture
def service(cluster, deployed):
    return production.Service(cluster, "in_production", deployed.environment["YIBAO_MASTER_KEY_FILE"])


def refused(result, *named):
    """The one line, which names all that."""
    assert result.returncode in (1, 2) and result.stdout == "", result
    (line,) = [line for line in result.stderr.splitlines() if not line.startswith("{")]
    for name in named:
        assert name in line
    return line


@pytest.mark.parametrize("command", ["serve", "work"])
def test_it_runs_as_production_wants_it(service, tmp_path, command):
    server = service.start(tmp_path / "log", command).wait_ready()
    limits = open(f"/proc/{server.process.pid}/limits", encoding="ascii").read()
    assert server.stop() == 0
    (core,) = [line.split() for line in limits.splitlines() if line.startswith("Max core file size")]
    assert core[4:6] == ["0", "0"]


@pytest.mark.parametrize(("name", "value", "advice"), [
    ("fsync", "off", "fsync = on"),
    ("full_page_writes", "off", "full_page_writes = on"),
    ("synchronous_commit", "off", "at least local"),
    ("session_replication_role", "replica", "reset it"),
    ("zero_damaged_pages", "on", "off"),
    ("ignore_checksum_failure", "on", "off"),
])
def test_a_postgresql_that_may_lose_or_make_up_something(cluster, deployed, service, name, value, advice):
    cluster.set(name, value)
    try:
        refused(service.run("serve"), name, advice)
        refused(service.run("token", "create", "--kind", "staff", "--role", "operator", "--region", "000000"), name, advice)
        refused(deployed.run("migrate"), name, advice)
    finally:
        cluster.set("fsync", "on") if name == "fsync" else cluster.reset(name)


def test_synchronous_commit_of_the_role_alone(cluster, service):
    with cluster.connect("postgres") as connection:
        connection.execute(f"ALTER ROLE {production.ROLE} SET synchronous_commit = off")
        refused(service.run("serve"), "synchronous_commit")
        connection.execute(f"ALTER ROLE {production.ROLE} SET synchronous_commit = local")
    server = service.start(service.directory / "log").wait_ready()
    assert server.stop() == 0
    with cluster.connect("postgres") as connection:
        connection.execute(f"ALTER ROLE {production.ROLE} RESET ALL")


@pytest.mark.parametrize(("role", "attributes", "said"), [
    ("postgres", None, "superuser"),
    ("owner", None, "may create roles"),
    ("heir", "NOINHERIT IN ROLE owner, yibao_app", "the owner of the database"),
    ("copier", "REPLICATION IN ROLE yibao_app", "replicate"),
    ("passer", "BYPASSRLS IN ROLE yibao_app", "bypass row security"),
])
def test_a_role_that_may_too_much(cluster, service, role, attributes, said):
    if attributes is not None:
        production.make_role(cluster, role, attributes)
    url = cluster.url("in_production", role)
    refused(service.run("work" if role == "owner" else "serve", DATABASE_URL=url), "DATABASE_URL", said)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be root")
def test_root(service):
    service.spool.rmdir()
    refused(service.run("serve", run_as={}), "root", "a user of its own")


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o770, 0o750, 0o705])
def test_a_spool_that_is_open_to_others(service, mode):
    service.spool.chmod(mode)
    refused(service.run("serve"), "YIBAO_SPOOL_DIR", "chmod 700")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_spool_of_somebody_else(service):
    os.chown(service.spool, 0, 0)
    refused(service.run("serve"), "YIBAO_SPOOL_DIR", "belongs to another user")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_master_key_that_others_can_read(service, mode):
    service.master_key.chmod(mode)
    refused(service.run("serve"), "master key file", "chmod 600")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_master_key_of_somebody_else(service):
    os.chown(service.master_key, 1, 1)
    service.master_key.chmod(0o644)
    refused(service.run("serve"), "master key file", "another user")


def test_a_key_of_the_sms_gateway_that_others_can_read(service):
    key = service.write_secret("sms.key", "k\n", 0o644)
    gateway = {"YIBAO_SMS_GATEWAY": "https://sms.example/", "YIBAO_SMS_KEY_FILE": str(key)}
    refused(service.run("serve", **gateway), "YIBAO_SMS_KEY_FILE", "chmod 600")


class Guarded:
    """A role of PostgreSQL that needs a password, before and after it changes."""

    def __init__(self, cluster):
        self.cluster = cluster
        production.make_role(cluster, "guarded", f"NOINHERIT IN ROLE yibao_app PASSWORD '{SECRET}'")
        self.rules = cluster.data / "pg_hba.conf"
        self.before = self.rules.read_text(encoding="utf-8")
        self.rules.write_text("local all guarded scram-sha-256\n" + self.before, encoding="utf-8")
        self.reload()

    def reload(self):
        with self.cluster.connect("postgres") as connection:
            connection.execute("SELECT pg_reload_conf()")

    def change_password(self, password):
        with self.cluster.connect("postgres") as connection:
            connection.execute(f"ALTER ROLE guarded PASSWORD '{password}'")
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'guarded'")

    def undo(self):
        self.rules.write_text(self.before, encoding="utf-8")
        self.reload()


@pytest.fixture
def guarded(cluster, deployed):
    guarded = Guarded(cluster)
    yield guarded
    guarded.undo()


def test_a_password_from_a_file_also_when_it_changes(cluster, service, guarded, tmp_path):
    file = service.write_secret("database.password", SECRET + "\n")
    settings = {"DATABASE_URL": cluster.url("in_production", "guarded"), "YIBAO_DATABASE_PASSWORD_FILE": str(file)}
    server = service.start(tmp_path / "log", **settings).wait_ready()
    service.write_secret("database.password", "another one\n")
    guarded.change_password("another one")
    wait_until(lambda: server.ready_status() == 200, "connections with the new password")
    assert server.stop() == 0
    environment = "\0".join(f"{name}={value}" for name, value in server.environment.items())
    assert SECRET not in environment and SECRET not in (tmp_path / "log").read_text(encoding="utf-8")


@pytest.mark.parametrize(("text", "mode", "said"), [
    (SECRET, 0o644, "chmod 600"),
    (SECRET, 0o640, "chmod 600"),
    ("", 0o600, "no first line"),
    ("\nsecond", 0o600, "no first line"),
    ("x" * 5000, 0o600, "too long"),
    (None, 0o600, "No such file"),
])
def test_a_file_of_the_password_that_is_no_good(cluster, service, text, mode, said):
    file = service.directory / "none"
    if text is not None:
        file = service.write_secret("database.password", text, mode)
    line = refused(service.run("serve", YIBAO_DATABASE_PASSWORD_FILE=str(file)), "YIBAO_DATABASE_PASSWORD_FILE", said)
    assert SECRET not in line
