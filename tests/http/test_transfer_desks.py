"""The desks of transfers over HTTP: queues, decisions, who may, keys, dry runs, and what is seen of money and coverage."""
# SPDX-License-Identifier: Apache-2.0
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.harness import money, moving, transfers
from tests.harness.moving import FAR, NEAR, decide, step
from tests.harness.problems import check_problem, faults
from tests.harness.records import insured

QUEUE = "/v1/admin/transfers"


@pytest.fixture(scope="module")
def staff(new_token):
    return {name: new_token("staff", roles=[role], regions=regions) for name, role, regions in (
        ("out", "reviewer", ["620500"]), ("in", "reviewer", [FAR]), ("near", "reviewer", [NEAR]), ("nation", "reviewer", ["000000"]),
        ("operator", "operator", ["000000"]), ("auditor", "auditor", ["000000"]))}


@pytest.fixture()
def person(api, sql, staff, new_token):
    """Somebody with 5000 fen of this year and 700 carried over."""
    made = insured(api, sql, staff["operator"], new_token)
    money.post(sql, made.account_id, [money.adjust(5000), money.adjust(700, "carried_over")])
    return made


def bring(api, staff, transfer_id, *desks, to="in"):
    for desk in desks:
        shown = step(api, transfer_id, desk, staff["out" if desk == "out" else to])
    return shown


def balance(api, person, account_id=None):
    shown = api.get(f"/v1/accounts/{account_id or person.account_id}/balance", by=person).json()
    return shown["current_year_fen"], shown["carried_over_fen"]


def accounts(api, person):
    return {a["region_code"]: (a["status"], a["account_id"]) for a in api.get(f"/v1/people/{person.person_id}/accounts",
                                                                              by=person).json()["data"]}


def enrolments(api, person):
    rows = api.get(f"/v1/people/{person.person_id}/enrolments", by=person).json()["data"]
    return {row["region_code"]: (row["status"], row["started_on"], row["ended_on"]) for row in rows}


def waiting(api, by, desk, **params):
    return {row["transfer_id"]: row for row in api.pages(QUEUE, by=by, params={"desk": desk, **params})}


def test_from_application_to_completion(api, sql, staff, person):
    transfer_id = moving.apply(sql, person, since="2026-10-01")
    assert transfer_id in waiting(api, staff["out"], "out") and transfer_id in waiting(api, staff["in"], "in")
    checked = step(api, transfer_id, "out", staff["out"])
    assert (checked["event"], checked["state"], checked["amount_fen"]) == ("check_out", "checked_out", 0)
    assert transfer_id not in waiting(api, staff["out"], "out") and transfer_id in waiting(api, staff["in"], "in")
    assert transfer_id in waiting(api, staff["out"], "out", state="checked_out"), "it can still be looked for"
    reviewed = step(api, transfer_id, "in", staff["in"])
    assert (reviewed["event"], reviewed["state"], reviewed["record_form"]) == ("check_in", "out_review", None)
    gone = step(api, transfer_id, "out", staff["out"])
    assert (gone["event"], gone["state"], gone["moves_on"], gone["months_moved"]) == ("move_out", "in_review", "2026-10-01", 0)
    assert (gone["amount_fen"], gone["current_year_fen"], gone["carried_over_fen"]) == (5700, 5000, 700)
    assert balance(api, person) == (0, 0) and accounts(api, person)["620500"][0] == "closed"
    taken = step(api, transfer_id, "in", staff["in"])
    assert (taken["event"], taken["state"], taken["due_on"]) == ("take_in", "completed", None)
    status, account_id = accounts(api, person)[FAR]
    assert status == "active" and balance(api, person, account_id) == (5000, 700)
    assert enrolments(api, person) == {"620500": ("ended", "2015-01-01", "2026-09-30"), FAR: ("active", "2026-10-01", None)}
    newest = api.get(f"/v1/accounts/{account_id}/entries", by=person).json()["data"]
    assert [(e["kind"], e["amount_fen"]) for e in newest] == [("transfer_in", 700), ("transfer_in", 5000)]
    log = [look["action"] for look in api.pages("/v1/me/access-log", by=person)]
    assert log.count("decide_transfer") == 4


