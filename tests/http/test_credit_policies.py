"""Versions of credit policies over HTTP: drafted, listed, and never changed."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures
import uuid

import psycopg
import pytest
from tests.harness.crediting import POLICIES, draft, fixed, new_plan, ratio, shown, without, yearly
from tests.harness.problems import check_problem, faults, without_request_id

CITY, PROVINCE, NATION = "620700", "620000", "000000"


@pytest.fixture(scope="module")
def policy(new_token):
    return new_token("staff", roles=["policy"], regions=[CITY])


@pytest.fixture(scope="module")
def province(new_token):
    return new_token("staff", roles=["policy"], regions=[PROVINCE])


@pytest.fixture(scope="module")
def nation(demo):
    return demo.staff("policy")


def test_a_version_is_drafted_and_shown(api, policy, sql):
    plan = new_plan()
    body = fixed(CITY, plan, tiers=[{"min_age": 70, "amount_fen": 11_000}, {"min_age": 0, "amount_fen": 10_000}],
                 deductions=[{"kind": "critical_illness", "amount_fen": 300}])  # fmt: skip
    response = api.post(POLICIES, by=policy, json=body)
    assert response.status_code == 201
    made = response.json()
    assert response.headers["location"] == f"{POLICIES}/{made['policy_id']}"
    assert {name: made[name] for name in without(body, "tiers")} == without(body, "tiers")
    assert made["tiers"] == [{"min_age": 0, "amount_fen": 10_000, "ratio_bp": None},
                             {"min_age": 70, "amount_fen": 11_000, "ratio_bp": None}]  # fmt: skip
    assert (made["version"], made["state"], made["in_force"], made["is_complete"], made["created_by"], made["proposal_id"]) == (
        1, "draft", None, True, policy.subject_id, None)
    assert (made["posting_month"], made["is_pro_rated"], made["base_fen"], made["activated_at"]) == (None, False, None, None)
    assert shown(api, policy, made["policy_id"]) == made
    (actor, object_id, pool, detail) = sql.execute(
        "SELECT actor_id::text, object_id::text, pool_code, detail FROM audit_event WHERE request_id = %s AND action "
        "= 'create_credit_policy'",
        [response.headers["x-request-id"]]).fetchone()
    assert (actor, object_id, pool, detail) == (policy.subject_id, made["policy_id"], CITY, {"plan_code": plan, "version": 1})


def test_another_rule_is_another_version(api, policy):
    plan = new_plan()
    assert [draft(api, policy, body)["version"] for body in (fixed(CITY, plan), ratio(CITY, plan), yearly(CITY, plan))] == [1, 2, 3]
    assert draft(api, policy, fixed(CITY, new_plan()))["version"] == 1


def test_two_drafters_at_once_get_two_versions(api, policy):
    plan = new_plan()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: draft(api, policy, fixed(CITY, plan)), range(24)))
    assert sorted(version["version"] for version in made) == list(range(1, 25))


def test_a_ratio_and_a_yearly_plan(api, policy):
    made = draft(api, policy, ratio(CITY, new_plan()))
    assert (made["base_fen"], made["tiers"], made["is_complete"]) == (370_000, [{"min_age": 0, "amount_fen": None, "ratio_bp": 300}], True)
    made = draft(api, policy, without(ratio(CITY, new_plan()), "base_fen"))
    assert (made["base_fen"], made["is_complete"]) == (None, False)
    made = draft(api, policy, yearly(CITY, new_plan()))
    assert (made["period"], made["posting_month"], made["is_pro_rated"]) == ("year", 7, True)


def test_the_plan_that_is_shipped_is_meant_unless_another_is_named(api, new_token):
    by = new_token("staff", roles=["policy"], regions=["659000"])
    made = draft(api, by, without(fixed("650000", "basic"), "plan_code"), status=400)
    assert made["code"] == "validation_failed", "a region's neighbour"
    by = new_token("staff", roles=["policy"], regions=["650000"])
    assert draft(api, by, without(fixed("650000", "basic"), "plan_code"))["plan_code"] == "basic"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"tiers": [{"min_age": 0, "amount_fen": 1}, {"min_age": 70, "amount_fen": 2}, {"min_age": 70, "amount_fen": 3}]},
         {"/body/tiers/2/min_age": "duplicate"}),
        ({"tiers": [{"min_age": 0, "ratio_bp": 300}, {"min_age": 70, "amount_fen": 2, "ratio_bp": 1}]},
         {"/body/tiers/0/amount_fen": "required", "/body/tiers/0/ratio_bp": "not_allowed", "/body/tiers/1/ratio_bp": "not_allowed"}),
        ({"plan_kind": "ratio"},
         {"/body/tiers/0/ratio_bp": "required", "/body/tiers/0/amount_fen": "not_allowed", "/body/tiers/1/ratio_bp": "required",
          "/body/tiers/1/amount_fen": "not_allowed"}),
        ({"base_fen": 370_000, "posting_month": 7, "is_pro_rated": True},
         {"/body/base_fen": "not_allowed", "/body/posting_month": "not_allowed", "/body/is_pro_rated": "not_allowed"}),
        ({"period": "year", "effective_from": "2026-07"},
         {"/body/posting_month": "required", "/body/effective_from": "not_allowed"}),
        ({"deductions": [{"kind": "critical_illness", "amount_fen": 5000}, {"kind": "critical_illness", "amount_fen": 5001}]},
         {"/body/deductions/1/kind": "duplicate", "/body/deductions": "too_large"}),
        ({"tiers": [{"min_age": 0, "amount_fen": 0}, {"min_age": 60, "amount_fen": 299}],
          "deductions": [{"kind": "critical_illness", "amount_fen": 300}]}, {"/body/deductions": "too_large"}),
        ({"tiers": []}, {"/body/tiers": "too_short"}),
        ({"tiers": [{"min_age": -1, "amount_fen": -1}]}, {"/body/tiers/0/min_age": "too_small", "/body/tiers/0/amount_fen": "too_small"}),
        ({"plan_code": "Basic"}, {"/body/plan_code": "malformed"}),
        ({"effective_from": "2026-13", "rounding": "up", "legal_basis": "", "age_basis": "birthday"},
         {"/body/effective_from": "malformed", "/body/rounding": "not_allowed", "/body/legal_basis": "too_short",
          "/body/age_basis": "not_allowed"}),
        ({"region_code": "620702"}, {"/body/region_code": "not_allowed"}),
    ],
)  # fmt: skip
def test_every_fault_of_form_is_named_at_once(api, policy, changes, wrong):
    response = api.post(POLICIES, by=policy, json=fixed(CITY, "faulty", **changes))
    check_problem(response, 400, "validation_failed")
    assert faults(response) == wrong


def test_what_is_allowed_although_it_looks_odd(api, policy):
    draft(api, policy, fixed(CITY, new_plan(), tiers=[{"min_age": 60, "amount_fen": 5000}]))  # nobody under 60
    draft(api, policy, fixed(CITY, new_plan(), tiers=[{"min_age": 0, "amount_fen": 0}]))  # the plan ends
    draft(api, policy, ratio(CITY, new_plan(), deductions=[{"kind": "critical_illness", "amount_fen": 999_999}]))  # never above the gross
    draft(api, policy, fixed(CITY, new_plan(), tiers=[{"min_age": 0, "amount_fen": 0}, {"min_age": 60, "amount_fen": 300}],
                             deductions=[{"kind": "critical_illness", "amount_fen": 300}]))  # fmt: skip


@pytest.mark.parametrize(("region", "code"), [("620702", "unknown"), ("629999", "unknown"), ("110000", "not_allowed"),
                                              ("000000", "not_allowed")])
def test_a_policy_is_of_a_pool_a_province_or_the_nation(api, province, region, code):
    response = api.post(POLICIES, by=province, json=fixed(region, "nowhere"))
    assert faults(response) == {"/body/region_code": code}


def test_a_city_drafts_nothing_for_its_province(api, policy, province, nation):
    assert faults(api.post(POLICIES, by=policy, json=fixed(PROVINCE, "wide"))) == {"/body/region_code": "not_allowed"}
    assert draft(api, province, fixed(PROVINCE, new_plan()))["region_code"] == PROVINCE
    made = draft(api, nation, fixed(NATION, new_plan()))
    assert made["region_code"] == NATION


def test_drafts_show_to_those_whose_regions_cover_them(api, policy, province, nation, new_token):
    """A province's draft is not its cities' to see; what is active is public."""
    policy_id = draft(api, province, fixed(PROVINCE, new_plan()))["policy_id"]
    absent = api.get(f"{POLICIES}/{uuid.uuid4()}", by=policy)
    check_problem(absent, 404, "not_found")
    elsewhere = new_token("staff", roles=["operator"], regions=["110000"])
    for by in (policy, elsewhere):
        assert without_request_id(api.get(f"{POLICIES}/{policy_id}", by=by)) == without_request_id(absent)
    for role in ("operator", "reviewer", "policy", "auditor"):
        assert shown(api, new_token("staff", roles=[role], regions=[PROVINCE]), policy_id)["policy_id"] == policy_id
    assert shown(api, nation, policy_id)["state"] == "draft"
    (shipped,) = api.get(POLICIES, by=policy, params={"region_code": "110000", "plan_code": "basic", "state": "active"}).json()["data"]
    assert shown(api, policy, shipped["policy_id"]) == shipped
    assert (shipped["created_by"], shipped["proposal_id"], shipped["in_force"]) == (None, None, {"from": "2020-01", "until": None})


def test_the_list_is_newest_first_and_goes_on(api, policy, province):
    plan = new_plan()
    made = [draft(api, policy, fixed(CITY, plan))["policy_id"] for _ in range(5)]
    hidden = draft(api, province, fixed(PROVINCE, plan))["policy_id"]
    pages = list(api.pages(POLICIES, by=policy, params={"plan_code": plan, "limit": 2}))
    assert [version["policy_id"] for version in pages] == made[::-1]
    assert [version["policy_id"] for version in api.pages(POLICIES, by=province, params={"plan_code": plan})] == [hidden, *made[::-1]]
    assert api.get(POLICIES, by=policy, params={"plan_code": plan, "state": "active"}).json()["data"] == []
    assert api.get(POLICIES, by=policy, params={"plan_code": plan, "region_code": "620800"}).json()["data"] == []
    everything = list(api.pages(POLICIES, by=policy, params={"limit": 7}))
    assert len({version["policy_id"] for version in everything}) == len(everything) >= 13
    stamps = [version["created_at"] for version in everything]
    assert stamps == sorted(stamps, reverse=True)


def test_who_may(api, demo, new_token):
    for role in ("operator", "reviewer", "auditor", "security"):
        by = new_token("staff", roles=[role], regions=[CITY])
        check_problem(api.post(POLICIES, by=by, json=fixed(CITY, "who")), 403, "forbidden")
    check_problem(api.get(POLICIES, by=demo.employee), 403, "forbidden")
    check_problem(api.get(POLICIES), 401)


@pytest.mark.parametrize("change", [
    "UPDATE credit_policy SET base_fen = 1 WHERE policy_id = %s",
    "UPDATE credit_policy SET effective_from = '2020-01-01' WHERE policy_id = %s",
    "UPDATE credit_policy SET legal_basis = 'x' WHERE policy_id = %s",
    "DELETE FROM credit_policy WHERE policy_id = %s",
    "UPDATE credit_policy_tier SET amount_fen = 1 WHERE policy_id = %s",
    "DELETE FROM credit_policy_tier WHERE policy_id = %s",
    "UPDATE credit_policy_deduction SET amount_fen = 1 WHERE policy_id = %s",
    "DELETE FROM credit_policy_deduction WHERE policy_id = %s",
])  # fmt: skip
def test_a_version_is_never_changed(api, policy, connect, change):
    """The role that the program runs as is not allowed to."""
    policy_id = draft(api, policy, fixed(CITY, new_plan()))["policy_id"]
    with connect() as connection:
        connection.execute("SET ROLE yibao_app")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(change, [policy_id])
