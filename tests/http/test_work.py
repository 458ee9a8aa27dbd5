"""`yibaod work`: the background work without an API, beside servers that leave it to others or share it."""
# SPDX-License-Identifier: Apache-2.0
import http.client
import signal
import subprocess

import httpx
import pytest
from tests.harness.client import Client
from tests.harness.database import BINARY, Database
from tests.harness.imports import Imports, enrolment
from tests.harness.people import Principal
from tests.harness.practice import REGIONS, Practice, contract_with_practice
from tests.harness.server import wait_until
from tests.harness.sms import Sms
from tests.harness.signing import Door, new_citizen

ALONE = {"YIBAO_SERVE_WORKS": "no"}


@pytest.fixture(scope="module")
def database(own_database, tmp_path_factory):
    """In the cluster that may be stopped."""
    return Database(own_database.cluster, "work", tmp_path_factory.mktemp("work"))


@pytest.fixture(scope="module")
def practice(database):
    return Practice(database)


@pytest.fixture
def start(database, servers):
    with servers.on(database) as own:
        yield own


@pytest.fixture
def serve(start):
    """A server that does no background work."""
    return start(ALONE)


@pytest.fixture
def client(serve):
    client = Client(serve, contract_with_practice())
    yield client
    client.close()


def staff(client, database, role):
    body = {"kind": "staff", "label": "test", "roles": [role], "regions": REGIONS}
    made = client.post("/v1/admin/tokens", by=database.demo.admin, json=body).json()
    return Principal(made["token"], "staff", subject_id=made["subject_id"])


def test_it_sends_posts_and_does_jobs_for_a_server_that_does_not(start, serve, client, database, practice):
    imports = Imports(client, database, staff(client, database, "operator"), staff(client, database, "reviewer"))
    job_id = practice.put(units=3, dry_run=True)
    file_id = imports.send("enrolments", [enrolment(n) for n in range(3)])
    sms = Sms(database.environment["YIBAO_SMS_GATEWAY"].removeprefix("file:"))
    citizen = new_citizen(client, database.demo.staff("operator"), Door(serve, contract_with_practice()), sms)
    mark = sms.mark()
    assert citizen.door.post("/v1/registrations", json=citizen.triple).status_code == 202
    citizen.door.close()
    assert (practice.row(job_id)[0], imports.job(file_id)["state"]) == ("waiting", "waiting")
    start(command="work")
    practice.wait(job_id, "done")
    imports.approve(imports.wait(file_id, "awaiting_approval"))
    assert imports.wait(file_id, "done")["result"]["stored"] == 3
    assert sms.wait(citizen.phone, since=mark)


def test_it_has_no_api_but_tells_operators_how_it_is(start):
    work = start(command="work")
    with pytest.raises(OSError):
        http.client.HTTPConnection(work.host, work.port, timeout=5).request("GET", "/v1/regions/110000")
    ready = httpx.get(f"{work.ops_url}/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert set(ready.json()["checks"]) == {"workers", "postgresql_workers"}
    assert httpx.get(f"{work.ops_url}/livez").status_code == 200
    assert "yibaod_job_slices_total" in httpx.get(f"{work.ops_url}/metrics").text


def test_it_stops_in_order(start, practice):
    job_id = practice.put(units=5, checking=2, dry_run=True)
    work = start(command="work")
    practice.wait_done(job_id, "checking", 2)
    work.signal(signal.SIGTERM)
    assert work.wait_end() == 0
    assert practice.row(job_id)[:4] == ("waiting", "checking", None, 2), "the next one need not wait for the lease to end"
    practice.open(job_id, "checking")
    start(command="work")
    practice.wait(job_id, "done")


def test_several_workers_and_a_server_share_the_work(start, practice, database):
    for command in ("work", "work", "serve"):
        start(command=command)
    ids = [practice.put(units=20, dry_run=True) for _ in range(6)]
    for job_id in ids:
        practice.wait(job_id, "done")
        assert practice.stored(job_id, "checking") == 20


def test_it_says_so_while_postgresql_is_away(start, own_database, practice):
    work = start(command="work")
    with own_database.outage("stopped"):
        wait_until(lambda: work.ready_status() == 503, "the worker to notice")
        assert httpx.get(f"{work.ops_url}/livez").status_code == 200
    wait_until(lambda: work.ready_status() == 200, "the worker to be back")
    practice.wait(practice.put(units=1, dry_run=True), "done")


def run(database, *arguments, **settings):
    return subprocess.run([str(BINARY), *arguments], env={**database.environment, **settings}, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(("settings", "code", "said"), [
    ({"YIBAO_MODE": "production", "YIBAO_TEST_CLOCK": "2030-01-01T00:00:00+08:00", "YIBAO_SMS_GATEWAY": ""}, 2, "test clock"),
    ({"YIBAO_MODE": "production", "YIBAO_SMS_GATEWAY": ""}, 1, "holds the demo"),
    ({"YIBAO_SMS_GATEWAY": "ftp://nowhere"}, 2, "YIBAO_SMS_GATEWAY"),
    ({"YIBAO_OPS_LISTEN": "nowhere"}, 1, "YIBAO_OPS_LISTEN"),
    ({"YIBAO_SERVE_WORKS": "perhaps"}, 2, "YIBAO_SERVE_WORKS"),
])
def test_it_refuses_what_a_server_refuses(database, settings, code, said):
    for command in ("work", "serve"):
        done = run(database, command, **settings)
        assert (done.returncode, said in done.stderr) == (code, True), done.stderr


def test_it_takes_no_arguments_and_is_named_by_help(database):
    assert run(database, "work", "now").returncode == 2
    assert "  work " in run(database, "--help").stdout
