"""The life of the services: installed as the pages say, started, used, told to read anew, killed, hung, stopped."""
# SPDX-License-Identifier: Apache-2.0
import re
import signal
import time
import uuid

from tests.changes.procedures import blocks
from tests.harness.server import ROOT, wait_until
from tests.image import conversation
from tests.machine.host import OWNER, Operator

SERVICES = ("yibaod.service", "yibaod-worker.service")
OWNERS, OURS = "owner-" + uuid.uuid4().hex, "web-" + uuid.uuid4().hex
LOCAL = "postgresql:///yibao?host=/var/run/postgresql&user="
PATIENCE_S = 180


def check(machine, figures):
    figures["systemd"] = machine.run("systemctl", "--version").stdout.splitlines()[0]
    with figures.step("make install, PostgreSQL and its roles: install.md"):
        install(machine)
    with figures.step("users, secrets, migrate, enable --now: systemd.md"):
        begin(machine)
    figures["exposure"] = exposure(machine)
    with figures.step("the sandbox holds in the running process"):
        check_sandbox(machine)
    with figures.step("a person entered, a charge twice by its key, the audit of the books"):
        check_day(Operator(machine))
    with figures.step("systemctl reload: the same process goes on"):
        check_reload(machine)
    with figures.step("SIGKILL: ready again by itself"):
        figures["away after SIGKILL"] = f"{revived(machine, signal.SIGKILL):.1f} s"
    with figures.step("a process that hangs: the watchdog ends it, ready again by itself"):
        figures["away after a hang (WatchdogSec=30)"] = f"{revived(machine, signal.SIGSTOP):.1f} s"
    with figures.step("the audit as a service succeeds, its timer waits"):
        check_audit(machine)
    with figures.step("systemctl stop: every process ends by itself, with code 0"):
        check_stop(machine)


def install(machine):
    """The sources are in /src, and built; PostgreSQL is Debian's own cluster, which takes a password on its socket."""
    machine.shell("make -C /src install PREFIX=/usr/local")
    (sql,) = re.findall(r"```sql\n(CREATE ROLE yibao_owner.*?)```", (ROOT / "docs/operations/install.md").read_text(encoding="utf-8"), re.S)
    machine.shell("systemctl start postgresql@*-main.service || systemctl start $(ls -d /etc/postgresql/*/main | "
                  "sed 's|/etc/postgresql/\\(.*\\)/main|postgresql@\\1-main.service|')")  # fmt: skip
    psql(machine, sql.replace("…", OWNERS))
    machine.shell("sed -i 's/^local *all *all *peer/local all all scram-sha-256/' /etc/postgresql/*/main/pg_hba.conf && "
                  "systemctl reload 'postgresql@*-main.service'")  # fmt: skip
    machine.shell(f"umask 077; echo {OWNERS} > /root/owner.password")


def psql(machine, sql):
    machine.run("runuser", "-u", "postgres", "--", "psql", "-qX", "-v", "ON_ERROR_STOP=1", input=sql)


def begin(machine):
    first, migrate = blocks("systemd.md", "To begin")
    prepared, started = first.rsplit("systemctl enable", 1)
    machine.shell(prepared.replace("the password of yibao_web", OURS))
    settings = f"s|^DATABASE_URL=.*|DATABASE_URL={LOCAL}yibao_web|".replace("&", "\\&")
    machine.run("sed", "-i", settings, "/etc/yibaod/yibaod.env")
    address = "postgresql://yibao_owner@db.example/yibao?sslmode=verify-full"
    assert address in migrate
    machine.shell(migrate.replace(address, OWNER))
    (sql,) = re.findall(r"```sql\n(CREATE ROLE yibao_web.*?)```", (ROOT / "docs/operations/install.md").read_text(encoding="utf-8"), re.S)
    psql(machine, sql.replace("…", OURS))
    machine.shell("systemctl enable" + started)
    for unit in SERVICES:
        assert machine.property(unit, "ActiveState") == "active", unit
    wait_ready(machine)


