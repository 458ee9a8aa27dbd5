"""Credit policies tried on people who are made up: what is answered, how it comes about, and that nothing stays."""
# SPDX-License-Identifier: Apache-2.0
import uuid

import pytest
from tests.harness.crediting import POLICIES, draft, fixed, new_plan, ratio, without, yearly
from tests.harness.problems import check_problem, faults, without_request_id

CITY = "620700"


@pytest.fixture(scope="module")
def policy(new_token):
    return new_token("staff", roles=["policy"], regions=[CITY])


def simulating(api, by, policy_id, born="1956-10-31", retired_on="2016-10-31", month="2026-10", **rest):
    body = {"birth_date": born, "retired_on": retired_on, "month": month, **rest}
    return api.post(f"{POLICIES}/{policy_id}/simulations", by=by, json=body)


def simulated(api, by, policy_id, *rest, **more):
    response = simulating(api, by, policy_id, *rest, **more)
    assert response.status_code == 200, response.text
    return response.json()


def test_an_amount_by_age(api, policy):
    policy_id = draft(api, policy, fixed(CITY, new_plan(), deductions=[{"kind": "critical_illness", "amount_fen": 300}]))["policy_id"]
    assert simulated(api, policy, policy_id) == {
        "policy_id": policy_id, "month": "2026-10", "status": "due", "first_month": "2016-11", "last_month": None, "period": "month",
        "period_from": "2026-10", "age_on": "2026-10-31", "age_years": 70, "min_age": 70, "months": 1,
        "gross_fen": 11_000, "deduction_fen": 300, "net_fen": 10_700,
        "reckoning": {"plan_kind": "fixed", "base_fen": None, "ratio_bp": None, "amount_fen": 11_000, "period_months": 1,
                      "dividend": 11_000, "divisor": 1, "deducted_fen": 300, "rounding": "half_up"}}  # fmt: skip
    younger = simulated(api, policy, policy_id, born="1956-11-01")
    assert (younger["age_years"], younger["min_age"], younger["net_fen"]) == (69, 0, 9_700)


def test_a_part_of_the_average_pension(api, policy):
    policy_id = draft(api, policy, ratio(CITY, new_plan()))["policy_id"]
    shown = simulated(api, policy, policy_id)
    assert (shown["gross_fen"], shown["net_fen"]) == (11_100, 11_100)
    assert shown["reckoning"] == {"plan_kind": "ratio", "base_fen": 370_000, "ratio_bp": 300, "amount_fen": None, "period_months": 1,
                                  "dividend": 111_000_000, "divisor": 10_000, "deducted_fen": 0, "rounding": "half_up"}  # fmt: skip


def test_what_one_can_follow(api, policy):
    """Whoever divides and rounds as the answer says gets the amount: 370,001 × 3.33 % = 12,321.03, and 9 / 12 of it."""
    body = yearly(CITY, new_plan(), plan_kind="ratio", base_fen=370_001, tiers=[{"min_age": 0, "ratio_bp": 333}],
                  deductions=[{"kind": "critical_illness", "amount_fen": 1_001}])  # fmt: skip
    policy_id = draft(api, policy, body)["policy_id"]
    shown = simulated(api, policy, policy_id, retired_on="2026-03-15", month="2026-07")
    reckoning = shown["reckoning"]
    assert (shown["months"], shown["gross_fen"], shown["deduction_fen"], shown["net_fen"]) == (9, 9_241, 751, 8_490)
    assert (reckoning["dividend"], reckoning["divisor"], reckoning["deducted_fen"], reckoning["period_months"]) == (
        370_001 * 333 * 9, 120_000, 1_001, 12)


@pytest.mark.parametrize(("dates", "status"), [
    ({"retired_on": "2026-10-01"}, "not_retired"), ({"retired_on": "2026-09-30"}, "due"), ({"deceased_on": "2026-09-30"}, "deceased"),
    ({"deceased_on": "2026-10-01"}, "due"), ({"born": "1976-11-01", "retired_on": "2020-01-01"}, "no_tier"),
    ({"born": "1966-11-01", "retired_on": "2020-01-01"}, "nothing_due"),
])  # fmt: skip
def test_a_month_and_whether_it_is_due(api, policy, dates, status):
    tiers = [{"min_age": 50, "amount_fen": 0}, {"min_age": 60, "amount_fen": 10_000}]
    shown = simulated(api, policy, draft(api, policy, fixed(CITY, new_plan(), tiers=tiers))["policy_id"], **dates)
    assert shown["status"] == status
    assert (shown["reckoning"] is None) == (shown["gross_fen"] is None) == (status not in ("due", "nothing_due"))


