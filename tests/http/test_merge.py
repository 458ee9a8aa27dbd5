"""Merging two records of one person over HTTP: money, records, numbers and sessions go over at once."""
# SPDX-License-Identifier: Apache-2.0
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from tests.harness import entering, money
from tests.harness.database import BINARY
from tests.harness.problems import check_problem, faults
from tests.harness.proposals import approve, decide
from tests.harness.records import contribute, insured
from tests.harness.server import wait_until

REASON = "同一人两次建档"
SEARCH = "/v1/admin/people/search"
ELSEWHERE = "440100"


@pytest.fixture(scope="module")
def staff(new_token):
    return {role: new_token("staff", roles=[role], regions=["000000"]) for role in ("operator", "reviewer", "auditor")}


@pytest.fixture()
def someone(api, sql, staff, new_token):
    """Makes insured people, born on one day, with so much money: someone(100)."""

    def make(fen=0, **changes):
        person = insured(api, sql, staff["operator"], new_token, **changes)
        if fen:
            money.post(sql, person.account_id, [money.adjust(fen)])
        return person

    return make


def propose(api, survivor, duplicate, by, status=201, **body):
    url = f"/v1/admin/people/{survivor.person_id}/merge-proposals"
    body = {"duplicate_person_id": duplicate.person_id, "reason": REASON, "confirm_differences": True, **body}
    response = api.post(url, by=by, json=body)
    assert response.status_code == status, response.text
    return response


def merged(api, survivor, duplicate, staff):
    return approve(api, propose(api, survivor, duplicate, staff["operator"]).json()["proposal_id"], staff["reviewer"]).json()


def accounts(api, person, by):
    """{pool: (status, balance)}"""
    rows = api.get(f"/v1/people/{person.person_id}/accounts", by=by).json()["data"]
    return {row["region_code"]: (row["status"], api.get(f"/v1/accounts/{row['account_id']}/balance", by=by).json()["balance_fen"])
            for row in rows}


def test_from_proposal_to_one_record(api, sql, staff, someone):
    operator, number = staff["operator"], entering.fresh_number()
    survivor = someone(1000)
    duplicate = someone(300, pool_code=ELSEWHERE, citizen_number=number, name="錢多多")
    contribute(sql, duplicate, "2026-01-01", 12345)
    made = propose(api, survivor, duplicate, operator, source_document="建档核对2026-2").json()
    shown = [(c["field"], c["before_masked"], c["after_masked"]) for c in made["changes"]]
    assert shown[0] == ("person_id", duplicate.person_id, survivor.person_id)
    assert ("name", "錢*", None) in shown and ("name", None, "钱*") in shown
    assert ("balance_fen", "12645", "0") in shown and all("*" in (c[1] or c[2]) for c in shown if c[0] == "citizen_number")
    check_problem(decide(api, made["proposal_id"], operator), 403)
    outcome = approve(api, made["proposal_id"], staff["reviewer"]).json()["outcome"]
    assert {name: outcome[name] for name in ("amount_fen", "contributions", "enrolments", "receivables")} == {
        "amount_fen": 12645, "contributions": 1, "enrolments": 1, "receivables": 0}
    assert "signed_out" not in outcome

    assert accounts(api, survivor, survivor) == {"620500": ("active", 1000), ELSEWHERE: ("spend_only", 12645)}
    assert accounts(api, duplicate, operator) == {ELSEWHERE: ("closed", 0)}
    (copy,) = api.get(f"/v1/people/{survivor.person_id}/contributions", by=survivor).json()["data"]
    (origin,) = api.get(f"/v1/people/{duplicate.person_id}/contributions", by=operator).json()["data"]
    assert copy["origin_contribution_id"] == origin["contribution_id"] and copy["status"] == origin["status"] == "posted"
    (found,) = api.post(SEARCH, by=operator, json={"citizen_number": number}).json()["data"]
    assert found["person_id"] == survivor.person_id
    assert api.get(f"/v1/people/{duplicate.person_id}", by=operator).json()["current_person_id"] == survivor.person_id
    api.wait_for_status("/v1/me", duplicate, 401)
    assert api.get("/v1/me", by=survivor).status_code == 200
    actions = sql.execute("SELECT action FROM audit_event WHERE person_key = %s", [money.key_of(duplicate.person_id)]).fetchall()
    assert ("merge_people",) in actions


def test_enrolments_go_over(api, staff, someone):
    survivor, duplicate = someone(), someone(pool_code=ELSEWHERE)
    merged(api, survivor, duplicate, staff)

    def enrolments(person):
        rows = api.get(f"/v1/people/{person.person_id}/enrolments", by=staff["operator"]).json()["data"]
        return sorted((row["region_code"], row["status"]) for row in rows)

    assert enrolments(survivor) == [(ELSEWHERE, "ended"), ("620500", "active")]
    assert enrolments(duplicate) == [(ELSEWHERE, "ended")]


