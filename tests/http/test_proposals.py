"""Proposals over HTTP: made by one, decided by another, once; seen where their person is; masked, listed, audited."""
# SPDX-License-Identifier: Apache-2.0
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.harness import entering, money
from tests.harness.problems import check_problem, faults
from tests.harness.proposals import PROPOSALS, approve, decide, plant
from tests.harness.records import contribute, insured

REASON = "窗口更正"


@pytest.fixture(scope="module")
def staff(new_token):
    """One of each role, who see the whole nation."""
    return {role: new_token("staff", roles=[role], regions=["000000"]) for role in ("operator", "reviewer", "auditor", "security")}


@pytest.fixture()
def person_id(api, staff):
    return entering.create(api, staff["operator"], phone="13800005678").json()["person_id"]


def propose(api, person_id, by, status=201, **values):
    url = f"/v1/admin/people/{person_id}/corrections"
    response = api.post(url, by=by, json={"reason": REASON, **values})
    assert response.status_code == status, response.text
    return response


def audit_rows(sql, object_id, action):
    return sql.execute(
        "SELECT actor_id::text, person_key FROM audit_event WHERE object_id = %s AND action = %s", [object_id, action]
    ).fetchall()


def test_from_proposal_to_approval(api, sql, staff, person_id):
    made = propose(api, person_id, staff["operator"], phone="13900000001", source_document="更正2026-1")
    proposal = made.json()
    url = made.headers["location"]
    assert url == f"{PROPOSALS}/{proposal['proposal_id']}"
    assert (proposal["kind"], proposal["person_id"], proposal["object_id"]) == ("correct_person", person_id, person_id)
    assert (proposal["state"], proposal["reason"], proposal["source_document"]) == ("open", REASON, "更正2026-1")
    assert proposal["proposed_by"] == staff["operator"].subject_id
    assert proposal["changes"] == [{"field": "phone", "before_masked": "138****5678", "after_masked": "139****0001"}]
    assert [proposal[k] for k in ("decided_by", "decided_at", "decision_reason", "outcome")] == [None] * 4
    for role in staff:
        assert api.get(url, by=staff[role]).json() == proposal
    decided = approve(api, proposal["proposal_id"], staff["reviewer"]).json()
    assert (decided["state"], decided["decided_by"], decided["outcome"]) == ("approved", staff["reviewer"].subject_id, {})
    assert decided["changes"] == proposal["changes"], "what it was before is still shown"
    assert api.get(url, by=staff["auditor"]).json() == decided
    assert api.get(f"/v1/people/{person_id}", by=staff["operator"]).json()["phone_masked"] == "139****0001"
    key = money.key_of(person_id)
    assert audit_rows(sql, person_id, "propose_correction") == [(staff["operator"].subject_id, key)]
    assert audit_rows(sql, proposal["proposal_id"], "approve_proposal") == [(staff["reviewer"].subject_id, key)]
    looks = audit_rows(sql, proposal["proposal_id"], "get_proposal")
    assert len(looks) == 5 and {row[1] for row in looks} == {key}


def test_nothing_personal_is_stored_in_plain(api, sql, staff):
    number, card = entering.fresh_number(), entering.fresh_card()
    person_id = entering.create(api, staff["operator"]).json()["person_id"]
    made = propose(api, person_id, staff["operator"], name="欧阳一二", phone="13912345670", citizen_number=number,
                   card_number=card, bank_card=entering.CARD).json()
    decide(api, made["proposal_id"], staff["reviewer"])
    rows = sql.execute(
        "SELECT proposal::text FROM proposal WHERE proposal_id = %(id)s"
        " UNION ALL SELECT audit_event::text FROM audit_event WHERE object_id IN (%(id)s, %(person)s)",
        {"id": made["proposal_id"], "person": person_id},
    ).fetchall()
    assert len(rows) >= 3
    for plain in ("欧阳", "13912345670", number, card, entering.CARD):
        assert not any(plain in text for (text,) in rows)
    shown = {change["field"]: change["after_masked"] for change in made["changes"]}
    assert shown["name"] == "欧*" and shown["card_number"] == "****" + card[-2:] and shown["bank_card"] == entering.CARD[-4:]


def test_who_proposed_it_does_not_decide(api, staff, person_id, new_token):
    both = new_token("staff", roles=["operator", "reviewer"], regions=["000000"])
    again = new_token("staff", roles=["reviewer"], regions=["000000"], subject_id=both.subject_id)
    proposal_id = propose(api, person_id, both, phone="13900000002").json()["proposal_id"]
    for by in (both, again):
        for how in ("approve", "reject"):
            check_problem(decide(api, proposal_id, by, how), 403, "proposer_cannot_decide")
    assert decide(api, proposal_id, both, "withdraw").json()["state"] == "withdrawn"
    check_problem(decide(api, proposal_id, both), 403, "proposer_cannot_decide")