def ready(machine):
    command = ("yibaod", "health")
    return machine.run(*command, check=False).returncode == 0


def wait_ready(machine):
    wait_until(lambda: ready(machine), "yibaod to be ready", PATIENCE_S)


def exposure(machine):
    shown = machine.run("systemd-analyze", "security", "--no-pager", *SERVICES, "yibaod-audit.service").stdout
    found = re.findall(r"Overall exposure level for (\S+): ([0-9.]+)", shown)
    assert len(found) == 3 and all(float(level) <= 1.5 for _, level in found), found
    return ", ".join(f"{unit} {level}" for unit, level in found)


def process_of(machine, unit):
    return int(machine.property(unit, "MainPID"))


def check_sandbox(machine):
    for unit in SERVICES:
        pid = process_of(machine, unit)
        status = dict(re.findall(r"^(\w+):\s+(.*)$", machine.run("cat", f"/proc/{pid}/status").stdout, re.M))
        assert {status[name] for name in ("CapEff", "CapBnd", "CapPrm", "CapAmb")} == {"0" * 16}, status
        assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2"), status
        assert status["Uid"].split()[0] != "0"
        within = ["nsenter", "-t", pid, "-m", "--"]
        owner = machine.run("stat", "-c", "%U", f"/proc/{pid}").stdout.strip()
        assert owner in ("yibaod", "root"), owner  # root's while it may not be dumped
        as_it = ["runuser", "-u", "yibaod", "--"]
        for refused in (["ls", "/etc/yibaod/secrets"], ["touch", "/usr/local/x"], ["touch", "/etc/x"], ["touch", "/root/x"]):
            assert machine.run(*within, *as_it, *refused, check=False).returncode != 0, (unit, refused)
        assert machine.run(*within, *as_it, "ls", "/home", "/root", check=False).stdout.count("\n") < 4
        secret = f"/run/credentials/{unit}/master.key"
        assert len(machine.run(*within, *as_it, "cat", secret).stdout.strip()) == 64
        environment = machine.run("tr", "\\0", "\\n", check=False, input=machine.run("cat", f"/proc/{pid}/environ").stdout).stdout
        assert OURS not in environment and "DATABASE_URL=" in environment


def check_day(operator):
    """docs/admin.md as it stands, and a pharmacy that charges."""
    conversation.check_cookbook(operator)
    conversation.check_charge(operator)


def check_reload(machine):
    before = [process_of(machine, unit) for unit in SERVICES]
    machine.run("systemctl", "reload", *SERVICES)
    time.sleep(1)
    assert ready(machine) and [process_of(machine, unit) for unit in SERVICES] == before


def revived(machine, number):
    """How long nobody was answered; another process serves afterwards, which systemd has started."""
    before, restarts = process_of(machine, "yibaod.service"), int(machine.property("yibaod.service", "NRestarts"))
    began = time.monotonic()
    machine.run("kill", f"-{int(number)}", before)

    def another():
        return int(machine.property("yibaod.service", "NRestarts")) == restarts + 1 and ready(machine)

    wait_until(another, "yibaod to be started again", PATIENCE_S)
    away_s = time.monotonic() - began
    assert process_of(machine, "yibaod.service") not in (0, before)
    return away_s


def check_audit(machine):
    machine.run("systemctl", "start", "yibaod-audit.service")
    assert machine.property("yibaod-audit.service", "Result") == "success"
    assert machine.property("yibaod-audit.timer", "ActiveState") == "active"


def check_stop(machine):
    machine.run("systemctl", "stop", *SERVICES)
    for unit in SERVICES:
        assert (machine.property(unit, "Result"), machine.property(unit, "ExecMainStatus")) == ("success", "0"), unit
    assert machine.run("pgrep", "-x", "yibaod", check=False).returncode == 1