def test_refused_after_the_money_left(api, sql, staff, person):
    transfer_id = moving.apply(sql, person)
    bring(api, staff, transfer_id, "in", "out", "out")
    back = step(api, transfer_id, "in", staff["in"], "refuse")
    assert (back["event"], back["state"]) == ("refuse", "rejected")
    assert balance(api, person) == (5000, 700) and accounts(api, person)["620500"][0] == "active"
    assert enrolments(api, person) == {"620500": ("active", "2015-01-01", None)}
    check_problem(decide(api, transfer_id, "in", staff["in"]), 409, "not_possible_now")


def test_every_event_that_is_not_possible(api, sql, staff, new_token, person):
    """State by state: what is not in the table is answered with what is."""
    possible = {"submitted": ["cancel", "check_in", "check_out", "refuse"], "checked_out": ["cancel", "check_in", "refuse"],
                "out_review": ["cancel", "move_out", "refuse"], "in_review": ["cancel", "refuse", "take_in"], "completed": []}
    refused = {"submitted": [], "checked_out": [("out", "approve"), ("out", "refuse")],
               "out_review": [("in", "approve"), ("in", "refuse")], "in_review": [("out", "approve"), ("out", "refuse")],
               "completed": [("out", "approve"), ("out", "refuse"), ("in", "approve"), ("in", "refuse")]}
    transfer_id = moving.apply(sql, person)
    for state, desk in (("submitted", None), ("checked_out", "out"), ("out_review", "in"), ("in_review", "out"), ("completed", "in")):
        if desk:
            step(api, transfer_id, desk, staff[desk])
        for side, decision in refused[state]:
            answer = decide(api, transfer_id, side, staff[side], decision)
            check_problem(answer, 409, "not_possible_now")
            assert (answer.json()["state"], answer.json()["possible"]) == (state, possible[state])
    other = insured(api, sql, staff["operator"], new_token)
    transfer_id = moving.apply(sql, other)
    step(api, transfer_id, "in", staff["in"])
    for decision in ("approve", "refuse"):
        answer = decide(api, transfer_id, "in", staff["in"], decision)
        assert (answer.json()["state"], answer.json()["possible"]) == ("checked_in", ["cancel", "check_out", "refuse"])


def test_both_sides_are_different_people(api, sql, staff, person):
    transfer_id = moving.apply(sql, person)
    step(api, transfer_id, "out", staff["nation"])
    check_problem(decide(api, transfer_id, "in", staff["nation"]), 409, "reviewer_cannot_decide")
    check_problem(decide(api, transfer_id, "in", staff["nation"], "refuse"), 409, "reviewer_cannot_decide")
    step(api, transfer_id, "in", staff["in"])
    step(api, transfer_id, "out", staff["out"])
    check_problem(decide(api, transfer_id, "in", staff["nation"]), 409, "reviewer_cannot_decide")
    assert step(api, transfer_id, "in", staff["in"])["state"] == "completed"


def test_who_has_entered_an_application_does_not_decide_about_it(api, sql, staff, person, new_token):
    """Also not with another token, as another role."""
    clerk = new_token("staff", roles=["operator"], regions=["000000"])
    transfer_id = transfers.applied(api, clerk, FAR, person_id=person.person_id)["transfer_id"]
    for kind in moving.DOCUMENTS:
        moving.hand_in(sql, person, transfer_id, kind)
    reviewer = new_token("staff", roles=["reviewer"], regions=["000000"], subject_id=clerk.subject_id)
    for desk in ("out", "in"):
        check_problem(decide(api, transfer_id, desk, reviewer), 409, "reviewer_cannot_decide")
    assert step(api, transfer_id, "out", staff["out"])["state"] == "checked_out"


def test_documents_are_there_before_a_check(api, sql, staff, person):
    transfer_id = moving.apply(sql, person, documents=["citizen_id"])
    for desk in ("out", "in"):
        check_problem(decide(api, transfer_id, desk, staff[desk]), 409, "documents_missing")
    assert waiting(api, staff["out"], "out")[transfer_id]["missing"] == ["enrolment_certificate"]
    moving.hand_in(sql, person, transfer_id, "enrolment_certificate")
    assert waiting(api, staff["out"], "out")[transfer_id]["missing"] == []
    step(api, transfer_id, "out", staff["out"])
    sql.execute("UPDATE document SET removed_at = now() WHERE object_id = %s", [transfer_id])
    check_problem(decide(api, transfer_id, "in", staff["in"]), 409, "documents_missing")
    assert step(api, transfer_id, "in", staff["in"], "refuse")["state"] == "rejected", "a refusal needs none"
    sql.execute("UPDATE document SET removed_at = NULL WHERE object_id = %s", [transfer_id])  # nobody took it back, says the auditor


