"""Corrections of enrolments and changes of an account's status: what may follow what, judged again when it is approved."""
# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.harness import entering, money
from tests.harness.problems import check_problem, faults
from tests.harness.proposals import approve, decide

TODAY, LATER = "2026-01-15", "2999-01-01"
STATUSES = ["active", "suspended", "frozen", "spend_only", "deceased", "closed"]


@pytest.fixture(scope="module")
def operator(new_token):
    return new_token("staff", roles=["operator"], regions=["000000"])


@pytest.fixture(scope="module")
def reviewer(new_token):
    return new_token("staff", roles=["reviewer"], regions=["000000"])


def enrol(api, operator, person_id, status=201, **changes):
    body = {"pool_code": "620500", "scheme": "employee", "account_mode": "with_account", "payer_kind": "self",
            "started_on": "2020-01-01", **changes}  # fmt: skip
    response = api.post(f"/v1/admin/people/{person_id}/enrolments", by=operator, json=body)
    assert response.status_code == status, response.text
    return response.json().get("enrolment_id")


@pytest.fixture()
def insured(api, operator):
    """(person_id, enrolment_id, account_id) of somebody with an active account."""
    person_id = entering.create(api, operator).json()["person_id"]
    enrolment_id = enrol(api, operator, person_id)
    (account,) = accounts(api, operator, person_id)
    return person_id, enrolment_id, account["account_id"]


def accounts(api, by, person_id):
    return api.get(f"/v1/people/{person_id}/accounts", by=by).json()["data"]


def enrolment(api, by, person_id, enrolment_id):
    rows = api.get(f"/v1/people/{person_id}/enrolments", by=by).json()["data"]
    return next(row for row in rows if row["enrolment_id"] == enrolment_id)


def correct(api, by, person_id, enrolment_id, want=201, **values):
    url = f"/v1/admin/people/{person_id}/enrolments/{enrolment_id}/corrections"
    response = api.post(url, by=by, json={"reason": "更正", **values})
    assert response.status_code == want, response.text
    return response


def change(api, by, account_id, new, status=201, **rest):
    url = f"/v1/admin/accounts/{account_id}/status-changes"
    response = api.post(url, by=by, json={"status": new, "reason": "核查", **rest})
    assert response.status_code == status, response.text
    return response


def test_retirement(api, operator, reviewer, insured):
    person_id, enrolment_id, _ = insured
    made = correct(api, operator, person_id, enrolment_id, retired_on=TODAY, source_document="退休2026-1").json()
    assert (made["kind"], made["object_id"], made["region_code"]) == ("correct_enrolment", enrolment_id, "620500")
    assert made["changes"] == [{"field": "retired_on", "before_masked": None, "after_masked": TODAY}]
    assert enrolment(api, operator, person_id, enrolment_id)["retired_on"] is None
    assert approve(api, made["proposal_id"], reviewer).json()["outcome"] == {}
    assert enrolment(api, operator, person_id, enrolment_id)["retired_on"] == TODAY
    made = correct(api, operator, person_id, enrolment_id, clear=["retired_on"]).json()
    approve(api, made["proposal_id"], reviewer)
    assert enrolment(api, operator, person_id, enrolment_id)["retired_on"] is None


def test_ended_and_active_again(api, operator, reviewer, insured):
    person_id, enrolment_id, _ = insured
    for values in ({"status": "ended"}, {"ended_on": TODAY}, {"status": "suspended", "ended_on": TODAY}):
        response = correct(api, operator, person_id, enrolment_id, 400, **values)
        assert faults(response) == {"/body/ended_on": "not_allowed"}
    made = correct(api, operator, person_id, enrolment_id, status="ended", ended_on=TODAY).json()
    approve(api, made["proposal_id"], reviewer)
    again = correct(api, operator, person_id, enrolment_id, status="active", clear=["ended_on"]).json()["proposal_id"]
    enrol(api, operator, person_id, pool_code="620900")
    check_problem(decide(api, again, reviewer), 409, "not_allowed_in_status")
    decide(api, again, reviewer, "reject")
    response = correct(api, operator, person_id, enrolment_id, 409, status="active", clear=["ended_on"])
    check_problem(response, 409, "not_allowed_in_status")
    assert enrolment(api, operator, person_id, enrolment_id)["status"] == "ended"


def test_nobody_is_insured_after_death(api, sql, operator, insured):
    person_id, enrolment_id, _ = insured
    sql.execute("UPDATE enrolment SET status = 'suspended' WHERE enrolment_id = %s", [enrolment_id])
    sql.execute("UPDATE person SET deceased_on = '2026-01-02' WHERE person_id = %s", [person_id])
    response = correct(api, operator, person_id, enrolment_id, 409, status="active")
    check_problem(response, 409, "not_allowed_in_status")
    correct(api, operator, person_id, enrolment_id, status="ended", ended_on="2026-01-02")


