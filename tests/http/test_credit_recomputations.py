"""Recomputations of pensioner credits over HTTP: looked at, approved by somebody else, posted, and who may see them."""
# SPDX-License-Identifier: Apache-2.0
import csv
import io
import uuid

import pytest
from tests.harness import crediting, money, proposals
from tests.harness.problems import check_problem
from tests.harness.server import wait_until

PROVINCE, POOL, EMPTY_POOL = "230000", "230600", "230700"  # nobody else's in the suite
URL = "/v1/admin/credit-recomputations"


@pytest.fixture(scope="module")
def operator(new_token):
    return new_token("staff", roles=["operator"], regions=[PROVINCE])


@pytest.fixture(scope="module")
def reviewer(new_token):
    return new_token("staff", roles=["reviewer"], regions=[PROVINCE])


@pytest.fixture(scope="module")
def policy(new_token):
    return new_token("staff", roles=["policy"], regions=[PROVINCE])


def start(api, by, status=202, **body):
    body = {"region_code": PROVINCE, "from_month": "2025-01", "to_month": "2025-05", "reason": "补发差额", **body}
    response = api.post(URL, by=by, json=body)
    assert response.status_code == status, response.text
    return response


def in_state(api, job_id, by, *states):
    def shown():
        run = api.get(f"{URL}/{job_id}", by=by).json()
        return run if run["state"] in states else None

    return wait_until(shown, f"recomputation {job_id}: {states}")


def test_where_nobody_was_credited_nothing_is_due(api, operator):
    started = start(api, operator, region_code=EMPTY_POOL, plan_code="basic")
    job_id = started.json()["job_id"]
    assert started.headers["location"] == f"{URL}/{job_id}"
    assert (started.json()["from_month"], started.json()["to_month"], started.json()["plan_code"]) == ("2025-01", "2025-05", "basic")
    run = in_state(api, job_id, operator, "done")
    assert (run["from_month"], run["to_month"], run["plan_code"]) == ("2025-01", "2025-05", "basic")
    assert (run["proposal_id"], run["found"], run["outcome"], run["not_judged"]) == (None, [], [], [])
    assert list(api.pages(f"{URL}/{job_id}/differences", by=operator)) == []
    assert api.get(f"/v1/admin/jobs/{job_id}", by=operator).json()["kind"] == "credit_recomputation"


@pytest.mark.parametrize(("body", "fault"), [
    ({"from_month": "2025-06"}, ("/body/to_month", "too_small")),
    ({"from_month": "2015-05"}, ("/body/to_month", "too_large")),
    ({"to_month": "2025-13"}, ("/body/to_month", "malformed")),
    ({"plan_code": "Some one"}, ("/body/plan_code", "malformed")),
    ({"region_code": "440100"}, ("/body/region_code", "not_allowed")),
])
def test_what_cannot_be_asked(api, operator, body, fault):
    refused = start(api, operator, 400, **body)
    assert fault in {(one["pointer"], one["code"]) for one in refused.json()["errors"]}


def test_the_longest_range(api, operator):
    start(api, operator, region_code=EMPTY_POOL, from_month="2015-06")


def test_a_region_without_a_pool_is_a_conflict(api, operator):
    check_problem(start(api, operator, 409, region_code="239999"), 409, "conflict")


def test_it_is_within_the_callers_regions(api, operator, new_token):
    job_id = start(api, operator, region_code=EMPTY_POOL).json()["job_id"]
    elsewhere = new_token("staff", roles=["operator"], regions=["440100"])
    for unseen in (job_id, uuid.uuid4()):
        check_problem(api.get(f"{URL}/{unseen}", by=elsewhere), 404, "not_found")
        check_problem(api.get(f"{URL}/{unseen}/differences", by=elsewhere), 404, "not_found")


def test_reading_the_list_is_recorded(api, sql, operator):
    job_id = start(api, operator, region_code=EMPTY_POOL).json()["job_id"]
    api.get(f"{URL}/{job_id}/differences", by=operator, params={"reason": "policy", "status": "due"})
    assert sql.execute("SELECT actor_id::text, person_key FROM audit_event WHERE action = 'list_credit_differences' AND object_id = %s",
                       [job_id]).fetchall() == [(operator.subject_id, None)]


def balance(api, account_id, by):
    return api.get(f"/v1/accounts/{account_id}/balance", by=by).json()["balance_fen"]


def whole_run(api, operator, reviewer, url, body):
    """Asked for, checked, approved and posted: what it is then."""
    job_id = api.post(url, by=operator, json=body).json()["job_id"]

    def shown(*states):
        run = api.get(f"{url}/{job_id}", by=operator).json()
        return run if run["state"] in states else None

    run = wait_until(lambda: shown("awaiting_approval", "done"), f"{url}/{job_id}")
    if run["state"] == "awaiting_approval":
        proposals.approve(api, run["proposal_id"], reviewer)
        run = wait_until(lambda: shown("done"), f"{url}/{job_id} to be done")
    return run