def test_what_is_held_stays(api, sql, staff, person):
    transfer_id = moving.apply(sql, person)
    bring(api, staff, transfer_id, "out", "in")
    hold = money.hold(sql, person.account_id, 300)
    check_problem(decide(api, transfer_id, "out", staff["out"]), 409, "account_has_holds")
    money.void(sql, person.account_id, hold, 300)
    assert step(api, transfer_id, "out", staff["out"])["amount_fen"] == 5700


def test_within_a_province_a_hold_is_no_obstacle(api, sql, staff, person):
    transfer_id = moving.apply(sql, person, "in_province", NEAR)
    bring(api, staff, transfer_id, "out", "in", to="near")
    hold = money.hold(sql, person.account_id, 300)
    assert step(api, transfer_id, "out", staff["out"])["amount_fen"] == 0
    assert step(api, transfer_id, "in", staff["near"])["state"] == "completed"
    assert accounts(api, person)["620500"][0] == "spend_only" and balance(api, person) == (5000, 700)
    assert accounts(api, person)[NEAR][0] == "active"
    money.void(sql, person.account_id, hold, 300)


def test_the_same_key_again(api, sql, staff, person):
    transfer_id = moving.apply(sql, person)
    bring(api, staff, transfer_id, "out", "in")
    key = str(uuid.uuid4())
    first = decide(api, transfer_id, "out", staff["out"], key=key)
    again = decide(api, transfer_id, "out", staff["out"], key=key)
    assert first.status_code == 200 and again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true" and "idempotent-replayed" not in first.headers
    check_problem(decide(api, transfer_id, "in", staff["out"], key=key), 422, "idempotency_key_reused")
    refused = str(uuid.uuid4())
    for _ in range(2):
        answer = decide(api, transfer_id, "out", staff["out"], key=refused)
        check_problem(answer, 409, "not_possible_now")
        assert answer.json()["possible"] == ["cancel", "refuse", "take_in"]
    assert answer.headers["idempotent-replayed"] == "true"


def test_dry_run(api, sql, staff, person):
    transfer_id = moving.apply(sql, person)
    bring(api, staff, transfer_id, "out", "in")
    key = str(uuid.uuid4())
    tried = step(api, transfer_id, "out", staff["out"], key=key, dry_run="true", moves_on="2026-12-01")
    assert (tried["state"], tried["amount_fen"], tried["moves_on"]) == ("in_review", 5700, "2026-12-01")
    assert balance(api, person) == (5000, 700) and transfer_id in waiting(api, staff["out"], "out", state="out_review")
    done = decide(api, transfer_id, "out", staff["out"], key=key)
    assert "idempotent-replayed" not in done.headers, "the key is still new"
    assert "decide_transfer.dry_run" in [look["action"] for look in api.pages("/v1/me/access-log", by=person)]


