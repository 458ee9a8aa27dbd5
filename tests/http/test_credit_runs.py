"""Monthly runs of pensioner credits over HTTP: looked at, approved by somebody else, posted once, and told pool by pool."""
# SPDX-License-Identifier: Apache-2.0
import csv
import io
import uuid

import pytest
from tests.harness import entering, money, proposals
from tests.harness.problems import check_problem
from tests.harness.server import wait_until

POOL = "620300"  # nobody else's in the suite, and with runs that are posted
RUNS = "/v1/admin/credit-runs"
REGIONS = ["620000"]
GANSU_FEN = 12_000


@pytest.fixture(scope="module")
def operator(new_token):
    return new_token("staff", roles=["operator"], regions=REGIONS)


@pytest.fixture(scope="module")
def reviewer(new_token):
    return new_token("staff", roles=["reviewer"], regions=REGIONS)


@pytest.fixture(scope="module")
def pensioner(api, sql, operator):
    """Somebody who retired in 2015, in a pool of their own choice: the person's and the account's id."""

    def make(pool=POOL, year=1955):
        number = entering.fresh_number(year)
        person = entering.create(api, operator, pool_code=pool, citizen_number=number).json()["person_id"]
        body = {"scheme": "employee", "pool_code": pool, "started_on": "2000-01-01", "account_mode": "with_account", "payer_kind": "self"}
        made = api.post(f"/v1/admin/people/{person}/enrolments", by=operator, json=body)
        assert made.status_code == 201, made.text
        sql.execute("UPDATE enrolment SET retired_on = '2015-06-30' WHERE person_key = %s", [money.key_of(person)])
        (account_id,) = sql.execute("SELECT account_id::text FROM account WHERE person_id = %s", [person]).fetchone()
        return person, account_id

    return make


def start(api, by, status=202, params=None, **body):
    body = {"region_code": POOL, "month": "2026-03", "reason": "3 月返款", **body}
    response = api.post(RUNS, by=by, params=params, json=body)
    assert response.status_code == status, response.text
    return response


def shown(api, job_id, by):
    return api.get(f"{RUNS}/{job_id}", by=by).json()


def run_in(api, job_id, by, *states):
    return wait_until(lambda: next((run for run in [shown(api, job_id, by)] if run["state"] in states), None), f"run {job_id}: {states}")


def run_whole(api, operator, reviewer, **body):
    job_id = start(api, operator, **body).json()["job_id"]
    run = run_in(api, job_id, operator, "awaiting_approval", "done")
    if run["state"] == "awaiting_approval":
        proposals.approve(api, run["proposal_id"], reviewer)
        run = run_in(api, job_id, operator, "done")
    return run


def balance(api, account_id, by):
    return api.get(f"/v1/accounts/{account_id}/balance", by=by).json()["balance_fen"]


def sums(people, fen):
    return {"people": people, "gross_fen": people * fen, "deduction_fen": 0, "net_fen": people * fen}


def people_by(run, phase):
    return {skip["reason"]: skip["people"] for skip in run["skipped"] if skip["phase"] == phase}


def test_a_month_is_reckoned_approved_and_posted_once(api, sql, operator, reviewer, pensioner):
    accounts = [pensioner()[1] for _ in range(3)]
    started = start(api, operator)
    job_id = started.json()["job_id"]
    assert started.headers["location"] == f"{RUNS}/{job_id}"
    assert {name: started.json()[name] for name in ("region_code", "month", "state", "dry_run")} == {
        "region_code": POOL, "month": "2026-03", "state": "waiting", "dry_run": False}
    run = run_in(api, job_id, operator, "awaiting_approval")
    assert (run["due"], run["posted"]) == (sums(3, GANSU_FEN), sums(0, 0))
    assert run["tiers"] == [{"phase": "checking", "plan_code": "basic", "min_age": 0, **sums(3, GANSU_FEN)}]
    assert [balance(api, account, operator) for account in accounts] == [0, 0, 0], "looking posts nothing"
    job = api.get(f"/v1/admin/jobs/{job_id}", by=operator).json()
    assert (job["kind"], job["progress"]["phase"], job["dry_run"]) == ("credit_run", "posting", False)
    check_problem(api.post(f"/v1/admin/proposals/{run['proposal_id']}/approve", by=operator), 403, "forbidden")
    proposal = api.get(f"/v1/admin/proposals/{run['proposal_id']}", by=reviewer).json()
    assert (proposal["kind"], proposal["object_id"], proposal["region_code"]) == ("post_credit_run", job_id, POOL)
    assert {change["field"]: change["after_masked"] for change in proposal["changes"]} == {
        "month": "2026-03", "people": "3", "gross_fen": "36000", "deduction_fen": "0", "net_fen": "36000", "skipped": "0"}
    proposals.approve(api, run["proposal_id"], reviewer)
    run = run_in(api, job_id, operator, "done")
    assert run["posted"] == run["due"]
    assert [balance(api, account, operator) for account in accounts] == [GANSU_FEN] * 3
    (entry,) = api.pages(f"/v1/accounts/{accounts[0]}/entries", by=operator)
    assert (entry["kind"], entry["amount_fen"]) == ("pensioner_credit", GANSU_FEN)
    event = wait_until(lambda: sql.execute("SELECT event FROM outbox WHERE kind = 'event' AND event ->> 'job_id' = %s AND state = 'sent'",
                                           [job_id]).fetchone(), "its event to drain")
    assert (event[0]["event"], event[0]["people"], event[0]["net_fen"]) == ("credit_run.posted", 3, 3 * GANSU_FEN)

    late = pensioner()[1]
    again = run_whole(api, operator, reviewer)
    assert again["posted"] == sums(1, GANSU_FEN) and people_by(again, "posting") == {"already_credited": 3}
    assert balance(api, late, operator) == GANSU_FEN
    nothing = run_whole(api, operator, reviewer)
    assert nothing["proposal_id"] is None and nothing["posted"] == sums(0, 0), "there was nothing to approve"
    assert [balance(api, account, operator) for account in accounts] == [GANSU_FEN] * 3