def test_both_had_the_same_month(api, sql, staff, someone):
    survivor, duplicate = someone(), someone()
    for person in (survivor, duplicate):
        contribute(sql, person, "2026-01-01", 100)
    merged(api, survivor, duplicate, staff)
    rows = api.get(f"/v1/people/{survivor.person_id}/contributions", by=survivor).json()["data"]
    assert len(rows) == 2 and len({row["source_document"] for row in rows}) == 2
    assert all(row["source_document"].startswith("DOC-1") for row in rows)
    copy = next(row for row in rows if row["origin_contribution_id"])
    made = api.post(f"/v1/admin/people/{survivor.person_id}/contributions/{copy['contribution_id']}/reversal-proposals",
                    by=staff["operator"], json={"reason": REASON}).json()
    approve(api, made["proposal_id"], staff["reviewer"])
    assert accounts(api, survivor, survivor) == {"620500": ("active", 100)}
    gone = f"/v1/admin/people/{duplicate.person_id}/contributions/{copy['origin_contribution_id']}/reversal-proposals"
    check_problem(api.post(gone, by=staff["operator"], json={"reason": REASON}), 409, "conflict")


def test_a_chain_of_merges(api, staff, someone):
    number = entering.fresh_number()
    first, second, third = someone(1, citizen_number=number), someone(2), someone(4)
    merged(api, second, first, staff)
    merged(api, third, second, staff)
    (found,) = api.post(SEARCH, by=staff["operator"], json={"citizen_number": number}).json()["data"]
    assert found["person_id"] == third.person_id and accounts(api, third, third) == {"620500": ("active", 7)}
    for gone in (first, second):
        assert api.get(f"/v1/people/{gone.person_id}", by=staff["operator"]).json()["current_person_id"] == third.person_id


def test_the_survivor_may_take_the_number_of_the_duplicate(api, staff, someone):
    """The right number stood on the record that is gone: the wrong one is a former one afterwards."""
    wrong, right = entering.fresh_number(), entering.fresh_number()
    survivor, duplicate = someone(citizen_number=wrong), someone(citizen_number=right)
    merged(api, survivor, duplicate, staff)
    made = api.post(f"/v1/admin/people/{survivor.person_id}/corrections", by=staff["operator"],
                    json={"citizen_number": right, "reason": REASON})
    assert made.status_code == 201, made.text
    approve(api, made.json()["proposal_id"], staff["reviewer"])
    (found,) = api.post(SEARCH, by=staff["operator"], json={"citizen_number": wrong}).json()["data"]
    assert (found["person_id"], found["matched_by"]) == (survivor.person_id, "former_number")
    (found,) = api.post(SEARCH, by=staff["operator"], json={"citizen_number": right}).json()["data"]
    assert (found["person_id"], found["matched_by"]) == (survivor.person_id, "citizen_number")
    third = someone()
    merged(api, third, survivor, staff)
    (found,) = api.post(SEARCH, by=staff["operator"], json={"citizen_number": right}).json()["data"]
    assert found["person_id"] == third.person_id


def test_no_token_is_made_for_an_alias(api, demo, staff, someone):
    survivor, duplicate = someone(), someone()
    merged(api, survivor, duplicate, staff)
    body = {"kind": "citizen", "label": "test", "subject_id": duplicate.person_id, "expires_at": "2099-01-01T00:00:00+08:00"}
    assert faults(api.post("/v1/admin/tokens", by=demo.admin, json=body)) == {"/body/subject_id": "unknown"}


def test_arguments(api, staff, someone, new_token):
    survivor, duplicate = someone(), someone(pool_code=ELSEWHERE)
    operator, nobody = staff["operator"], type(survivor)(person_id="018f3a52-8c00-7b10-8c11-0e5d4f7a9b31")
    here = new_token("staff", roles=["operator"], regions=["620500"])
    assert faults(propose(api, survivor, survivor, operator, 400)) == {"/body/duplicate_person_id": "not_allowed"}
    assert faults(propose(api, survivor, nobody, operator, 400)) == {"/body/duplicate_person_id": "unknown"}
    assert faults(propose(api, survivor, duplicate, here, 400)) == {"/body/duplicate_person_id": "unknown"}
    check_problem(propose(api, duplicate, survivor, here, 404), 404)
    check_problem(propose(api, nobody, survivor, operator, 404), 404)
    check_problem(propose(api, survivor, duplicate, staff["reviewer"], 403), 403, "forbidden")


