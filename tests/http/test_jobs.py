"""Imports as jobs: checked, approved by somebody else, posted, cancelled; and who sees them."""
# SPDX-License-Identifier: Apache-2.0
import subprocess
import uuid

import psycopg
import pytest
from tests.harness.database import BINARY
from tests.harness.imports import OTHER_POOL, POOL, contribution, enrolment, text_of
from tests.harness.people import Principal
from tests.harness.server import wait_until
from tests.http.importing import api, books, imports, people, spool_path, staff, stand, start  # noqa: F401


def staff_of(imports, job):
    """The proposer, with a second token as reviewer."""
    body = {"kind": "staff", "label": "test", "roles": ["reviewer"], "regions": [POOL], "subject_id": job["created_by"]}
    made = imports.api.post("/v1/admin/tokens", by=imports.database.demo.admin, json=body).json()
    return Principal(made["token"], "staff")


def test_a_file_is_posted_after_somebody_else_has_approved_it(imports, people, books):
    before = imports.balance_fen(0)
    job_id = imports.send("contributions", [contribution(n, source_document="A") for n in range(3)])
    job = imports.wait(job_id, "awaiting_approval")
    assert job["result"] == {"rows": 3, "invalid": 0, "unchanged": 0, "warnings": 0, "ready": 3, "ready_fen": 30000,
                             "stored": 0, "stored_fen": 0}
    assert job["progress"] == {"phase": "posting", "done": 0, "total": 3}
    assert imports.balance_fen(0) == before, "nothing is posted before"
    assert imports.ask("SELECT kind, object_id::text, pool_code, proposed_by::text, reason FROM proposal WHERE proposal_id = %s",
                       job["proposal_id"]) == [("post_import", job_id, POOL, imports.operator.subject_id, "测试")]
    shown = imports.api.get(f"/v1/admin/proposals/{job['proposal_id']}", by=imports.reviewer).json()
    assert {change["field"]: change["after_masked"] for change in shown["changes"]} == {
        "import_kind": "contributions", "rows": "3", "amount_fen": "30000", "invalid": "0", "unchanged": "0", "warnings": "0"}
    refused = imports.api.post(f"/v1/admin/proposals/{job['proposal_id']}/approve", by=staff_of(imports, job))
    assert (refused.status_code, refused.json()["code"]) == (403, "proposer_cannot_decide")
    imports.approve(job)
    job = imports.wait(job_id, "done")
    assert (job["result"]["stored"], job["result"]["stored_fen"], job["failure"]) == (3, 30000, None)
    assert job["progress"]["done"] == 3 and job["finished_at"]
    assert imports.balance_fen(0) == before + 10000
    assert imports.report(job_id) == []
    wait_until(lambda: not spool_path(books, job_id).exists(), "the file to be gone")
    books.run(BINARY, "audit")


def test_the_same_file_again_changes_nothing_and_asks_nobody(imports, people):
    rows = [contribution(1, source_document="again")]
    imports.load("contributions", rows)
    before = imports.balance_fen(1)
    job = imports.wait(imports.send("contributions", rows), "done")
    assert (job["result"]["unchanged"], job["result"]["ready"], job["proposal_id"]) == (1, 0, None)
    assert imports.balance_fen(1) == before


def test_a_dry_run_only_checks(imports, people):
    before = imports.balance_fen(1)
    job = imports.wait(imports.send("contributions", [contribution(1, source_document="dry")], dry_run=True))
    assert (job["state"], job["dry_run"], job["proposal_id"], job["result"]["ready"]) == ("done", True, None, 1)
    assert imports.balance_fen(1) == before


BAD = [contribution(1, source_document="bad", period="2999-01"), contribution(2, source_document="bad"),
       contribution(3, source_document="bad", personal_yuan="1.555"), contribution(77, source_document="bad")]


def test_bad_rows_stop_the_file_and_are_reported(imports, people, books):
    job_id = imports.send("contributions", BAD)
    job = imports.wait(job_id)
    assert (job["state"], job["failure"]) == ("failed", "invalid_rows")
    assert (job["result"]["rows"], job["result"]["invalid"]) == (4, 3)
    report = imports.report(job["job_id"])
    assert [(row["line"], row["field"], row["code"], row["severity"]) for row in report] == [
        ("2", "period", "month_in_future", "error"), ("4", "personal_yuan", "amount_too_precise", "error"),
        ("5", "citizen_number", "person_unknown", "error")]
    assert all(row["reason_zh"] and row["reason_en"] for row in report)
    assert not any(BAD[i]["citizen_number"] in str(report) for i in range(4))
    wait_until(lambda: not spool_path(books, job_id).exists(), "the file to be gone")


