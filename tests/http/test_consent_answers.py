"""A person answers what a client has asked: in time, once, for themselves, and for no more than was asked."""
# SPDX-License-Identifier: Apache-2.0
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.harness.consenting import CONSENTS, MINE, REQUESTS, SCOPES, ask, grant, in_days, shows, statuses
from tests.harness.problems import check_problem, faults, without_request_id


@pytest.fixture
def client(new_token):
    return new_token("client")


@pytest.fixture(scope="module")
def citizen(demo):
    return demo.citizen("gap 5")


@pytest.fixture(scope="module")
def other(demo, citizen):
    return next(c for c in demo.citizens if c.account_id and c.person_id != citizen.person_id)


def check_not_found(response):
    check_problem(response, 404, "not_found")
    return response


def test_refused(api, client, citizen):
    request_id = ask(api, client, citizen)
    url = f"{MINE}/{request_id}/refuse"
    assert api.post(url, by=citizen).status_code == 204
    assert api.post(url, by=citizen).status_code == 204
    shown = shows(api, client, request_id)
    assert (shown["state"], shown["consent"]) == ("refused", None)
    body = {"scopes": ["balance"], "expires_at": in_days(1)}
    check_problem(api.post(f"{MINE}/{request_id}/grant", by=citizen, json=body), 409, "already_decided")
    assert set(statuses(api, client, citizen).values()) == {404}


def test_agreeing_again(api, client, citizen):
    request_id, expires_at = ask(api, client, citizen), in_days(3)
    first = grant(api, citizen, request_id, ["balance"], expires_at)
    assert grant(api, citizen, request_id, ["balance"], expires_at) == first
    url = f"{MINE}/{request_id}/grant"
    for other in ({"scopes": ["entries"], "expires_at": expires_at}, {"scopes": ["balance"], "expires_at": in_days(4)}):
        check_problem(api.post(url, by=citizen, json=other), 409, "already_decided")
    check_problem(api.post(f"{MINE}/{request_id}/refuse", by=citizen), 409, "already_decided")
    api.delete(f"{CONSENTS}/{first['consent_id']}", by=citizen)
    check_problem(api.post(url, by=citizen, json={"scopes": ["balance"], "expires_at": expires_at}), 409, "already_decided")


def test_of_many_answers_at_once_one_counts(api, client, citizen):
    request_id = ask(api, client, citizen)
    bodies = [{"scopes": [scope], "expires_at": in_days(5)} for scope in SCOPES for _ in range(3)]
    with ThreadPoolExecutor(8) as pool:
        url = f"{MINE}/{request_id}/grant"
        seen = list(pool.map(lambda body: api.post(url, by=citizen, json=body).status_code, bodies))
    assert set(seen) == {200, 409}
    (scope,) = shows(api, client, request_id)["consent"]["scopes"]
    granted = {body["scopes"][0] for body, status in zip(bodies, seen) if status == 200}
    assert granted == {scope}


WRONG_GRANTS = {
    "nothing": ({}, {"/body/scopes", "/body/expires_at"}),
    "no scopes": ({"scopes": []}, {"/body/scopes"}),
    "unknown scope": ({"scopes": ["everything"]}, {"/body/scopes/0"}),
    "more than was asked for": ({"scopes": ["balance", "entries"]}, {"/body/scopes"}),
    "past": ({"expires_at": "2020-01-01T00:00:00Z"}, {"/body/expires_at"}),
    "too long": ({"expires_at": in_days(368)}, {"/body/expires_at"}),
    "without end": ({"expires_at": "9999-12-31T00:00:00Z"}, {"/body/expires_at"}),
}


@pytest.mark.parametrize("name", WRONG_GRANTS)
def test_wrong_grants(api, client, citizen, name):
    changes, pointers = WRONG_GRANTS[name]
    request_id = ask(api, client, citizen, ["balance"])
    body = {} if name == "nothing" else {"scopes": ["balance"], "expires_at": in_days(1), **changes}
    response = api.post(f"{MINE}/{request_id}/grant", by=citizen, json=body)
    check_problem(response, 400, "validation_failed")
    assert faults(response).keys() == pointers
    assert shows(api, client, request_id)["state"] == "pending"
    api.post(f"{MINE}/{request_id}/refuse", by=citizen)


def test_nobody_answers_for_somebody_else(api, client, citizen, other):
    request_id = ask(api, client, citizen)
    body = {"scopes": ["balance"], "expires_at": in_days(1)}
    absent = uuid.uuid4()
    answers = [api.post(f"{MINE}/{which}/grant", by=other, json=body) for which in (request_id, absent)]
    answers += [api.post(f"{MINE}/{which}/refuse", by=other) for which in (request_id, absent)]
    answers += [api.get(f"{REQUESTS}/{which}", by=client) for which in (absent,)]
    assert len({str(without_request_id(check_not_found(answer))) for answer in answers}) == 1
    assert shows(api, client, request_id)["state"] == "pending"
    api.post(f"{MINE}/{request_id}/refuse", by=citizen)


def test_a_request_is_its_clients_alone(api, client, citizen, new_token):
    request_id = ask(api, client, citizen)
    check_problem(api.get(f"{REQUESTS}/{request_id}", by=new_token("client")), 404, "not_found")
    api.post(f"{MINE}/{request_id}/refuse", by=citizen)


def test_not_answered_in_time(api, sql, client, citizen):
    request_id = ask(api, client, citizen)
    sql.execute(
        "UPDATE consent_request SET created_at = now() - interval '8 days', expires_at = now() - interval '1 day'"
        " WHERE consent_request_id = %s",
        [request_id],
    )
    assert shows(api, client, request_id)["state"] == "expired"
    assert request_id not in {r["consent_request_id"] for r in api.get(MINE, by=citizen).json()["data"]}
    body = {"scopes": ["balance"], "expires_at": in_days(1)}
    check_problem(api.post(f"{MINE}/{request_id}/grant", by=citizen, json=body), 409, "conflict")
    check_problem(api.post(f"{MINE}/{request_id}/refuse", by=citizen), 409, "conflict")
