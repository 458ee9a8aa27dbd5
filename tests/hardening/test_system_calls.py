"""The system-call filter of the units lets the program do its work, and nothing that it does not."""
# SPDX-License-Identifier: Apache-2.0
import re
import subprocess
import sys

import pytest
from tests.harness.database import BINARY
from tests.harness.sanitizer import without_sanitizer
from tests.harness.server import ROOT, Server

HERE = ROOT / "tests/hardening"
seccomp = pytest.importorskip("seccomp")

from tests.hardening import confined  # noqa: E402

pytestmark = without_sanitizer
UNITS = {"serve": ["yibaod"], "work": ["yibaod-worker"], "import": ["yibaod", "yibaod-worker"], "audit": ["yibaod-audit"]}


def measured():
    text = (HERE / "system_calls.txt").read_text(encoding="utf-8")
    return {command: calls.split() for command, calls in re.findall(r"^(\w+): ((?:.*\n)(?:  .*\n)*)", text, re.MULTILINE)}


@pytest.mark.parametrize("command", UNITS)
def test_what_it_calls_is_allowed(command):
    calls = set(measured()[command])
    assert {"openat", "sendto", "mmap"} <= calls
    for unit in UNITS[command]:
        assert calls - confined.allowed(unit) == set()


def test_what_it_has_no_use_for_is_not():
    for unit in ("yibaod", "yibaod-worker", "yibaod-audit"):
        assert confined.allowed(unit) & {"ptrace", "mount", "unshare", "setns", "bpf", "kexec_load", "init_module", "chroot", "setuid",
                                          "io_uring_setup", "process_vm_readv"} == set()


def run_confined(unit, *command):
    return subprocess.run([sys.executable, HERE / "confined.py", unit, *map(str, command)], capture_output=True, text=True, timeout=60)


def test_the_confinement_is_one():
    assert run_confined("yibaod", BINARY, "--version").stdout.startswith("yibaod ")
    assert run_confined("yibaod", "/usr/bin/unshare", "-m", "true").returncode == -31  # SIGSYS


@pytest.fixture(scope="module")
def confined_binary(tmp_path_factory):
    """Starts each subcommand that a unit runs under its filter."""
    script = tmp_path_factory.mktemp("confined") / "yibaod"
    script.write_text(
        f"#!/bin/sh\nexec {sys.executable} {HERE / 'confined.py'} $([ $1 = work ] && echo yibaod-worker || echo yibaod) {BINARY} \"$@\"\n"
    )
    script.chmod(0o755)
    return script


@pytest.mark.parametrize("command", ["serve", "work"])
def test_it_works_inside(confined_binary, cluster, template, tmp_path, command):
    """More of it by hand: YIBAO_BINARY=that script python3 -m pytest tests/http."""
    url = cluster.create_database("confined", "owner", "migrated")
    environment = {"DATABASE_URL": url, "YIBAO_MASTER_KEY_FILE": str(template),
                   "YIBAO_SPOOL_DIR": str(tmp_path / "spool"), "YIBAO_REACTORS": "2"}
    server = Server(confined_binary, environment, tmp_path / "log", command=command)
    try:
        server.wait_ready()
    finally:
        assert server.stop() == 0, (tmp_path / "log").read_text(encoding="utf-8")
