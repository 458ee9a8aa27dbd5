"""An IPv6 /64 is one caller, whichever of its addresses it takes: its requests and its connections are counted together."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import ctypes
import multiprocessing
import os
import shutil
import socket
import subprocess
import traceback

import pytest
from tests.harness import database, proxy
from tests.harness.server import Server
from tests.harness.wire import Closed, Wire, get, secured

QUOTA = 5
PATH = "/v1/regions/110000"
CLONE_NEWNET = 0x40000000
SERVER = "fd00:5eed:0:9::1"
NEIGHBOURS = [f"fd00:5eed:0:1::{n}" for n in range(1, QUOTA + 3)]
STRANGER = "fd00:5eed:0:2::1"
ADDRESSES = [SERVER, STRANGER, *NEIGHBOURS]


def can_have_a_network():
    return os.geteuid() == 0 and subprocess.run(["unshare", "--net", "ip", "link", "set", "lo", "up"], capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(not can_have_a_network(), reason="needs a network namespace")


class From(Wire):
    """A connection that comes from this address."""

    def __init__(self, place, address):
        plain = socket.create_connection((SERVER, place.port), timeout=30, source_address=(address, 0))
        self.socket = secured(plain, place)
        self.pending = b""

    def status(self):
        """None: there is no answer."""
        try:
            self.send(get(PATH))
            return self.receive().status
        except (Closed, OSError):
            return None


def ask_in_turn(place, addresses):
    statuses = []
    for address in addresses:
        with From(place, address) as caller:
            statuses.append(caller.status())
    return statuses


def at_once(place, addresses):
    """Connections that are all open at the same time."""
    with contextlib.ExitStack() as open_ones:
        callers = [open_ones.enter_context(From(place, address)) for address in addresses]
        return [caller.status() for caller in callers]


def behave(results, world, directory, settings, front_settings, behaviour, addresses):
    """In a process and a network of its own, with all these addresses."""
    try:
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        for address in ADDRESSES:
            subprocess.run(["ip", "addr", "add", f"{address}/128", "dev", "lo"], check=True)
        with contextlib.ExitStack() as stack:
            environment = {**world.environment, "YIBAO_REACTORS": "1", **settings}
            place = Server(database.BINARY, environment, directory / "server.log", host="[::]")
            stack.callback(place.stop)
            place.host = "::1"
            place.wait_ready()
            if front_settings is not None:
                place = stack.enter_context(proxy.in_front_of(place, directory, front_settings))
            results.send(behaviour(place, addresses))
    except BaseException:
        results.send(traceback.format_exc())


@pytest.fixture
def statuses(main_database, tmp_path):
    def run(behaviour, addresses, settings, front_settings=None):
        ours, theirs = multiprocessing.Pipe(duplex=False)
        arguments = (theirs, main_database, tmp_path, settings, front_settings, behaviour, addresses)
        process = multiprocessing.get_context("fork").Process(target=behave, args=arguments)
        process.start()
        found = ours.recv()
        process.join()
        assert isinstance(found, list), found
        return found

    return run


def behind_proxy(statuses, behaviour, addresses, settings=None, **front_settings):
    if not shutil.which("haproxy"):
        pytest.skip("HAProxy is not installed")
    port = 8443  # of a network of its own
    front_settings = {"YIBAO_PROXY_LISTEN": f"[::]:{port}", **front_settings}
    return statuses(at_port(behaviour, port), addresses, {"YIBAO_PROXY_ADDRESSES": "::1, 127.0.0.1", **(settings or {})}, front_settings)


def at_port(behaviour, port):
    def behave_there(place, addresses):
        place.port = port
        return behaviour(place, addresses)

    return behave_there


def test_requests_of_a_network_are_counted_together(statuses):
    found = statuses(ask_in_turn, [*NEIGHBOURS, STRANGER], {"YIBAO_RATE_ADDRESS_PER_MINUTE": str(QUOTA)})
    assert found[:QUOTA] == [200] * QUOTA and found[len(NEIGHBOURS) - 1] == 429 and found[-1] == 200


def test_connections_of_a_network_are_counted_together(statuses):
    found = statuses(at_once, [*NEIGHBOURS[:4], STRANGER], {"YIBAO_CONNECTIONS_PER_ADDRESS_MAX": "3"})
    assert found == [200, 200, 200, None, 200]


def test_requests_through_the_proxy(statuses):
    """Counted by yibaod."""
    found = behind_proxy(statuses, ask_in_turn, [*NEIGHBOURS, STRANGER], {"YIBAO_RATE_ADDRESS_PER_MINUTE": str(QUOTA)})
    assert found[:QUOTA] == [200] * QUOTA and found[len(NEIGHBOURS) - 1] == 429 and found[-1] == 200


def test_requests_at_the_proxy(statuses):
    """Counted by HAProxy."""
    found = behind_proxy(statuses, ask_in_turn, [*NEIGHBOURS, STRANGER], YIBAO_PROXY_REQUESTS_PER_ADDRESS_IN_10_S=str(QUOTA))
    assert found[: QUOTA + 1] == [200] * QUOTA + [429] and found[-1] == 200


def test_connections_at_the_proxy(statuses):
    found = behind_proxy(statuses, at_once, [*NEIGHBOURS[:4], STRANGER], YIBAO_PROXY_CONNECTIONS_PER_ADDRESS="3")
    assert found == [429] * 4 + [200]
