"""The units as installed: their sandbox, what they tell and are told, and that no system call of the program is outside of it."""
# SPDX-License-Identifier: Apache-2.0
import configparser
import os
import pathlib
import re
import shutil
import socket
import subprocess

import pytest
from tests.harness import production
from tests.harness.server import ROOT

UNITS = ("yibaod.service", "yibaod-worker.service", "yibaod-audit.service")
EXPOSURE_MAXIMUM = "15"  # tenths


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The unit files as `make install` writes them, without a build."""
    directory = tmp_path_factory.mktemp("units")
    for unit in UNITS:
        text = (ROOT / f"systemd/{unit}.in").read_text(encoding="utf-8").replace("@PREFIX@", "/usr")
        assert "@" not in re.sub(r"@(system-service|privileged|resources|obsolete|aio)", "", text)
        (directory / unit).write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "systemd/yibaod-audit.timer", directory)
    return directory


class Lists(dict):
    """Directives may stand several times: all their values, in order."""

    def __setitem__(self, key, value):
        if isinstance(value, list) and key in self:
            self[key].extend(value)
        else:
            super().__setitem__(key, value)


def service_of(directory, unit):
    parser = configparser.RawConfigParser(dict_type=Lists, strict=False, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str
    parser.read(directory / unit, encoding="utf-8")
    return {name: value.split("\n") for name, value in parser["Service"].items()}


@pytest.mark.parametrize("unit", UNITS)
def test_the_sandbox_is_tight(installed, unit):
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE_MAXIMUM}", installed / unit],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-300:] + done.stderr
    (exposure,) = re.findall(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
    assert float(exposure) <= 1.5


def test_a_loose_unit_would_be_seen(installed, tmp_path):
    loose = tmp_path / "yibaod.service"
    loose.write_text("[Service]\nExecStart=/usr/bin/yibaod serve\n", encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE_MAXIMUM}", loose],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode != 0


def test_no_directive_is_unknown(installed):
    """Names that systemd does not know are only warned of, and their protection would be missing. Programs and targets of other
    packages are not here, which it says too."""
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(installed / unit for unit in UNITS), installed / "yibaod-audit.timer"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    complaints = [line for line in done.stderr.splitlines() if re.search(r"Unknown|Invalid|Failed to parse|ignoring", line)]
    assert complaints == []


def test_the_calendar_of_the_audit():
    (calendar,) = re.findall("OnCalendar=(.*)", (ROOT / "systemd/yibaod-audit.timer").read_text(encoding="utf-8"))
    assert subprocess.run(["systemd-analyze", "calendar", calendar], capture_output=True, timeout=60).returncode == 0


@pytest.mark.parametrize("unit", UNITS[:2])
def test_it_is_given_time_to_stop(installed, unit):
    [default] = re.findall(r"YIBAO_STOP_TIMEOUT_S.*?(\d+), 1, 600", (ROOT / "server/config.def").read_text(encoding="utf-8"))
    assert int(service_of(installed, unit)["TimeoutStopSec"][0]) >= int(default) + 10


@pytest.mark.parametrize("unit", UNITS)
def test_secrets_are_credentials(installed, unit):
    service = service_of(installed, unit)
    names = [value.split(":")[0] for value in service["LoadCredential"]]
    settings = dict(value.split("=", 1) for value in service["Environment"])
    assert {settings[name] for name in settings if name.endswith("_FILE")} == {f"%d/{name}" for name in names}
    sample = (ROOT / "systemd/yibaod.env").read_text(encoding="utf-8")
    known = set(re.findall(r'"((?:YIBAO_\w+)|DATABASE_URL)"', (ROOT / "server/config.def").read_text(encoding="utf-8")))
    named = set(re.findall(r"^#?([A-Z_]+)=", sample, re.MULTILINE)) | set(settings)
    assert named - known <= {"YIBAO_PROXY_ADDRESSES"} and "assword" not in sample.replace("database.password", "")


@pytest.fixture(scope="module")
def deployed(cluster, template):
    with production.durable(cluster):
        url = cluster.create_database("of_a_unit", "owner", "migrated")
        environment = {"PATH": os.environ["PATH"], "DATABASE_URL": url, "YIBAO_MODE": "production", "YIBAO_MASTER_KEY_FILE": str(template)}
        assert subprocess.run([production.BINARY, "migrate"], env=environment, cwd=ROOT, timeout=120, capture_output=True).returncode == 0
        production.make_role(cluster)
        yield template


@pytest.fixture
def service(cluster, deployed):
    return production.Service(cluster, "of_a_unit", deployed)


class Manager:
    """What systemd would hear."""

    def __init__(self, listener, path):
        self.listener, self.path = listener, path
        listener.settimeout(30)

    def hear(self):
        return self.listener.recv(100).decode()


@pytest.fixture(params=["path", "abstract"])
def manager(request, cluster):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        if request.param == "path":
            path = pathlib.Path(cluster.directory) / "notify"
            path.unlink(missing_ok=True)
            listener.bind(str(path))
            path.chmod(0o666)
        else:
            path = f"@yibaod-test-{os.getpid()}"
            listener.bind("\0" + path[1:])
        yield Manager(listener, str(path))


@pytest.mark.parametrize("command", ["serve", "work"])
def test_it_says_ready_lives_and_stops(service, manager, tmp_path, command):
    server = service.start(tmp_path / "log", command, NOTIFY_SOCKET=manager.path, WATCHDOG_USEC="200000")
    assert manager.hear() == "READY=1"
    assert [manager.hear() for _ in range(3)] == ["WATCHDOG=1"] * 3
    server.signal()
    said = [manager.hear()]
    while said[-1] == "WATCHDOG=1":
        said.append(manager.hear())
    assert said[-1] == "STOPPING=1"
    assert server.wait_end() == 0


def test_a_watchdog_of_another_process_is_none_of_ours(service, manager, tmp_path):
    server = service.start(tmp_path / "log", NOTIFY_SOCKET=manager.path, WATCHDOG_USEC="1000", WATCHDOG_PID="1")
    assert manager.hear() == "READY=1"
    server.signal()
    assert manager.hear() == "STOPPING=1"
    assert server.wait_end() == 0


@pytest.mark.parametrize("path", ["/nowhere/at/all", "relative", "@", "", "/" + "x" * 200])
def test_no_manager_is_no_fault(service, tmp_path, path):
    server = service.start(tmp_path / "log", NOTIFY_SOCKET=path).wait_ready()
    assert server.stop() == 0
