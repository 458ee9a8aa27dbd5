"""docker/ fits the repository: what is copied is there, settings exist, production's rules are kept, secrets are closed."""
# SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import re
import stat
import subprocess

import pytest
import yaml
from tests.harness.database import BINARY
from tests.harness.server import ROOT

DOCKER = ROOT / "docker"
DOCKERFILES = {"yibaod": DOCKER / "Dockerfile", **{f"yibaod-{path.parent.name}": path for path in DOCKER.glob("*/Dockerfile")}}
SETTINGS = set(re.findall(r'^CONFIG_\w+\(\w+, "(\w+)"', (ROOT / "server/config.def").read_text(), re.M))
OF_PROXY = set(re.findall(r"\bYIBAO_PROXY_\w+", (DOCKER / "haproxy/haproxy.cfg").read_text()))
VARIABLE = re.compile(r"\$\{(\w+):-([^}]*)\}")


def compose():
    """As docker reads it when nobody has set a variable."""
    text = (DOCKER / "compose.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(VARIABLE.sub(lambda match: match[2], text))


def services():
    return compose()["services"].items()


def image_of(service):
    name, tag = service["image"].split(":")
    assert tag == "latest"
    return name


def instructions(image, name):
    text = DOCKERFILES[image].read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.removeprefix(name).strip() for line in text.splitlines() if line.startswith(f"{name} ")]


@pytest.mark.parametrize("image", DOCKERFILES)
def test_what_is_copied_is_there_and_sent(image):
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    allowed = {line[1:] for line in lines if line.startswith("!")}
    for line in instructions(image, "COPY"):
        if line.startswith("--from="):
            continue
        *sources, _ = line.split()
        for source in sources:
            assert (ROOT / source).exists(), source
            assert source.split("/")[0] in allowed, f".dockerignore keeps {source} back"


def test_what_is_copied_is_enough_to_install(tmp_path):
    """The objects are ours, so that nothing is compiled; everything else that `make install` touches must have been copied."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "build").symlink_to(ROOT / "build")
    for line in instructions("yibaod", "COPY"):
        if not line.startswith("--from="):
            *names, target = line.split()
            subprocess.run(["cp", "-pR", *(ROOT / name for name in names), source / target], check=True, timeout=60)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(
        ["make", "install", f"DESTDIR={tmp_path}/installed"], cwd=source, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "installed/usr/local/bin/yibaod").exists()


def test_nothing_secret_is_sent():
    """What is not named in .dockerignore stays here, above all var/ with its keys, and the secrets of compose.yaml."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    assert "docker/secrets" in lines and "!var" not in lines


@pytest.mark.parametrize("image", DOCKERFILES)
def test_an_image_runs_as_a_number_that_is_not_root_and_can_be_asked(image):
    (user,) = instructions(image, "USER")
    assert re.fullmatch(r"100\d\d:100\d\d", user)
    assert instructions(image, "HEALTHCHECK") and instructions(image, "STOPSIGNAL") and instructions(image, "ENTRYPOINT")
    assert instructions(image, "ARG")[0] == "BASE=debian:13-slim"


def test_every_image_has_a_dockerfile():
    assert {image_of(service) for _, service in services()} == set(DOCKERFILES)


def test_settings_exist():
    for name, service in services():
        known = OF_PROXY if image_of(service) == "yibaod-haproxy" else SETTINGS
        assert set(service.get("environment", {})) <= known, name
    of_image = {word.split("=")[0] for line in instructions("yibaod", "ENV") for word in line.split()}
    assert of_image <= SETTINGS | {"TMPDIR"}


