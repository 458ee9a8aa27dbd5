"""Stories: people who move to another city, step by step, as a front end and two desks would."""
# SPDX-License-Identifier: Apache-2.0
import functools
import types
import uuid

import pytest
from tests.harness import charges, money, moving, transfers
from tests.harness.problems import check_problem
from tests.harness.transfers import CARD, GUANGZHOU, JIUQUAN, TIANSHUI, UNCONNECTED, codes


@pytest.fixture(scope="module")
def staff(new_token):
    of = {"window": ("operator", ["000000"]), TIANSHUI: ("reviewer", [TIANSHUI]), JIUQUAN: ("reviewer", [JIUQUAN]),
          GUANGZHOU: ("reviewer", [GUANGZHOU]), "colleague": ("reviewer", [TIANSHUI])}
    return {name: new_token("staff", roles=[role], regions=regions) for name, (role, regions) in of.items()}


@pytest.fixture
def somebody(api, sql, staff, new_token):
    return functools.partial(transfers.somebody, api, sql, staff["window"], new_token)


def look(api, person, transfer_id):
    """What the person is shown: state, whose desk, how many documents are missing, what they can do."""
    seen = transfers.get(api, person.citizen, transfer_id).json()
    return seen["state"], [desk["region_name"] for desk in seen["desks"]], len(seen["missing"]), seen["possible"]


def accounts(api, person):
    rows = api.get(f"/v1/people/{person.person_id}/accounts", by=person.citizen).json()["data"]
    return {row["region_code"]: types.SimpleNamespace(**row) for row in rows}


def enrolments(api, person):
    rows = api.get(f"/v1/people/{person.person_id}/enrolments", by=person.citizen).json()["data"]
    return {row["region_code"]: row["status"] for row in rows}


def balance(api, person, account_id):
    return api.get(f"/v1/accounts/{account_id}/balance", by=person.citizen).json()["balance_fen"]


def hand_in(sql, person, transfer_id):
    for kind in moving.DOCUMENTS:
        moving.hand_in(sql, person, transfer_id, kind)


# What happens, whose desk does it (None: the person looks), and what the person is shown then.
WALK = [
    (None, None, ("submitted", ["天水市", "{there}"], 2, ["cancel"])),
    ("hand_in", None, ("submitted", ["天水市", "{there}"], 0, ["cancel"])),
    ("check_in", "in", ("checked_in", ["天水市"], 0, ["cancel"])),
    ("check_out", "out", ("out_review", ["天水市"], 0, ["cancel"])),
    ("move_out", "out", ("in_review", ["{there}"], 0, ["cancel"])),
    ("take_in", "in", ("completed", [], 0, [])),
]


def walk(api, sql, staff, person, transfer_id, there, name, steps):
    for event, desk, shown in steps:
        side = "colleague" if (event, there) == ("move_out", UNCONNECTED) else TIANSHUI if desk == "out" else there
        if event == "hand_in":
            hand_in(sql, person, transfer_id)
        elif event is not None:
            assert moving.step(api, transfer_id, desk, staff[side])["event"] == event
        state, desks, missing, possible = shown
        assert look(api, person, transfer_id) == (state, [one.format(there=name) for one in desks], missing, possible), event


def test_tianshui_to_jiuquan_without_money(api, sql, staff, somebody, new_provider):
    person, hospital = somebody(balance_fen=50_000), new_provider()
    planned = transfers.plan(api, person.citizen, JIUQUAN)
    assert (planned["way"], planned["money"]["effect"], planned["money"]["balance_fen"]) == ("in_province", "stays", 50_000)
    assert "不转移" in planned["money"]["text"]
    there = transfers.enrol(sql, person.person_id, JIUQUAN, status="pending_in", started_on="2026-10-01")
    transfer_id = transfers.applied(api, person.citizen, JIUQUAN)["transfer_id"]
    walk(api, sql, staff, person, transfer_id, JIUQUAN, "酒泉市", WALK)

    assert enrolments(api, person) == {TIANSHUI: "ended", JIUQUAN: "active"} and transfers.enrolment(sql, person, there) == "active"
    held = accounts(api, person)
    assert (held[TIANSHUI].status, held[JIUQUAN].status) == ("spend_only", "active")
    assert balance(api, person, person.account_id) == 50_000, "the money has stayed"
    assert charges.charged(api, hospital, person.account_id, 1_200)["state"] == "captured", "and is usable in the new city"
    assert transfers.get(api, person.citizen, transfer_id).json()["money"]["amount_fen"] == 0


def test_tianshui_to_guangzhou_with_money_and_back_before_it_arrived(api, sql, staff, somebody):
    """Cancelled after the money had left: it returns from transit, and everything is what it was."""
    person = somebody(balance_fen=1_000)
    money.post(sql, person.account_id, [money.adjust(700, "carried_over")])
    transfers.enrol(sql, person.person_id, GUANGZHOU, status="pending_in", started_on="2026-10-01")
    transfer_id = transfers.applied(api, person.citizen)["transfer_id"]
    walk(api, sql, staff, person, transfer_id, GUANGZHOU, "广州市", WALK[:5])
    assert balance(api, person, person.account_id) == 0 and accounts(api, person)[TIANSHUI].status == "closed"
    seen = transfers.get(api, person.citizen, transfer_id).json()["money"]
    assert (seen["effect"], seen["amount_fen"], seen["current_year_fen"], seen["carried_over_fen"]) == ("moves", 1_700, 1_000, 700)

    assert transfers.cancel(api, person.citizen, transfer_id).json()["state"] == "cancelled"
    assert balance(api, person, person.account_id) == 1_700 and accounts(api, person)[TIANSHUI].status == "active"
    assert enrolments(api, person) == {TIANSHUI: "active", GUANGZHOU: "pending_in"}
    kinds = [entry["kind"] for entry in api.get(f"/v1/accounts/{person.account_id}/entries", by=person.citizen).json()["data"]]
    assert sorted(kinds[:4]) == ["transfer_out", "transfer_out", "transfer_return", "transfer_return"]
    events = [step["event"] for step in transfers.timeline(api, person.citizen, transfer_id).json()["data"]]
    assert events == ["submit", "check_in", "check_out", "move_out", "cancel"]
    assert transfers.applied(api, person.citizen)["state"] == "submitted", "and they may apply again"


