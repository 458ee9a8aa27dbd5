"""HAProxy in front, as production runs it: TLS, its own errors, whose address counts, and which servers it asks."""
# SPDX-License-Identifier: Apache-2.0
import http.client
import json
import shutil
import socket
import ssl
import subprocess

import pytest
from tests.harness import proxy
from tests.harness.problems import check_problem
from tests.harness.server import free_port, wait_until
from tests.harness.upstream import Upstream
from tests.harness.wire import Wire, get

pytestmark = pytest.mark.skipif(not shutil.which("haproxy"), reason="HAProxy is not installed")
PATH = "/v1/regions/110000"
QUOTA = 5


@pytest.fixture(scope="module")
def behind(start_server_of_module):
    return start_server_of_module({"YIBAO_PROXY_ADDRESSES": "127.0.0.1"})


@pytest.fixture(scope="module")
def front(behind, tmp_path_factory):
    with proxy.in_front_of(behind, tmp_path_factory.mktemp("proxy")) as front:
        yield front


@pytest.fixture(scope="module")
def api(front, client_of):
    return client_of(front)


@pytest.fixture
def in_front_of(tmp_path_factory):
    """in_front_of(server, settings): another proxy, until the end of the test."""
    opened = []

    def start(server, settings=None):
        opened.append(proxy.in_front_of(server, tmp_path_factory.mktemp("proxy"), settings))
        return opened[-1].__enter__()

    yield start
    for one in opened:
        one.__exit__(None, None, None)


@pytest.fixture
def upstream():
    server = Upstream()
    yield server
    server.close()


class From(Wire):
    """A connection to the proxy that comes from this address."""

    def __init__(self, front, address):
        plain = socket.create_connection((front.host, front.port), timeout=30, source_address=(address, 0))
        self.socket = front.tls.wrap_socket(plain, server_hostname="localhost")
        self.pending = b""

    def ask(self, *lines):
        self.send(get(PATH, *lines))
        return self.receive()


def handshake(front, version, ciphers="DEFAULT@SECLEVEL=0", alpn=()):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(front.certificate_path)
    context.minimum_version = context.maximum_version = version
    context.set_ciphers(ciphers)
    context.set_alpn_protocols(list(alpn) or ["http/1.1"])
    with socket.create_connection((front.host, front.port), timeout=30) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as secured:
            return secured.version(), secured.selected_alpn_protocol()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_tls_is_1_2_or_1_3_and_forward_secret(front):
    assert handshake(front, ssl.TLSVersion.TLSv1_2) == ("TLSv1.2", "http/1.1")
    assert handshake(front, ssl.TLSVersion.TLSv1_3, alpn=["h2", "http/1.1"]) == ("TLSv1.3", "h2")
    with pytest.raises(ssl.SSLError) as refusal:
        handshake(front, ssl.TLSVersion.TLSv1_1)
    assert "ALERT_PROTOCOL_VERSION" in refusal.value.reason
    for ciphers in ("AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA256"):
        with pytest.raises(ssl.SSLError) as refusal:
            handshake(front, ssl.TLSVersion.TLSv1_2, ciphers)
        assert "ALERT_HANDSHAKE_FAILURE" in refusal.value.reason


def test_plain_http_is_not_answered(front):
    connection = http.client.HTTPConnection(front.host, front.port, timeout=30)
    connection.request("GET", PATH)
    with pytest.raises((OSError, http.client.HTTPException)):
        connection.getresponse()
    connection.close()


def test_http_2(front):
    command = ["curl", "-sS", "--http2", "--cacert", front.certificate_path, "-w", " %{http_version} %{http_code}"]
    done = subprocess.run([*command, f"https://localhost:{front.port}{PATH}"], capture_output=True, text=True, timeout=60)
    assert done.stdout.endswith(" 2 200"), done


@pytest.mark.parametrize("method, target, lines, status, code", [
    ("POST", "/v1/admin/tokens", ["Content-Type: application/json", "Content-Length: 65537"], 413, "body_too_large"),
    ("POST", "/v1/settlement-files", ["Content-Type: text/csv", "Content-Length: 4194305"], 413, "body_too_large"),
    ("GET", PATH, [f"X-{n}: 1" for n in range(64)], 431, "headers_too_large"),
    ("PROPFIND", PATH, [], 501, "not_implemented"),
    ("GET", "/v1/me/../regions/110000", [], 404, "not_found"),
    ("GET", "/v1/regions%2f110000", [], 404, "not_found"),
])  # fmt: skip
def test_own_errors_have_the_form_of_the_api(api, method, target, lines, status, code):
    chinese = check_problem(api.raw(method, target, *lines), status, code)
    english = check_problem(api.raw(method, target, *lines, "Accept-Language: en-GB"), status, code)
    assert chinese["title"] != english["title"] and english["title"].isascii()


def test_the_request_id_is_the_same_everywhere(behind, front, api):
    given = "a-request-id-of-the-caller"
    answer = api.raw("PROPFIND", PATH, f"X-Request-Id: {given}")
    assert check_problem(answer, 501)["request_id"] == given
    made = api.get(PATH).headers["x-request-id"]
    assert len(made) == 32
    for log in (front.log_path, behind.log_path):
        wait_until(lambda log=log: made in log.read_text(), f"the request id in {log}")


