"""Starts HAProxy with the project's own configuration in front of running servers, on free ports of 127.0.0.1."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import datetime
import ipaddress
import os
import pathlib
import ssl
import subprocess
import urllib.request

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.harness.server import PATIENCE_S, ROOT, free_port, wait_until

CONFIGURATION = ROOT / "docker" / "haproxy" / "haproxy.cfg"


def certificate(path, common_name="localhost", days=30):
    """Writes a self-signed certificate with its key, as HAProxy takes them; returns the certificate alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    public = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = pathlib.Path(path)
    path.write_bytes(public + private)
    path.chmod(0o600)
    return public


class Proxy:
    """HAProxy itself; tests that need nothing but host, port and base_url take it for a server."""

    def __init__(self, directory, servers, settings=None):
        self.directory = pathlib.Path(directory)
        self.host = "127.0.0.1"
        self.port = free_port()
        self.operators_port = free_port()
        self.log_path = self.directory / "haproxy.log"
        self.certificate_path = self.directory / "server.pem"
        public = certificate(self.certificate_path)
        self.tls = ssl.create_default_context(cadata=public.decode())
        self.environment = {
            "PATH": os.environ["PATH"],
            "YIBAO_PROXY_LISTEN": f"{self.host}:{self.port}",
            "YIBAO_PROXY_OPS_LISTEN": f"{self.host}:{self.operators_port}",
            "YIBAO_PROXY_CERTIFICATE": str(self.certificate_path),
            "YIBAO_PROXY_SOCKET": str(self.directory / "admin.sock"),
            **(settings or {}),
        }
        for number, server in enumerate(servers, 1):
            self.environment[f"YIBAO_PROXY_SERVER_{number}"] = f"{server.host}:{server.port}"
            self.environment[f"YIBAO_PROXY_SERVER_{number}_OPS_PORT"] = str(server.ops_port)
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                ["haproxy", "-W", "-f", str(CONFIGURATION)], env=self.environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    @property
    def base_url(self):
        return f"https://{self.host}:{self.port}"

    def metrics(self):
        with urllib.request.urlopen(f"http://{self.host}:{self.operators_port}/metrics", timeout=PATIENCE_S) as reply:
            return reply.read().decode()

    def servers_up(self):
        """How many servers get reads."""
        try:
            lines = self.metrics().splitlines()
        except OSError:
            return 0
        states = [line for line in lines if line.startswith('haproxy_server_status{proxy="reads"')]
        return sum('state="UP"' in line and line.endswith(" 1") for line in states)

    def wait_ready(self, servers=1):
        """Until so many servers get requests."""
        def ready():
            assert self.process.poll() is None, f"HAProxy ended: {self.log_path.read_text()[-4000:]}"
            return self.servers_up() >= servers

        wait_until(ready, f"readiness of HAProxy; its log: {self.log_path}")
        return self

    def stop(self):
        """The servers behind it go on."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.wait()


NO_LIMITS = {
    "YIBAO_PROXY_CONNECTIONS_PER_ADDRESS": "1000000",
    "YIBAO_PROXY_REQUESTS_PER_ADDRESS_IN_10_S": "10000000",
}


@contextlib.contextmanager
def in_front_of(server, directory, settings=None):
    """Limits are out of the way unless a test sets them."""
    front = Proxy(directory, [server], {**NO_LIMITS, **(settings or {})})
    try:
        yield front.wait_ready()
    finally:
        front.stop()


class Front:
    """A server behind a proxy: reached at the proxy, everything else of it is its own."""

    def __init__(self, front, server):
        self.host, self.port, self.base_url, self.tls = front.host, front.port, front.base_url, front.tls
        self.server = server

    def __getattr__(self, name):
        return getattr(self.server, name)