@pytest.mark.parametrize("name", ["server1", "server2", "worker"])
def test_production_accepts_the_settings(name):
    """yibaod itself says so, with what the image and the compose file set."""
    of_image = dict(word.split("=", 1) for line in instructions("yibaod", "ENV") for word in line.split())
    settings = compose()["services"][name]["environment"]
    environment = {**of_image, **{setting: str(value) for setting, value in settings.items()}}
    done = subprocess.run([BINARY, "config"], env=environment, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^YIBAO_MODE +production$", done.stdout, re.M)


def test_no_service_may_do_more_than_it_must():
    for name, service in services():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"] and "cap_add" not in service, name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not {"privileged", "user", "network_mode", "pid", "ipc", "devices"} & set(service), name
        assert service["mem_limit"] and service["pids_limit"], name


def test_only_the_proxy_is_reached_from_outside():
    inside = {name for name, network in compose()["networks"].items() if network.get("internal")}
    published = {name for name, service in services() if service.get("ports")}
    assert published == {"haproxy"}
    for name, service in services():
        outside = set(service["networks"]) - inside
        assert not outside or name in ("haproxy", "worker"), (name, outside)
    assert "data" in inside and "data" not in compose()["services"]["haproxy"]["networks"]


def test_a_stop_waits_for_the_program():
    (longest,) = re.findall(r"CONFIG_INT\(stop_timeout_s, .*?, (\d+), \d+, \d+,", (ROOT / "server/config.def").read_text())
    for name in ("server1", "server2", "worker"):
        service = compose()["services"][name]
        drain = service["environment"]["YIBAO_DRAIN_DELAY_S"]
        assert int(service["stop_grace_period"].removesuffix("s")) > int(longest) + drain


@pytest.fixture(scope="module")
def secrets(tmp_path_factory):
    if os.geteuid() != 0:
        pytest.skip("only root may give a file to the users of the images")
    directory = tmp_path_factory.mktemp("docker") / "secrets"
    subprocess.run([DOCKER / "make-secrets.sh", directory], check=True, capture_output=True, timeout=60)
    return directory


def test_secrets_are_those_of_the_compose_file(secrets):
    wanted = {pathlib.Path(secret["file"]).name for secret in compose()["secrets"].values()}
    assert {path.name for path in secrets.iterdir()} == wanted
    assert {name for _, service in services() for name in service.get("secrets", [])} == wanted


def test_each_secret_is_readable_by_its_service_only(secrets):
    users = {image: int(instructions(image, "USER")[0].split(":")[0]) for image in DOCKERFILES}
    for name, service in services():
        for secret in service["secrets"]:
            status = (secrets / secret).stat()
            if secret == "postgres.crt":  # public
                assert stat.S_IMODE(status.st_mode) == 0o444
            else:
                assert (stat.S_IMODE(status.st_mode), status.st_uid) == (0o400, users[image_of(service)]), (name, secret)


def test_making_secrets_again_changes_none(secrets):
    before = {path.name: path.read_bytes() for path in secrets.iterdir()}
    subprocess.run([DOCKER / "make-secrets.sh", secrets], check=True, capture_output=True, timeout=60)
    assert {path.name: path.read_bytes() for path in secrets.iterdir()} == before
    (secrets / "tls.pem").unlink()
    subprocess.run([DOCKER / "make-secrets.sh", secrets], check=True, capture_output=True, timeout=60)
    after = {path.name: path.read_bytes() for path in secrets.iterdir()}
    assert [name for name in before if before[name] != after[name]] == ["tls.pem"]


def test_postgres_is_known_by_the_name_that_is_asked_for(secrets):
    url = compose()["services"]["server1"]["environment"]["DATABASE_URL"]
    host = re.search(r"host=(\S+)", url)[1]
    assert "sslmode=verify-full" in url
    shown = subprocess.run(
        ["openssl", "x509", "-in", secrets / "postgres.crt", "-noout", "-checkhost", host], capture_output=True, text=True, check=True
    )
    assert "does match" in shown.stdout


@pytest.mark.parametrize("script", sorted(path for path in [*DOCKER.rglob("*.sh"), ROOT / "tests/image/prepare.sh"]), ids=lambda p: p.name)
def test_scripts_parse(script):
    assert os.access(script, os.X_OK)
    subprocess.run(["sh", "-n", script], check=True, timeout=30)
