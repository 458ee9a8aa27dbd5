"""The whole compose file: up until healthy, an agency's day through HAProxy with TLS, one server down and up, down and up again."""
# SPDX-License-Identifier: Apache-2.0
import ssl

import httpx
from tests.harness.server import ROOT, wait_until
from tests.image import conversation
from tests.image.podman import PROJECT

PORT = 8443
SERVICES = ("postgres", "server1", "server2", "worker", "haproxy")
PATIENCE_S = 240


class Together:
    def __init__(self, podman, tag, secrets):
        self.podman = podman
        self.secrets = secrets
        self.environment = {"YIBAO_VERSION": tag, "YIBAO_SECRETS": str(secrets), "YIBAO_PUBLISH": f"127.0.0.1:{PORT}"}
        self.api = f"https://localhost:{PORT}"

    def compose(self, *arguments, **rest):
        return self.podman.compose(*arguments, environment=self.environment, **rest)

    def container(self, service):
        return self.podman.inspect(f"{PROJECT}_{service}_1")

    def health(self, service):
        return self.container(service)["State"]["Health"]["Status"]

    def wait_healthy(self, *services):
        for service in services:
            wait_until(lambda: self.health(service) == "healthy", f"health of {service}", PATIENCE_S, 0.3)

    def client(self):
        """One that knows HAProxy by its certificate."""
        return httpx.Client(base_url=self.api, verify=self.trust(), timeout=30)

    def trust(self):
        return ssl.create_default_context(cafile=self.secrets / "tls.pem")


def check(podman, tag, figures):
    secrets = podman.directory / "secrets"
    podman.run(ROOT / "docker/make-secrets.sh", secrets)
    together = Together(podman, tag, secrets)
    with podman.service():
        try:
            run(together, figures)
        except BaseException:
            print(together.compose("logs", "--no-color", "--tail=60", check=False).stdout)
            raise
        finally:
            together.compose("down", "-v", "-t", "5", check=False)


def run(together, figures):
    with figures.step("compose up on an empty machine: from nothing to everything healthy"):
        up(together)
    figures["memory of the containers"] = memory(together)
    with figures.step("only HAProxy is reached, by TLS 1.2 or later, and the operators' paths are not"):
        check_outside(together)
    with figures.step("a server believes HAProxy where a caller is, and nobody else; HAProxy does not reach PostgreSQL"):
        check_inside(together)
    with figures.step("docs/admin.md as it stands, through HAProxy: every block prints what it says"):
        conversation.check_cookbook(together)
    with figures.step("a pharmacy charges the account; the books are right"):
        conversation.check_charge(together)
    with figures.step("a server leaves and comes back while a client asks: no request fails"):
        figures["requests meanwhile"] = check_restart(together)
    with figures.step("a new certificate is taken over while it runs"):
        check_certificate(together)
    with figures.step("compose down: everything ends by itself, with code 0"):
        check_down(together)
    with figures.step("compose up again with the data of before"):
        up(together)
    conversation.check_books(together)


def up(together):
    together.compose("up", "-d")
    together.wait_healthy(*SERVICES)
    done = together.container("migrate")["State"]
    assert (done["Status"], done["ExitCode"]) == ("exited", 0), done


def memory(together):
    shown = together.podman.podman("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}").stdout
    return "; ".join(line.split(" / ")[0].split("_", 1)[-1] for line in sorted(shown.splitlines()))


def check_outside(together):
    for service in ("postgres", "server1", "server2", "worker", "migrate"):
        published = together.container(service)["HostConfig"]["PortBindings"]
        assert not any(published.values()), (service, published)
    with together.client() as client:
        for path in ("/livez", "/readyz", "/metrics"):
            answer = client.get(path)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
        assert client.get("/v1/regions/620500").json()["name"] == "天水市"
    old = together.trust()
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    try:
        httpx.get(together.api, verify=old)
    except httpx.ConnectError:
        return
    raise AssertionError("TLS 1.1 was spoken")


def speak(together, service, host, port, text):
    """First line of what `host` answers to a container, by bash alone."""
    script = f"exec 3<>/dev/tcp/{host}/{port} && printf '{text}' >&3 && head -n 1 <&3"
    return together.compose("exec", "-T", service, "bash", "-c", script, check=False).stdout.strip()


def check_inside(together):
    """One address is what HAProxy says; a list of two from it is refused, from anybody else it is not even read."""
    request = (
        "GET /v1/regions/620500 HTTP/1.1\\r\\nHost: localhost\\r\\n"
        "X-Forwarded-For: 192.0.2.1, 192.0.2.2\\r\\nConnection: close\\r\\n\\r\\n"
    )
    assert speak(together, "haproxy", "server1", 8080, request) == "HTTP/1.1 400 Bad Request"
    assert speak(together, "server2", "server1", 8080, request) == "HTTP/1.1 200 OK"
    assert speak(together, "haproxy", "postgres", 5432, "x") == ""


def check_certificate(together):
    """Written over in place: compose mounts the file, not its name."""
    other = together.podman.directory / "other"
    together.podman.run(ROOT / "docker/make-secrets.sh", other)
    fresh = (other / "tls.pem").read_text()
    (together.secrets / "tls.pem").write_text(fresh)
    together.compose("kill", "-s", "SIGUSR2", "haproxy")
    certificate = fresh[fresh.index("-----BEGIN CERTIFICATE-----"):].strip()
    wait_until(lambda: ssl.get_server_certificate(("localhost", PORT)).strip() == certificate, "the new certificate")
    assert httpx.get(f"{together.api}/v1/regions/620500", verify=together.trust(), timeout=30).status_code == 200


def check_restart(together):
    """Each request on a connection of its own, as from clients that come and go."""
    asked, trust = 0, together.trust()

    def ask():
        nonlocal asked
        answer = httpx.get(f"{together.api}/v1/regions/620500", verify=trust, timeout=30)
        assert answer.status_code == 200, answer.text
        asked += 1

    before = together.container("server1")["Id"]
    stopping = together.podman.start("stop", "-t", "60", before)
    while stopping.poll() is None:
        ask()
    assert together.container("server1")["State"]["ExitCode"] == 0
    together.compose("start", "server1")
    while together.health("server1") != "healthy":
        ask()
    return asked


def check_down(together):
    together.compose("stop", "-t", "60")
    for service in SERVICES:
        state = together.container(service)["State"]
        assert state["ExitCode"] == 0, (service, state)
    together.compose("down", "-t", "5")
