"""A client asks: what it may ask, how often, and that the answers tell nothing about people who have not agreed."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.harness import money
from tests.harness.consenting import MINE, REQUESTS, ask, asked_of, grant, shows
from tests.harness.problems import check_problem, faults
from tools.demo_data import citizen_number

NOBODY = citizen_number("620502", datetime.date(1931, 3, 4), 777)


@pytest.fixture
def client(new_token):
    return new_token("client")


@pytest.fixture(scope="module")
def citizen(demo):
    return demo.citizen("gap 5")


def whole_course(api, client, body):
    """All that a client sees of a request which nobody answers, but for ids, times and its own reference."""
    answers = [api.post(REQUESTS, by=client, json=body)]
    answers.append(api.get(answers[0].headers["location"], by=client))
    answers += [api.post(REQUESTS, by=client, json=body)]
    answers += [api.post(REQUESTS, by=client, json={**body, "days": 3})]
    answers += [api.post(REQUESTS, by=client, json={**body, "reference": uuid.uuid4().hex}) for _ in range(3)]
    seen = []
    for answer in answers:
        shown = answer.json()
        own = {"consent_request_id", "reference", "created_at", "expires_at", "request_id"}
        headers = {name for name in answer.headers if name != "date"}
        seen.append((answer.status_code, {k: v for k, v in shown.items() if k not in own}, headers))
    return seen


def test_nothing_tells_whether_somebody_exists(api, client, sql, citizen):
    """Known, unknown, known with another's name: the same course, to the limit and beyond."""
    known = asked_of(citizen)
    unknown = asked_of(citizen, citizen_number=NOBODY)
    misnamed = asked_of(citizen, name="欧阳不对")
    courses = [whole_course(api, client, body) for body in (known, unknown)]
    assert courses[0] == courses[1]
    assert [status for status, _, _ in courses[0]] == [201, 200, 201, 409, 201, 201, 429]
    sql.execute("UPDATE consent_request SET created_at = created_at - interval '2 days' WHERE client_id = %s", [client.subject_id])
    assert whole_course(api, client, misnamed) == courses[0]
    asked = {r["client_id"]: r for r in api.get(MINE, by=citizen).json()["data"]}
    assert client.subject_id in asked
    for shown in api.get(MINE, by=citizen).json()["data"]:
        if shown["client_id"] == client.subject_id:
            api.post(f"{MINE}/{shown['consent_request_id']}/refuse", by=citizen)


def test_ids_do_not_tell_who_is_asked(api, client, citizen):
    first, second = ask(api, client, citizen), ask(api, client, citizen)
    assert money.key_of(first) != money.key_of(second)
    assert money.key_of(citizen.person_id) not in {money.key_of(first), money.key_of(second)}
    for request_id in (first, second):
        api.post(f"{MINE}/{request_id}/refuse", by=citizen)


def test_a_client_cannot_pester(api, client, citizen, new_token):
    for _ in range(3):
        api.post(f"{MINE}/{ask(api, client, citizen)}/refuse", by=citizen)
    response = api.post(REQUESTS, by=client, json=asked_of(citizen))
    check_problem(response, 429, "rate_limited")
    assert 3600 < int(response.headers["retry-after"]) <= 86400
    assert api.post(REQUESTS, by=client, json=asked_of(citizen, name="欧阳不对")).status_code == 429
    assert api.post(REQUESTS, by=client, json=asked_of(citizen, citizen_number=NOBODY)).status_code == 201
    request_id = ask(api, new_token("client"), citizen)
    assert api.post(f"{MINE}/{request_id}/refuse", by=citizen).status_code == 204


def test_many_clients_together_cannot_flood_somebody(api, demo, sql, new_token):
    """Beyond twenty open requests the next one is answered as ever and shown to nobody."""
    flooded = demo.citizen("gap 2")
    client = new_token("client")
    key = money.key_of(flooded.person_id)
    sql.execute(
        "INSERT INTO consent_request (consent_request_id, client_id, reference, person_key, number_hash, name_hash, scopes,"
        " purpose, days, state, created_at, expires_at) SELECT gen_random_uuid(), %s, i::text, %s, sha256(int4send(i)),"
        " sha256('x'), '{balance}', 'x', 1, 'pending', now(), now() + interval '1 day' FROM generate_series(1, 20) AS i",
        [client.subject_id, key],
    )
    try:
        request_id = ask(api, client, flooded)
        assert shows(api, client, request_id)["state"] == "pending"
        shown = api.get(MINE, by=flooded).json()["data"]
        assert len(shown) == 20 and request_id not in {r["consent_request_id"] for r in shown}
    finally:
        sql.execute("DELETE FROM consent_request WHERE client_id = %s", [client.subject_id])


