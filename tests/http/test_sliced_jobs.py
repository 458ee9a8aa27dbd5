"""Jobs done in slices: every slice once, whoever is killed, however many workers there are, and only under its lease."""
# SPDX-License-Identifier: Apache-2.0
import signal
import uuid

import httpx
import psycopg
import pytest
from tests.harness.client import Client
from tests.harness.database import Database
from tests.harness.people import Principal
from tests.harness.practice import REGIONS, Practice, contract_with_practice
from tests.harness.server import wait_until

SLICE = "SELECT outcome FROM job_slice(%s, %s, now(), now() + interval '15 s', now(), 'sha256', %s)"
LEASE = "SELECT job_id FROM job_lease_sliced(now(), 'somebody', now() + interval '15 s')"


@pytest.fixture(scope="module")
def database(own_database, tmp_path_factory):
    """In the cluster that may be stopped."""
    return Database(own_database.cluster, "slices", tmp_path_factory.mktemp("slices"))


@pytest.fixture(scope="module")
def practice(database):
    return Practice(database)


@pytest.fixture
def start(database, servers):
    with servers.on(database) as own:
        yield own


@pytest.fixture
def client(start):
    client = Client(start(), contract_with_practice())
    yield client
    client.close()


@pytest.fixture
def staff(client, database):
    def make(*roles, regions=REGIONS):
        body = {"kind": "staff", "label": "test", "roles": list(roles), "regions": list(regions)}
        made = client.post("/v1/admin/tokens", by=database.demo.admin, json=body).json()
        return Principal(made["token"], "staff", subject_id=made["subject_id"])

    return make


def decide(practice, job_id, approve=True):
    """As the other one does: straight in the database, where no server need run."""
    action = "proposal_apply_post_practice(ARRAY[p.proposal_id], now(), ARRAY[gen_random_uuid()], '{test}')"
    if approve:
        practice.ask(f"SELECT (SELECT count(*) FROM {action}) FROM job AS p WHERE p.job_id = %s", job_id)
    else:
        practice.ask("UPDATE proposal SET state = 'rejected', decided_by = gen_random_uuid(), decided_at = now()"
                     " WHERE object_id = %s", job_id)


def test_it_is_checked_approved_by_somebody_else_and_posted(practice, client, staff):
    operator, reviewer = staff("operator"), staff("reviewer")
    job_id = practice.put(units=5, created_by=operator.subject_id, reason="测试")
    practice.wait(job_id, "awaiting_approval")
    assert (practice.stored(job_id, "checking"), practice.stored(job_id, "posting")) == (5, 0)
    shown = client.get(f"/v1/admin/jobs/{job_id}", by=operator).json()
    assert shown["progress"] == {"phase": "posting", "done": 0, "total": 5}
    assert {name: shown[name] for name in ("kind", "state", "import_kind", "dry_run", "skip_invalid", "bytes", "reason",
                                           "failure", "result")} == {
        "kind": "practice", "state": "awaiting_approval", "import_kind": None, "dry_run": False, "skip_invalid": None, "bytes": None,
        "reason": "测试", "failure": None, "result": None}
    assert [job for job in client.pages("/v1/admin/jobs", by=operator) if job["job_id"] == str(job_id)] == [shown]
    assert client.get(f"/v1/admin/jobs/{job_id}", by=staff("operator", regions=["440100"])).status_code == 404
    approved = client.post(f"/v1/admin/proposals/{shown['proposal_id']}/approve", by=reviewer)
    assert approved.status_code == 200, approved.text
    practice.wait(job_id, "done")
    shown = client.get(f"/v1/admin/jobs/{job_id}", by=operator).json()
    assert shown["progress"] == {"phase": "posting", "done": 5, "total": 5} and shown["finished_at"]
    assert practice.stored(job_id, "posting") == 5
    refused = client.post(f"/v1/admin/jobs/{job_id}/cancel", by=operator)
    assert refused.status_code == 409
    metrics = httpx.get(client.server.ops_url + "/metrics").text
    assert 'yibaod_job_slices_total{outcome="done"} 10' in metrics


def test_nothing_to_post_asks_nobody(practice, client):
    job_id = practice.put(units=0)
    practice.wait(job_id, "done")
    assert practice.ask("SELECT proposal_id FROM job WHERE job_id = %s", job_id) == [(None,)]


