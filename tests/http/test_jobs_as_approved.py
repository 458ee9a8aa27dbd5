"""What is posted of a file is what was approved: no other rows, no other sum, and nothing without approval."""
# SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import subprocess

from tests.harness.database import BINARY
from tests.harness.imports import POOL, contribution, enrolment
from tests.http.importing import api, books, imports, people, staff, stand, start  # noqa: F401


def spooled(books):
    return list(pathlib.Path(books.environment["YIBAO_SPOOL_DIR"]).glob("*.spool"))


def test_nothing_is_stored_that_was_not_approved(imports, people, books):
    """Between check and approval somebody is enrolled whose row was bad: the sum would not be the one that was shown."""
    stranger = 40
    rows = [contribution(n, source_document="more") for n in (5, stranger)]
    before = imports.balance_fen(5)
    job_id = imports.send("contributions", rows, skip_invalid=True)
    job = imports.wait(job_id, "awaiting_approval")
    assert (job["result"]["ready_fen"], job["result"]["invalid"]) == (10000, 1)
    imports.load("enrolments", [enrolment(stranger)])
    imports.approve(job)
    job = imports.wait(job_id, "failed")
    assert (job["failure"], job["result"]["stored"]) == ("check_outdated", 0)
    assert (imports.balance_fen(5), imports.balance_fen(stranger)) == (before, 0)
    imports.load("contributions", rows)
    assert (imports.balance_fen(5), imports.balance_fen(stranger)) == (before + 10000, 10000)
    books.run(BINARY, "audit")


def test_rows_that_another_file_brought_meanwhile_are_not_approved_twice(imports, people, books):
    rows = [contribution(n, source_document="both") for n in (5, 6)]
    job_id = imports.send("contributions", rows)
    job = imports.wait(job_id, "awaiting_approval")
    imports.load("contributions", rows[:1])
    before = imports.balance_fen(6)
    imports.approve(job)
    assert imports.wait(job_id, "failed")["failure"] == "check_outdated"
    assert imports.balance_fen(6) == before


def test_nobody_posts_a_job_that_was_not_approved(imports, people, books):
    """Also not somebody at the machine who has its sealed file."""
    job_id = imports.send("contributions", [contribution(5, source_document="by the back door")])
    imports.wait(job_id, "awaiting_approval")
    before = imports.balance_fen(5)
    [path] = spooled(books)
    command = [BINARY, "import", "contributions", path, "--job", job_id, "--regions", POOL, "--parent", os.getpid()]
    done = subprocess.run([str(word) for word in command], env=books.environment, capture_output=True, text=True)
    assert done.returncode == 1 and "not what was approved" in done.stderr
    assert imports.balance_fen(5) == before
    assert imports.api.post(f"/v1/admin/jobs/{job_id}/cancel", by=imports.operator).status_code == 204
