"""Jobs go on after crashes, restarts and outages, every row once; what lies on the disk is sealed and goes away."""
# SPDX-License-Identifier: Apache-2.0
import pathlib
import signal
import uuid

import pytest
from tests.harness.database import BINARY
from tests.harness.imports import POOL, Imports, contribution, enrolment
from tests.harness.people import Principal
from tests.harness.server import wait_until
from tests.http.importing import api, books, imports, people, spool_path, staff, stand, start  # noqa: F401

MANY = 4000


def long_file(document):
    return [contribution(n % 10, period=f"{1980 + n // 120}-{n // 10 % 12 + 1:02}", source_document=document, personal_yuan="1.00")
            for n in range(MANY)]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_server_that_ends_in_the_middle_of_posting(imports, people, start, client_of, books, number):
    """The next one finishes: every row once."""
    document = f"killed by {number}"
    before = sum(imports.balance_fen(n) for n in range(10))
    settings = {"YIBAO_IMPORT_SLICE_ROWS": "20",
                "YIBAO_SPOOL_DIR": str(pathlib.Path(books.environment["YIBAO_SPOOL_DIR"]) / f"own{number}")}
    first = start(settings)
    own = imports.at(client_of(first))
    job_id = own.send("contributions", long_file(document))
    imports.approve(imports.wait(job_id, "awaiting_approval"))
    stored = "SELECT count(*) FROM contribution WHERE source_document = %s"
    wait_until(lambda: imports.ask(stored, document)[0][0] > 100, "some rows to be stored")
    first.signal(number)
    first.process.wait()
    if number == signal.SIGKILL:
        start.started.remove(first)
    assert imports.ask(stored, document)[0][0] < MANY, "it was in the middle"
    start(settings)
    job = imports.wait(job_id, "done")
    assert (job["result"]["stored"], job["result"]["stored_fen"]) == (MANY, 100 * MANY)
    assert imports.ask(stored, document) == [(MANY,)]
    assert sum(imports.balance_fen(n) for n in range(10)) == before + 100 * MANY
    books.run(BINARY, "audit")


def test_two_servers_run_each_job_once(imports, people, start, client_of, tmp_path):
    settings = {"YIBAO_SPOOL_DIR": str(tmp_path / "spool")}
    servers = [start(settings), start(settings)]
    ids = []
    for n in range(6):
        own = imports.at(client_of(servers[n % 2]))
        ids.append(own.send("contributions", [contribution(n, source_document=f"both {n}")], dry_run=True))
    for job_id in ids:
        imports.wait(job_id, "done")
        assert imports.ask("SELECT count(*) FROM import_run WHERE job_id = %s", job_id) == [(1,)]


def test_postgresql_that_restarts_in_the_middle(own_database, servers, client_of):
    """The job goes on when it is back, and every row is stored once."""
    with servers.on(own_database) as own:
        server = own({"YIBAO_IMPORT_SLICE_ROWS": "20"})
        api = client_of(server)

        def staff(role):
            body = {"kind": "staff", "label": "test", "roles": [role], "regions": [POOL]}
            made = api.post("/v1/admin/tokens", by=own_database.demo.admin, json=body).json()
            return Principal(made["token"], "staff", subject_id=made["subject_id"])

        imports = Imports(api, own_database, staff("operator"), staff("reviewer"))
        imports.load("enrolments", [enrolment(n) for n in range(10)])
        job_id = imports.send("contributions", long_file("outage"))
        imports.approve(imports.wait(job_id, "awaiting_approval"))
        stored = "SELECT count(*) FROM contribution WHERE source_document = 'outage'"
        wait_until(lambda: imports.ask(stored)[0][0] > 100, "some rows to be stored")
        with own_database.outage("stopped"):
            wait_until(lambda: server.ready_status() == 503, "the server to notice")
        assert imports.ask(stored)[0][0] < MANY, "it was in the middle"
        wait_until(lambda: server.ready_status() == 200, "the server to be back")
        assert imports.wait(job_id, "done")["result"]["stored"] == MANY
        assert imports.ask(stored) == [(MANY,)]
        own_database.run(BINARY, "audit")


def test_a_file_that_is_lost_fails_its_job(imports, people, books):
    job_id = imports.send("contributions", [contribution(7, source_document="lost")])
    job = imports.wait(job_id, "awaiting_approval")
    path = spool_path(books, job_id)
    path.write_bytes(path.read_bytes()[:-1])
    imports.approve(job)
    assert imports.wait(job_id, "failed")["failure"] == "file_lost"


def test_nothing_readable_lies_on_the_disk(imports, people, books):
    rows = [contribution(8, source_document="sealed")]
    job_id = imports.send("contributions", rows)
    imports.wait(job_id, "awaiting_approval")
    path = spool_path(books, job_id)
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
    content = path.read_bytes()
    assert rows[0]["citizen_number"].encode() not in content and b"sealed" not in content
    assert imports.api.post(f"/v1/admin/jobs/{job_id}/cancel", by=imports.operator).status_code == 204


def test_files_of_nobody_are_removed(imports, start, books, tmp_path):
    directory = tmp_path / "spool"
    directory.mkdir(mode=0o700)
    orphan = directory / f"{uuid.uuid4()}.spool"
    orphan.write_bytes(b"left over")
    start({"YIBAO_SPOOL_DIR": str(directory)})
    wait_until(lambda: not orphan.exists(), "the orphan to be gone")