def test_a_dry_run_only_checks(practice, client):
    job_id = practice.put(units=2, dry_run=True)
    practice.wait(job_id, "done")
    assert (practice.stored(job_id, "checking"), practice.stored(job_id, "posting")) == (2, 0)


def test_a_proposal_that_is_rejected_cancels_it(practice, client):
    job_id = practice.put(units=2)
    practice.wait(job_id, "awaiting_approval")
    decide(practice, job_id, approve=False)
    practice.wait(job_id, "cancelled")
    assert practice.stored(job_id, "posting") == 0


def test_it_is_cancelled_between_two_slices(practice, client, staff):
    operator = staff("operator")
    job_id = practice.put(units=5, checking=2)
    practice.wait_done(job_id, "checking", 2)
    for _ in range(2):
        assert client.post(f"/v1/admin/jobs/{job_id}/cancel", by=operator).status_code == 204
    practice.wait(job_id, "cancelled")
    practice.open(job_id, "checking")
    assert practice.stored(job_id, "checking") == 2
    assert practice.ask("SELECT lease_owner, finished_at IS NULL FROM job WHERE job_id = %s", job_id) == [(None, False)]


def test_what_has_begun_to_post_is_finished(practice, client, staff):
    job_id = practice.put(units=5, posting=2)
    practice.wait(job_id, "awaiting_approval")
    decide(practice, job_id)
    practice.wait_done(job_id, "posting", 2)
    assert client.post(f"/v1/admin/jobs/{job_id}/cancel", by=staff("operator")).status_code == 409
    practice.open(job_id, "posting")
    assert practice.wait(job_id, "done")[3:] == (5, 5)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("phase", ["checking", "posting"])
def test_a_server_that_ends_in_the_middle(practice, start, number, phase):
    """The next one goes on where the last committed slice ended."""
    job_id = practice.put(units=40, **{phase: 17})
    first = start()
    if phase == "posting":
        practice.wait(job_id, "awaiting_approval")
        decide(practice, job_id)
    practice.wait_done(job_id, phase, 17)
    first.signal(number)
    first.process.wait()
    if number == signal.SIGKILL:
        start.started.remove(first)
        practice.end_lease(job_id)
    practice.open(job_id, phase)
    start()
    if phase == "checking":
        practice.wait(job_id, "awaiting_approval")
        decide(practice, job_id)
    practice.wait(job_id, "done")
    assert (practice.stored(job_id, "checking"), practice.stored(job_id, "posting")) == (40, 40)
    assert practice.ask("SELECT count(*) FROM proposal WHERE object_id = %s", job_id) == [(1,)]


def test_many_kills_at_any_point(practice, start):
    job_id = practice.put(units=2000, dry_run=True)
    for n in range(1, 6):
        server = start()
        wait_until(lambda: practice.row(job_id)[3] > n * 50, "some more slices")
        server.signal(signal.SIGKILL)
        server.process.wait()
        start.started.remove(server)
        practice.end_lease(job_id)
    start()
    practice.wait(job_id, "done")
    assert practice.stored(job_id, "checking") == 2000


def test_two_workers_share_the_jobs_and_do_each_slice_once(practice, start):
    start(), start()
    ids = [practice.put(units=30, dry_run=True) for _ in range(8)]
    for job_id in ids:
        practice.wait(job_id, "done")
        assert practice.stored(job_id, "checking") == 30
        assert practice.ask("SELECT fencing FROM job WHERE job_id = %s", job_id) == [(1,)]


def test_a_worker_whose_lease_was_taken_commits_nothing_more(practice, start):
    job_id = practice.put(units=5, checking=2)
    server = start()
    practice.wait_done(job_id, "checking", 2)
    with practice.connect() as connection, connection.transaction():
        [fencing] = connection.execute("SELECT fencing FROM job WHERE job_id = %s FOR UPDATE", [job_id]).fetchone()
        connection.execute("UPDATE job SET fencing = fencing + 1, lease_owner = 'another', lease_until = now() + interval '1 h'"
                           " WHERE job_id = %s", [job_id])
        connection.execute("UPDATE practice_gate SET checking = 9 WHERE job_id = %s", [job_id])
    wait_until(lambda: "job_lease_lost" in server.log_path.read_text(), "the worker to notice")
    assert practice.ask(SLICE, job_id, fencing, uuid.uuid4()) == [("lost",)]
    assert practice.stored(job_id, "checking") == 2
    practice.end_lease(job_id)
    practice.wait(job_id, "awaiting_approval")
    assert practice.stored(job_id, "checking") == 5
    decide(practice, job_id, approve=False)


