"""Who applies for a transfer and how: faults of form, staff and citizens, bank cards, repetitions, and many at once."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures
import types
import uuid

import pytest
from tests.harness import entering, money, transfers
from tests.harness.problems import check_problem, faults
from tests.harness.transfers import BEIJING, CARD, GUANGZHOU, JIUQUAN, TIANSHUI, UNCONNECTED
from tests.http.transferring import operator, somebody, staff  # noqa: F401 fixtures


# --- who and how ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("body", "expected"), [
    ({"bank_card": "6222021234567890120"}, {"/body/bank_card": "malformed"}),
    ({"bank_card": "622202"}, {"/body/bank_card": "too_short"}),
    ({"to_scheme": "military"}, {"/body/to_scheme": "not_allowed"}),
    ({"to_pool_code": "44010"}, {"/body/to_pool_code": "malformed"}),
])
def test_faults_of_form(api, somebody, body, expected):
    response = api.post(transfers.TRANSFERS, by=somebody().citizen, json={"to_pool_code": GUANGZHOU, **body},
                        headers={"Idempotency-Key": str(uuid.uuid4())})
    assert response.status_code == 400 and faults(response) == expected


def test_citizens_apply_for_nobody_else(api, somebody):
    person = somebody()
    assert transfers.plan(api, person.citizen, person_id=person.person_id)["is_possible"]
    for dry_run in (True, False):
        check_problem(transfers.apply(api, person.citizen, person_id=somebody().person_id, dry_run=dry_run), 404, "not_found")


def test_staff_say_for_whom(api, operator):
    assert faults(transfers.apply(api, operator)) == {"/body/person_id": "required"}


def test_a_bank_card_is_not_kept_where_nothing_is_paid_out(api, sql, somebody):
    person = somebody()
    made = transfers.applied(api, person.citizen, bank_card=CARD)
    assert made["money"]["bank_card_masked"] is None
    assert sql.execute("SELECT bank_card_sealed FROM transfer WHERE transfer_id = %s", [made["transfer_id"]]).fetchone() == (None,)


def test_a_bank_card_is_sealed_and_stands_nowhere_else(api, sql, somebody):
    person = somebody()
    made = transfers.applied(api, person.citizen, UNCONNECTED, bank_card=CARD)
    (row,) = sql.execute("SELECT transfer::text FROM transfer WHERE transfer_id = %s", [made["transfer_id"]]).fetchone()
    events = sql.execute("SELECT coalesce(string_agg(audit_event::text, ' '), '') FROM audit_event WHERE object_id = %s",
                         [made["transfer_id"]]).fetchone()[0]
    assert CARD not in row + events and "create_transfer" in events


# --- who --------------------------------------------------------------------------------------------------------------


def test_staff_of_either_region_apply_for_somebody_they_see(api, sql, somebody, staff):
    person = somebody()
    for regions in ([BEIJING], [GUANGZHOU]):
        for dry_run in (True, False):
            check_problem(transfers.apply(api, staff(*regions), person_id=person.person_id, dry_run=dry_run), 404, "not_found")
    transfers.enrol(sql, person.person_id, GUANGZHOU, status="pending_in", started_on="2026-01-01")
    new_side = staff(GUANGZHOU)
    assert transfers.plan(api, new_side, person_id=person.person_id)["money"]["balance_fen"] is None
    assert transfers.plan(api, staff(TIANSHUI), person_id=person.person_id)["money"]["balance_fen"] == 10_000
    made = transfers.applied(api, new_side, person_id=person.person_id)
    steps = transfers.timeline(api, person.citizen, made["transfer_id"]).json()["data"]
    assert [(step["event"], step["who"]) for step in steps] == [("submit", "staff")]


def test_staff_of_a_third_region_do_not_apply_though_they_know_the_person(api, sql, somebody, staff):
    person = somebody()
    transfers.enrol(sql, person.person_id, BEIJING, status="ended")
    check_problem(transfers.apply(api, staff(BEIJING), person_id=person.person_id), 404, "not_found")
    check_problem(transfers.apply(api, staff("110000", "210000"), JIUQUAN, person_id=person.person_id), 404, "not_found")


def test_only_operators_and_citizens_apply(api, somebody, staff, new_token):
    person = somebody()
    for who in (staff(TIANSHUI, role="reviewer"), staff(TIANSHUI, role="auditor"), new_token("client")):
        check_problem(transfers.apply(api, who, person_id=person.person_id), 403, "forbidden")


def test_a_dry_run_by_staff_leaves_a_trace_and_one_by_the_person_does_not(api, sql, somebody, staff):
    person = somebody()
    asked = transfers.apply(api, staff(TIANSHUI), person_id=person.person_id, dry_run=True)
    assert [(action, key) for action, key, _, _ in entering.events(sql, asked)] == [
        ("create_transfer.dry_run", money.key_of(person.person_id))]
    assert entering.events(sql, transfers.apply(api, person.citizen, dry_run=True)) == []


# --- keys and races ---------------------------------------------------------------------------------------------------


def test_a_repetition_shows_the_same_transfer_and_another_content_is_refused(api, sql, somebody):
    person, key = somebody(), str(uuid.uuid4())
    assert transfers.apply(api, person.citizen, key=key, dry_run=True).status_code == 200, "uses no key"
    first, again = (transfers.apply(api, person.citizen, key=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201) and first.json() == again.json()
    assert first.headers.get("idempotent-replayed") is None and again.headers["idempotent-replayed"] == "true"
    assert first.headers["location"] == f"/v1/transfers/{first.json()['transfer_id']}"
    check_problem(transfers.apply(api, person.citizen, JIUQUAN, key=key), 422, "idempotency_key_reused")
    assert transfers.count(sql, person) == 1
    audited = sql.execute("SELECT action, detail FROM audit_event WHERE object_id = %s", [first.json()["transfer_id"]]).fetchall()
    assert audited == [("create_transfer", {"way": "cross_province", "to_pool_code": GUANGZHOU})]


def test_many_at_once_make_one_transfer(api, sql, somebody, staff):
    person, operator = somebody(), staff(TIANSHUI)
    who = [(person.citizen, {}), (operator, {"person_id": person.person_id})] * 6
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda one: transfers.apply(api, one[0], **one[1]), who))
    assert sorted(a.status_code for a in answers) == [201] + [409] * 11
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"transfer_under_way"}
    assert transfers.count(sql, person) == 1


def test_after_one_is_over_another_may_be_applied_for(api, sql, somebody):
    person = somebody()
    first = transfers.applied(api, person.citizen)
    assert transfers.cancel(api, person.citizen, first["transfer_id"]).status_code == 200
    second = transfers.applied(api, person.citizen, JIUQUAN)
    listed = api.get(f"/v1/people/{person.person_id}/transfers", by=person.citizen).json()["data"]
    assert [(one["transfer_id"], one["state"]) for one in listed] == [
        (second["transfer_id"], "submitted"), (first["transfer_id"], "cancelled")]


def test_a_merged_record_is_not_transferred(api, sql, somebody, staff):
    person, survivor = somebody(), somebody()
    sql.execute("INSERT INTO person_alias (person_key, person_id, current_person_key, current_person_id, reason, created_at)"
                " VALUES (%s, %s, %s, %s, 'merged', now())",
                [money.key_of(person.person_id), person.person_id, money.key_of(survivor.person_id), survivor.person_id])
    try:
        check_problem(transfers.apply(api, staff(TIANSHUI), person_id=person.person_id), 409, "conflict")
    finally:
        sql.execute("DELETE FROM person_alias WHERE person_key = %s", [money.key_of(person.person_id)])


def test_nobody_who_is_not_there(api, operator):
    nobody = types.SimpleNamespace(person_id=str(uuid.uuid4()))
    for dry_run in (True, False):
        check_problem(transfers.apply(api, operator, person_id=nobody.person_id, dry_run=dry_run), 404, "not_found")
