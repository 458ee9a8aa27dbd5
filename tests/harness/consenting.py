"""Clients ask, people answer: the steps that tests of consent share."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid

REQUESTS = "/v1/consent-requests"
MINE = "/v1/me/consent-requests"
CONSENTS = "/v1/me/consents"
SCOPES = ("balance", "contributions", "enrolments", "entries")


def in_days(days):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).isoformat()


def asked_of(citizen, scopes=SCOPES, **changes):
    body = {
        "reference": uuid.uuid4().hex,
        "citizen_number": citizen.citizen_number,
        "name": citizen.name,
        "scopes": list(scopes),
        "purpose": "在小程序中显示",
    }
    return {**body, **changes}


def ask(api, client, citizen, scopes=SCOPES, **changes):
    """The id of a new request."""
    response = api.post(REQUESTS, by=client, json=asked_of(citizen, scopes, **changes))
    assert response.status_code == 201, response.text
    return response.json()["consent_request_id"]


def grant(api, citizen, request_id, scopes=SCOPES, expires_at=None):
    body = {"scopes": list(scopes), "expires_at": expires_at or in_days(30)}
    response = api.post(f"{MINE}/{request_id}/grant", by=citizen, json=body)
    assert response.status_code == 200, response.text
    return response.json()


def agree(api, client, citizen, scopes=SCOPES):
    """A consent, from the question to the answer."""
    return grant(api, citizen, ask(api, client, citizen, scopes), scopes)


def paths_of(citizen):
    """{path that a client may ask for: its scope}"""
    return {
        f"/v1/people/{citizen.person_id}/accounts": "balance",
        f"/v1/accounts/{citizen.account_id}/balance": "balance",
        f"/v1/accounts/{citizen.account_id}/entries": "entries",
        f"/v1/accounts/{citizen.account_id}/pending": "entries",
        f"/v1/people/{citizen.person_id}/pending": "entries",
        f"/v1/accounts/{citizen.account_id}/credits": "entries",
        f"/v1/accounts/{citizen.account_id}/credits/forecast": "entries",
        f"/v1/accounts/{citizen.account_id}/credits/eligibility": "enrolments",
        f"/v1/people/{citizen.person_id}/credit-eligibility": "enrolments",
        f"/v1/people/{citizen.person_id}/contributions": "contributions",
        f"/v1/people/{citizen.person_id}/contributions/summary": "contributions",
        f"/v1/people/{citizen.person_id}/enrolments": "enrolments",
    }


def statuses(api, client, citizen):
    """What the client is answered for everything of the citizen's that a scope opens."""
    return {path: api.get(path, by=client).status_code for path in paths_of(citizen)}


def shows(api, client, request_id):
    """Its request, as the client reads it."""
    response = api.get(f"{REQUESTS}/{request_id}", by=client)
    assert response.status_code == 200
    return response.json()
