"""A PostgreSQL that somebody else has started, as far as subprocess.Popen would tell of it."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import os
import pathlib
import signal

from tests.harness.server import wait_until


class Postmaster:
    """The one that runs in this data directory now."""

    def __init__(self, data):
        self.pid = None
        with contextlib.suppress(FileNotFoundError):
            self.pid = int((pathlib.Path(data) / "postmaster.pid").read_text(encoding="ascii").split()[0])

    def poll(self):
        """None while it runs."""
        try:
            state = pathlib.Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii", errors="replace").rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return 0
        return 0 if state == "Z" else None

    def send_signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def wait(self, timeout):
        wait_until(lambda: self.poll() is not None, "PostgreSQL to end", timeout)

    def kill(self):
        if self.pid is not None and self.poll() is None:
            self.send_signal(signal.SIGQUIT)
            self.wait(60)
