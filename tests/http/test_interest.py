"""Interest over HTTP: a yearly run that somebody else approves, what it comes from, settling one account, and who may see it."""
# SPDX-License-Identifier: Apache-2.0
import csv
import datetime
import io
import uuid

import pytest
from tests.harness import entering, money, proposals
from tests.harness.problems import check_problem, faults
from tests.harness.server import wait_until

POOL = "621100"  # nobody else's in the suite, and with a run that is posted
RUNS = "/v1/admin/interest-runs"
SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
REGIONS = ["620000"]


@pytest.fixture(scope="module")
def operator(new_token):
    return new_token("staff", roles=["operator"], regions=REGIONS)


@pytest.fixture(scope="module")
def reviewer(new_token):
    return new_token("staff", roles=["reviewer"], regions=REGIONS)


def at(day):
    return datetime.datetime.fromisoformat(f"{day}T10:00:00").replace(tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def insured(api, sql, operator, new_token):
    """Somebody with money: 10,000.00 carried over and 200.00 of the year since early 2024, in a pool of their own choice."""

    def make(pool=POOL, year=2024):
        person = entering.create(api, operator, pool_code=pool).json()["person_id"]
        body = {"scheme": "employee", "pool_code": pool, "started_on": "2020-01-01", "account_mode": "with_account", "payer_kind": "self"}
        made = api.post(f"/v1/admin/people/{person}/enrolments", by=operator, json=body)
        assert made.status_code == 201, made.text
        (account_id,) = sql.execute("SELECT account_id::text FROM account WHERE person_id = %s", [person]).fetchone()
        money.post(sql, account_id, [money.adjust(1_000_000, "carried_over")], instant=at(f"{year}-01-01"))
        money.post(sql, account_id, [money.adjust(20_000)], instant=at(f"{year}-01-11"))
        return person, account_id

    return make


def interest(api, account_id, year, by, status=200):
    response = api.get(f"/v1/accounts/{account_id}/interest", by=by, params={"year": year})
    assert response.status_code == status, response.text
    return response.json()


def balance(api, account_id, by):
    shown = api.get(f"/v1/accounts/{account_id}/balance", by=by).json()
    return shown["current_year_fen"], shown["carried_over_fen"]


def start(api, by, status=202, **body):
    response = api.post(RUNS, by=by, json={"region_code": POOL, "year": 2024, "reason": "年度计息", **body})
    assert response.status_code == status, response.text
    return response


def run_in(api, job_id, by, *states):
    def shown():
        run = api.get(f"{RUNS}/{job_id}", by=by).json()
        return run if run["state"] in states else None

    return wait_until(shown, f"run {job_id}: {states}")


def run_whole(api, operator, reviewer, **body):
    job_id = start(api, operator, **body).json()["job_id"]
    run = run_in(api, job_id, operator, "awaiting_approval", "done")
    if run["state"] == "awaiting_approval":
        proposals.approve(api, run["proposal_id"], reviewer)
        run = run_in(api, job_id, operator, "done")
    return run


# 20,000 × 356 × 0.35 % / 360 and 1,000,000 × 366 × 1.10 % / 360: 2024 is a leap year
CURRENT_2024, CARRIED_2024 = 69, 11_183


def test_a_year_is_reckoned_shown_approved_and_posted(api, sql, operator, reviewer, insured):
    _, account_id = insured()
    estimate = interest(api, account_id, 2024, operator)
    assert (estimate["posted"], estimate["interest_fen"], estimate["from"], estimate["to"]) == (
        False, CURRENT_2024 + CARRIED_2024, "2024-01-01", "2024-12-31")
    (period,) = estimate["periods"]
    assert (period["posted"], period["posted_at"], period["carried_fen"], period["year_end"]) == (False, None, 20_069, True)
    assert period["segments"] == [
        {"part": "current_year", "rate_kind": "demand", "rate_ppm": 3500, "from": "2024-01-01", "to": "2024-12-31",
         "balance_days": 20_000 * 356},
        {"part": "carried_over", "rate_kind": "fixed_3_months", "rate_ppm": 11_000, "from": "2024-01-01", "to": "2024-12-31",
         "balance_days": 366_000_000}]
    started = start(api, operator)
    job_id = started.json()["job_id"]
    assert started.headers["location"] == f"{RUNS}/{job_id}"
    run = run_in(api, job_id, operator, "awaiting_approval")
    assert run["due"]["accounts"] >= 1 and run["posted"]["accounts"] == 0
    assert balance(api, account_id, operator) == (20_000, 1_000_000), "looking posts nothing"
    own = api.post(f"/v1/admin/proposals/{run['proposal_id']}/approve", by=operator)
    check_problem(own, 403, "forbidden")
    shown = api.get(f"/v1/admin/proposals/{run['proposal_id']}", by=reviewer).json()
    assert (shown["kind"], shown["object_id"], shown["region_code"]) == ("post_interest", job_id, POOL)
    assert {change["field"]: change["after_masked"] for change in shown["changes"]}["accounts"] == str(run["due"]["accounts"])
    proposals.approve(api, run["proposal_id"], reviewer)
    run = run_in(api, job_id, operator, "done")
    assert run["posted"] == run["due"]
    assert balance(api, account_id, operator) == (0, 1_000_000 + CARRIED_2024 + 20_000 + CURRENT_2024)
    posted = interest(api, account_id, 2024, operator)
    (period,) = posted["periods"]
    assert posted["posted"] and period["posted"] and posted["interest_fen"] == estimate["interest_fen"]
    entries = {entry["entry_id"]: entry for entry in api.pages(f"/v1/accounts/{account_id}/entries", by=operator)}
    for name, kind, part, fen in (("current_year_entry_id", "interest", "current_year", CURRENT_2024),
                                  ("carried_over_entry_id", "interest", "carried_over", CARRIED_2024),
                                  ("year_end_in_entry_id", "year_end_in", "carried_over", 20_069),
                                  ("year_end_out_entry_id", "year_end_out", "current_year", 20_069)):
        entry = entries[period[name]]
        assert (entry["kind"], entry["part"], entry["amount_fen"]) == (kind, part, fen)
    assert entries[period["year_end_in_entry_id"]]["linked_entry_id"] == period["year_end_out_entry_id"]


def test_a_second_run_posts_nothing(api, operator, reviewer, insured):
    _, account_id = insured()
    run_whole(api, operator, reviewer)
    before = balance(api, account_id, operator)
    again = run_whole(api, operator, reviewer)
    assert again["posted"]["accounts"] == 0
    assert again["proposal_id"] is None, "there was nothing to approve"
    assert any(skip["reason"] == "already_posted" for skip in again["skipped"])
    assert balance(api, account_id, operator) == before


def test_the_pools_of_a_run(api, operator, insured):
    insured(pool="621200")
    job_id = start(api, operator, region_code="620000").json()["job_id"]
    run = run_in(api, job_id, operator, "awaiting_approval", "done")
    pools = list(api.pages(f"{RUNS}/{job_id}/pools", by=operator, params={"limit": 4}))
    assert [pool["region_code"] for pool in pools] == sorted(pool["region_code"] for pool in pools) and len(pools) > 5
    (mine,) = [pool for pool in pools if pool["region_code"] == "621200"]
    assert (mine["due_accounts"], mine["due_current_year_interest_fen"], mine["due_carried_over_interest_fen"],
            mine["due_carried_fen"]) == (
        1, CURRENT_2024, CARRIED_2024, 20_069)
    assert (mine["from"], mine["to"], mine["posts_from"]) == ("2024-01-01", "2024-12-31", "2025-01-01")
    assert sum(pool["due_accounts"] for pool in pools) == run["due"]["accounts"]
    sheet = api.get(f"{RUNS}/{job_id}/pools", by=operator, params={"limit": 100}, headers={"Accept": "text/csv"})
    lines = list(csv.DictReader(io.StringIO(sheet.text)))
    assert [line["region_code"] for line in lines] == [pool["region_code"] for pool in pools]
    assert {name: int(value) for name, value in lines[0].items() if name.endswith("_fen")} == {
        name: value for name, value in pools[0].items() if name.endswith("_fen")}


@pytest.mark.parametrize("year", [2027, 2999])
def test_a_year_that_is_not_over_is_no_run(api, operator, year):
    check_problem(start(api, operator, 409, year=year), 409, "conflict")


def test_a_run_is_within_the_callers_regions(api, operator, new_token):
    refused = start(api, operator, 400, region_code="440100")
    assert ("/body/region_code", "not_allowed") in {(f["pointer"], f["code"]) for f in refused.json()["errors"]}
    job_id = start(api, operator).json()["job_id"]
    elsewhere = new_token("staff", roles=["operator"], regions=["440100"])
    for url in (f"{RUNS}/{job_id}", f"{RUNS}/{job_id}/pools", f"{RUNS}/{uuid.uuid4()}", f"{RUNS}/{uuid.uuid4()}/pools"):
        check_problem(api.get(url, by=elsewhere), 404, "not_found")


def test_one_account_is_settled_before_the_year_ends(api, operator, reviewer, insured):
    _, account_id = insured("621200", 2025)
    url = f"/v1/admin/accounts/{account_id}/interest-settlements"
    made = api.post(url, by=operator, json={"reason": "销户结息", "source_document": "销户申请 12"})
    assert made.status_code == 201, made.text
    (change,) = made.json()["changes"]
    assert change["field"] == "interest_fen" and int(change["after_masked"]) > 11_000
    check_problem(api.post(url, by=operator, json={"reason": "销户结息"}), 409, "already_exists")
    decided = proposals.approve(api, made.json()["proposal_id"], reviewer).json()
    assert decided["outcome"]["account_id"] == account_id and decided["outcome"]["interest_fen"] >= int(change["after_masked"])
    posted = interest(api, account_id, 2025, operator)
    assert posted["posted"] and posted["periods"][-1]["year_end"]
    check_problem(api.post(url, by=operator, json={"reason": "销户结息"}), 409, "conflict")
    check_problem(api.post(f"/v1/admin/accounts/{uuid.uuid4()}/interest-settlements", by=operator, json={"reason": "x"}), 404, "not_found")


def test_the_owner_sees_it_and_who_looked(api, demo, operator):
    owner = demo.employee
    shown = interest(api, owner.account_id, 2025, owner)
    assert shown["account_id"] == owner.account_id and shown["year"] == 2025
    interest(api, owner.account_id, 2025, operator)
    log = api.get("/v1/me/access-log", by=owner, params={"limit": 20}).json()["data"]
    assert any(event["action"] == "get_account_interest" for event in log)
    other = next(c for c in demo.citizens if c.account_id and c != owner)
    interest(api, owner.account_id, 2025, other, 404)
    for year in ("", "1949", "x"):
        response = api.get(f"/v1/accounts/{owner.account_id}/interest", by=owner, params={"year": year})
        assert response.status_code == 400 and faults(response)
