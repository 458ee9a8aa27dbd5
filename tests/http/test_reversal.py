"""Reversing contributions over HTTP: proposed by one, approved by another, seen in entries, contributions and receivables."""
# SPDX-License-Identifier: Apache-2.0
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.harness import entering, money
from tests.harness.problems import check_problem, faults
from tests.harness.proposals import approve, decide
from tests.harness.records import contribute, insured

REASON = "单位重复申报"


@pytest.fixture(scope="module")
def staff(new_token):
    return {role: new_token("staff", roles=[role], regions=["000000"]) for role in ("operator", "reviewer", "auditor")}


@pytest.fixture()
def person(api, sql, staff, new_token):
    """Somebody with an account and one posted contribution of 12345 fen."""
    made = insured(api, sql, staff["operator"], new_token)
    made.contribution_id = contribute(sql, made, "2026-01-01", 12345)
    return made


def propose(api, person, contribution_id, by, status=201, **body):
    url = f"/v1/admin/people/{person.person_id}/contributions/{contribution_id}/reversal-proposals"
    response = api.post(url, by=by, json={"reason": REASON, **body})
    assert response.status_code == status, response.text
    return response


def contributions(api, person, by):
    return api.get(f"/v1/people/{person.person_id}/contributions", by=by).json()["data"]


def receivables(api, person, by):
    return api.get(f"/v1/people/{person.person_id}/receivables", by=by).json()["data"]


def balance(api, person, by):
    return api.get(f"/v1/accounts/{person.account_id}/balance", by=by).json()["balance_fen"]


def test_from_proposal_to_receivable(api, sql, staff, person):
    money.post(sql, person.account_id, [money.adjust(-5000)])
    made = propose(api, person, person.contribution_id, staff["operator"], source_document="R-1").json()
    assert (made["kind"], made["object_id"], made["region_code"]) == ("reverse_contribution", person.contribution_id, "620500")
    assert [(c["field"], c["before_masked"], c["after_masked"]) for c in made["changes"]] == [
        ("contribution", "2026-01 employee regular DOC-1", None), ("status", "posted", "reversed"), ("personal_fen", "12345", "0"),
        ("receivable_fen", "0", "5000")]
    assert balance(api, person, person) == 7345, "a proposal changes nothing"
    outcome = approve(api, made["proposal_id"], staff["reviewer"]).json()["outcome"]
    assert (outcome["status"], outcome["amount_fen"], outcome["receivable_fen"]) == ("reversed", 12345, 5000)
    assert balance(api, person, person) == 0
    entries = api.get(f"/v1/accounts/{person.account_id}/entries", by=person, params={"limit": 2}).json()["data"]
    assert [(e["kind"], e["direction"], e["amount_fen"], e["reference"]) for e in entries] == [
        ("contribution_reversal", "debit", 12345, "R-1"), ("receivable", "credit", 5000, "R-1")]
    assert {e["operation_id"] for e in entries} == {made["proposal_id"]} and entries[0]["linked_entry_id"]
    for by in (person, staff["operator"], staff["reviewer"], staff["auditor"]):
        (owed,) = receivables(api, person, by)
        assert (owed["amount_fen"], owed["open_fen"], owed["state"], owed["period"]) == (5000, 5000, "open", "2026-01")
        assert owed["contribution_id"] == person.contribution_id and owed["operation_id"] == made["proposal_id"]
    assert [row["status"] for row in contributions(api, person, person)] == ["reversed"]
    rows = sql.execute("SELECT action FROM audit_event WHERE person_key = %s AND action LIKE '%%propos%%' ORDER BY at",
                       [money.key_of(person.person_id)]).fetchall()
    assert [action for (action,) in rows][:2] == ["propose_reversal", "approve_proposal"]


def test_nothing_owed_when_all_is_there(api, staff, person):
    made = propose(api, person, person.contribution_id, staff["operator"]).json()
    assert "receivable_fen" not in {change["field"] for change in made["changes"]}
    assert approve(api, made["proposal_id"], staff["reviewer"]).json()["outcome"]["receivable_id"] is None
    assert receivables(api, person, person) == [] and balance(api, person, person) == 0