def test_a_base_that_is_published_late(api, sql, operator, reviewer, policy):
    """Heilongjiang: 7,010.00 for 2024, 7,570.00 for 2025. 2.8 % of them: 196.28 and 211.96 a month."""
    plan = crediting.new_plan()
    base = crediting.ratio(POOL, plan, effective_from="2024-01", base_fen=701_000, tiers=[{"min_age": 0, "ratio_bp": 280}])
    crediting.activate(api, policy, reviewer, base)
    people = [crediting.pensioner(api, sql, operator, POOL) for _ in range(3)]
    for number in range(1, 6):
        whole_run(api, operator, reviewer, "/v1/admin/credit-runs",
                  {"region_code": POOL, "month": f"2025-{number:02}", "reason": "返款"})
    assert [balance(api, account, operator) for _, account in people] == [5 * 19628] * 3
    money.post(sql, people[2][1], [money.adjust(-5 * 19628, "carried_over")])
    dead, _ = people[2]
    made = api.post(f"/v1/admin/people/{dead}/corrections", by=operator, json={"deceased_on": "2025-03-20", "reason": "死亡登记"})
    proposals.approve(api, made.json()["proposal_id"], reviewer)
    published = crediting.activate(api, policy, reviewer, {**base, "effective_from": "2025-01", "base_fen": 757_000})
    job_id = start(api, operator, region_code=POOL, plan_code=plan).json()["job_id"]
    run = in_state(api, job_id, operator, "awaiting_approval")
    found = {(each["reason"], each["status"]): each for each in run["found"]}
    assert (found["policy", "due"]["people"], found["policy", "due"]["differences"],
            found["policy", "due"]["net_up_fen"]) == (3, 13, 13 * 1568)
    assert (found["not_entitled", "due"]["people_down"], found["not_entitled", "due"]["gross_down_fen"]) == (1, 2 * 19628)
    assert run["outcome"] == [] and balance(api, people[0][1], operator) == 5 * 19628, "looking posts nothing"
    check_problem(api.post(f"/v1/admin/proposals/{run['proposal_id']}/approve", by=operator), 403, "forbidden")
    proposal = api.get(f"/v1/admin/proposals/{run['proposal_id']}", by=reviewer).json()
    assert (proposal["kind"], proposal["object_id"], proposal["region_code"]) == ("post_credit_recomputation", job_id, POOL)
    assert {change["field"]: change["after_masked"] for change in proposal["changes"]} == {
        "from_month": "2025-01", "to_month": "2025-05", "plan_code": plan, "people_up": "3", "people_down": "1",
        "gross_up_fen": str(13 * 1568), "gross_down_fen": str(2 * 19628), "deduction_fen": "0", "net_up_fen": str(13 * 1568),
        "net_down_fen": str(2 * 19628), "cannot": "0"}
    proposals.approve(api, run["proposal_id"], reviewer)
    run = in_state(api, job_id, operator, "done")
    missing = 2 * 19628 - 3 * 1568
    assert {(each["reason"], each["status"]): each["receivable_fen"] for each in run["outcome"]} == {
        ("policy", "posted"): 0, ("not_entitled", "posted"): missing}
    assert [balance(api, account, operator) for _, account in people] == [5 * 21196, 5 * 21196, 0]

    listed = list(api.pages(f"{URL}/{job_id}/differences", by=operator, params={"limit": 4}))
    assert len(listed) == 15 and {each["status"] for each in listed} == {"posted"}
    mine = [each for each in listed if each["person_id"] == people[0][0]]
    assert [each["period_start"] for each in mine] == [f"2025-0{number}-01" for number in range(1, 6)]
    assert {(each["credited_gross_fen"], each["due_gross_fen"], each["net_fen"], each["policy_id"], each["account_id"])
            for each in mine} == {
        (19628, 21196, 1568, published["policy_id"], people[0][1])}
    taken = list(api.pages(f"{URL}/{job_id}/differences", by=operator, params={"reason": "not_entitled"}))
    assert [(each["person_id"], each["net_fen"], each["policy_id"]) for each in taken] == [(dead, -19628, None)] * 2
    assert list(api.pages(f"{URL}/{job_id}/differences", by=operator, params={"status": "changed"})) == []
    sheet = api.get(f"{URL}/{job_id}/differences", by=operator, params={"limit": 100}, headers={"Accept": "text/csv"})
    lines = list(csv.DictReader(io.StringIO(sheet.text)))
    assert [line["credit_id"] for line in lines] == [each["credit_id"] for each in listed]

    owed = api.get(f"/v1/people/{dead}/receivables", by=operator).json()["data"]
    assert sum(each["open_fen"] for each in owed) == missing
    assert {(each["kind"], each["contribution_id"]) for each in owed} == {("pensioner_credit", None)}
    assert {each["period"] for each in owed} <= {"2025-04", "2025-05"} and {each["credit_id"] for each in owed} <= {
        each["credit_id"] for each in taken}
    again = whole_run(api, operator, reviewer, URL, {"region_code": POOL, "from_month": "2025-01",
                                                     "to_month": "2025-05", "plan_code": plan, "reason": "补发差额"})
    assert (again["proposal_id"], again["found"]) == (None, [])