def test_arguments(api, sql, staff, person):
    transfer_id = moving.apply(sql, person)
    bring(api, staff, transfer_id, "out", "in")

    def refused(by="out", **body):
        answer = api.post(f"/v1/transfers/{transfer_id}/decisions", by=staff[by], json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
        assert answer.status_code == 400, answer.text
        return faults(answer)

    assert refused(desk="out", decision="refuse") == {"/body/reason_code": "required", "/body/note": "required"}
    assert refused(desk="out", decision="approve", reason_code="x", note="y") == {
        "/body/reason_code": "not_allowed", "/body/note": "not_allowed"}
    assert refused(desk="side", decision="maybe") == {"/body/desk": "not_allowed", "/body/decision": "not_allowed"}
    for code in ("Not_enrolled", "1st", "not enrolled", "_x", "姓"):
        assert refused(desk="out", decision="refuse", reason_code=code, note="y") == {"/body/reason_code": "malformed"}
    assert refused(desk="out", decision="refuse", reason_code="x", note="电话 13800005678") == {"/body/note": "not_allowed"}
    for day in ("2015-01-01", "2031-01-01"):
        assert refused(desk="out", decision="approve", moves_on=day) == {"/body/moves_on": "not_allowed"}
    assert step(api, transfer_id, "out", staff["out"], "refuse", note="不" * 500)["state"] == "rejected"


def test_who_may(api, sql, staff, new_token, person):
    transfer_id = moving.apply(sql, person)
    absent = str(money.new_id(9))
    for name in ("operator", "auditor"):
        check_problem(decide(api, transfer_id, "out", staff[name]), 403, "forbidden")
    check_problem(decide(api, transfer_id, "out", person), 403, "forbidden")
    for by, desk in (("in", "out"), ("out", "in"), ("near", "out"), ("near", "in")):
        check_problem(decide(api, transfer_id, desk, staff[by]), 404, "not_found")
        check_problem(decide(api, absent, desk, staff[by]), 404, "not_found")
    assert transfer_id not in waiting(api, staff["near"], "out") and transfer_id not in waiting(api, staff["in"], "out")
    province = new_token("staff", roles=["reviewer"], regions=["620000"])
    assert transfer_id in waiting(api, province, "out") and transfer_id not in waiting(api, province, "in")
    assert transfer_id in waiting(api, staff["operator"], "out")
    check_problem(api.get(QUEUE, by=staff["auditor"], params={"desk": "out"}), 403, "forbidden")
    assert step(api, transfer_id, "out", province)["state"] == "checked_out"


def test_the_queue(api, sql, staff, new_token):
    """Oldest deadline first, page by page; names are masked; what is overdue says so."""
    made = []
    for due_on in ("2026-11-03", "2026-11-01", "2099-01-02", "2026-11-02"):
        someone = insured(api, sql, staff["operator"], new_token)
        made.append(moving.apply(sql, someone, to_pool="350200", due_on=due_on, days_ago=30))
    by = new_token("staff", roles=["operator"], regions=["350200"])
    rows = api.pages(QUEUE, by=by, params={"desk": "in"}, limit=1)
    mine = [row for row in rows if row["transfer_id"] in made]
    assert [row["transfer_id"] for row in mine] == [made[i] for i in (1, 3, 0, 2)]
    assert [row["overdue"] for row in mine] == [True, True, True, False]
    assert all(len(row["name_masked"]) == 2 and row["name_masked"].endswith("*") for row in mine)
    late = [row["transfer_id"] for row in api.pages(QUEUE, by=by, params={"desk": "in", "overdue": "true"})]
    assert [t for t in late if t in made] == [made[i] for i in (1, 3, 0)]
    looks = sql.execute("SELECT count(*) FROM audit_event WHERE actor_id = %s AND action = 'list_desk_transfers'",
                        [by.subject_id]).fetchone()
    assert looks[0] >= len(made)
    for params in ({}, {"desk": "both"}, {"desk": "in", "state": "completed"}, {"desk": "in", "overdue": "maybe"}):
        assert api.get(QUEUE, by=by, params=params).status_code == 400


def test_two_decisions_at_once(api, sql, staff, new_token, person):
    """Eight reviewers of the old pool let somebody go at once: one does, the others are told what is possible now."""
    transfer_id = moving.apply(sql, person)
    bring(api, staff, transfer_id, "out", "in")
    reviewers = [new_token("staff", roles=["reviewer"], regions=["620500"]) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda by: decide(api, transfer_id, "out", by), reviewers))
    assert sorted(a.status_code for a in answers) == [200] + [409] * 7
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"not_possible_now"}
    moved = sql.execute("SELECT sum(amount_fen) FROM ledger_entry WHERE operation_id = %s", [transfer_id]).fetchone()
    assert moved == (5700,) and balance(api, person) == (0, 0)


def test_cancelled_or_taken_in(api, sql, staff, new_token):
    """The person changes their mind while the new pool takes them in: one of both, and the money is where the state says."""
    for _ in range(6):
        person = insured(api, sql, staff["operator"], new_token)
        money.post(sql, person.account_id, [money.adjust(5700)])
        transfer_id = moving.apply(sql, person)
        bring(api, staff, transfer_id, "out", "in", "out")
        with ThreadPoolExecutor(2) as pool:
            taken = pool.submit(decide, api, transfer_id, "in", staff["in"])
            back = pool.submit(transfers.cancel, api, person, transfer_id)
        answers = taken.result(), back.result()
        assert sorted(a.status_code for a in answers) == [200, 409], [a.text for a in answers]
        state = transfers.get(api, person, transfer_id).json()["state"]
        kept = sql.execute("SELECT pool_code, current_year_fen FROM account WHERE person_key = %s AND current_year_fen > 0",
                           [money.key_of(person.person_id)]).fetchall()
        assert kept == [({"completed": FAR, "cancelled": "620500"}[state], 5700)]
