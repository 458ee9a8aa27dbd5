"""A client sees of a person what that person agreed to, for as long, and nothing that tells whether somebody exists."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid

import pytest
from tests.harness import money
from tests.harness.consenting import (
    CONSENTS, MINE, REQUESTS, SCOPES, agree, ask, asked_of, grant, in_days, paths_of, shows, statuses,
)  # fmt: skip
from tests.harness.problems import check_problem, without_request_id
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
    wanted = [consent["consent_id"]]
    (request_id,) = sql.execute("SELECT consent_request_id FROM consent WHERE consent_id = %s", wanted).fetchone()
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


def test_citizens_pay_nothing_for_it(api, sql, citizen):
    """A citizen's own reading asks for no consent: it works with the table out of reach."""
    with sql.transaction():
        sql.execute("LOCK TABLE consent IN ACCESS EXCLUSIVE MODE")
        assert set(statuses(api, citizen, citizen).values()) == {200}
