"""A yearly run whose server is killed with SIGKILL again and again: every account is posted once, and the books are clean."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import json
import signal
import subprocess
import uuid

import psycopg
import pytest
from tests.harness.client import Client
from tests.harness.database import BINARY, Database
from tests.harness.people import Principal
from tests.harness.server import wait_until

POOL, ACCOUNTS = "621100", 2400
RUNS = "/v1/admin/interest-runs"
MAKE = """
WITH made AS (
    INSERT INTO account (person_key, account_id, person_id, pool_code, status, opened_at)
    SELECT n, person_id_at(n, person_id_tick()), person_id_at(n, person_id_tick()), %(pool)s, 'active', %(at)s
      FROM generate_series(1, %(count)s) AS n
    RETURNING person_key, account_id, person_id
), owner AS (
    INSERT INTO person (person_key, person_id, birth_date, sex, citizen_number_sealed, name_sealed, name_hash, created_at)
    SELECT person_key, person_id, '1970-01-01', 'unknown', secret, secret, secret, %(at)s
      FROM made, sha256(int8send(person_key)) AS secret
), number AS (
    INSERT INTO person_identifier (kind, hash, person_key, person_id)
    SELECT 'citizen_number', sha256(int8send(person_key)), person_key, person_id FROM made
)
SELECT count(*) FROM made
"""
CREDIT = """
SELECT count(*) FILTER (WHERE posted.status = 'posted')
  FROM (SELECT array_agg(person_key) AS keys, array_agg(account_id) AS accounts, count(*)::int AS number,
               array_agg(person_id_at(person_key, person_id_tick())) AS ids
          FROM account WHERE pool_code = %(pool)s) AS of,
       ledger_post(keys, accounts, ids, ids, array_fill('adjustment'::text, ARRAY[number]),
                   array_fill('current_year'::text, ARRAY[number]), array_fill('credit'::text, ARRAY[number]),
                   array_fill(1000000::bigint, ARRAY[number]), array_fill('adjustment:' || %(pool)s, ARRAY[number]),
                   array_fill('2025-01-01'::date, ARRAY[number]), array_fill('D'::text, ARRAY[number]), NULL, %(at)s, 'sha256') AS posted
"""


@pytest.fixture(scope="module")
def database(own_database, tmp_path_factory):
    made = Database(own_database.cluster, "interest", tmp_path_factory.mktemp("interest"))
    at = datetime.datetime(2025, 1, 1, 10, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
    values = {"pool": POOL, "count": ACCOUNTS, "at": at}
    with psycopg.connect(made.url, autocommit=True) as connection:
        assert connection.execute(MAKE, values).fetchone() == (ACCOUNTS,)
        assert connection.execute(CREDIT, values).fetchone() == (ACCOUNTS,)
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
    body = {"kind": "staff", "label": "test", "roles": [role], "regions": [POOL]}
    made = client.post("/v1/admin/tokens", by=database.demo.admin, json=body).json()
    return Principal(made["token"], "staff", subject_id=made["subject_id"])


def done(database, job_id):
    [(count,)] = ask(database, "SELECT accounts_done FROM interest_run WHERE job_id = %s", job_id)
    return count


def kill(server, start, database, job_id):
    server.signal(signal.SIGKILL)
    server.process.wait()
    start.started.remove(server)
    ask(database, "UPDATE job SET lease_until = now() - interval '1 s' WHERE job_id = %s AND state = 'running' RETURNING 1", job_id)


def test_a_run_that_is_killed_in_every_phase_posts_each_account_once(database, start, contract):
    server = start()
    client = Client(server, contract)
    operator, reviewer = (staff(client, database, role) for role in ("operator", "reviewer"))
    job_id = uuid.UUID(client.post(RUNS, by=operator, json={"region_code": POOL, "year": 2025, "reason": "年度计息"}).json()["job_id"])
    wait_until(lambda: done(database, job_id) > 0, "a slice of the check")
    client.close()
    kill(server, start, database, job_id)
    server = start()
    client = Client(server, contract)
    wait_until(lambda: client.get(f"{RUNS}/{job_id}", by=operator).json()["state"] == "awaiting_approval", "the check to be over")
    run = client.get(f"{RUNS}/{job_id}", by=operator).json()
    assert run["due"]["accounts"] == ACCOUNTS and run["posted"]["accounts"] == 0
    approved = client.post(f"/v1/admin/proposals/{run['proposal_id']}/approve", by=reviewer)
    assert approved.status_code == 200, approved.text
    client.close()
    posted = "SELECT count(*) FROM interest_posting WHERE job_id = %s"
    for round_of in range(1, 4):
        wait_until(lambda: ask(database, posted, job_id)[0][0] >= round_of * 300, "some more slices")
        kill(server, start, database, job_id)
        server = start()
    client = Client(server, contract)
    wait_until(lambda: client.get(f"{RUNS}/{job_id}", by=operator).json()["state"] == "done", "the run to be over")
    run = client.get(f"{RUNS}/{job_id}", by=operator).json()
    client.close()
    assert run["posted"] == run["due"]
    assert ask(database, "SELECT count(*), count(DISTINCT account_id) FROM interest_posting WHERE job_id = %s",
               job_id) == [(ACCOUNTS, ACCOUNTS)]
    each = 3549  # 1,000,000 × 365 × 0.35 % / 360
    assert ask(database, "SELECT DISTINCT current_year_fen, carried_over_fen FROM account WHERE pool_code = %s",
               POOL) == [(0, 1_000_000 + each)]
    assert faults_of(database, "010", "020", "030", "040", "110") == []