def test_two_reviewers_at_once(api, staff, person_id, new_token):
    reviewers = [new_token("staff", roles=["reviewer"], regions=["000000"]) for _ in range(6)]
    proposal_id = propose(api, person_id, staff["operator"], phone="13900000003").json()["proposal_id"]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda by: decide(api, proposal_id, by), reviewers))
    assert sorted(a.status_code for a in answers) == [200] + [409] * 5
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"already_decided"}
    winner = next(by for by, answer in zip(reviewers, answers) if answer.status_code == 200)
    assert decide(api, proposal_id, winner).json() == next(a for a in answers if a.status_code == 200).json()
    check_problem(decide(api, proposal_id, winner, "reject"), 409, "already_decided")


def test_rejecting_and_withdrawing(api, sql, staff, person_id):
    first = propose(api, person_id, staff["operator"], phone="13900000004").json()["proposal_id"]
    for body in ({}, {"reason": ""}, {"reason": "与 13800005678 不符"}):
        check_problem(decide(api, first, staff["reviewer"], "reject", json=body), 400, "validation_failed")
    rejected = decide(api, first, staff["reviewer"], "reject", json={"reason": "照片不清"}).json()
    assert (rejected["state"], rejected["decision_reason"], rejected["outcome"]) == ("rejected", "照片不清", None)
    assert decide(api, first, staff["reviewer"], "reject", json={"reason": "again"}).json() == rejected
    check_problem(decide(api, first, staff["reviewer"]), 409, "already_decided")
    check_problem(decide(api, first, staff["operator"], "withdraw"), 409, "already_decided")
    second = propose(api, person_id, staff["operator"], phone="13900000004").json()["proposal_id"]
    withdrawn = decide(api, second, staff["operator"], "withdraw").json()
    assert (withdrawn["state"], withdrawn["decided_by"]) == ("withdrawn", staff["operator"].subject_id)
    assert decide(api, second, staff["operator"], "withdraw").json() == withdrawn
    assert api.get(f"/v1/people/{person_id}", by=staff["operator"]).json()["phone_masked"] == "138****5678"
    for proposal_id, action in ((first, "reject_proposal"), (second, "withdraw_proposal")):
        assert len(audit_rows(sql, proposal_id, action)) == 2, "each answer that shows it is recorded"
        again = sql.execute("SELECT detail ->> 'repeated' FROM audit_event WHERE object_id = %s AND action = %s ORDER BY at, event_id",
                            [proposal_id, action]).fetchall()
        assert again == [("false",), ("true",)], "and said of which it was done"


def test_only_ones_own_is_withdrawn(api, staff, person_id, new_token):
    colleague = new_token("staff", roles=["operator"], regions=["000000"])
    proposal_id = propose(api, person_id, staff["operator"], phone="13900000005").json()["proposal_id"]
    check_problem(decide(api, proposal_id, colleague, "withdraw"), 403, "forbidden")


def test_the_same_is_not_proposed_twice_at_once(api, staff, person_id):
    first = propose(api, person_id, staff["operator"], phone="13900000006").json()["proposal_id"]
    check_problem(propose(api, person_id, staff["operator"], 409, name="钱少少"), 409, "already_exists")
    decide(api, first, staff["operator"], "withdraw")
    propose(api, person_id, staff["operator"], name="钱少少")


def test_out_of_reach_is_absent(api, sql, staff, new_token, demo):
    here = new_token("staff", roles=["operator", "reviewer"], regions=["620500"])
    elsewhere = new_token("staff", roles=["operator", "reviewer"], regions=["110000"])
    about_person = plant(sql, demo.employee.person_id)
    of_pool, of_nobody = plant(sql, pool_code="620500", kind="post_import"), plant(sql, kind="post_import")
    for proposal_id, seen_here in ((about_person, True), (of_pool, True), (of_nobody, False)):
        for by, seen in ((staff["reviewer"], True), (here, seen_here), (elsewhere, False)):
            response = api.get(f"{PROPOSALS}/{proposal_id}", by=by)
            listed = {row["proposal_id"] for row in api.pages(PROPOSALS, by=by, params={"state": "open"})}
            assert (response.status_code == 200) == (proposal_id in listed) == seen
            if not seen:
                for how in ("approve", "reject", "withdraw"):
                    check_problem(decide(api, proposal_id, by, how), 404, "not_found")
    assert all(api.get(f"{PROPOSALS}/{p}", by=here).json()["region_code"] is None for p in [about_person])


def test_a_kind_that_cannot_be_applied_stays_open(api, sql, staff):
    proposal_id = plant(sql, kind="change_account_status")
    check_problem(decide(api, proposal_id, staff["reviewer"]), 409, "conflict")
    assert api.get(f"{PROPOSALS}/{proposal_id}", by=staff["reviewer"]).json()["state"] == "open"