def test_what_was_recorded_only_is_withdrawn(api, sql, staff, person):
    recorded = contribute(sql, person, "2019-01-01", 700, status="recorded")
    made = propose(api, person, recorded, staff["operator"]).json()
    assert approve(api, made["proposal_id"], staff["reviewer"]).json()["outcome"] == {"status": "withdrawn"}
    assert balance(api, person, person) == 12345
    assert {row["status"] for row in contributions(api, person, person)} == {"posted", "withdrawn"}
    by_status = api.get(f"/v1/people/{person.person_id}/contributions", by=person, params={"status": "withdrawn"}).json()["data"]
    assert [row["contribution_id"] for row in by_status] == [recorded]


def test_a_second_time(api, staff, person):
    first = propose(api, person, person.contribution_id, staff["operator"]).json()
    check_problem(propose(api, person, person.contribution_id, staff["operator"], 409), 409, "already_exists")
    approve(api, first["proposal_id"], staff["reviewer"])
    check_problem(propose(api, person, person.contribution_id, staff["operator"], 409), 409, "conflict")


def test_refused_when_things_have_changed_since(api, sql, staff, person):
    """The account was closed in between: 409, still open, nothing done; later it can be approved."""
    made = propose(api, person, person.contribution_id, staff["operator"]).json()
    money.post(sql, person.account_id, [money.adjust(-12345)])
    sql.execute("UPDATE account SET status = 'closed', version = version + 1 WHERE account_id = %s", [person.account_id])
    check_problem(decide(api, made["proposal_id"], staff["reviewer"]), 409, "not_allowed_in_status")
    check_problem(propose(api, person, person.contribution_id, staff["operator"], 409), 409, "not_allowed_in_status")
    assert [row["status"] for row in contributions(api, person, person)] == ["posted"]
    sql.execute("UPDATE account SET status = 'active', version = version + 1 WHERE account_id = %s", [person.account_id])
    assert approve(api, made["proposal_id"], staff["reviewer"]).json()["outcome"]["receivable_fen"] == 12345


def test_arguments(api, staff, person):
    url = f"/v1/admin/people/{person.person_id}/contributions/{person.contribution_id}/reversal-proposals"
    bad = api.post(url, by=staff["operator"], json={"reason": "", "source_document": "x" * 65})
    assert faults(bad) == {"/body/reason": "too_short", "/body/source_document": "too_long"}
    number = api.post(url, by=staff["operator"], json={"reason": f"号码 {entering.fresh_number()} 有误"})
    assert faults(number) == {"/body/reason": "not_allowed"}
    longest = propose(api, person, person.contribution_id, staff["operator"], source_document="𠮷" * 64).json()
    approve(api, longest["proposal_id"], staff["reviewer"])
    check_problem(api.post(url, by=staff["reviewer"], json={"reason": REASON}), 403, "forbidden")


def test_only_where_the_contribution_is(api, sql, staff, person, new_token):
    """Staff who see the person by another pool do not see this contribution."""
    elsewhere = new_token("staff", roles=["operator"], regions=["440100"])
    propose(api, person, person.contribution_id, elsewhere, 404)
    money.record_contributions(sql, person.person_id, "440100", [("2018-01-01", "employee", "regular", "GZ-1", 5)])
    propose(api, person, person.contribution_id, elsewhere, 404)
    theirs = next(row for row in contributions(api, person, elsewhere))
    propose(api, person, theirs["contribution_id"], elsewhere)
    other = insured(api, sql, staff["operator"], new_token)
    propose(api, other, person.contribution_id, staff["operator"], 404)


def test_reversals_of_one_account_at_once(api, sql, staff, person, new_token):
    """Each takes what is there when it is its turn: in the end nothing is left and the rest is owed once."""
    ids = [contribute(sql, person, f"2025-{month:02}-01", 1000) for month in range(1, 9)]
    money.post(sql, person.account_id, [money.adjust(-15000)])
    proposals = [propose(api, person, one, staff["operator"]).json()["proposal_id"] for one in ids]
    reviewers = [new_token("staff", roles=["reviewer"], regions=["000000"]) for _ in proposals]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda pair: decide(api, *pair), zip(proposals, reviewers)))
    assert [answer.status_code for answer in answers] == [200] * 8
    assert balance(api, person, person) == 0
    assert sum(owed["open_fen"] for owed in receivables(api, person, person)) == 8000 - (12345 + 8000 - 15000)
