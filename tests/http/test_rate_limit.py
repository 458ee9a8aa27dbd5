"""Rate limits: told in headers on every answer, kept per principal and per address, and over soon."""
# SPDX-License-Identifier: Apache-2.0
import re
import time

import pytest
from tests.harness.problems import check_problem

QUOTA = 30


@pytest.fixture()
def per_principal(start_server, client_of):
    return client_of(start_server({"YIBAO_RATE_PRINCIPAL_PER_MINUTE": str(QUOTA), "YIBAO_REACTORS": "2"}))


@pytest.fixture()
def per_address(start_server, client_of):
    return client_of(start_server({"YIBAO_RATE_ADDRESS_PER_MINUTE": str(QUOTA), "YIBAO_REACTORS": "2"}))


def limits(response, name):
    """(quota, window, remaining, reset) of one limit, from RateLimit-Policy and RateLimit."""
    policy = re.search(rf'"{name}";q=(\d+);w=(\d+)', response.headers["ratelimit-policy"])
    state = re.search(rf'"{name}";r=(\d+);t=(\d+)', response.headers["ratelimit"])
    return tuple(map(int, policy.groups() + state.groups()))


def until_refused(client, path, by=None, at_most=QUOTA * 3):
    """How many were allowed before the first 429, and that one."""
    for allowed in range(at_most):
        response = client.get(path, by=by)
        if response.status_code == 429:
            return allowed, response
        assert response.status_code in (200, 404), response.text
    raise AssertionError(f"{at_most} requests and no limit")


def check_refusal(response):
    check_problem(response, 429, "rate_limited")
    assert 1 <= int(response.headers["retry-after"]) <= 60


def test_a_principal_has_its_quota_over_all_connections(per_principal, demo):
    allowed, refusal = until_refused(per_principal, "/v1/me", demo.employee)
    assert QUOTA <= allowed <= QUOTA + 5  # what dripped in meanwhile
    check_refusal(refusal)
    quota, window_s, remaining, reset_s = limits(refusal, "principal")
    assert (quota, window_s, remaining) == (QUOTA, 60, 0) and 0 < reset_s <= 60


def test_remaining_counts_down(per_principal, demo):
    seen = [limits(per_principal.get("/v1/me", by=demo.employee), "principal")[2] for _ in range(5)]
    assert seen == sorted(seen, reverse=True) and seen[0] <= QUOTA - 1 and seen[0] - seen[-1] in (3, 4)


def test_other_principals_are_not_affected(per_principal, demo):
    until_refused(per_principal, "/v1/me", demo.employee)
    assert per_principal.get("/v1/me", by=demo.citizens[1]).status_code == 200
    assert per_principal.get("/v1/regions/110000").status_code == 200


def test_two_tokens_of_a_person_share_the_quota(per_principal, demo, new_token):
    until_refused(per_principal, "/v1/me", demo.employee)
    second = new_token("citizen", subject_id=demo.employee.person_id)
    check_refusal(per_principal.get("/v1/me", by=second))


def test_a_refused_request_does_nothing(per_principal, demo, sql):
    staff = demo.staff("operator")
    path = f"/v1/accounts/{demo.employee.account_id}/balance"
    until_refused(per_principal, "/v1/me", staff)
    before = sql.execute("SELECT count(*) FROM audit_event").fetchone()
    check_refusal(per_principal.get(path, by=staff))
    assert sql.execute("SELECT count(*) FROM audit_event").fetchone() == before


def test_it_is_over_after_retry_after(per_principal, demo):
    _, refusal = until_refused(per_principal, "/v1/me", demo.employee)
    time.sleep(int(refusal.headers["retry-after"]) + 0.2)
    assert per_principal.get("/v1/me", by=demo.employee).status_code == 200


def test_an_address_has_its_quota_whoever_asks(per_address, demo):
    allowed, refusal = until_refused(per_address, "/v1/regions/110000")
    assert QUOTA <= allowed <= QUOTA + 5
    check_refusal(refusal)
    assert limits(refusal, "address")[:3] == (QUOTA, 60, 0)
    check_refusal(per_address.get("/v1/me", by=demo.employee))
    check_refusal(per_address.get("/v1/nothing"))


def test_wrong_tokens_count_for_the_address(per_address):
    answers = [per_address.get("/v1/me", headers={"Authorization": "Bearer yb_c_wrong"}) for _ in range(QUOTA + 6)]
    assert answers[0].status_code == 401 and answers[-1].status_code == 429