def test_who_pays(api, operator, reviewer, insured):
    person_id, enrolment_id, _ = insured
    enrol(api, operator, entering.create(api, operator).json()["person_id"], payer_kind="employer",
          employer_code=entering.EMPLOYER)  # fmt: skip
    response = correct(api, operator, person_id, enrolment_id, 400, employer_code=entering.EMPLOYER)
    assert faults(response) == {"/body/payer_kind": "not_allowed"}
    values = {"payer_kind": "employer", "employer_code": "91350100M000100Y45"}
    response = correct(api, operator, person_id, enrolment_id, 400, **values)
    assert faults(response) == {"/body/employer_code": "unknown"}
    values["employer_code"] = entering.EMPLOYER
    made = correct(api, operator, person_id, enrolment_id, **values).json()
    approve(api, made["proposal_id"], reviewer)
    row = enrolment(api, operator, person_id, enrolment_id)
    assert (row["payer_kind"], row["employer_code"]) == ("employer", entering.EMPLOYER)


def test_an_account_that_was_missing_is_opened(api, operator, reviewer):
    person_id = entering.create(api, operator).json()["person_id"]
    enrolment_id = enrol(api, operator, person_id, account_mode="pooled_only")
    assert accounts(api, operator, person_id) == []
    made = correct(api, operator, person_id, enrolment_id, account_mode="with_account").json()
    outcome = approve(api, made["proposal_id"], reviewer).json()["outcome"]
    (account,) = accounts(api, operator, person_id)
    assert (account["status"], outcome) == ("active", {"account_opened": account["account_id"]})
    back = correct(api, operator, person_id, enrolment_id, account_mode="pooled_only").json()
    assert approve(api, back["proposal_id"], reviewer).json()["outcome"] == {}
    assert accounts(api, operator, person_id) == [account], "what is in it stays"


def test_a_resident_has_none_of_it(api, operator):
    person_id = entering.create(api, operator).json()["person_id"]
    enrolment_id = enrol(api, operator, person_id, scheme="resident", account_mode="pooled_only")
    for values, field, code in (
        ({"account_mode": "with_account"}, "account_mode", "not_allowed"),
        ({"retired_on": TODAY}, "retired_on", "not_allowed"),
        ({"payer_kind": "employer"}, "payer_kind", "not_allowed"),
        ({"employer_code": entering.EMPLOYER}, "employer_code", "unknown"),
    ):
        assert faults(correct(api, operator, person_id, enrolment_id, 400, **values)) == {f"/body/{field}": code}
    made = correct(api, operator, person_id, enrolment_id, exempt_group="low_income").json()
    assert made["changes"] == [{"field": "exempt_group", "before_masked": None, "after_masked": "low_income"}]


