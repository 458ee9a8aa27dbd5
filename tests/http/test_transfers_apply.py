"""Applying for a transfer: which way it goes and why, what speaks against it, and who may ask."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures
import functools
import types
import uuid

import pytest
from tests.harness import entering, money, transfers
from tests.harness.problems import check_problem, faults
from tests.harness.transfers import BEIJING, CARD, GUANGZHOU, JIUQUAN, TIANSHUI, UNCONNECTED, codes


@pytest.fixture(scope="module")
def operator(new_token):
    return new_token("staff", roles=["operator"], regions=["000000"])


@pytest.fixture(scope="module")
def staff(new_token):
    return lambda *regions, role="operator": new_token("staff", roles=[role], regions=list(regions))


@pytest.fixture
def somebody(api, sql, operator, new_token):
    return functools.partial(transfers.somebody, api, sql, operator, new_token)


# --- ways -------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("scheme", "to", "to_scheme", "way", "money_is", "reasons"), [
    ("employee", JIUQUAN, "employee", "in_province", "stays", ["same_province"]),
    ("employee", JIUQUAN, "resident", "in_province", "stays", ["same_province"]),
    ("employee", GUANGZHOU, "employee", "cross_province", "moves", ["other_province"]),
    ("employee", GUANGZHOU, "resident", "cross_province", "stays", ["other_province", "resident_destination"]),
    ("employee", UNCONNECTED, "employee", "payout", "paid_out", ["other_province", "destination_not_connected"]),
    ("employee", UNCONNECTED, "resident", "cross_province", "stays", ["other_province", "resident_destination"]),
    ("employee", TIANSHUI, "resident", "scheme_only", "stays", ["same_pool"]),
    ("resident", TIANSHUI, "employee", "scheme_only", "none", ["same_pool", "no_account"]),
    ("resident", JIUQUAN, "resident", "in_province", "none", ["same_province", "no_account"]),
    ("resident", GUANGZHOU, "employee", "cross_province", "none", ["other_province", "no_account"]),
    ("resident", UNCONNECTED, "employee", "cross_province", "none", ["other_province", "no_account"]),
])
def test_which_way_it_goes(api, sql, somebody, scheme, to, to_scheme, way, money_is, reasons):
    person = somebody(scheme=scheme)
    card = {"bank_card": CARD} if way == "payout" else {}
    planned = transfers.plan(api, person.citizen, to, to_scheme=to_scheme, **card)
    assert planned["is_possible"] and planned["refusals"] == [] and planned["warnings"] == []
    assert (planned["way"], planned["money"]["effect"], codes(planned["reasons"])) == (way, money_is, reasons)
    assert planned["money"]["balance_fen"] == (10_000 if scheme == "employee" else None)
    assert planned["from"]["enrolment_id"] == person.enrolment_id and planned["to"]["region_code"] == to
    assert all(reason["text"] != reason["code"] for reason in planned["reasons"])
    assert transfers.count(sql, person) == 0 and transfers.enrolment(sql, person) == "active"

    made = transfers.applied(api, person.citizen, to, to_scheme=to_scheme, **card)
    assert (made["way"], made["money"]["effect"], made["state"]) == (way, money_is, "submitted")
    assert made["due_on"] == planned["due_on"] and made["working_days_left"] == 5 and made["possible"] == ["cancel"]
    assert made["money"]["bank_card_masked"] == ("0128" if card else None)
    assert [desk["desk"] for desk in made["desks"]] == (["out"] if way == "payout" else ["out", "in"])
    assert made["from"]["account_id"] == person.account_id and made["money"]["amount_fen"] == 0
    assert [one["document_kind"] for one in made["missing"]] == ["citizen_id", "enrolment_certificate"]
    assert transfers.enrolment(sql, person) == "closing"


def test_the_steps_that_a_transfer_takes_and_their_working_days(api, somebody):
    person = somebody()
    steps = transfers.plan(api, person.citizen)["steps"]
    assert [(s["step"], s["desk"], s["region_code"], s["working_days"]) for s in steps] == [
        ("check", "out", TIANSHUI, 5), ("check", "in", GUANGZHOU, 5), ("out_review", "out", TIANSHUI, 10),
        ("in_review", "in", GUANGZHOU, 5)]
    steps = transfers.plan(api, person.citizen, UNCONNECTED, bank_card=CARD)["steps"]
    assert [(s["step"], s["desk"], s["working_days"]) for s in steps] == [
        ("check", "out", 5), ("out_review", "out", 10), ("payout", None, None)]


def test_documents_are_named_before_applying(api, somebody):
    documents = transfers.plan(api, somebody().citizen)["documents"]
    assert [(one["document_kind"], one["is_required"]) for one in documents] == [
        ("citizen_id", True), ("enrolment_certificate", True), ("other", False)]
    assert documents[0]["name"] == "居民身份证"


def test_words_are_in_the_language_that_was_asked_for(api, somebody):
    person = somebody()
    answers = [api.post(transfers.TRANSFERS, by=person.citizen, json={"to_pool_code": GUANGZHOU}, params={"dry_run": "true"},
                        headers={"Idempotency-Key": str(uuid.uuid4()), "Accept-Language": language}).json() for language in ("zh", "en")]
    chinese, english = answers
    assert "跨省" in chinese["reasons"][0]["text"] and "provinces" in english["reasons"][0]["text"]
    assert chinese["documents"][0]["name"] == "居民身份证" and english["documents"][0]["name"] == "Citizen identity card"
    made = transfers.applied(api, person.citizen)
    english = api.get(f"/v1/transfers/{made['transfer_id']}", by=person.citizen, headers={"Accept-Language": "en"}).json()
    assert "受理" in made["text"] and "agencies" in english["text"]
    assert english["missing"][0]["name"] == "Citizen identity card"


def test_a_county_stands_for_the_pool_that_it_lies_in(api, somebody):
    person = somebody()
    assert transfers.plan(api, person.citizen, "440106")["to"] == {
        "region_code": GUANGZHOU, "region_name": "广州市", "scheme": "employee", "enrolment_id": None}


@pytest.mark.parametrize("code", ["440000", "000000", "999999"])
def test_a_region_without_a_pool_is_unknown(api, sql, somebody, code):
    person = somebody()
    for dry_run in (True, False):
        assert faults(transfers.apply(api, person.citizen, code, dry_run=dry_run)) == {"/body/to_pool_code": "unknown"}
    assert transfers.count(sql, person) == 0


# --- what waits at the destination ------------------------------------------------------------------------------------

@pytest.mark.parametrize("status", ["pending_in", "active"])
def test_an_enrolment_that_waits_at_the_destination_is_taken_over(api, sql, somebody, status):
    person = somebody(status="suspended" if status == "active" else "active")
    there = transfers.enrol(sql, person.person_id, GUANGZHOU, status=status, started_on="2026-01-01")
    assert transfers.plan(api, person.citizen)["to"]["enrolment_id"] == there
    made = transfers.applied(api, person.citizen)
    assert made["to"]["enrolment_id"] == there and made["from"]["enrolment_id"] == person.enrolment_id
    assert transfers.enrolment(sql, person, there) == status
    cancelled = transfers.cancel(api, person.citizen, made["transfer_id"])
    assert cancelled.status_code == 200
    assert transfers.enrolment(sql, person) == ("suspended" if status == "active" else "active"), "what it was before"


def test_where_the_enrolment_there_has_no_account_the_money_stays(api, sql, somebody):
    person = somebody()
    transfers.enrol(sql, person.person_id, UNCONNECTED, status="pending_in", account_mode="pooled_only", started_on="2026-01-01")
    planned = transfers.plan(api, person.citizen, UNCONNECTED)
    assert (planned["way"], planned["money"]["effect"]) == ("cross_province", "stays")
    assert codes(planned["reasons"]) == ["other_province", "pooled_only_destination"]


def test_who_has_both_schemes_transfers_the_one_that_fits(api, sql, somebody):
    person = somebody()
    resident = transfers.enrol(sql, person.person_id, TIANSHUI, scheme="resident")
    assert transfers.plan(api, person.citizen, GUANGZHOU)["from"]["enrolment_id"] == person.enrolment_id
    assert transfers.plan(api, person.citizen, GUANGZHOU, to_scheme="resident")["from"]["enrolment_id"] == resident


# --- refusals ---------------------------------------------------------------------------------------------------------

def under_way(api, sql, person):
    transfers.applied(api, person.citizen, JIUQUAN)
    transfers.enrol(sql, person.person_id, TIANSHUI, scheme="resident")


def status_of(status):
    def change(api, sql, person):
        sql.execute("UPDATE account SET status = %s WHERE account_id = %s", [status, person.account_id])
    return change


def retired(api, sql, person):
    sql.execute("UPDATE enrolment SET retired_on = '2020-01-01' WHERE enrolment_id = %s", [person.enrolment_id])


def ended(api, sql, person):
    sql.execute("UPDATE enrolment SET status = 'ended', ended_on = '2025-12-31' WHERE enrolment_id = %s", [person.enrolment_id])


def died(api, sql, person):
    sql.execute("UPDATE person SET deceased_on = '2026-01-01' WHERE person_id = %s", [person.person_id])
    status_of("deceased")(api, sql, person)


def nothing(api, sql, person):
    pass


@pytest.mark.parametrize(("before", "to", "refusals"), [
    (nothing, TIANSHUI, ["nothing_to_transfer"]),
    (ended, GUANGZHOU, ["nothing_to_transfer"]),
    (under_way, GUANGZHOU, ["transfer_under_way"]),
    (retired, GUANGZHOU, ["retired_stays"]),
    (retired, UNCONNECTED, ["retired_stays", "bank_card_needed"]),
    (nothing, UNCONNECTED, ["bank_card_needed"]),
    (status_of("frozen"), GUANGZHOU, ["account_frozen"]),
    (status_of("frozen"), JIUQUAN, ["account_frozen"]),
    (status_of("frozen"), UNCONNECTED, ["bank_card_needed", "account_frozen"]),
    (died, GUANGZHOU, ["account_deceased"]),
])
def test_what_speaks_against_it_is_told_all_at_once_and_the_first_refuses(api, sql, somebody, staff, before, to, refusals):
    person = somebody()
    before(api, sql, person)
    operator, counted = staff(TIANSHUI), transfers.count(sql, person)
    planned = transfers.plan(api, operator, to, person_id=person.person_id)
    assert codes(planned["refusals"]) == refusals and not planned["is_possible"]
    assert all(len(one["text"]) > 10 for one in planned["refusals"])
    key = str(uuid.uuid4())
    refused = [transfers.apply(api, operator, to, key=key, person_id=person.person_id) for _ in range(2)]
    for response in refused:
        check_problem(response, 409, refusals[0])
    assert [r.headers.get("idempotent-replayed") for r in refused] == [None, "true"]
    assert transfers.count(sql, person) == counted


def test_a_retired_person_is_told_which_withdrawal_fits(api, sql, somebody):
    person = somebody()
    retired(api, sql, person)
    assert transfers.plan(api, person.citizen, GUANGZHOU)["withdrawal_reason"] == "resettled_retiree"
    assert transfers.plan(api, person.citizen, JIUQUAN)["withdrawal_reason"] is None, "the money can be used in the province"


@pytest.mark.parametrize(("pool", "to", "to_scheme", "reason"), [
    (GUANGZHOU, TIANSHUI, "resident", "resident_scheme"),  # its rule allows it
    (GUANGZHOU, GUANGZHOU, "resident", "resident_scheme"),
    (TIANSHUI, GUANGZHOU, "resident", None),
    (TIANSHUI, UNCONNECTED, "employee", "destination_not_connected"),
    (TIANSHUI, GUANGZHOU, "employee", None),
])
def test_withdrawals_that_follow_are_named(api, somebody, pool, to, to_scheme, reason):
    assert transfers.plan(api, somebody(pool).citizen, to, to_scheme=to_scheme)["withdrawal_reason"] == reason


def test_what_is_held_is_only_a_warning_and_only_where_money_leaves(api, sql, somebody):
    person = somebody()
    money.hold(sql, person.account_id, 300)
    assert codes(transfers.plan(api, person.citizen)["warnings"]) == ["account_has_holds"]
    assert transfers.plan(api, person.citizen, JIUQUAN)["warnings"] == []
    assert transfers.applied(api, person.citizen)["state"] == "submitted"


# --- forms ------------------------------------------------------------------------------------------------------------

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
