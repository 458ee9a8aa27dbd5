"""Who a token stands for: each kind is told what is its own."""
# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest
from tests.harness.problems import check_problem

WALLETS = "000000"


def test_every_citizen(api, demo):
    for citizen in demo.citizens:
        body = api.get("/v1/me", by=citizen).json()
        assert body["kind"] == "citizen"
        assert body["person_id"] == body["subject_id"] == citizen.person_id
        assert body["roles"] == body["regions"] == []
        assert datetime.datetime.fromisoformat(body["expires_at"]) > datetime.datetime.now(datetime.timezone.utc)


def test_every_member_of_staff(api, demo):
    for member in demo.all_staff:
        body = api.get("/v1/me", by=member).json()
        assert (body["kind"], body["person_id"]) == ("staff", None)
        assert body["roles"] == [member.role]
        assert tuple(body["regions"]) == member.regions


def test_the_demo_has_every_role_twice(demo):
    roles = [member.role for member in demo.all_staff]
    assert all(roles.count(role) == 2 for role in ("operator", "reviewer", "policy", "security", "auditor"))


def test_a_new_token_is_told_what_was_asked_for(api, new_token):
    token = new_token("staff", roles=["reviewer", "operator"], regions=["110000", "620000"])
    body = api.get("/v1/me", by=token).json()
    assert set(body["roles"]) == {"operator", "reviewer"} and set(body["regions"]) == {"110000", "620000"}
    assert (body["token_id"], body["subject_id"]) == (token.token_id, token.subject_id)


def test_clients_have_nothing_yet(api, new_token):
    check_problem(api.get("/v1/me", by=new_token("client")), 403, "forbidden")


@pytest.mark.parametrize("note", ["employee", "Beijing", "resident", "moved"])
def test_accounts_and_enrolments_belong_together(api, demo, note):
    citizen = demo.citizen(note)
    accounts = api.get(f"/v1/people/{citizen.person_id}/accounts", by=citizen).json()["data"]
    enrolments = api.get(f"/v1/people/{citizen.person_id}/enrolments", by=citizen).json()["data"]
    with_account = {row["region_code"] for row in enrolments if row["account_mode"] == "with_account"}
    assert {row["region_code"] for row in accounts} - {WALLETS} == with_account
    receiving = [row["account_id"] for row in accounts if row["status"] == "active"]
    assert receiving == ([citizen.account_id] if citizen.account_id else [])
    assert {row["person_id"] for row in accounts + enrolments} == {citizen.person_id}
    for row in accounts:
        assert api.get(f"/v1/accounts/{row['account_id']}", by=citizen).json() == row


def test_whoever_moved_keeps_the_old_account_to_spend_from(api, demo):
    citizen = demo.citizen("moved")
    accounts = api.get(f"/v1/people/{citizen.person_id}/accounts", by=citizen).json()["data"]
    assert {row["status"] for row in accounts} == {"active", "spend_only"}
    enrolments = api.get(f"/v1/people/{citizen.person_id}/enrolments", by=citizen).json()["data"]
    assert [row["started_on"] for row in enrolments] == sorted((row["started_on"] for row in enrolments), reverse=True)
    assert sum(row["status"] == "active" and row["scheme"] == "employee" for row in enrolments) == 1


def test_the_resident_has_no_account(api, demo):
    assert api.get(f"/v1/people/{demo.resident.person_id}/accounts", by=demo.resident).json() == {"data": []}
