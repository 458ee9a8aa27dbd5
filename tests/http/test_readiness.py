"""PostgreSQL frozen, stopped or cutting connections: clients see only 200 and 503, and all recovers by itself."""
# SPDX-License-Identifier: Apache-2.0
import collections
import time

import httpx
import pytest
from tests.harness.crowd import Crowd
from tests.harness.problems import check_problem
from tests.harness.server import wait_until

RECOVERY_S = 60


@pytest.fixture(scope="module")
def own(own_database, start_server_of_module, client_of):
    """A server on a cluster of its own, which may be stopped without harm to others."""
    server = start_server_of_module(own_database.environment)
    return server, client_of(server), own_database


def balance_path(citizen):
    return f"/v1/accounts/{citizen.account_id}/balance"


def check_outage(server, client, citizen):
    wait_until(lambda: server.ready_status() == 503, "/readyz to say 503")
    assert httpx.get(f"{server.ops_url}/livez").status_code == 200, "alive all the same: a restart would not help"
    for path in (balance_path(citizen), "/v1/me", "/v1/regions"):
        response = client.get(path, by=citizen)
        problem = check_problem(response, 503)
        assert problem["code"] in ("database_unavailable", "overloaded", "deadline_exceeded", "outcome_unknown")
        assert int(response.headers["retry-after"]) >= 1
    assert client.get("/v1/nothing", by=citizen).status_code in (404, 503)


def check_recovery(server, client, citizen):
    wait_until(lambda: server.ready_status() == 200, "/readyz to say 200 again", RECOVERY_S)
    wait_until(lambda: client.get(balance_path(citizen), by=citizen).status_code == 200, "an answer", RECOVERY_S)


@pytest.mark.parametrize("mode", ["frozen", "stopped"])
def test_outage_and_recovery(own, mode):
    server, client, database = own
    check_recovery(server, client, database.demo.employee)
    with database.outage(mode):
        check_outage(server, client, database.demo.employee)
    check_recovery(server, client, database.demo.employee)


class Readers(Crowd):
    """Threads that read balances and count statuses; anything but an answer is a failure."""

    def __init__(self, client, citizen, count=6):
        super().__init__(count)
        self.client, self.citizen = client, citizen
        self.seen = collections.Counter()

    def run(self, _):
        with httpx.Client(base_url=self.client.server.base_url, timeout=30) as http:
            while not self.stop.is_set():
                response = http.get(
                    balance_path(self.citizen), headers={"Authorization": f"Bearer {self.citizen.token}"}
                )
                self.seen[response.status_code] += 1


def test_backends_terminated_under_load(own):
    server, client, database = own
    check_recovery(server, client, database.demo.employee)
    with Readers(client, database.demo.employee) as readers:
        for _ in range(8):
            time.sleep(0.4)
            database.terminate_backends()
        time.sleep(0.5)
    assert set(readers.seen) <= {200, 503}
    assert readers.seen[200] > 0
    check_recovery(server, client, database.demo.employee)
    citizen = database.demo.employee
    assert [client.get(balance_path(citizen), by=citizen).status_code for _ in range(50)] == [200] * 50


def test_a_server_started_before_its_database(own, start_server, client_of):
    server, client, database = own
    with database.outage("stopped"):
        early = start_server(database.environment, wait=False)
        time.sleep(2)
        ended = early.process.poll()
    if ended is not None:
        assert ended > 0  # one clear line and an exit status: whoever supervises starts it again
        assert len(early.log_path.read_text().strip()) > 0
        return
    early.wait_ready()
