"""Whose word counts about where a request comes from: that of the proxies on the list, and nobody else's."""
# SPDX-License-Identifier: Apache-2.0
import socket

import pytest
from tests.harness.problems import check_problem
from tests.harness.wire import Closed, Wire, get

QUOTA = 5
PROXY, STRANGER = "127.0.0.2", "127.0.0.3"
PATH = "/v1/regions/110000"


@pytest.fixture(scope="module")
def behind(start_server_of_module):
    """Few requests for each address; one connection for each that is no proxy."""
    settings = {
        "YIBAO_PROXY_ADDRESSES": f"{PROXY}, fd00:5::/64",
        "YIBAO_RATE_ADDRESS_PER_MINUTE": str(QUOTA),
        "YIBAO_CONNECTIONS_PER_ADDRESS_MAX": "1",
        "YIBAO_REACTORS": "1",
    }
    return start_server_of_module(settings)


class From(Wire):
    """A connection that comes from this address."""

    def __init__(self, server, address):
        self.socket = socket.create_connection((server.host, server.port), timeout=30, source_address=(address, 0))
        self.pending = b""

    def ask(self, *callers):
        self.send(get(PATH, *(f"X-Forwarded-For: {caller}" for caller in callers)))
        return self.receive()


def until_refused(ask):
    for count in range(QUOTA * 3):
        if ask().status == 429:
            return count
    raise AssertionError("no limit")


@pytest.mark.parametrize("caller, same", [("203.0.113.1", "::ffff:203.0.113.1"), ("2001:db8:0:1::1", "2001:db8:0:1::2")])
def test_callers_behind_the_proxy_are_counted_each_for_themselves(behind, caller, same):
    """IPv6 by its /64; IPv4 within IPv6 is IPv4."""
    with From(behind, PROXY) as proxy:
        assert QUOTA <= until_refused(lambda: proxy.ask(caller)) <= QUOTA + 1
        assert proxy.ask(same).status == 429
        for other in ("203.0.113.2", "2001:db8:0:2::1"):
            assert proxy.ask(other).status in (200, 429)
        assert proxy.ask(f"198.51.100.{len(caller)}").status == 200


def test_a_stranger_names_whom_it_likes_in_vain(behind):
    """Neither gets it another quota nor does it use somebody else's up, and what it says need not even be an address."""
    numbers = iter(range(1, 250))
    with From(behind, STRANGER) as stranger:
        assert QUOTA <= until_refused(lambda: stranger.ask(f"192.0.2.{next(numbers)}")) <= QUOTA + 1
        assert stranger.ask("no address", "192.0.2.200").status == 429
    with From(behind, PROXY) as proxy:
        assert proxy.ask("192.0.2.1").status == 200


@pytest.mark.parametrize("callers", [("",), ("unknown",), ("203.0.113.9, 10.0.0.1",), ("203.0.113.9:80",), ("[2001:db8::1]",),
                                     ("203.0.113.9", "203.0.113.9")])  # fmt: skip
def test_what_a_proxy_says_unclearly_is_refused(behind, client_of, callers):
    with From(behind, PROXY) as proxy:
        answer = proxy.ask(*callers)
        check_problem(client_of(behind).checked("GET", PATH, answer), 400, "malformed_request")
        assert proxy.is_closed_by_server()


def test_only_a_proxy_has_many_connections(behind):
    proxies = [From(behind, PROXY) for _ in range(5)]
    assert {proxy.ask(f"198.51.100.{100 + n}").status for n, proxy in enumerate(proxies)} == {200}
    for proxy in proxies:
        proxy.socket.close()
    with From(behind, "127.0.0.4") as first, From(behind, "127.0.0.4") as second:
        assert first.ask().status == 200
        with pytest.raises((Closed, OSError)):
            second.ask()


def test_without_a_word_it_is_the_proxy_itself(behind):
    with From(behind, PROXY) as proxy:
        assert QUOTA <= until_refused(proxy.ask) <= QUOTA + 1
        assert proxy.ask("198.51.100.250").status == 200


def test_guesses_at_a_password_are_counted_by_the_caller(start_server, citizen, client_of):
    """One guesser behind the proxy shuts out its own network, not the others."""
    server = start_server({"YIBAO_PROXY_ADDRESSES": "127.0.0.1"})
    citizen.register()
    client = client_of(server)

    def guess(caller):
        body = {**citizen.number, "password": "a wrong guess"}
        return client.post("/v1/sign-in/password", json=body, headers={"X-Forwarded-For": caller})

    for _ in range(100):
        answer = guess("203.0.113.77")
        if answer.status_code == 429:
            break
    check_problem(answer, 429, "too_many_attempts")
    check_problem(guess("198.51.100.78"), 401, "sign_in_failed")


@pytest.mark.parametrize("value", ["localhost", "0.0.0.0/0", "10.0.0.1/8"])
def test_a_list_that_is_none_stops_the_start(start_server, value):
    server = start_server({"YIBAO_PROXY_ADDRESSES": value}, wait=False)
    assert server.wait_end() != 0
    assert "YIBAO_PROXY_ADDRESSES" in server.log_path.read_text()
