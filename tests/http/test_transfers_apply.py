"""Before applying for a transfer: which way it goes and why, and what speaks against it."""
# SPDX-License-Identifier: Apache-2.0
import uuid

import pytest
from tests.harness import money, transfers
from tests.harness.problems import check_problem, faults
from tests.harness.transfers import CARD, GUANGZHOU, JIUQUAN, TIANSHUI, UNCONNECTED, codes
from tests.http.transferring import operator, somebody, staff  # noqa: F401 fixtures


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