def test_the_list(api, sql, staff, person_id):
    ids = []
    for n in range(7):
        ids.append(propose(api, person_id, staff["operator"], phone=f"1390000010{n}").json()["proposal_id"])
        if n < 6:
            decide(api, ids[-1], staff["reviewer"], "approve" if n < 3 else "reject")
    mine = {"person_id": person_id}
    newest_first = ids[::-1]
    for params, expected in (
        (mine, newest_first),
        ({**mine, "state": "open"}, newest_first[:1]),
        ({**mine, "state": "rejected"}, newest_first[1:4]),
        ({**mine, "state": "approved", "kind": "correct_person"}, newest_first[4:]),
        ({**mine, "kind": "merge_people"}, []),
        ({"person_id": str(uuid.uuid4())}, []),
        ({"person_id": ids[0]}, []),
    ):
        for limit in (2, 3, 100):
            rows = api.pages(PROPOSALS, by=staff["reviewer"], params=params, limit=limit)
            assert [row["proposal_id"] for row in rows] == expected
    every = [row["proposal_id"] for row in api.pages(PROPOSALS, by=staff["auditor"])]
    assert every == sorted(every, reverse=True) and set(ids) <= set(every)
    waiting = api.pages(PROPOSALS, by=staff["security"], params={"state": "open", "kind": "correct_person"})
    assert ids[-1] in {row["proposal_id"] for row in waiting}
    assert {row["state"] for row in waiting} == {"open"} and all("changes" not in row for row in waiting)
    response = api.get(PROPOSALS, by=staff["auditor"], params=mine)
    assert [event[:2] for event in entering.events(sql, response)] == [("list_proposals", money.key_of(person_id))]


def test_wrong_arguments(api, staff):
    response = api.get(PROPOSALS, by=staff["reviewer"], params={"state": "new", "kind": "x", "person_id": "1"})
    check_problem(response, 400, "validation_failed")
    assert faults(response).keys() == {"/query/state", "/query/kind", "/query/person_id"}


def hidden_from(api, proposal_id, by):
    """It is absent, and nobody there decides it."""
    check_problem(api.get(f"{PROPOSALS}/{proposal_id}", by=by), 404, "not_found")
    assert proposal_id not in {row["proposal_id"] for row in api.pages(PROPOSALS, by=by, params={"state": "open"})}
    for how in ("approve", "reject", "withdraw"):
        check_problem(decide(api, proposal_id, by, how), 404, "not_found")


def test_what_is_in_a_pool_is_decided_there(api, sql, staff, new_token):
    """A region where somebody is insured too sees and decides nothing of their money elsewhere."""
    person = insured(api, sql, staff["operator"], new_token)
    body = {"pool_code": "440300", "scheme": "resident", "started_on": "2021-01-01", "account_mode": "pooled_only",
            "payer_kind": "self"}  # fmt: skip
    made = api.post(f"/v1/admin/people/{person.person_id}/enrolments", by=staff["operator"], json=body)
    assert made.status_code == 201, made.text
    contribution_id = contribute(sql, person, "2026-01-01", 54321)
    here, elsewhere = (new_token("staff", roles=["operator", "reviewer"], regions=[code]) for code in ("620500", "440300"))
    assert api.get(f"/v1/people/{person.person_id}", by=elsewhere).status_code == 200
    asked = {
        f"/v1/admin/accounts/{person.account_id}/status-changes": {"status": "frozen"},
        f"/v1/admin/people/{person.person_id}/contributions/{contribution_id}/reversal-proposals": {},
    }
    for url, values in asked.items():
        made = api.post(url, by=here, json={"reason": "核查", **values})
        assert made.status_code == 201, made.text
        hidden_from(api, made.json()["proposal_id"], elsewhere)
        assert decide(api, made.json()["proposal_id"], here, "withdraw").status_code == 200


def test_a_merge_is_decided_where_both_are(api, sql, staff, new_token):
    survivor = insured(api, sql, staff["operator"], new_token)
    duplicate = insured(api, sql, staff["operator"], new_token, pool_code="440300")
    body = {"duplicate_person_id": duplicate.person_id, "reason": "同一人", "confirm_differences": True}
    made = api.post(f"/v1/admin/people/{survivor.person_id}/merge-proposals", by=staff["operator"], json=body)
    assert made.status_code == 201, made.text
    proposal_id = made.json()["proposal_id"]
    for region in ("620500", "440300"):
        hidden_from(api, proposal_id, new_token("staff", roles=["operator", "reviewer"], regions=[region]))
    both = new_token("staff", roles=["reviewer"], regions=["620500", "440300"])
    assert decide(api, proposal_id, both).status_code == 200
