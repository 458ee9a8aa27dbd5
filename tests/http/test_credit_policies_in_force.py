"""Credit policies over HTTP: submitted, approved by somebody else, looked up by everybody, tried on people who are made up."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures
import uuid

import pytest
from tests.harness import proposals
from tests.harness.crediting import POLICIES, PUBLIC, activate, draft, fixed, in_force, new_plan, ratio, shown, submit, without, yearly
from tests.harness.problems import check_problem, faults, without_request_id

CITY, OTHER_CITY, PROVINCE, NATION = "510100", "510700", "510000", "000000"


@pytest.fixture(scope="module")
def policy(new_token):
    return new_token("staff", roles=["policy"], regions=[PROVINCE, NATION])


@pytest.fixture(scope="module")
def reviewer(new_token):
    return new_token("staff", roles=["reviewer"], regions=[PROVINCE, NATION])


@pytest.fixture(scope="module")
def city_policy(new_token):
    return new_token("staff", roles=["policy"], regions=[CITY])


@pytest.fixture
def plan():
    return new_plan()


def submitting(api, by, policy_id):
    return api.post(f"{POLICIES}/{policy_id}/submissions", by=by, json={"reason": "按文件执行"})


# --- submitting and approving -----------------------------------------------------------------------------------------


def test_a_version_is_submitted_and_somebody_else_approves(api, sql, city_policy, new_token, plan):
    both = new_token("staff", roles=["policy", "reviewer"], regions=[CITY])
    policy_id = draft(api, city_policy, fixed(CITY, plan))["policy_id"]
    response = submitting(api, both, policy_id)
    assert response.status_code == 201
    proposal = response.json()
    assert response.headers["location"] == f"/v1/admin/proposals/{proposal['proposal_id']}"
    assert (proposal["kind"], proposal["object_id"], proposal["region_code"], proposal["state"], proposal["person_id"]) == (
        "activate_credit_policy", policy_id, CITY, "open", None)
    waiting = shown(api, both, policy_id)
    assert (waiting["state"], waiting["proposal_id"], waiting["in_force"]) == ("proposed", proposal["proposal_id"], None)
    assert in_force(api, CITY, "2026-05").get(plan) is None
    check_problem(proposals.decide(api, proposal["proposal_id"], both), 403, "proposer_cannot_decide")
    reviewer = new_token("staff", roles=["reviewer"], regions=[CITY])
    outcome = proposals.approve(api, proposal["proposal_id"], reviewer).json()["outcome"]
    assert outcome == {"policy_id": policy_id, "region_code": CITY, "plan_code": plan, "version": 1, "effective_from": "2026-01"}
    active = shown(api, both, policy_id)
    assert (active["state"], active["proposal_id"], active["in_force"]) == (
        "active", proposal["proposal_id"], {"from": "2026-01", "until": None})
    assert active["activated_at"] is not None
    assert in_force(api, CITY, "2026-05")[plan]["policy_id"] == policy_id
    actions = sql.execute("SELECT action, actor_id::text FROM audit_event WHERE object_id IN (%s, %s) ORDER BY at",
                          [policy_id, proposal["proposal_id"]]).fetchall()  # fmt: skip
    assert ("submit_credit_policy", both.subject_id) in actions and ("approve_proposal", reviewer.subject_id) in actions


def test_what_waits_or_is_active_is_not_submitted_again(api, policy, reviewer, plan):
    policy_id = draft(api, policy, fixed(CITY, plan))["policy_id"]
    proposal = submit(api, policy, policy_id)
    check_problem(submitting(api, policy, policy_id), 409, "already_exists")
    assert proposals.decide(api, proposal["proposal_id"], reviewer, "reject").status_code == 200
    assert (shown(api, policy, policy_id)["state"], shown(api, policy, policy_id)["proposal_id"]) == ("draft", None)
    proposals.approve(api, submit(api, policy, policy_id)["proposal_id"], reviewer)
    check_problem(submitting(api, policy, policy_id), 409, "already_exists")


def test_submitting_at_once_makes_one_proposal(api, policy, plan):
    policy_id = draft(api, policy, fixed(CITY, plan))["policy_id"]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: submitting(api, policy, policy_id).status_code, range(6)))
    assert sorted(answers) == [201, 409, 409, 409, 409, 409]


def test_the_reviewer_sees_what_differs_from_what_is_in_force(api, policy, reviewer, plan):
    activate(api, policy, reviewer, fixed(PROVINCE, plan, effective_from="2025-01"))
    policy_id = draft(api, policy, ratio(CITY, plan, deductions=[{"kind": "critical_illness", "amount_fen": 300}]))["policy_id"]
    changes = {change.pop("field"): (change["before_masked"], change["after_masked"]) for change in submit(api, policy,
                                                                                                           policy_id)["changes"]}
    assert changes == {
        "region_code": (PROVINCE, CITY), "effective_from": ("2025-01", "2026-01"), "plan_kind": ("fixed", "ratio"),
        "base_fen": (None, "370000"), "tiers": ("0:10000;70:11000", "0:300"), "deductions": (None, "critical_illness:300"),
    }  # fmt: skip
    first = draft(api, policy, fixed(NATION, plan))["policy_id"]
    changes = {change["field"]: change["before_masked"] for change in submit(api, policy, first)["changes"]}
    assert set(changes.values()) == {None} and {"region_code", "version", "tiers", "rounding", "legal_basis"} <= set(changes)
    assert "base_fen" not in changes


def test_regions_of_submissions(api, policy, city_policy, new_token, plan):
    """What is the province's is absent for a city, also where it is active and so everybody's to see."""
    policy_id = draft(api, policy, fixed(PROVINCE, plan))["policy_id"]
    absent = submitting(api, city_policy, uuid.uuid4())
    check_problem(absent, 404, "not_found")
    assert without_request_id(submitting(api, city_policy, policy_id)) == without_request_id(absent)
    (shipped,) = api.get(POLICIES, by=city_policy, params={"region_code": "110000", "plan_code": "basic", "state": "active"}).json()["data"]
    assert without_request_id(submitting(api, city_policy, shipped["policy_id"])) == without_request_id(absent)
    proposal = submit(api, policy, policy_id)
    city_reviewer = new_token("staff", roles=["reviewer"], regions=[CITY])
    check_problem(proposals.decide(api, proposal["proposal_id"], city_reviewer), 404, "not_found")
    for role in ("operator", "reviewer", "auditor"):
        check_problem(submitting(api, new_token("staff", roles=[role], regions=[PROVINCE]), policy_id), 403, "forbidden")
    assert faults(api.post(f"{POLICIES}/{policy_id}/submissions", by=policy, json={"reason": "电话 13912345678"})) == {
        "/body/reason": "not_allowed"}


def test_a_lower_version_of_the_same_month_is_not_put_in_force(api, policy, reviewer, plan):
    low, waiting, high = (draft(api, policy, fixed(CITY, plan))["policy_id"] for _ in range(3))
    proposal = submit(api, policy, waiting)
    proposals.approve(api, submit(api, policy, high)["proposal_id"], reviewer)
    check_problem(submitting(api, policy, low), 409, "conflict")
    check_problem(proposals.decide(api, proposal["proposal_id"], reviewer), 409, "conflict")
    assert shown(api, policy, waiting)["state"] == "proposed", "it may be rejected"
    assert in_force(api, CITY, "2026-01")[plan]["version"] == 3


def test_versions_hold_until_the_next_one(api, policy, reviewer, plan):
    first = activate(api, policy, reviewer, fixed(CITY, plan, effective_from="2025-01"))["policy_id"]
    late = activate(api, policy, reviewer, fixed(CITY, plan, effective_from="2026-07"))["policy_id"]
    replaced = activate(api, policy, reviewer, fixed(CITY, plan, effective_from="2026-01"))["policy_id"]
    better = activate(api, policy, reviewer, fixed(CITY, plan, effective_from="2026-01"))["policy_id"]
    assert [shown(api, policy, policy_id)["in_force"] for policy_id in (first, replaced, better, late)] == [
        {"from": "2025-01", "until": "2025-12"}, None, {"from": "2026-01", "until": "2026-06"}, {"from": "2026-07", "until": None}]
    held = [in_force(api, CITY, month).get(plan, {}).get("version") for month in ("2024-12", "2025-01", "2025-12",
                                                                                  "2026-01", "2026-06", "2026-07")]
    assert held == [None, 1, 1, 4, 4, 2]


def test_months_do_not_become_a_year_in_its_middle(api, policy, reviewer, plan):
    """Somebody who was credited month by month would be credited the year again."""
    activate(api, policy, reviewer, fixed(PROVINCE, plan, effective_from="2020-01"))
    year = draft(api, policy, yearly(CITY, plan, effective_from="2099-01"))["policy_id"]
    past = draft(api, policy, yearly(CITY, plan, effective_from="2021-01"))["policy_id"]
    check_problem(submitting(api, policy, past), 409, "conflict")
    proposals.approve(api, submit(api, policy, year)["proposal_id"], reviewer)
    for region, month, status in ((CITY, "2099-07", 409), (CITY, "2100-02", 409), (CITY, "2100-01", 201), (CITY, "2098-07", 201),
                                  (OTHER_CITY, "2099-07", 201)):  # fmt: skip
        policy_id = draft(api, policy, fixed(region, plan, effective_from=month))["policy_id"]
        assert submitting(api, policy, policy_id).status_code == status, (region, month)
    wide = draft(api, policy, yearly(PROVINCE, plan, effective_from="2098-01"))["policy_id"]
    proposal = submit(api, policy, wide)
    other = draft(api, policy, fixed(OTHER_CITY, plan, effective_from="2098-05"))["policy_id"]
    proposals.approve(api, submit(api, policy, other)["proposal_id"], reviewer)
    check_problem(proposals.decide(api, proposal["proposal_id"], reviewer), 409, "conflict")


def test_who_drafted_it_does_not_approve_it_when_a_colleague_submits_it(api, policy, reviewer, new_token, plan):
    both = new_token("staff", roles=["policy", "reviewer"], regions=[PROVINCE])
    proposal = submit(api, policy, draft(api, both, fixed(CITY, plan))["policy_id"])
    check_problem(proposals.decide(api, proposal["proposal_id"], both), 409, "conflict")
    proposals.approve(api, proposal["proposal_id"], reviewer)


# --- what is in force -------------------------------------------------------------------------------------------------


@pytest.fixture
def left_as_it_was(sql, plan):
    """A plan of the nation would credit the pensioners of every other test."""
    yield
    sql.execute("DELETE FROM proposal WHERE object_id IN (SELECT policy_id FROM credit_policy WHERE plan_code = %s)", [plan])
    for table in ("credit_policy_tier", "credit_policy_deduction"):
        sql.execute(f"DELETE FROM {table} WHERE policy_id IN (SELECT policy_id FROM credit_policy WHERE plan_code = %s)", [plan])
    sql.execute("DELETE FROM credit_policy WHERE plan_code = %s", [plan])


@pytest.mark.usefixtures("left_as_it_was")
def test_a_city_falls_back_to_its_province_and_the_nation(api, policy, reviewer, plan):
    for region, fen in ((NATION, 5_000), (PROVINCE, 6_000), (CITY, 7_000)):
        activate(api, policy, reviewer, fixed(region, plan, tiers=[{"min_age": 0, "amount_fen": fen}]))
    for region, found, level, fen in ((CITY, CITY, "pool", 7_000), ("510104", CITY, "pool", 7_000),
                                      (OTHER_CITY, PROVINCE, "province", 6_000),
                                      (PROVINCE, PROVINCE, "province", 6_000), ("520100", NATION, "nation", 5_000),
                                      (NATION, NATION, "nation", 5_000)):  # fmt: skip
        held = in_force(api, region, "2026-03-31")[plan]
        assert (held["found_in"], held["tiers"][0]["amount_fen"]) == ({"region_code": found, "level": level}, fen), region


def test_an_incomplete_city_hides_its_province(api, policy, reviewer, plan):
    activate(api, policy, reviewer, fixed(PROVINCE, plan))
    activate(api, policy, reviewer, without(ratio(CITY, plan, effective_from="2026-03"), "base_fen"))
    before, after = in_force(api, CITY, "2026-02")[plan], in_force(api, CITY, "2026-03")[plan]
    assert (before["found_in"]["region_code"], before["is_complete"]) == (PROVINCE, True)
    assert (after["found_in"], after["is_complete"], after["base_fen"]) == ({"region_code": CITY, "level": "pool"}, False, None)


SHIPPED = [
    ("110000", "110000", "pool", [(0, 10_000), (70, 11_000)], True), ("310000", "310000", "pool", [(0, 168_000), (75, 189_000)], True),
    ("340100", "340000", "province", [(0, 7_000)], True), ("620500", "620000", "province", [(0, 12_000)], True),
    ("620900", "620000", "province", [(0, 12_000)], True), ("370100", "370000", "province", [(0, 10_000), (70, 12_500)], True),
    ("500000", "500000", "pool", [(0, 10_500), (70, 11_500)], True), ("440300", "440300", "pool", [(0, 280)], False),
    ("350200", "350200", "pool", [(0, 250)], False),
]  # fmt: skip


@pytest.mark.parametrize(("region", "found", "level", "tiers", "is_complete"), SHIPPED, ids=[row[0] for row in SHIPPED])
def test_what_is_shipped(api, region, found, level, tiers, is_complete):
    held = in_force(api, region, "2020-06")["basic"]
    assert held["found_in"] == {"region_code": found, "level": level}
    assert [(tier["min_age"], tier["amount_fen"] or tier["ratio_bp"]) for tier in held["tiers"]] == tiers
    assert held["is_complete"] is is_complete and held["legal_basis"] and held["source"].startswith("EXAMPLE")
    assert held["deductions"] == ([{"kind": "critical_illness", "amount_fen": 300}] if region == "110000" else [])


def test_of_today_unless_a_month_is_named(api):
    today = api.get(PUBLIC, params={"region": "620502"}).json()
    assert (today["region_code"], today["pool_code"]) == ("620502", "620500") and len(today["month"]) == 7
    assert api.get(PUBLIC, params={"region": "620502", "on": today["month"]}).json() == today
    province = api.get(PUBLIC, params={"region": "620000", "on": "2026-02-28"}).json()
    assert (province["pool_code"], province["month"]) == (None, "2026-02")
    assert api.get(PUBLIC, params={"region": "330100", "on": "1999-12"}).json()["data"] == []


@pytest.mark.parametrize(("query", "wrong"), [
    ({"region": "999999"}, {"/query/region": "unknown"}), ({}, {"/query/region": "required"}),
    ({"region": "62"}, {"/query/region": "malformed"}),
    ({"region": "620500", "on": "2026-13"}, {"/query/on": "malformed"}), ({"region": "620500", "on": "2026-02-30"},
                                                                          {"/query/on": "malformed"}),
    ({"region": "620500", "on": "2026"}, {"/query/on": "too_short"}), ({"region": "620500", "on": "today!!"}, {"/query/on": "malformed"}),
])  # fmt: skip
def test_what_cannot_be_asked(api, query, wrong):
    response = api.get(PUBLIC, params=query)
    check_problem(response, 400, "validation_failed")
    assert faults(response) == wrong


def test_what_is_held_is_not_sent_again(api):
    first = api.get(PUBLIC, params={"region": "110000", "on": "2026-10"})
    assert first.headers["cache-control"] == "public, max-age=3600"
    again = api.get(PUBLIC, params={"region": "110000", "on": "2026-10"}, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304 and not again.content