def test_a_header_that_only_the_server_finds_too_large(api):
    """It has not read the request's id then; header and body of the answer agree all the same."""
    check_problem(api.get(PATH, headers={"X-Large": "a" * 15_000}), 431, "headers_too_large")


def test_what_is_for_operators_is_not_for_callers(front, api):
    for path in ("/readyz", "/livez", "/metrics"):
        check_problem(api.raw("GET", path), 404)
    assert "haproxy_frontend_http_requests_total" in front.metrics()


def test_answers_tell_browsers_to_stay_with_tls(api):
    assert api.get(PATH).headers["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" in api.raw("PROPFIND", PATH).headers


def test_the_log_tells_nothing_about_people(front, api):
    api.get("/v1/regions?limit=99", headers={"User-Agent": "an agent", "X-Forwarded-For": "203.0.113.5"})
    number = "11010519491231002X"
    marker = api.raw("GET", f"/v1/people/{number}").headers["x-request-id"]
    wait_until(lambda: marker in front.log_path.read_text(), "the line of the log")
    text = front.log_path.read_text()
    for telling in ("127.0.0.1", "203.0.113", "an agent", "limit=99", number, "/v1/"):
        assert telling not in text
    lines = [line for line in text.splitlines() if line.startswith("{")]
    assert json.loads(lines[-1])["status"] == 401 and json.loads(lines[-1])["request_id"] == marker


def test_what_a_caller_says_of_its_address_has_no_effect(start_server, in_front_of):
    """The server counts by what the proxy sets: the caller's own address, and no other's."""
    settings = {"YIBAO_PROXY_ADDRESSES": "127.0.0.1", "YIBAO_RATE_ADDRESS_PER_MINUTE": str(QUOTA)}
    front = in_front_of(start_server(settings))
    with From(front, "127.0.0.5") as spoofer:
        statuses = []
        for n in range(QUOTA + 2):
            claims = [f"{name}: 192.0.2.{n}" for name in ("X-Forwarded-For", "X-Real-IP", "X_Forwarded_For")]
            answer = spoofer.ask(*claims, claims[0], f"Forwarded: for=192.0.2.{n}", "Connection: X-Forwarded-For")
            statuses.append(answer.status)
    assert statuses[:QUOTA] == [200] * QUOTA and statuses[-1] == 429
    with From(front, "127.0.0.6") as other:
        assert other.ask("X-Forwarded-For: 127.0.0.5").status == 200


def test_limits_by_address(behind, in_front_of, client_of):
    """Also where IPv4 arrives at a socket of IPv6: not all of it is one /64."""
    port = free_port()
    settings = {"YIBAO_PROXY_REQUESTS_PER_ADDRESS_IN_10_S": str(QUOTA), "YIBAO_PROXY_CONNECTIONS_PER_ADDRESS": "3"}
    if socket.has_dualstack_ipv6():
        settings["YIBAO_PROXY_LISTEN"] = f"[::]:{port}"
    front = in_front_of(behind, settings)
    front.port = port if socket.has_dualstack_ipv6() else front.port
    client = client_of(front)
    with From(front, "127.0.0.5") as one:
        answers = [one.ask() for _ in range(QUOTA + 1)]
    assert [answer.status for answer in answers] == [200] * QUOTA + [429]
    check_problem(client.checked("GET", PATH, answers[-1]), 429, "rate_limited")
    assert answers[-1].headers["retry-after"] == "10"
    with From(front, "127.0.0.7") as a, From(front, "127.0.0.7") as b, From(front, "127.0.0.7") as c:
        assert [one.ask().status for one in (a, b, c)] == [200, 200, 200]  # so that all three are counted
        with From(front, "127.0.0.7") as d:
            assert d.ask().status == 429


def test_a_write_whose_server_goes_away_is_sent_once(upstream, in_front_of, client_of):
    client = client_of(in_front_of(upstream))
    answer = client.post("/v1/sign-in/password", json={"password": "x"})
    check_problem(answer, 503, "outcome_unknown")
    assert [line.split(" ")[0] for line in upstream.requests] == ["POST"]


def test_a_read_whose_server_goes_away_is_asked_again(upstream, in_front_of, client_of):
    answer = client_of(in_front_of(upstream)).get(PATH)
    check_problem(answer, 503, "deadline_exceeded")
    assert answer.headers["retry-after"] == "1"
    assert len(upstream.requests) > 1 and {line.split(" ")[0] for line in upstream.requests} == {"GET"}


def test_a_server_that_is_not_ready_is_left_alone_until_it_is(upstream, in_front_of, client_of):
    front = in_front_of(upstream)
    upstream.is_ready = False
    wait_until(lambda: front.servers_up() == 0, "the server to leave")
    for method in ("get", "delete"):
        check_problem(getattr(client_of(front), method)("/v1/me/sessions"), 503, "overloaded")
    assert upstream.requests == []
    upstream.is_ready = True
    front.wait_ready()
