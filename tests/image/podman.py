"""podman and docker-compose as they run where there is no Docker engine, no systemd and few rights: in namespaces of their own."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import json
import os
import pathlib
import subprocess
import threading

from tests.harness.server import ROOT, wait_until

# runc and plain cgroups need no systemd; the limits are what any machine grants.
CONTAINERS_CONF = """[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
log_driver = "k8s-file"
"""
PATIENCE_S = 300
PROJECT = "yibaodtest"


class Podman:
    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        configuration = self.directory / "containers.conf"
        configuration.write_text(CONTAINERS_CONF)
        self.socket = self.directory / "podman.sock"
        self.environment = {
            **os.environ,
            "CONTAINERS_CONF": str(configuration),
            "DOCKER_HOST": f"unix://{self.socket}",
            "COMPOSE_PROJECT_NAME": PROJECT,
        }

    def run(self, *command, check=True, **rest):
        done = subprocess.run(
            [str(part) for part in command],
            env={**self.environment, **rest.pop("environment", {})}, capture_output=True, text=True, timeout=PATIENCE_S, **rest,
        )  # fmt: skip
        assert not check or done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done

    def podman(self, *arguments, **rest):
        return self.run("podman", *arguments, **rest)

    def start(self, *arguments):
        return subprocess.Popen(["podman", *map(str, arguments)], env=self.environment, stdout=subprocess.DEVNULL)

    def compose(self, *arguments, **rest):
        return self.run("docker-compose", "-f", ROOT / "docker/compose.yaml", *arguments, **rest)

    def inspect(self, name):
        return json.loads(self.podman("inspect", name).stdout)[0]

    @contextlib.contextmanager
    def service(self):
        """The API that docker-compose speaks, and what systemd's timers do elsewhere: health checks."""
        log = (self.directory / "service.log").open("ab")
        service = subprocess.Popen(
            ["podman", "system", "service", "--time=0", f"unix://{self.socket}"], env=self.environment, stdout=log, stderr=log
        )
        stop = threading.Event()
        checking = threading.Thread(target=self._check_health, args=(stop,))
        try:
            wait_until(self.socket.exists, "podman's socket")
            checking.start()
            yield
        finally:
            stop.set()
            if checking.ident is not None:
                checking.join()
            service.terminate()
            service.wait()
            log.close()

    def _check_health(self, stop):
        while not stop.wait(0.5):
            for container in self.podman("ps", "-q", check=False).stdout.split():
                if not stop.is_set():
                    self.podman("healthcheck", "run", container, check=False)