def test_a_report_is_paged(imports, people, api):
    job = imports.wait(imports.send("contributions", BAD))
    path, lines = f"/v1/admin/jobs/{job['job_id']}/report?limit=2", []
    while path:
        response = api.get(path, by=imports.operator)
        lines += response.text.split("\r\n")[1:-1]
        path = response.links["next"]["url"] if "next" in response.links else None
    assert [line.split(",")[0] for line in lines] == ["2", "4", "5"]


def test_good_rows_of_a_bad_file(imports, people):
    before = imports.balance_fen(2)
    job_id = imports.send("contributions", BAD, skip_invalid=True)
    imports.approve(imports.wait(job_id, "awaiting_approval"))
    job = imports.wait(job_id, "done")
    assert (job["result"]["stored"], job["result"]["invalid"]) == (1, 3)
    assert imports.balance_fen(2) == before + 10000
    assert len(imports.report(job_id)) == 3


@pytest.mark.parametrize("content", [b"what,is,this\n1,2,3\n", b"\x00\x01\x02", "姓名,金额\n张三,1\n".encode("gb18030")])
def test_a_file_that_is_none(imports, content):
    job = imports.wait(imports.send("contributions", content))
    assert (job["state"], job["failure"]) == ("failed", "unreadable")
    assert [row["code"] for row in imports.report(job["job_id"])] == ["header_unusable"]


def test_rows_of_other_regions_are_refused(imports, people, staff):
    rows = [enrolment(20), enrolment(21, pool_code=OTHER_POOL)]
    job = imports.wait(imports.send("enrolments", rows))
    assert (job["state"], job["failure"]) == ("failed", "invalid_rows")
    assert [(row["line"], row["field"], row["code"]) for row in imports.report(job["job_id"])] == [("3", "pool_code", "pool_not_allowed")]
    for regions, allowed in (["620000"], False), (["000000"], True), ([POOL, "440000"], True):
        job_id = imports.send("enrolments", rows, by=staff("operator", regions=regions), dry_run=True)
        wait_until(lambda: imports.ask("SELECT state FROM job WHERE job_id = %s", job_id)[0][0] in ("done", "failed"), "the check")
        assert imports.ask("SELECT state FROM job WHERE job_id = %s", job_id) == [("done" if allowed else "failed",)], regions


@pytest.mark.parametrize(("pools", "decides"), [
    ([POOL], POOL), ([POOL, "620900"], "620000"), ([POOL, OTHER_POOL], None)])
def test_who_may_decide_follows_from_the_pools(imports, staff, pools, decides):
    nation = staff("operator", regions=["000000"])
    n = 30 + 2 * len(pools) + (decides is None)
    rows = [enrolment(n + i, pool_code=pool, scheme="resident", started_on=f"201{n % 10}-01-01") for i, pool in enumerate(pools)]
    job_id = imports.send("enrolments", rows, by=nation)
    wait_until(lambda: imports.ask("SELECT state FROM job WHERE job_id = %s", job_id)[0][0] == "awaiting_approval", "the check")
    assert imports.ask("SELECT pool_code FROM proposal WHERE object_id = %s", uuid.UUID(job_id)) == [(decides,)]
    for regions, seen in ([POOL], pools == [POOL]), (["620000"], OTHER_POOL not in pools), (["000000"], True):
        response = imports.api.get(f"/v1/admin/jobs/{job_id}", by=staff("reviewer", regions=regions))
        assert response.status_code == (200 if seen else 404), regions
    assert imports.api.post(f"/v1/admin/jobs/{job_id}/cancel", by=nation).status_code == 204


def test_what_is_rejected_is_cancelled(imports, people, books):
    before = imports.balance_fen(4)
    job_id = imports.send("contributions", [contribution(4, source_document="rejected")])
    imports.reject(imports.wait(job_id, "awaiting_approval"))
    imports.wait(job_id, "cancelled")
    assert imports.balance_fen(4) == before
    wait_until(lambda: not spool_path(books, job_id).exists(), "the file to be gone")


@pytest.mark.parametrize("who", ["proposer", "colleague"])
def test_cancelling_what_waits_for_approval(imports, people, staff, books, who):
    job_id = imports.send("contributions", [contribution(4, source_document="cancelled")])
    job = imports.wait(job_id, "awaiting_approval")
    by = imports.operator if who == "proposer" else staff("operator")
    for _ in range(2):
        assert imports.api.post(f"/v1/admin/jobs/{job_id}/cancel", by=by).status_code == 204
    assert imports.job(job_id)["state"] == "cancelled"
    assert imports.ask("SELECT state FROM proposal WHERE proposal_id = %s", job["proposal_id"]) == [
        ("withdrawn" if who == "proposer" else "rejected",)]
    assert len(imports.ask("SELECT FROM audit_event WHERE action = 'cancel_job' AND object_id = %s", uuid.UUID(job_id))) == 1
    wait_until(lambda: not spool_path(books, job_id).exists(), "the file to be gone")