@pytest.mark.parametrize(("dates", "status", "gross"), [
    ({"month": "2026-06"}, "posting_month_not_reached", None), ({"month": "2026-07"}, "due", 168_000),
    ({"month": "2026-12"}, "due", 168_000),
    ({"month": "2026-07", "retired_on": "2026-07-15"}, "not_retired", None),
    ({"month": "2026-08", "retired_on": "2026-07-15"}, "due", 70_000),
    ({"month": "2026-07", "deceased_on": "2026-06-30"}, "deceased", None),
    ({"month": "2026-07", "deceased_on": "2026-07-01"}, "due", 98_000),
    ({"month": "2026-12", "retired_on": "2026-08-15", "deceased_on": "2026-08-20"}, "deceased", None),
])  # fmt: skip
def test_a_year_and_whether_it_is_due(api, policy, dates, status, gross):
    shown = simulated(api, policy, draft(api, policy, yearly(CITY, new_plan()))["policy_id"], **dates)
    assert (shown["status"], shown["gross_fen"], shown["period"], shown["period_from"]) == (status, gross, "year", "2026-01")


def test_what_is_incomplete_reckons_nothing(api, policy):
    shown = simulated(api, policy, draft(api, policy, without(ratio(CITY, new_plan()), "base_fen"))["policy_id"])
    assert (shown["status"], shown["age_years"], shown["gross_fen"], shown["net_fen"], shown["reckoning"]) == (
        "policy_incomplete", 70, None, None, None)


def test_a_month_before_the_version_begins(api, policy):
    policy_id = draft(api, policy, fixed(CITY, new_plan()))["policy_id"]
    assert faults(simulating(api, policy, policy_id, month="2025-12")) == {"/body/month": "too_small"}
    assert simulated(api, policy, policy_id, month="2026-01")["status"] == "due"


def test_dates_that_nobody_can_have(api, policy):
    policy_id = draft(api, policy, fixed(CITY, new_plan()))["policy_id"]
    response = simulating(api, policy, policy_id, retired_on="1956-10-30", deceased_on="1956-10-30")
    assert faults(response) == {"/body/retired_on": "too_small", "/body/deceased_on": "too_small"}
    assert faults(simulating(api, policy, policy_id, born="1849-12-31")) == {"/body/birth_date": "too_small"}
    assert faults(simulating(api, policy, policy_id, retired_on="9999-12-31")) == {"/body/retired_on": "too_large"}
    assert simulated(api, policy, policy_id, born="2999-12-31", retired_on="2999-12-31")["status"] == "not_retired"
    assert simulated(api, policy, policy_id, month="9999-12")["status"] == "due"


def test_who_may_and_where(api, policy, new_token):
    policy_id = draft(api, policy, fixed(CITY, new_plan()))["policy_id"]
    absent = simulating(api, policy, uuid.uuid4())
    check_problem(absent, 404, "not_found")
    elsewhere = new_token("staff", roles=["policy"], regions=["110000"])
    assert without_request_id(simulating(api, elsewhere, policy_id)) == without_request_id(absent)
    for role in ("operator", "reviewer"):
        assert simulated(api, new_token("staff", roles=[role], regions=[CITY]), policy_id)["status"] == "due"
    for role in ("auditor", "security"):
        check_problem(simulating(api, new_token("staff", roles=[role], regions=[CITY]), policy_id), 403, "forbidden")
    (shipped,) = api.get(POLICIES, by=policy, params={"region_code": "110000", "plan_code": "basic", "state": "active"}).json()["data"]
    assert simulated(api, policy, shipped["policy_id"])["net_fen"] == 10_700, "what is active is public"


def test_nothing_stays(api, sql, policy):
    policy_id = draft(api, policy, fixed(CITY, new_plan()))["policy_id"]
    response = simulating(api, policy, policy_id)
    (events,) = sql.execute("SELECT count(*) FROM audit_event WHERE request_id = %s", [response.headers["x-request-id"]]).fetchone()
    assert events == 0
