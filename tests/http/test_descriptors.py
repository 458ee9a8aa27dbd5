"""More clients than descriptors: some are refused, but the database stays within reach, and room is found again."""
# SPDX-License-Identifier: Apache-2.0
import httpx
import pytest
from tests.harness import database
from tests.harness.server import wait_until
from tests.harness.wire import Closed, Wire, get
from tests.http import lanes

OPEN_FILES = 200
REGION = get("/v1/regions/620500")


@pytest.fixture
def stand(own_database, tmp_path, monkeypatch):
    cramped = tmp_path / "cramped"
    cramped.write_text(f'#!/bin/sh\nulimit -n {OPEN_FILES}\nexec {database.BINARY} "$@"\n', encoding="utf-8")
    cramped.chmod(0o755)
    monkeypatch.setattr(lanes, "BINARY", cramped)
    with lanes.Stand(own_database, tmp_path / "server.log") as stand:
        yield stand


def is_served(wire):
    try:
        wire.send(REGION)
        return wire.receive().status == 200
    except (OSError, Closed):
        return False


def test_clients_cannot_take_the_descriptors_of_the_database(stand):
    wires = [Wire(stand.server) for _ in range(OPEN_FILES + 50)]
    kept = [wire for wire in wires if is_served(wire)]
    assert 50 <= len(kept) < OPEN_FILES
    assert httpx.get(f"{stand.server.ops_url}/livez").status_code == 200
    stand.database.terminate_backends()
    wait_until(lambda: is_served(kept[0]), "PostgreSQL to be reached again with every client still there")
    assert all(is_served(wire) for wire in kept)
    for wire in wires:
        wire.socket.close()
    wait_until(lambda: stand.metric("yibaod_http_connections") == 0, "room")
    with Wire(stand.server) as wire:
        assert is_served(wire)