def test_cancelling_what_is_being_checked(imports, people):
    """Another import holds the lock of imports, so the check cannot end by itself."""
    with psycopg.connect(imports.database.url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(7309454, 0)")
        job_id = imports.send("contributions", [contribution(4, source_document="running")])
        imports.wait(job_id, "running")
        assert imports.api.post(f"/v1/admin/jobs/{job_id}/cancel", by=imports.operator).status_code == 204
        imports.wait(job_id, "cancelled")


def test_what_is_over_cannot_be_cancelled(imports, people):
    job_id = imports.send("contributions", [contribution(4, source_document="over")], dry_run=True)
    imports.wait(job_id, "done")
    response = imports.api.post(f"/v1/admin/jobs/{job_id}/cancel", by=imports.operator)
    assert (response.status_code, response.json()["code"]) == (409, "conflict")


def test_what_has_begun_to_post_cannot_be_cancelled(imports, people):
    job_id = imports.send("contributions", [contribution(4, source_document="posting")])
    job = imports.wait(job_id, "awaiting_approval")
    with psycopg.connect(imports.database.url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(7309454, 0)")
        imports.approve(job)
        imports.wait(job_id, "running")
        assert imports.api.post(f"/v1/admin/jobs/{job_id}/cancel", by=imports.operator).status_code == 409
    imports.wait(job_id, "done")


def test_jobs_of_elsewhere_look_absent(imports, people, staff):
    job_id = imports.wait(imports.send("contributions", [contribution(5, source_document="own")], dry_run=True))["job_id"]
    elsewhere = staff("operator", regions=["110000"])
    for path in (f"/v1/admin/jobs/{job_id}", f"/v1/admin/jobs/{job_id}/report"):
        foreign, absent = (imports.api.get(p, by=elsewhere) for p in (path, path.replace(job_id, str(uuid.uuid4()))))
        assert foreign.status_code == absent.status_code == 404
        assert {**foreign.json(), "request_id": 0} == {**absent.json(), "request_id": 0}
    assert imports.api.post(f"/v1/admin/jobs/{job_id}/cancel", by=elsewhere).status_code == 404
    assert job_id not in imports.api.get("/v1/admin/jobs", by=elsewhere).text


def test_the_list_is_paged_and_filtered(imports, people):
    ids = [imports.send("contributions", [contribution(5, source_document=f"L{n}")], dry_run=True) for n in range(3)]
    for job_id in ids:
        imports.wait(job_id, "done")
    jobs = imports.api.pages("/v1/admin/jobs", by=imports.operator, limit=2)
    assert [job["job_id"] for job in jobs][:3] == ids[::-1]
    assert {job["state"] for job in imports.api.pages("/v1/admin/jobs", by=imports.operator, params={"state": "done"})} == {"done"}
    assert imports.job(ids[0]) in jobs


def test_roles(imports, staff):
    for role, allowed in ("operator", True), ("reviewer", True), ("auditor", True), ("security", False), ("policy", False):
        assert imports.api.get("/v1/admin/jobs", by=staff(role)).status_code == (200 if allowed else 403)
    response = imports.post("contributions", [contribution(1)], by=staff("reviewer", "auditor"))
    assert response.status_code == 403


def test_who_asked_is_on_record(imports, people):
    job_id = imports.wait(imports.send("contributions", [contribution(6, source_document="audit")], dry_run=True))["job_id"]
    assert imports.ask("SELECT actor_kind, actor_id::text, detail FROM audit_event WHERE action = 'create_import' AND object_id = %s",
                       uuid.UUID(job_id)) == [("staff", imports.operator.subject_id,
                                               {"kind": "contributions", "bytes": imports.job(job_id)["bytes"],
                                                "dry_run": True, "skip_invalid": False})]


def test_a_file_in_gb18030(imports, people):
    content = text_of("enrolments", [enrolment(25, name="欧阳建国")]).decode().encode("gb18030")
    imports.load("enrolments", content)
    assert imports.wait(imports.send("enrolments", [enrolment(25, name="欧阳建国")]), "done")["result"]["unchanged"] == 1


def test_an_import_by_hand_waits_its_turn_and_is_no_job(imports, books, people, tmp_path):
    path = tmp_path / "by-hand.csv"
    path.write_bytes(text_of("contributions", [contribution(9, source_document="by hand")]))
    before = len(imports.ask("SELECT FROM job"))
    done = subprocess.run([str(BINARY), "import", "contributions", str(path), "--regions", "110000"], env=books.environment,
                          capture_output=True, text=True)
    assert done.returncode == 1 and "pool_not_allowed" in done.stderr
    done = subprocess.run([str(BINARY), "import", "contributions", str(path), "--regions", "620000,110000"], env=books.environment,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(imports.ask("SELECT FROM job")) == before