WRONG = {
    "nothing": ({}, {"/body": "required"}),
    "not yet": ({"status": "ended", "ended_on": LATER}, {"/body/ended_on": "too_large"}),
    "retired before it began": ({"retired_on": "2019-12-31"}, {"/body/retired_on": "not_allowed"}),
    "retired later": ({"retired_on": LATER}, {"/body/retired_on": "too_large"}),
    "set and taken away": ({"retired_on": TODAY, "clear": ["retired_on"]}, {"/body/clear/0": "not_allowed"}),
    "no such group": ({"exempt_group": "1x"}, {"/body/exempt_group": "malformed"}),
    "a number in the reason": ({"retired_on": TODAY, "reason": "11010519491231002X"}, {"/body/reason": "not_allowed"}),
    "unknown words": (
        {"status": "x", "account_mode": "x", "payer_kind": "x", "employer_code": "1", "pool_code": "620500"},
        {"/body/status": "not_allowed", "/body/account_mode": "not_allowed", "/body/payer_kind": "not_allowed",
         "/body/employer_code": "too_short", "/body/pool_code": "unknown"}),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_wrong_values_of_an_enrolment(api, operator, insured, name):
    values, expected = WRONG[name]
    assert faults(correct(api, operator, insured[0], insured[1], 400, **values)) == expected


def test_an_enrolment_of_somebody_else(api, operator, new_token, insured):
    stranger = entering.create(api, operator).json()["person_id"]
    check_problem(correct(api, operator, stranger, insured[1], 404, retired_on=TODAY), 404, "not_found")
    elsewhere = new_token("staff", roles=["operator"], regions=["110000"])
    check_problem(correct(api, elsewhere, insured[0], insured[1], 404, retired_on=TODAY), 404, "not_found")


def test_another_status(api, sql, operator, reviewer, insured):
    account_id = insured[2]
    url = f"/v1/accounts/{account_id}"
    tag = api.get(f"{url}/balance", by=operator).headers["etag"]
    made = change(api, operator, account_id, "frozen", source_document="（2026）法执 7 号")
    proposal = made.json()
    assert (proposal["kind"], proposal["object_id"], proposal["region_code"]) == ("change_account_status", account_id, "620500")
    assert proposal["changes"] == [{"field": "status", "before_masked": "active", "after_masked": "frozen"}]
    assert [event[0] for event in entering.events(sql, made)] == ["propose_account_status"]
    approve(api, proposal["proposal_id"], reviewer)
    assert api.get(url, by=operator).json()["status"] == "frozen"
    balance = api.get(f"{url}/balance", by=operator, headers={"If-None-Match": tag})
    assert balance.status_code == 200 and balance.headers["etag"] != tag


def test_the_rules_are_those_that_are_kept(api, sql, operator, reviewer, insured):
    """For every pair of statuses: what the table says is what the program does."""
    person_id, _, account_id = insured
    rules = {row["status"]: row for row in api.get("/v1/admin/account-status-rules", by=operator).json()["data"]}
    assert list(rules) == STATUSES
    for status, rule in rules.items():
        kept = dict(sql.execute("SELECT operation, allowed FROM account_status_rule WHERE status = %s", [status]).fetchall())
        assert kept == {**dict.fromkeys(rule["allowed_operations"], True), **dict.fromkeys(rule["forbidden_operations"], False)}
    assert "receive" not in rules["spend_only"]["allowed_operations"] and rules["closed"]["allowed_operations"] == []
    for before in STATUSES:
        for after in STATUSES:
            dead = "deceased" == after or ("deceased" == before and after == "closed")
            sql.execute("UPDATE person SET deceased_on = %s WHERE person_id = %s", ["2026-01-02" if dead else None, person_id])
            sql.execute("UPDATE account SET status = %s WHERE account_id = %s", [before, account_id])
            if after in rules[before]["may_become"]:
                approve(api, change(api, operator, account_id, after).json()["proposal_id"], reviewer)
                assert api.get(f"/v1/accounts/{account_id}", by=operator).json()["status"] == after
            else:
                code = "already_exists" if before == after else "not_allowed_in_status"
                check_problem(change(api, operator, account_id, after, 409), 409, code)


def test_only_an_empty_account_is_closed(api, sql, operator, reviewer, insured):
    account_id = insured[2]
    waiting = change(api, operator, account_id, "closed").json()["proposal_id"]
    money.post(sql, account_id, [money.adjust(1)])
    check_problem(decide(api, waiting, reviewer), 409, "not_allowed_in_status")
    decide(api, waiting, reviewer, "reject")
    check_problem(change(api, operator, account_id, "closed", 409), 409, "not_allowed_in_status")
    money.post(sql, account_id, [money.adjust(-1)])
    approve(api, change(api, operator, account_id, "closed").json()["proposal_id"], reviewer)


def test_one_account_receives(api, operator, insured):
    person_id, _, account_id = insured
    enrolled = enrol(api, operator, person_id, 409, pool_code="620900")
    assert enrolled is None
    (row,) = accounts(api, operator, person_id)
    assert row["status"] == "active"


def test_two_that_would_receive(api, sql, operator, reviewer, insured):
    person_id, enrolment_id, account_id = insured
    made = correct(api, operator, person_id, enrolment_id, status="ended", ended_on=TODAY).json()
    approve(api, made["proposal_id"], reviewer)
    enrol(api, operator, person_id, pool_code="620900")
    statuses = {row["account_id"]: row["status"] for row in accounts(api, operator, person_id)}
    assert statuses.pop(account_id) == "spend_only" and list(statuses.values()) == ["active"]
    check_problem(change(api, operator, account_id, "active", 409), 409, "conflict")
    (other,) = statuses
    approve(api, change(api, operator, other, "suspended").json()["proposal_id"], reviewer)
    approve(api, change(api, operator, account_id, "active").json()["proposal_id"], reviewer)


def test_death_on_record_and_status_agree(api, operator, insured):
    check_problem(change(api, operator, insured[2], "deceased", 409), 409, "conflict")


def test_an_account_of_somebody_else(api, operator, new_token, insured):
    elsewhere = new_token("staff", roles=["operator"], regions=["110000"])
    check_problem(change(api, elsewhere, insured[2], "frozen", 404), 404, "not_found")
    check_problem(change(api, operator, str(money.new_id(99)), "frozen", 404), 404, "not_found")
    assert faults(change(api, operator, insured[2], "asleep", 400)) == {"/body/status": "not_allowed"}
    response = change(api, operator, insured[2], "frozen", 400, reason="电话 13800005678")
    assert faults(response) == {"/body/reason": "not_allowed"}
