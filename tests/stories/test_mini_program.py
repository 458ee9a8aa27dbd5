"""A mini program's story: registered by the agency, allowed by a person, used, seen in the log, and shown the door."""
# SPDX-License-Identifier: Apache-2.0
import uuid

from tests.harness.consenting import in_days
from tests.harness.people import Principal
from tests.harness.problems import check_problem

PURPOSE = "在小程序首页显示您的个人账户余额，并提醒您断缴"


def test_from_consent_to_history_to_revocation(api, demo, new_token):
    person = demo.citizen("gap 5")

    # The agency's security officer registers the mini program and makes its token.
    officer = new_token("staff", roles=["security"], regions=["620000"])
    name = f"陇上医保 {uuid.uuid4()}"
    body = {"kind": "mini_program", "name": name, "contact": "信息中心", "regions": ["620000"]}
    registered = api.post("/v1/admin/clients", by=officer, json=body).json()
    made = api.post("/v1/admin/tokens", by=officer, json={"kind": "client", "subject_id": registered["client_id"]}).json()
    program = Principal(made["token"], "client", subject_id=registered["client_id"])

    # Somebody opens it, types in number and name, and is asked for consent.
    asked = api.post(
        "/v1/consent-requests",
        by=program,
        json={
            "reference": uuid.uuid4().hex,
            "citizen_number": person.citizen_number,
            "name": person.name,
            "scopes": ["balance", "entries", "contributions"],
            "purpose": PURPOSE,
            "days": 90,
        },
    ).json()
    request_path = f"/v1/consent-requests/{asked['consent_request_id']}"
    assert api.get(request_path, by=program).json()["consent"] is None

    # The person reads who asks for what, and agrees to some of it for a month.
    (shown,) = [r for r in api.get("/v1/me/consent-requests", by=person).json()["data"] if r["client_name"] == name]
    assert shown["purpose"] == PURPOSE and shown["client_kind"] == "mini_program"
    grant_path = f"/v1/me/consent-requests/{shown['consent_request_id']}/grant"
    granted = api.post(grant_path, by=person, json={"scopes": ["balance", "contributions"], "expires_at": in_days(30)}).json()

    # The mini program sees the same balance and history as the person, and not the entries.
    consent = api.get(request_path, by=program).json()["consent"]
    person_id = consent["person_id"]
    accounts = api.get(f"/v1/people/{person_id}/accounts", by=program).json()["data"]
    account_id = next(account["account_id"] for account in accounts if account["status"] == "active")
    for path in (f"/v1/accounts/{account_id}/balance", f"/v1/people/{person_id}/contributions?limit=100"):
        own, seen = api.get(path, by=person).json(), api.get(path, by=program).json()
        own.pop("next_cursor", None), seen.pop("next_cursor", None)
        assert seen == own
    check_problem(api.get(f"/v1/accounts/{account_id}/entries", by=program), 404, "not_found")

    # Each look is in the person's log, with the purpose.
    log = api.get("/v1/me/access-log", by=person, headers={"Accept-Language": "zh"}).json()["data"]
    mine = [event for event in log if event["client_name"] == name]
    assert [event["text"] for event in mine] == [
        "查看了您的缴费记录", "查看了您的个人账户余额", "查看了您的个人账户列表", "申请查看您的信息",
    ]  # fmt: skip
    assert {event["purpose"] for event in mine} == {PURPOSE}

    # Enough: taken back, and the next request finds nobody.
    assert api.delete(f"/v1/me/consents/{granted['consent_id']}", by=person).status_code == 204
    check_problem(api.get(f"/v1/accounts/{account_id}/balance", by=program), 404, "not_found")
    assert api.get(request_path, by=program).json()["consent"]["state"] == "revoked"
    (ended,) = [c for c in api.get("/v1/me/consents", by=person).json()["data"] if c["client_name"] == name]
    assert ended["state"] == "revoked" and ended["last_used_at"] is not None