def test_nobody_takes_the_lease_from_a_slice_that_runs(practice):
    """Also not when its time is over: what the slice did would be done again."""
    job_id = practice.put(units=5)
    with practice.connect() as worker, practice.connect() as thief:
        assert worker.execute(LEASE).fetchall() == [(job_id,)]
        practice.end_lease(job_id)
        with worker.transaction():
            assert worker.execute(SLICE, [job_id, 1, uuid.uuid4()]).fetchall() == [("running",)]
            assert thief.execute(LEASE).fetchall() == []
        practice.end_lease(job_id)
        assert thief.execute(LEASE).fetchall() == [(job_id,)]
        assert worker.execute(SLICE, [job_id, 1, uuid.uuid4()]).fetchall() == [("lost",)]
        assert thief.execute(SLICE, [job_id, 2, uuid.uuid4()]).fetchall() == [("running",)]
    assert practice.stored(job_id, "checking") == 2
    practice.ask("UPDATE job SET state = 'cancelled', lease_owner = NULL, lease_until = NULL WHERE job_id = %s", job_id)


def test_it_goes_on_after_postgresql_was_gone(practice, start, own_database):
    job_id = practice.put(units=40, checking=17)
    server = start()
    practice.wait_done(job_id, "checking", 17)
    with own_database.outage("stopped"):
        wait_until(lambda: server.ready_status() == 503, "the server to notice")
    practice.open(job_id, "checking")
    practice.end_lease(job_id)
    practice.wait(job_id, "awaiting_approval")
    assert practice.stored(job_id, "checking") == 40
    decide(practice, job_id, approve=False)


@pytest.mark.parametrize("sqlstate", ["40001", "40P01", "55P03", "57014", "53100"])
def test_a_passing_failure_does_not_fail_it(practice, start, sqlstate):
    start()
    job_id = practice.put(units=5, fault_at=3, faults=2, sqlstate=sqlstate, dry_run=True)
    practice.wait(job_id, "done")
    assert practice.stored(job_id, "checking") == 5
    assert practice.ask("SELECT last_value > 2 FROM practice_fault") == [(True,)], "it was tried in vain before"


@pytest.mark.parametrize("parameters", [{"fault_at": 3, "sqlstate": "22012"}, {"kind": "without_functions"}])
def test_a_fault_fails_it_alone_and_once(practice, start, parameters):
    server = start()
    server.provoked["job_failed"] += 1
    job_id = practice.put(units=5, dry_run=True, **parameters)
    state, _, failure, done, _ = practice.wait(job_id, "failed")
    assert (failure, done) == ("internal_error", 2 if "fault_at" in parameters else 0), "the slice before is kept"
    practice.wait(practice.put(units=1, dry_run=True), "done")
    assert server.log_path.read_text().count('"job_failed"') == 1
    assert practice.ask("SELECT fencing FROM job WHERE job_id = %s", job_id) == [(1,)]


def test_what_was_tried_too_often_in_vain_is_given_up(practice, start):
    job_id = practice.put(units=5)
    practice.ask("UPDATE job SET attempts = 30 WHERE job_id = %s", job_id)
    start().provoked["job_failed"] += 1
    assert practice.wait(job_id, "failed")[2] == "interrupted"
    assert practice.stored(job_id, "checking") == 0


def test_the_program_may_not_do_a_slice_of_what_is_over(practice):
    job_id = practice.put(units=0)
    with psycopg.connect(practice.database.url, autocommit=True) as connection:
        connection.execute("SET ROLE yibao_app")
        assert connection.execute(LEASE).fetchall() == [(job_id,)]
        for outcome in ("done", "lost"):
            assert connection.execute(SLICE, [job_id, 1, uuid.uuid4()]).fetchall() == [(outcome,)]
