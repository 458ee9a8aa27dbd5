"""Recomputations of pensioner credits over HTTP: looked at, approved by somebody else, posted, and who may see them."""
# SPDX-License-Identifier: Apache-2.0
import uuid

import pytest
from tests.harness.problems import check_problem
from tests.harness.server import wait_until

PROVINCE, EMPTY_POOL = "230000", "230700"  # nobody else's in the suite
URL = "/v1/admin/credit-recomputations"


@pytest.fixture(scope="module")
def operator(new_token):
    return new_token("staff", roles=["operator"], regions=[PROVINCE])


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