def test_a_run_that_is_turned_down_posts_nothing(api, operator, reviewer, pensioner):
    _, account_id = pensioner("621100")
    job_id = start(api, operator, region_code="621100").json()["job_id"]
    run = run_in(api, job_id, operator, "awaiting_approval")
    rejected = api.post(f"/v1/admin/proposals/{run['proposal_id']}/reject", by=reviewer, json={"reason": "人数不符"})
    assert rejected.status_code == 200, rejected.text
    run = run_in(api, job_id, operator, "cancelled")
    assert run["posted"] == sums(0, 0) and balance(api, account_id, operator) == 0


def test_a_dry_run_only_reckons(api, operator, pensioner):
    pensioner("621100")
    job_id = start(api, operator, params={"dry_run": "true"}, region_code="621100").json()["job_id"]
    run = run_in(api, job_id, operator, "done")
    assert run["dry_run"] and run["due"]["people"] >= 1 and run["proposal_id"] is None
    assert api.get(f"/v1/admin/jobs/{job_id}", by=operator).json()["dry_run"]


def test_the_lines_of_a_run(api, operator, pensioner):
    pensioner("621200")
    job_id = start(api, operator, params={"dry_run": "true"}, region_code="620000").json()["job_id"]
    run = run_in(api, job_id, operator, "done")
    lines = list(api.pages(f"{RUNS}/{job_id}/pools", by=operator, params={"limit": 3}))
    places = [(line["region_code"], line["plan_code"], line["phase"], line["min_age"] is None, line["reason"] or "") for line in lines]
    assert places == sorted(places) and len(set(places)) == len(places)
    tiers = [line for line in lines if line["reason"] is None]
    assert sum(line["people"] for line in tiers) == run["due"]["people"]
    assert sum(line["net_fen"] for line in tiers) == run["due"]["net_fen"]
    (mine,) = [line for line in tiers if line["region_code"] == "621200" and line["plan_code"] == "basic"]
    assert {name: mine[name] for name in ("phase", "min_age", *sums(0, 0))} == {"phase": "checking", "min_age": 0,
                                                                                **sums(mine["people"], GANSU_FEN)}
    for line in lines:
        if line["reason"] is not None:
            assert {line[name] for name in ("min_age", "gross_fen", "deduction_fen", "net_fen")} == {None, 0}
    sheet = api.get(f"{RUNS}/{job_id}/pools", by=operator, params={"limit": 100}, headers={"Accept": "text/csv"})
    written = list(csv.DictReader(io.StringIO(sheet.text)))
    assert [(line["region_code"], line["reason"], line["people"]) for line in written] == [
        (line["region_code"], line["reason"] or "", str(line["people"])) for line in lines][:len(written)]


def test_a_pool_whose_plan_is_incomplete_says_so(api, demo):
    operator = demo.staff("operator")
    job_id = start(api, operator, region_code="440300").json()["job_id"]
    run = run_in(api, job_id, operator, "done")
    assert "policy_incomplete" in people_by(run, "checking") and run["due"] == sums(0, 0)


@pytest.mark.parametrize("body", [{"month": "2999-01"}, {"region_code": "210100"}])
def test_a_month_that_has_not_begun_or_a_region_without_plans_is_no_run(api, demo, body):
    check_problem(start(api, demo.staff("operator"), 409, **body), 409, "conflict")


def test_a_run_is_within_the_callers_regions(api, operator, new_token):
    refused = start(api, operator, 400, region_code="440100")
    assert ("/body/region_code", "not_allowed") in {(f["pointer"], f["code"]) for f in refused.json()["errors"]}
    job_id = start(api, operator, params={"dry_run": "true"}).json()["job_id"]
    elsewhere = new_token("staff", roles=["operator"], regions=["440100"])
    for url in (f"{RUNS}/{job_id}", f"{RUNS}/{job_id}/pools", f"{RUNS}/{uuid.uuid4()}", f"{RUNS}/{uuid.uuid4()}/pools"):
        check_problem(api.get(url, by=elsewhere), 404, "not_found")


@pytest.mark.parametrize("body", [{"month": "2026-13"}, {"month": "2026-03-01"}, {"month": None}, {"region_code": "62"}, {"reason": ""}])
def test_what_is_no_run_is_refused(api, operator, body):
    start(api, operator, 400, **body)
