"""A client sees of a person what that person agreed to, for as long, and nothing that tells whether somebody exists."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.harness import money
from tests.harness.consenting import CONSENTS, MINE, REQUESTS, SCOPES, agree, ask, asked_of, grant, in_days, paths_of
from tests.harness.problems import check_problem, faults, without_request_id
from tests.http import listing
from tools.demo_data import citizen_number

NOBODY = citizen_number("620502", datetime.date(1931, 3, 4), 777)


@pytest.fixture
def client(new_token):
    return new_token("client")


@pytest.fixture(scope="module")
def citizen(demo):
    return demo.citizen("gap 5")


@pytest.fixture(scope="module")
def other(demo, citizen):
    return next(c for c in demo.citizens if c.account_id and c.person_id != citizen.person_id)


def statuses(api, client, citizen):
    return {path: api.get(path, by=client).status_code for path in paths_of(citizen)}


def shows(api, client, request_id):
    response = api.get(f"{REQUESTS}/{request_id}", by=client)
    assert response.status_code == 200
    return response.json()


def test_from_the_question_to_what_is_seen(api, client, citizen):
    body = asked_of(citizen, ["balance", "entries"], days=180)
    asked = api.post(REQUESTS, by=client, json=body)
    assert asked.status_code == 201 and asked.json()["state"] == "pending"
    request_id = asked.json()["consent_request_id"]
    assert asked.headers["location"] == f"{REQUESTS}/{request_id}"
    pending = shows(api, client, request_id)
    assert pending["consent"] is None and pending["state"] == "pending" and pending["days"] == 180
    assert (pending["reference"], pending["purpose"]) == (body["reference"], body["purpose"])
    (mine,) = [r for r in api.get(MINE, by=citizen).json()["data"] if r["consent_request_id"] == request_id]
    assert (mine["client_id"], mine["client_kind"], mine["purpose"]) == (client.subject_id, "mini_program", body["purpose"])
    assert mine["scopes"] == ["balance", "entries"]
    expires_at = in_days(30)
    given = grant(api, citizen, request_id, ["balance"], expires_at)
    granted = shows(api, client, request_id)
    assert granted["state"] == "granted" and granted["consent"] == {
        "consent_id": given["consent_id"],
        "person_id": citizen.person_id,
        "scopes": ["balance"],
        "state": "active",
        "granted_at": given["granted_at"],
        "expires_at": given["expires_at"],
    }
    assert datetime.datetime.fromisoformat(given["expires_at"]) == datetime.datetime.fromisoformat(expires_at)
    accounts = api.get(f"/v1/people/{granted['consent']['person_id']}/accounts", by=client).json()["data"]
    account_id = next(a["account_id"] for a in accounts if a["status"] == "active")
    url = f"/v1/accounts/{account_id}/balance"
    assert api.get(url, by=client).json() == api.get(url, by=citizen).json()
    assert not any(r["consent_request_id"] == request_id for r in api.get(MINE, by=citizen).json()["data"])


@pytest.mark.parametrize("scope", SCOPES)
def test_each_scope_opens_its_own_and_no_more(api, client, citizen, other, scope):
    agree(api, client, citizen, [scope])
    wanted = {path: 200 if of == scope else 404 for path, of in paths_of(citizen).items()}
    assert statuses(api, client, citizen) == wanted
    assert set(statuses(api, client, other).values()) == {404}


def refusals(api, client, person_id, account_id):
    paths = (f"/v1/people/{person_id}/accounts", f"/v1/accounts/{account_id}/balance")
    return [without_request_id(check_not_found(api.get(path, by=client))) for path in paths]


def check_not_found(response):
    check_problem(response, 404, "not_found")
    return response


def test_whatever_is_lacking_looks_like_nobody(api, client, sql, citizen, other, new_token):
    """No consent, another scope, another person, expired, revoked, somebody who does not exist."""
    seen = {"no consent": refusals(api, client, citizen.person_id, citizen.account_id)}
    seen["nobody"] = refusals(api, client, uuid.uuid4(), uuid.uuid4())
    agree(api, client, citizen, ["entries"])
    seen["other scope"] = refusals(api, client, citizen.person_id, citizen.account_id)
    consent = agree(api, client, citizen, ["balance"])
    seen["other person"] = refusals(api, client, other.person_id, other.account_id)
    seen["other client"] = refusals(api, new_token("client"), citizen.person_id, citizen.account_id)
    key = money.key_of(citizen.person_id)
    seen["made-up ids"] = refusals(api, client, money.new_id(key), money.new_id(key))
    sql.execute(
        "UPDATE consent SET granted_at = now() - interval '2 days', expires_at = now() - interval '1 second'"
        " WHERE consent_id = %s",
        [consent["consent_id"]],
    )
    seen["expired"] = refusals(api, client, citizen.person_id, citizen.account_id)
    consent = agree(api, client, citizen, ["balance"])
    api.delete(f"{CONSENTS}/{consent['consent_id']}", by=citizen)
    seen["revoked"] = refusals(api, client, citizen.person_id, citizen.account_id)
    assert all(refusal == seen["nobody"] for refusal in seen.values()), seen


def test_taken_back_at_once(api, client, citizen):
    consent = agree(api, client, citizen)
    url = f"{CONSENTS}/{consent['consent_id']}"
    assert set(statuses(api, client, citizen).values()) == {200}
    assert api.delete(url, by=citizen).status_code == 204
    assert set(statuses(api, client, citizen).values()) == {404}
    assert api.delete(url, by=citizen).status_code == 204
    (shown,) = [c for c in api.pages(CONSENTS, by=citizen) if c["consent_id"] == consent["consent_id"]]
    assert shown["state"] == "revoked" and shown["revoked_at"] is not None


def test_a_consent_is_its_givers_alone(api, client, citizen, other):
    consent = agree(api, client, citizen)
    for somebody, consent_id in ((other, consent["consent_id"]), (citizen, uuid.uuid4())):
        check_problem(api.delete(f"{CONSENTS}/{consent_id}", by=somebody), 404, "not_found")
    assert set(statuses(api, client, citizen).values()) == {200}
    assert consent["consent_id"] not in {c["consent_id"] for c in api.pages(CONSENTS, by=other)}


def test_rests_with_the_client(api, demo, client, citizen):
    consent = agree(api, client, citizen)
    path = f"/v1/accounts/{citizen.account_id}/balance"

    def state():
        return next(c["state"] for c in api.pages(CONSENTS, by=citizen) if c["consent_id"] == consent["consent_id"])

    for change, status, shown in (("suspended", 401, "suspended"), ("active", 200, "active"), ("closed", 401, "ended")):
        assert api.patch(f"/v1/admin/clients/{client.subject_id}", by=demo.admin, json={"state": change}).status_code == 200
        api.wait_for_status(path, client, status)
        assert state() == shown


@pytest.mark.parametrize("end", ["death", "merge"])
def test_ends_with_the_person(api, sql, client, citizen, end):
    consent = agree(api, client, citizen)
    request_id = next(iter(sql.execute("SELECT consent_request_id FROM consent WHERE consent_id = %s", [consent["consent_id"]])))[0]
    key = money.key_of(citizen.person_id)
    begin, undo = {
        "death": (
            "UPDATE person SET deceased_on = '2026-01-01' WHERE person_key = %s",
            "UPDATE person SET deceased_on = NULL WHERE person_key = %s",
        ),
        "merge": (
            "INSERT INTO person_alias (person_key, person_id, current_person_key, current_person_id, reason, created_at)"
            " VALUES (%s, gen_random_uuid(), 1, gen_random_uuid(), 'merged', now())",
            "DELETE FROM person_alias WHERE person_key = %s",
        ),
    }[end]
    sql.execute(begin, [key])
    try:
        assert set(statuses(api, client, citizen).values()) == {404}
        assert shows(api, client, request_id)["consent"]["state"] == "ended"
    finally:
        sql.execute(undo, [key])
    assert set(statuses(api, client, citizen).values()) == {200}


def test_a_client_sees_people_of_its_regions_only(api, demo, sql, new_token):
    mover = demo.citizen("moved")
    here = new_token("client", client_regions=["440000"])
    agree(api, here, mover)
    for what in ("accounts", "enrolments", "contributions"):
        rows = api.get(f"/v1/people/{mover.person_id}/{what}", by=here).json()["data"]
        assert {row["region_code"] for row in rows} == {"440100"}
    nowhere = new_token("client", client_regions=["110000"])
    request_id = ask(api, nowhere, mover)
    assert request_id not in {r["consent_request_id"] for r in api.get(MINE, by=mover).json()["data"]}


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


# --- what a client can learn before anybody has agreed --------------------------------------------------------------


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


def test_the_list_of_consents(api, citizen, new_token):
    given = [agree(api, new_token("client"), citizen, ["balance"])["consent_id"] for _ in range(4)]
    rows = api.pages(CONSENTS, by=citizen)
    assert [row["consent_id"] for row in rows[:4]] == given[::-1]
    assert rows[0]["last_used_at"] is None and rows[0]["state"] == "active"
    listing.check_limits(api, CONSENTS, citizen)
    listing.check_link(api, CONSENTS, citizen)
    paged = api.pages(CONSENTS, by=citizen, limit=2)
    assert paged == rows


def test_last_use_is_known(api, client, citizen):
    consent = agree(api, client, citizen)
    before = datetime.datetime.now(datetime.timezone.utc)
    api.get(f"/v1/accounts/{citizen.account_id}/balance", by=client)
    (shown,) = [c for c in api.pages(CONSENTS, by=citizen) if c["consent_id"] == consent["consent_id"]]
    assert datetime.datetime.fromisoformat(shown["last_used_at"]) >= before - datetime.timedelta(seconds=1)


def test_every_step_is_recorded(api, client, sql, citizen):
    request_id = ask(api, client, citizen)
    consent = grant(api, citizen, request_id)
    path = f"/v1/accounts/{citizen.account_id}/balance"
    api.get(path, by=client)
    api.delete(f"{CONSENTS}/{consent['consent_id']}", by=citizen)
    api.get(path, by=client)
    api.post(f"{MINE}/{ask(api, client, citizen)}/refuse", by=citizen)
    events = sql.execute(
        "SELECT action, actor_kind, person_key, detail ->> 'consent_id' FROM audit_event"
        " WHERE actor_id = %s OR (actor_id = %s AND detail ->> 'client_id' = %s) ORDER BY at, event_id",
        [client.subject_id, citizen.person_id, client.subject_id],
    ).fetchall()
    key = money.key_of(citizen.person_id)
    assert events == [
        ("create_consent_request", "client", key, None),
        ("grant_consent_request", "citizen", key, None),
        ("get_account_balance", "client", key, consent["consent_id"]),
        ("revoke_consent", "citizen", key, None),
        ("create_consent_request", "client", key, None),
        ("refuse_consent_request", "citizen", key, None),
    ]


def test_numbers_and_names_are_kept_as_hashes(api, client, sql, citizen):
    request_id = ask(api, client, citizen)
    (row,) = sql.execute("SELECT consent_request::text FROM consent_request WHERE consent_request_id = %s", [request_id]).fetchone()
    assert citizen.citizen_number not in row and citizen.name not in row
    api.post(f"{MINE}/{request_id}/refuse", by=citizen)


def test_citizens_pay_nothing_for_it(api, sql, citizen):
    """A citizen's own reading asks for no consent: it works with the table out of reach."""
    with sql.transaction():
        sql.execute("LOCK TABLE consent IN ACCESS EXCLUSIVE MODE")
        assert set(statuses(api, citizen, citizen).values()) == {200}
