"""Monthly runs that overlap, on two servers that are killed again and again: everybody is credited once, the books are clean."""
# SPDX-License-Identifier: Apache-2.0
import json
import signal
import subprocess

import psycopg
import pytest
from tests.db.test_credit_runs import make_many
from tests.harness.client import Client
from tests.harness.database import BINARY, Database
from tests.harness.people import Principal
from tests.harness.server import wait_until

CITY, NEIGHBOUR, PEOPLE = "620300", "620400", 6000
RUNS = "/v1/admin/credit-runs"
GANSU_FEN = 12_000


@pytest.fixture(scope="module")
def database(own_database, tmp_path_factory):
    made = Database(own_database.cluster, "credits", tmp_path_factory.mktemp("credits"))
    with psycopg.connect(made.url, autocommit=True) as connection:
        make_many(connection, PEOPLE, CITY)
        make_many(connection, PEOPLE // 10, NEIGHBOUR, first=PEOPLE + 1)
    return made


@pytest.fixture
def start(database, servers):
    with servers.on(database) as own:
        yield own


def ask(database, sql, *values):
    with psycopg.connect(database.url, autocommit=True) as connection:
        return connection.execute(sql, values).fetchall()


def faults_of(database, *checks):
    report = subprocess.run([BINARY, "audit", "--json"], env=database.environment, capture_output=True, text=True, timeout=300)
    return [fault for fault in json.loads(report.stdout)["faults"] if fault["check"].startswith(checks)]


def staff(client, database, role):
    body = {"kind": "staff", "label": "test", "roles": [role], "regions": ["620000"]}
    made = client.post("/v1/admin/tokens", by=database.demo.admin, json=body).json()
    return Principal(made["token"], "staff", subject_id=made["subject_id"])


def kill(start, database):
    """Both servers, in the middle of whatever they do."""
    for server in start.started[-2:]:
        server.signal(signal.SIGKILL)
        server.process.wait()
        start.started.remove(server)
    ask(database, "UPDATE job SET lease_until = now() - interval '1 s' WHERE state = 'running' RETURNING 1")


def is_quiet(database):
    return not ask(database, "SELECT FROM job WHERE state IN ('waiting', 'running')")


def kill_after_a_slice(start, database, count):
    before = ask(database, count)
    wait_until(lambda: ask(database, count) != before or is_quiet(database), "some more slices")
    kill(start, database)
    start()
    return start()


def test_overlapping_runs_whose_servers_are_killed_credit_everybody_once(database, start, contract):
    start()
    with_client = Client(start(), contract)
    operator, reviewer = (staff(with_client, database, role) for role in ("operator", "reviewer"))
    jobs = [with_client.post(RUNS, by=operator, json={"region_code": region, "month": "2026-03", "reason": "返款"}).json()["job_id"]
            for region in (CITY, "620000", CITY)]
    with_client.close()
    for _ in range(2):
        server = kill_after_a_slice(start, database, "SELECT sum(people_done) FROM credit_run")
    client = Client(server, contract)

    def runs_in(state):
        runs = [client.get(f"{RUNS}/{job_id}", by=operator).json() for job_id in jobs]
        return runs if all(run["state"] == state for run in runs) else None

    total = PEOPLE + PEOPLE // 10 + 2  # with two of the demo
    runs = wait_until(lambda: runs_in("awaiting_approval"), "the checks to be over")
    assert [run["due"]["people"] for run in runs] == [PEOPLE, total, PEOPLE]
    for run in runs:
        approved = client.post(f"/v1/admin/proposals/{run['proposal_id']}/approve", by=reviewer)
        assert approved.status_code == 200, approved.text
    client.close()
    for _ in range(3):
        server = kill_after_a_slice(start, database, "SELECT count(*) FROM pensioner_credit")
    client = Client(server, contract)
    runs = wait_until(lambda: runs_in("done"), "the runs to be over")
    client.close()
    assert sum(run["posted"]["people"] for run in runs) == total
    assert sum(run["posted"]["net_fen"] for run in runs) == total * GANSU_FEN
    assert ask(database, "SELECT count(*), count(DISTINCT person_key), max(revision) FROM pensioner_credit") == [(total, total, 0)]
    assert ask(database, "SELECT DISTINCT current_year_fen FROM account WHERE pool_code IN (%s, %s)", CITY, NEIGHBOUR) == [(GANSU_FEN,)]
    assert ask(database, "SELECT event ->> 'job_id', count(*) FROM outbox WHERE event ->> 'event' = "
                         "'credit_run.posted' GROUP BY 1 ORDER BY 1") == [
        (job_id, 1) for job_id in sorted(jobs)]
    assert faults_of(database, "010", "020", "030", "040", "112", "114") == []
