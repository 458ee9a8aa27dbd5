"""Takes descriptors, memory and disk away from what runs, and gives them back."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import os
import pathlib
import resource
import socket
import subprocess
import time

from tests.harness.server import wait_until

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
IDLE_S = 2
CALM_SHARE = 0.5  # of one core: a loop that spins takes all of it


def cpu_s(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


def status_bytes(pid, name):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise LookupError(name)


def does_not_spin(storm, pid):
    """No client asks for anything, but what was refused still waits."""
    storm.open.clear()
    time.sleep(0.3)
    before = cpu_s(pid)
    time.sleep(IDLE_S)
    used_s = cpu_s(pid) - before
    storm.open.set()
    storm.idle_cpu = max(storm.idle_cpu, used_s / IDLE_S)
    assert used_s < CALM_SHARE * IDLE_S, f"{used_s} s of CPU in {IDLE_S} s without work (seed {storm.seed})"


@contextlib.contextmanager
def crowd(port, count, first_bytes):
    """Connections that stay open and say no more than this."""
    sockets = []
    for _ in range(count):
        one = socket.socket()
        one.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            one.connect(("127.0.0.1", port))
        sockets.append(one)
    time.sleep(0.2)
    for one in sockets:
        with contextlib.suppress(OSError):
            one.send(first_bytes)
    try:
        yield
    finally:
        for one in sockets:
            one.close()


def descriptors(storm, rounds):
    """Not one more file can be opened: neither a client's connection nor a new one to PostgreSQL."""
    for _ in range(rounds):
        storm.under_load(0.1, 0.5)
        pid = storm.servers[0].process.pid
        was = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        used = len(os.listdir(f"/proc/{pid}/fd"))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + storm.rng.randint(0, 4), was[1]))
        with crowd(storm.ports[0], 60, b"GET /v1/"):
            storm.world.postgres.terminate(storm.world.postgres.backends())
            storm.under_load(0.3, 1)
            does_not_spin(storm, pid)
            assert storm.servers[0].process.poll() is None
        resource.prlimit(pid, resource.RLIMIT_NOFILE, was)
        storm.did("descriptors taken")
        storm.wait_healthy()


def memory(storm, rounds):
    """Nearly every allocation that needs more from the kernel fails."""
    body = b"POST /v1/charges HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 65000\r\n\r\n"
    for _ in range(rounds):
        storm.under_load(0.1, 0.5)
        pid = storm.servers[0].process.pid
        kinds = {resource.RLIMIT_AS: "VmSize", resource.RLIMIT_DATA: "VmData"}
        was = {kind: resource.prlimit(pid, kind) for kind in kinds}
        for kind, name in kinds.items():
            resource.prlimit(pid, kind, (status_bytes(pid, name) + storm.rng.randint(0, 1 << 18), was[kind][1]))
        with crowd(storm.ports[0], 300, body + b'{"account_id": "' + b"x" * 60000):
            storm.world.postgres.terminate(storm.world.postgres.backends())
            storm.under_load(0.3, 1.5)
            does_not_spin(storm, pid)
            assert storm.servers[0].process.poll() is None, storm.servers[0].log_path.read_text()[-3000:]
        for kind, limits in was.items():
            resource.prlimit(pid, kind, limits)
        storm.did("memory taken")
        storm.wait_healthy()


def allocations(storm, failing, rounds):
    """One allocation in so many fails, whoever asks: the program or a library."""
    for _ in range(rounds):
        storm.under_load(0.1, 0.4)
        failing.one_in(storm.rng.choice((30, 100, 300, 1000, 3000)))
        if storm.rng.random() < 0.5:
            storm.world.postgres.terminate(storm.world.postgres.backends())
        storm.under_load(0.2, 1)
        failing.one_in(0)
        assert storm.servers[0].process.poll() is None, storm.servers[0].log_path.read_text()[-3000:]
        storm.did("times allocations failed")
        storm.wait_healthy()
    does_not_spin(storm, storm.servers[0].process.pid)
    storm.did("failed allocation", failing.failed)


def can_mount():
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0


class SmallDisk:
    """A file system in memory, of so many bytes; only root can mount one."""

    def __init__(self, path, size_bytes):
        self.path = pathlib.Path(path)
        self.path.mkdir()
        self.size_bytes = size_bytes
        self.ballast = self.path / "ballast"

    def __enter__(self):
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={self.size_bytes},mode=755", "yibao-faults", str(self.path)], check=True
        )
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", str(self.path)], check=True)

    def fill(self):
        """To the last page that can be had."""
        step = 1 << 20
        with self.ballast.open("ab") as file:
            while step >= 4096:
                try:
                    os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, step)
                except OSError:
                    step //= 2

    def free(self):
        self.ballast.unlink(missing_ok=True)


def disk(storm, small_disk, rounds, hurry=lambda: None):
    """
    Full until clients are turned away; PostgreSQL may end over it, and whoever supervises it starts it again. `hurry`
    makes it need room sooner.
    """
    postgres = storm.world.postgres
    for _ in range(rounds):
        storm.under_load(0.1, 0.5)
        before = turned_away(storm)
        small_disk.fill()
        wait_until(lambda: hurry() or turned_away(storm) > before, f"a 503 (seed {storm.seed})", 120, 0.05)
        storm.under_load(0.2, 2)
        small_disk.free()
        storm.did("disk full")
        if postgres.process.poll() is not None:
            storm.did("PostgreSQL ended over it")
            postgres.start()
        wait_until(postgres.is_up, "PostgreSQL to accept", 60, 0.01)
        storm.wait_healthy()


def turned_away(storm):
    return sum(client.tally.seen[key] for client in storm.clients for key in list(client.tally.seen) if key[0] == 503)