@pytest.mark.parametrize("number", [entering.fresh_number(1991), None])
def test_differences_are_confirmed(api, sql, staff, someone, number):
    """Another birth date, or another sex; an unknown one is no difference."""
    survivor, duplicate = someone(), someone(**({"citizen_number": number} if number else {}))
    place = "UPDATE person SET sex = %s WHERE person_id = %s"
    sql.execute(place, ["female", survivor.person_id])
    sql.execute(place, ["female" if number else "male", duplicate.person_id])
    refused = propose(api, survivor, duplicate, staff["operator"], 400, confirm_differences=False)
    assert faults(refused) == {"/body/confirm_differences": "required"}
    if number is None:
        sql.execute(place, ["unknown", duplicate.person_id])
        propose(api, survivor, duplicate, staff["operator"], confirm_differences=False)
        return
    made = propose(api, survivor, duplicate, staff["operator"]).json()
    assert ("birth_date", "1991-03-04", "1990-03-04") in {(c["field"], c["before_masked"], c["after_masked"]) for c in made["changes"]}
    approve(api, made["proposal_id"], staff["reviewer"])


def test_refusals(api, sql, staff, someone):
    operator = staff["operator"]
    survivor, duplicate, held, frozen, dead, third = (someone(10) for _ in range(6))
    merged(api, survivor, duplicate, staff)
    check_problem(propose(api, survivor, duplicate, operator, 409), 409, "conflict")
    check_problem(propose(api, duplicate, third, operator, 409), 409, "conflict")
    hold = money.hold(sql, held.account_id, 10)
    check_problem(propose(api, survivor, held, operator, 409), 409, "conflict")
    sql.execute("UPDATE account SET status = 'frozen' WHERE account_id = %s", [frozen.account_id])
    check_problem(propose(api, survivor, frozen, operator, 409), 409, "not_allowed_in_status")
    sql.execute("UPDATE person SET deceased_on = '2025-01-01' WHERE person_id = %s", [dead.person_id])
    check_problem(propose(api, survivor, dead, operator, 409), 409, "not_allowed_in_status")
    check_problem(propose(api, dead, third, operator, 409), 409, "not_allowed_in_status")
    propose(api, survivor, third, operator)
    check_problem(propose(api, held, third, operator, 409), 409, "already_exists")
    money.void(sql, held.account_id, hold, 10)
    propose(api, survivor, held, operator)


def test_a_hold_in_between_is_a_conflict_until_it_ends(api, sql, staff, someone):
    survivor, duplicate = someone(), someone(10)
    made = propose(api, survivor, duplicate, staff["operator"]).json()
    hold = money.hold(sql, duplicate.account_id, 3)
    check_problem(decide(api, made["proposal_id"], staff["reviewer"]), 409, "conflict")
    assert api.get("/v1/me", by=duplicate).status_code == 200
    money.void(sql, duplicate.account_id, hold, 3)
    approve(api, made["proposal_id"], staff["reviewer"])
    assert accounts(api, survivor, survivor) == {"620500": ("active", 10)}


def test_different_merges_of_the_same_people_at_once(api, sql, staff, someone, new_token, main_database):
    """A ring in which each is to go into the next, approved at once: somebody is left, and no fen is lost."""
    people = [someone(10**n) for n in range(4)]
    proposals = [propose(api, people[n - 3], people[n], staff["operator"]).json()["proposal_id"] for n in range(4)]
    reviewers = [new_token("staff", roles=["reviewer"], regions=["000000"]) for _ in proposals]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda pair: decide(api, *pair), zip(proposals, reviewers)))
    merges = [answer.status_code for answer in answers].count(200)
    assert merges in (2, 3)
    for answer in answers:
        if answer.status_code != 200:
            check_problem(answer, 409, "conflict")
    rows = sql.execute(
        "SELECT current_year_fen FROM account WHERE person_id = ANY (%s::uuid[]) AND status <> 'closed'",
        [[person.person_id for person in people]]).fetchall()
    assert len(rows) == 4 - merges and sum(fen for (fen,) in rows) == 1111
    main_database.run(BINARY, "audit")


def test_a_merge_while_postings_run(api, sql, staff, someone, connect, main_database):
    """Postings to both accounts at once with the merge: each is in the survivor's balance, or was refused; nobody deadlocks."""
    survivor, duplicate = someone(), someone()
    proposal_id = propose(api, survivor, duplicate, staff["operator"]).json()["proposal_id"]
    stop, posted, others = threading.Event(), [], []

    def post(person):
        with connect() as connection:
            while not stop.is_set():
                try:
                    money.post(connection, person.account_id, [money.adjust(1)])
                    posted.append(person)
                except psycopg.errors.CheckViolation:
                    return  # closed
                except psycopg.Error as error:
                    others.append(error)

    threads = [threading.Thread(target=post, args=[person]) for person in (survivor, duplicate) * 2]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(posted) >= 50 or others, "50 postings")
    approve(api, proposal_id, staff["reviewer"])
    stop.set()
    for thread in threads:
        thread.join()
    assert others == []
    assert accounts(api, survivor, survivor) == {"620500": ("active", len(posted))}
    main_database.run(BINARY, "audit")
