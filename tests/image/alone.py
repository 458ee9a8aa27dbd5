"""One container of the program by itself: what it is, and that it can be stopped as process 1."""
# SPDX-License-Identifier: Apache-2.0
import re
import socket

from tests.harness.server import ROOT

HARDENED = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--memory", "64m")
LONELY = ("--network", "none")


def check(podman, image, figures):
    with figures.step("the image says who it is and what it runs"):
        check_description(podman, image)
    figures["size of the image"] = f"{podman.inspect(image)['Size'] / 1e6:.0f} MB"
    with figures.step("it runs as a user of its own, read-only, without capabilities, in 64 MiB"):
        check_rights(podman, image)
    with figures.step("it holds every file that it reads, and no compiler, source or key"):
        check_content(podman, image)
    with figures.step("as process 1, a migration that waits for its database ends on SIGTERM"):
        check_migration_stops(podman, image)


def hardened(podman, image, *command, options=(), **rest):
    return podman.podman("run", "--rm", *LONELY, *HARDENED, *options, image, *command, **rest)


def check_description(podman, image):
    described = podman.inspect(image)
    config = described["Config"]
    labels = config["Labels"]
    version = re.search(r'YIBAOD_VERSION "(.+)"', (ROOT / "cli/commands.h").read_text())[1]
    assert labels["org.opencontainers.image.version"] == version, labels
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert len(labels["org.opencontainers.image.revision"]) == 40
    assert (config["User"], config["StopSignal"]) == ("10001:10001", "SIGTERM")
    assert described["Healthcheck"]["Test"] == ["CMD", "yibaod", "health"]
    assert hardened(podman, image, "--version").stdout == f"yibaod {version}\n"


def check_rights(podman, image):
    script = "id -u; id -g; grep -h -e CapEff -e CapBnd -e NoNewPrivs /proc/self/status; touch /usr/x 2>&1 || echo read-only"
    shown = hardened(podman, image, "-c", script, options=("--entrypoint", "sh")).stdout.split()
    assert shown[:2] == ["10001", "10001"], shown
    status = dict(zip(shown[2:8:2], shown[3:8:2], strict=True))
    assert status == {"CapEff:": "0" * 16, "CapBnd:": "0" * 16, "NoNewPrivs:": "1"}, shown
    assert shown[-1] == "read-only"


def check_content(podman, image):
    script = (
        "test -s /etc/ssl/certs/ca-certificates.crt && printf '\\326\\320' | iconv -f GB18030 -t UTF-8 && echo && "
        "find /usr/share/yibaod/db -type f | wc -l; ls /source /usr/bin/gcc /run/secrets 2>/dev/null; ldd /usr/bin/yibaod"
    )
    lines = hardened(podman, image, "-c", script, options=("--entrypoint", "sh")).stdout.splitlines()
    assert lines.pop(0) == "中"  # files of agencies come in GB 18030
    of_queries = {path for path in (ROOT / "db/queries").rglob("*") if path.is_file()}
    assert int(lines[0]) == sum(path.is_file() for path in (ROOT / "db").rglob("*")) - len(of_queries) - 1, lines[0]  # README.md
    assert lines[1].lstrip().startswith("linux-vdso"), lines[1]
    assert "not found" not in "\n".join(lines)


def check_migration_stops(podman, image):
    """Its database takes the connection and never says a word. 143: ended by SIGTERM; 137 would be: killed for not minding it."""
    name = "yibaodtest_waits"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        url = f"host=127.0.0.1 port={port} dbname=yibao user=nobody connect_timeout=120"
        podman.podman("run", "-d", "--name", name, "--network", "host", *HARDENED, "-e", f"DATABASE_URL={url}", image, "migrate")
        connection, _ = silent.accept()
        with connection:
            podman.podman("stop", "-t", "60", name)
    code = podman.inspect(name)["State"]["ExitCode"]
    podman.podman("rm", "-v", name)
    assert code == 143, code
