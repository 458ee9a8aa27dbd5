"""A machine whose process 1 is systemd, in namespaces of its own; what it writes is gone with it."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import os
import pathlib
import shlex
import subprocess

import httpx
from tests.harness.server import ROOT, wait_until

CGROUPS = ("/sys/fs/cgroup/unified", "/sys/fs/cgroup")
PATIENCE_S = 600
OWNER = "postgresql:///yibao?host=/var/run/postgresql&user=yibao_owner"


def unified():
    """Where the groups of version 2 are, which systemd wants; controllers need not be there."""
    return next(pathlib.Path(path) for path in CGROUPS if pathlib.Path(path, "cgroup.controllers").exists())


class Machine:
    """Boots at once. Its network is ours, so that what listens on its loopback is reached from here."""

    def __init__(self, root, directory):
        self.directory = pathlib.Path(directory)
        self.api = "http://127.0.0.1:8080"
        self.group = unified() / f"yibaod-machine-{os.getpid()}"
        self.group.mkdir()
        (self.directory / "copy").mkdir()
        command = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--uts", "--ipc", "--cgroup"]
        with (self.directory / "console").open("ab") as console:
            self.process = subprocess.Popen(
                [*command, ROOT / "tests/machine/boot.sh", root, self.directory / "copy"], stdout=console, stderr=console,
                preexec_fn=lambda: (self.group / "cgroup.procs").write_text("0"),
            )  # fmt: skip
        self.first = wait_until(self._first, "process 1")
        wait_until(lambda: self.run("systemctl", "is-system-running", check=False).stdout.strip() in ("running", "degraded"), "systemd")

    def _first(self):
        assert self.process.poll() is None, (self.directory / "console").read_text()
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return children and int(children[0])

    def inside(self):
        return ["nsenter", "-t", str(self.first), "-m", "-p", "-u", "-i", "-C", "--root", "--wd"]

    def run(self, *command, check=True, **rest):
        done = subprocess.run(
            [*self.inside(), *map(str, command)], capture_output=True, text=True, timeout=PATIENCE_S,
            env={"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": "/root"}, **rest,
        )  # fmt: skip
        assert not check or done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done

    def shell(self, script):
        return self.run("bash", "-euc", script).stdout

    def property(self, unit, name):
        return self.run("systemctl", "show", "--value", "-p", name, unit).stdout.strip()

    def end(self):
        """Everything in it ends with its process 1."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.first, 9)
        self.process.wait()
        wait_until(lambda: not (self.group / "cgroup.procs").read_text(), "its processes to end")
        for group in sorted(self.group.rglob("*/"), key=lambda path: -len(path.parts)):
            if group.is_dir():
                group.rmdir()
        self.group.rmdir()


class Operator:
    """What tests/image/conversation.py talks to: the API by HTTP, and `yibaod` on the machine as its administrator runs it."""

    SETTINGS = ("YIBAO_MODE=production", "YIBAO_MASTER_KEY_FILE=/etc/yibaod/secrets/master.key", f"DATABASE_URL={OWNER}",
                "YIBAO_DATABASE_PASSWORD_FILE=/root/owner.password")  # fmt: skip

    def __init__(self, machine):
        self.machine, self.podman = machine, self
        self.directory, self.secrets, self.api = machine.directory, machine.directory, machine.api
        self.environment = dict(os.environ)
        words = [*machine.inside(), "env", *self.SETTINGS, "/usr/local/bin/yibaod"]
        self.program = f'#!/bin/sh\nexec {shlex.join(words)} "$@" </dev/null\n'

    def run(self, *command, environment, **rest):
        """On this side."""
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, **rest)
        assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done

    def compose(self, *arguments):
        """`exec -T server1 yibaod …`"""
        assert arguments[:4] == ("exec", "-T", "server1", "yibaod"), arguments
        return self.machine.run("env", *self.SETTINGS, "yibaod", *arguments[4:])

    def client(self):
        return httpx.Client(base_url=self.api, timeout=60)