def test_a_destination_that_is_not_connected(api, sql, staff, somebody):
    """The balance goes to the person's own bank account; only the old region decides."""
    person = somebody(balance_fen=9_900)
    check_problem(transfers.apply(api, person.citizen, UNCONNECTED), 409, "bank_card_needed")
    planned = transfers.plan(api, person.citizen, UNCONNECTED, bank_card=CARD)
    assert (planned["way"], planned["withdrawal_reason"]) == ("payout", "destination_not_connected")
    transfer_id = transfers.applied(api, person.citizen, UNCONNECTED, bank_card=CARD)["transfer_id"]
    walk(api, sql, staff, person, transfer_id, UNCONNECTED, "西藏自治区", [
        (None, None, ("submitted", ["天水市"], 2, ["cancel"])),
        ("hand_in", None, ("submitted", ["天水市"], 0, ["cancel"])),
        ("check_out", "out", ("out_review", ["天水市"], 0, ["cancel"])),
        ("move_out", "out", ("paying", [], 0, [])),
    ])
    seen = transfers.get(api, person.citizen, transfer_id).json()
    assert seen["money"]["amount_fen"] == 9_900 and seen["money"]["withdrawal_id"] and seen["money"]["bank_card_masked"] == "0128"
    assert balance(api, person, person.account_id) == 0
    problem = check_problem(transfers.cancel(api, person.citizen, transfer_id), 409, "not_possible_now")
    assert (problem["state"], problem["possible"]) == ("paying", [])


@pytest.mark.parametrize("done", ["submitted", "checked", "reviewed"])
def test_a_cancelled_one(api, sql, staff, somebody, done):
    """Before the money left: nothing has happened, however far the desks were."""
    person = somebody()
    transfer_id = transfers.applied(api, person.citizen)["transfer_id"]
    hand_in(sql, person, transfer_id)
    for desk in {"submitted": [], "checked": ["out"], "reviewed": ["out", "in"]}[done]:
        moving.step(api, transfer_id, desk, staff[TIANSHUI if desk == "out" else GUANGZHOU])
    cancelled = transfers.cancel(api, person.citizen, transfer_id, reason="孩子留在天水上学").json()
    assert (cancelled["state"], cancelled["note"]) == ("cancelled", "孩子留在天水上学")
    assert enrolments(api, person) == {TIANSHUI: "active"} and balance(api, person, person.account_id) == 10_000
    late = moving.decide(api, transfer_id, "out", staff[TIANSHUI])
    assert check_problem(late, 409, "not_possible_now")["state"] == "cancelled"


def test_a_rejected_one(api, sql, staff, somebody):
    """The reason stands where the person looks, and they may apply again."""
    person = somebody()
    transfer_id = transfers.applied(api, person.citizen)["transfer_id"]
    moving.step(api, transfer_id, "in", staff[GUANGZHOU], "refuse", note="转入地查无参保登记")
    seen = transfers.get(api, person.citizen, transfer_id).json()
    assert (seen["state"], seen["reason_code"], seen["note"]) == ("rejected", "not_enrolled", "转入地查无参保登记")
    assert enrolments(api, person) == {TIANSHUI: "active"}
    assert transfers.applied(api, person.citizen)["state"] == "submitted"


def test_a_retired_person_resettled(api, sql, somebody):
    """They keep the relation; the answer names the withdrawal that fits."""
    person = somebody(retired_on="2020-05-01")
    planned = transfers.plan(api, person.citizen)
    assert (codes(planned["refusals"]), planned["withdrawal_reason"], planned["is_possible"]) == (["retired_stays"],
                                                                                                  "resettled_retiree", False)
    check_problem(transfers.apply(api, person.citizen), 409, "retired_stays")
    assert enrolments(api, person) == {TIANSHUI: "active"}


def test_a_resident_who_finds_work_in_the_same_city(api, sql, staff, somebody):
    """Another scheme of the same pool: one region is both desks, but two people decide."""
    person = somebody(scheme="resident")
    planned = transfers.plan(api, person.citizen, TIANSHUI, to_scheme="employee")
    assert (planned["way"], planned["money"]["effect"], codes(planned["reasons"])) == ("scheme_only", "none", ["same_pool", "no_account"])
    transfer_id = transfers.applied(api, person.citizen, TIANSHUI, to_scheme="employee")["transfer_id"]
    hand_in(sql, person, transfer_id)
    moving.step(api, transfer_id, "out", staff[TIANSHUI])
    check_problem(moving.decide(api, transfer_id, "in", staff[TIANSHUI], key=str(uuid.uuid4())), 409, "reviewer_cannot_decide")
