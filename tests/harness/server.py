"""Starts and stops a real `yibaod serve` or `yibaod work` on free ports of 127.0.0.1."""
# SPDX-License-Identifier: Apache-2.0
import collections
import contextlib
import http.client
import os
import pathlib
import random
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATIENCE_S = 120  # how long a test waits for something that should take a moment, on however busy a machine


def free_port():
    """One that nobody listens at, and that no outgoing connection is given before it is used (ip_local_port_range)."""
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            port = random.randrange(10000, 32000)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port


def wait_until(condition, what, patience_s=PATIENCE_S, pause_s=0.05):
    """The first true value of `condition`; fails the test when there is none in time."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(pause_s)
    raise AssertionError(f"waited {patience_s} s in vain for {what}")


class Server:
    """
    `environment` is the whole one of the process, but for the two listeners. `command`: serve, or work, which has no API.
    `run_as`: user and groups for subprocess, when they are not our own.
    """

    def __init__(self, binary, environment, log_path, port=None, command="serve", run_as=None, ops_port=None, host="127.0.0.1"):
        self.host = host
        self.port = port or free_port()
        self.ops_port = ops_port or free_port()
        self.log_path = pathlib.Path(log_path)
        self.provoked = collections.Counter()  # events of level error that a test causes on purpose, by name
        self.environment = {
            **environment,
            "YIBAO_LISTEN": f"{self.host}:{self.port}",
            "YIBAO_OPS_LISTEN": f"{self.host}:{self.ops_port}",
        }
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [str(binary), command], cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True, **(run_as or {}),
            )  # fmt: skip

    @property
    def base_url(self):
        return f"http://{self.host}:{self.port}"

    @property
    def ops_url(self):
        return f"http://{self.host}:{self.ops_port}"

    def ready_status(self):
        """Status of /readyz, or None while nobody answers."""
        connection = http.client.HTTPConnection(self.host, self.ops_port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def wait_ready(self):
        def ready():
            assert self.process.poll() is None, f"the server ended: {self.log_path.read_text()[-4000:]}"
            return self.ready_status() == 200

        wait_until(ready, f"readiness of the server; its log: {self.log_path}")
        return self

    def signal(self, number=signal.SIGTERM):
        self.process.send_signal(number)

    def wait_end(self, patience_s=PATIENCE_S):
        return self.process.wait(timeout=patience_s)

    def stop(self):
        """Exit status after a graceful stop; killed when it takes too long, which the caller sees as -9."""
        if self.process.poll() is None:
            self.signal()
            try:
                self.wait_end()
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.wait()

    def resident_bytes(self):
        return int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
