"""docs/operations/certificates.md executed under load: the proxy has a new certificate, and no request is lost."""
# SPDX-License-Identifier: Apache-2.0
import hashlib
import pathlib
import ssl

from tests.changes import procedures, rolling
from tests.changes.load import Load
from tests.harness import proxy as proxies
from tests.harness.server import wait_until


def fingerprint(pem):
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.decode())).hexdigest()


def test_a_new_certificate_under_load(deployment, tmp_path):
    change, look = procedures.blocks("certificates.md", None)
    with rolling.Fleet(deployment, tmp_path) as fleet:
        servers = [fleet.start()]
        proxy = proxies.Proxy(tmp_path, servers)
        environment = {
            **proxy.environment, "HAPROXY_MASTER_PID": str(proxy.process.pid),
            "HAPROXY_CONFIGURATION": str(proxies.CONFIGURATION),
        }  # fmt: skip

        def shows(pem):
            return fingerprint(pem) in procedures.run(look, environment).replace(":", "").lower()

        try:
            proxy.wait_ready()
            with Load([proxy], deployment.demo) as load:
                for number in range(3):
                    load.wait_for(100)
                    new = pathlib.Path(f"{proxy.certificate_path}.new")
                    public = proxies.certificate(new, common_name=f"certificate {number}")
                    proxy.tls.load_verify_locations(cadata=public.decode())
                    assert not shows(public)
                    procedures.run(change, environment)
                    wait_until(lambda: shows(public), "the new certificate")  # noqa: B023
                load.wait_for(200)
                new.write_text("no certificate", encoding="ascii")
                procedures.run(change, environment, statuses=(1,))
                assert shows(public)
        finally:
            proxy.stop()
    rolling.check(load, deployment)