def test_one_client_alone_cannot_fill_the_list(api, demo, sql, new_token):
    """What it asked for on other days and is not answered counts: others still reach the person."""
    person, client, other = demo.citizen("gap 2"), new_token("client"), new_token("client")
    try:
        for _ in range(7):
            ids = {ask(api, client, person) for _ in range(3)}
            sql.execute(
                "UPDATE consent_request SET created_at = created_at - interval '1 day' WHERE client_id = %s", [client.subject_id]
            )
        shown = {r["consent_request_id"] for r in api.get(MINE, by=person).json()["data"] if r["client_id"] == client.subject_id}
        assert len(shown) == 3 and not shown & ids
        assert ask(api, other, person) in {r["consent_request_id"] for r in api.get(MINE, by=person).json()["data"]}
    finally:
        sql.execute("DELETE FROM consent_request WHERE client_id IN (%s, %s)", [client.subject_id, other.subject_id])


def test_asking_again_under_the_same_reference(api, client, citizen, new_token):
    body = asked_of(citizen)
    first = api.post(REQUESTS, by=client, json=body).json()
    assert api.post(REQUESTS, by=client, json={**body, "scopes": body["scopes"][::-1]}).json() == first
    for changes in ({"scopes": ["balance"]}, {"purpose": "else"}, {"name": "else"}, {"days": 1}, {"citizen_number": NOBODY}):
        check_problem(api.post(REQUESTS, by=client, json={**body, **changes}), 409, "already_exists")
    assert api.post(REQUESTS, by=new_token("client"), json=body).json()["consent_request_id"] != first["consent_request_id"]
    grant(api, citizen, first["consent_request_id"])
    again = api.post(REQUESTS, by=client, json=body).json()
    assert again == {**first, "state": "granted"}
    for shown in api.get(MINE, by=citizen).json()["data"]:
        api.post(f"{MINE}/{shown['consent_request_id']}/refuse", by=citizen)


def test_the_same_request_many_times_at_once_is_one(api, client, sql, citizen):
    body = asked_of(citizen)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: api.post(REQUESTS, by=client, json=body), range(24)))
    assert {answer.status_code for answer in answers} == {201}
    (request_id,) = {answer.json()["consent_request_id"] for answer in answers}
    assert sql.execute("SELECT count(*) FROM consent_request WHERE client_id = %s", [client.subject_id]).fetchone() == (1,)
    api.post(f"{MINE}/{request_id}/refuse", by=citizen)


def test_old_numbers_and_small_letters_find_the_same_person(api, client, sql, citizen):
    number = citizen.citizen_number
    written = [number.lower()]
    if number[6:8] == "19":
        written.append(number[:6] + number[8:17])
    for text in written:
        request_id = ask(api, client, citizen, citizen_number=text)
        assert api.post(f"{MINE}/{request_id}/refuse", by=citizen).status_code == 204


WRONG_QUESTIONS = {
    "nothing": ({}, {"/body/reference", "/body/citizen_number", "/body/name", "/body/scopes", "/body/purpose"}),
    "no number": ({"citizen_number": "110105194912310021"}, {"/body/citizen_number"}),
    "no date": ({"citizen_number": "110105194913310021"}, {"/body/citizen_number"}),
    "empty name": ({"name": ""}, {"/body/name"}),
    "no scopes": ({"scopes": []}, {"/body/scopes"}),
    "unknown scope": ({"scopes": ["balance", "all"]}, {"/body/scopes/1"}),
    "twice": ({"scopes": ["balance", "balance"]}, {"/body/scopes/1"}),
    "no purpose": ({"purpose": ""}, {"/body/purpose"}),
    "long reference": ({"reference": "长" * 65}, {"/body/reference"}),
    "for ever": ({"days": 367}, {"/body/days"}),
    "no days": ({"days": 0}, {"/body/days"}),
}


@pytest.mark.parametrize("name", WRONG_QUESTIONS)
def test_wrong_questions(api, client, citizen, name):
    changes, pointers = WRONG_QUESTIONS[name]
    body = {} if name == "nothing" else asked_of(citizen, **changes)
    response = api.post(REQUESTS, by=client, json=body)
    check_problem(response, 400, "validation_failed")
    assert faults(response).keys() == pointers


def test_the_longest_of_everything(api, client, citizen):
    longest = {"reference": "长" * 64, "name": "长" * 64, "purpose": "长" * 200, "days": 366}
    assert api.post(REQUESTS, by=client, json=asked_of(citizen, **longest)).status_code == 201


def test_numbers_and_names_are_kept_as_hashes(api, client, sql, citizen):
    request_id = ask(api, client, citizen)
    (row,) = sql.execute("SELECT consent_request::text FROM consent_request WHERE consent_request_id = %s", [request_id]).fetchone()
    assert citizen.citizen_number not in row and citizen.name not in row
    api.post(f"{MINE}/{request_id}/refuse", by=citizen)
