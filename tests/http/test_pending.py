"""What is in flight on an account: together what is held, each with its reason and its end, for whom it concerns."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid

import pytest
from tests.db import charging
from tests.harness import consenting, money, past_charges
from tests.harness.problems import check_problem
from tests.http import listing

HOUR = datetime.timedelta(hours=1)


def path(citizen):
    return f"/v1/accounts/{citizen.account_id}/pending"


@pytest.fixture(scope="module")
def owner(demo, sql):
    citizen = demo.citizen("Beijing under")
    money.post(sql, citizen.account_id, [money.adjust(1_000_000)])
    return citizen


@pytest.fixture(scope="module")
def hospital(new_provider):
    return new_provider(name=f"北京医院 {uuid.uuid4()}")


def balance(api, citizen):
    return api.get(f"/v1/accounts/{citizen.account_id}/balance", by=citizen).json()


def test_a_hold_is_in_flight_until_it_ends(api, sql, owner, hospital):
    before, instant = balance(api, owner), past_charges.now()
    held = past_charges.held(sql, owner, hospital, 700, instant, lasts=3 * HOUR, usage="treatment", item="住院预缴")
    (one, *_) = api.get(path(owner), by=owner).json()["data"]
    assert one == {
        "pending_id": str(held.charge_id), "kind": "hold", "state": "held", "amount_fen": 700, "since": one["since"],
        "expected_end": one["expected_end"], "waits_for": "capture", "waits_on": "institution", "region_code": None,
        "text": "医院或药店预扣的款项，等待其确认扣款", "charge": {
            "charge_id": str(held.charge_id), "charge_no": held.charge_no, "provider_id": hospital.subject_id,
            "institution_name": hospital.name, "institution_type": "hospital", "usage": "treatment", "item": "住院预缴",
            "occurred_at": one["since"], "payer_kind": "account", "family_member_id": None}}
    assert [datetime.datetime.fromisoformat(one[name]) for name in ("since", "expected_end")] == [instant, instant + 3 * HOUR]
    meanwhile = balance(api, owner)
    assert meanwhile["held_fen"] == before["held_fen"] + 700 and meanwhile["available_fen"] == before["available_fen"] - 700
    assert meanwhile["balance_fen"] == before["balance_fen"]
    charging.capture(sql, charging.change(held, 600, after=HOUR / 100))
    assert held.charge_id not in [uuid.UUID(row["pending_id"]) for row in api.get(path(owner), by=owner).json()["data"]]
    after = balance(api, owner)
    assert (after["held_fen"], after["balance_fen"]) == (before["held_fen"], before["balance_fen"] - 600)


def test_together_they_are_what_is_held(api, sql, owner, hospital):
    held = [past_charges.held(sql, owner, hospital, fen) for fen in range(100, 107)]
    rows = api.pages(path(owner), by=owner)
    assert [row["amount_fen"] for row in rows][: len(held)] == list(range(106, 99, -1))
    assert sum(row["amount_fen"] for row in rows) == balance(api, owner)["held_fen"]
    expected = [row["pending_id"] for row in rows]
    listing.check_pages(api, path(owner), owner, expected, "pending_id", {}, limits=(1, 3, 100))
    for one in held:
        charging.void(sql, charging.change(one, after=HOUR / 100))
    assert api.pages(path(owner), by=owner) == [] and balance(api, owner)["held_fen"] == 0


def test_an_account_without_any(api, demo):
    citizen = demo.citizen("gap 5")
    assert api.get(path(citizen), by=citizen).json() == {"data": [], "has_more": False, "next_cursor": None}


def test_nobody_else_sees_it(api, demo, sql, owner, hospital, new_token):
    held, stranger = past_charges.held(sql, owner, hospital, 5), demo.citizen("gap 5")
    check_problem(api.get(path(owner), by=stranger), 404, "not_found")
    check_problem(api.get(path(owner), by=new_token("staff", roles=["operator"], regions=["440100"])), 404, "not_found")
    check_problem(api.get(path(owner), by=new_token("staff", roles=["policy"], regions=["110000"])), 403, "forbidden")
    check_problem(api.get(path(owner), by=hospital), 404, "not_found")
    staff = new_token("staff", roles=["operator"], regions=["110000"])
    response = api.get(path(owner), by=staff)
    assert str(held.charge_id) in response.text
    assert sql.execute(
        "SELECT action, actor_id::text, object_id::text FROM audit_event WHERE request_id = %s",
        [response.headers["x-request-id"]]).fetchall() == [("list_account_pending", staff.subject_id, owner.account_id)]
    charging.void(sql, charging.change(held, after=HOUR / 100))


def test_a_client_needs_consent_to_entries(api, owner, new_token):
    client = new_token("client")
    consenting.agree(api, client, owner, ["balance"])
    check_problem(api.get(path(owner), by=client), 404, "not_found")
    other = new_token("client")
    consenting.agree(api, other, owner, ["entries"])
    assert api.get(path(owner), by=other).status_code == 200
