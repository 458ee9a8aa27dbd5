"""docs/operations/proxy.md executed: what is said to HAProxy on its runtime socket does what the page says."""
# SPDX-License-Identifier: Apache-2.0
import csv
import hashlib
import pathlib
import re
import ssl

import pytest
from tests.changes import procedures, rolling
from tests.changes.load import Load
from tests.changes.test_certificates import fingerprint
from tests.harness import proxy as proxies
from tests.harness.server import wait_until


@pytest.fixture
def pair(deployment, tmp_path):
    """Two servers and the proxy before them."""
    with rolling.Fleet(deployment, tmp_path) as fleet:
        servers = [fleet.start(), fleet.start()]
        proxy = proxies.Proxy(tmp_path, servers)
        try:
            yield proxy.wait_ready(2), servers
        finally:
            proxy.stop()


def only(heading):
    return procedures.blocks("proxy.md", heading)


def sent(proxy, server):
    """Requests that HAProxy has sent to a server, reads and writes."""
    lines = re.findall(rf'^haproxy_server_(?:http_responses_total|sessions_total)\{{proxy="\w+",server="{server}".* (\d+)$', proxy.metrics(), re.M)
    return sum(map(int, lines))


def test_a_new_certificate_on_the_socket(pair, deployment):
    proxy, _ = pair
    (change,) = only("To reload: certificate, settings")
    new = pathlib.Path(f"{proxy.certificate_path}.new")
    with Load([proxy], deployment.demo) as load:
        load.wait_for(50)
        public = proxies.certificate(new, common_name="on the socket")
        proxy.tls.load_verify_locations(cadata=public.decode())
        said = procedures.run(change, proxy.environment)
        assert "Success!" in said
        assert hashlib.sha1(ssl.PEM_cert_to_DER_cert(public.decode())).hexdigest() in said.lower(), said
        _, look = procedures.blocks("certificates.md", None)
        wait_until(lambda: fingerprint(public) in procedures.run(look, proxy.environment).replace(":", "").lower(), "the new one")
        load.wait_for(100)
        new.write_text("no certificate", encoding="ascii")
        assert "Success!" not in procedures.run(change.replace("\nmv ", "\n: "), proxy.environment)
        assert fingerprint(public) in procedures.run(look, proxy.environment).replace(":", "").lower()
    rolling.check(load, deployment)


def test_a_server_is_taken_out_and_in(pair, deployment):
    proxy, _ = pair
    drain, show, ready = only("To take a server out")

    def states():
        rows = csv.reader(procedures.run(show, proxy.environment).splitlines())
        return {(row[0], row[1]): row[-1] for row in rows if len(row) == 5}

    with Load([proxy], deployment.demo) as load:
        load.wait_for(50)
        procedures.run(drain, proxy.environment)
        for backend in ("reads", "writes"):
            assert states()[backend, "yibaod_1"].startswith("DRAIN") and states()[backend, "yibaod_2"].startswith(("UP", "no check"))
        load.wait_for(20)  # what was on its way
        before = sent(proxy, "yibaod_1"), sent(proxy, "yibaod_2")
        load.wait_for(200)
        after = sent(proxy, "yibaod_1"), sent(proxy, "yibaod_2")
        assert after[0] == before[0] and after[1] >= before[1] + 200
        procedures.run(ready, proxy.environment)
        load.wait_for(200)
        assert sent(proxy, "yibaod_1") > after[0]
    rolling.check(load, deployment)


def test_who_is_limited(pair, deployment):
    proxy, _ = pair
    show, clear = only("Who is being limited")
    with Load([proxy], deployment.demo) as load:
        load.wait_for(20)
        (line,) = [line for line in procedures.run(show, proxy.environment).splitlines() if "key=" in line]
        assert "key=127.0.0.1" in line or "key=::ffff:127.0.0.1" in line
        assert int(re.search(r"conn_cur=(\d+)", line)[1]) > 0 and int(re.search(r"http_req_rate\(\d+\)=(\d+)", line)[1]) >= 20
    address = re.search(r"key=(\S+)", line)[1]
    procedures.run(clear, {**proxy.environment, "ADDRESS": address})
    wait_until(lambda: "key=" not in procedures.run(clear + show, {**proxy.environment, "ADDRESS": address}), "it to be forgotten")
