"""Refunds over HTTP: never more than was charged, to the part that paid, and found again by everybody concerned."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures
import datetime
import functools
import uuid

import pytest
from tests.harness import changes, charges, past_charges
from tests.harness.charges import CHARGES, stored
from tests.harness.problems import check_problem, faults, without_request_id
from tests.http import listing


@pytest.fixture(scope="module")
def provider(new_provider):
    return new_provider()


@pytest.fixture
def member(api, sql, new_token):
    operator = new_token("staff", roles=["operator"], regions=["000000"])
    return functools.partial(charges.member, api, sql, operator, new_token)


def path(charge_id, refund_id=None):
    return f"{CHARGES}/{charge_id}/refunds" + ("" if refund_id is None else f"/{refund_id}")


def test_a_charge_is_given_back_in_parts(api, sql, provider, member):
    someone = member(500, 800)
    paid = charges.charged(api, provider, someone.account_id, 700)["charge_id"]
    response = changes.refund(api, provider, paid, 250, refund_no="TF/1", reason="未使用的药品退回")
    assert response.status_code == 201, response.text
    given = response.json()
    assert {**given, "refund_id": None, "created_at": None} == {
        "refund_id": None, "charge_id": paid, "refund_no": "TF/1", "amount_fen": 250, "current_year_fen": 50, "carried_over_fen": 200,
        "reason": "未使用的药品退回", "created_at": None, "business_date": datetime.datetime.now(changes.SHANGHAI).date().isoformat(),
        "payers": [{"payer_kind": "account", "position": 0, "account_id": someone.account_id, "family_member_id": None, "amount_fen": 250}]}
    assert response.headers["location"] == path(paid, given["refund_id"])
    assert api.get(response.headers["location"], by=provider).json() == given
    check_problem(changes.refund(api, provider, paid, 451), 409, "refund_exceeds_charge")
    assert changes.refund(api, provider, paid).json()["amount_fen"] == 450
    check_problem(changes.refund(api, provider, paid), 409, "refund_exceeds_charge")
    assert stored(sql, someone.account_id) == (500, 800, 0)
    charge = api.get(f"{CHARGES}/{paid}", by=provider).json()
    assert (charge["state"], charge["refunded_fen"], charge["captured_fen"]) == ("captured", 700, 700)


def test_last_years_money_comes_back_as_carried_over(api, sql, provider, member):
    someone = member(0)
    past_charges.post(sql, someone, 500, days_ago=800)
    paid = past_charges.charged(sql, someone, provider, 400, past_charges.now() - datetime.timedelta(days=500))
    given = changes.refund(api, provider, paid.charge_id, 300).json()
    assert (given["current_year_fen"], given["carried_over_fen"]) == (0, 300)
    assert api.get(path(paid.charge_id, given["refund_id"]), by=provider).json() == given
    assert stored(sql, someone.account_id) == (100, 300, 0)


def test_a_repetition_is_answered_as_the_first_and_does_nothing(api, sql, provider, member):
    someone, key = member(1000), charges.new_key()
    paid = charges.charged(api, provider, someone.account_id, 400)["charge_id"]
    first = changes.refund(api, provider, paid, key=key, refund_no="N1")
    again = changes.refund(api, provider, paid, key=key, refund_no="N1")
    assert (again.status_code, again.json(), again.headers["location"]) == (201, first.json(), first.headers["location"])
    assert again.headers["idempotent-replayed"] == "true" and "idempotent-replayed" not in first.headers
    check_problem(changes.refund(api, provider, paid, key=key, refund_no="N2"), 422, "idempotency_key_reused")
    assert stored(sql, someone.account_id) == (1000, 0, 0)


def test_a_number_is_used_once_and_a_refusal_uses_none_up(api, provider, member):
    someone = member(1000)
    paid, other = (charges.charged(api, provider, someone.account_id, 400)["charge_id"] for _ in range(2))
    number = charges.new_number()
    check_problem(changes.refund(api, provider, paid, 401, refund_no=number), 409, "refund_exceeds_charge")
    assert changes.refund(api, provider, paid, 1, refund_no=number).status_code == 201
    check_problem(changes.refund(api, provider, other, 1, refund_no=number), 409, "refund_number_used")


def test_a_dry_run_tells_and_does_nothing(api, sql, provider, member):
    someone, key = member(1000), charges.new_key()
    paid = charges.charged(api, provider, someone.account_id, 400)["charge_id"]
    tried = changes.refund(api, provider, paid, 100, key=key, refund_no="D1", dry_run="true")
    assert (tried.status_code, tried.json()["amount_fen"]) == (201, 100)
    assert stored(sql, someone.account_id) == (600, 0, 0) and api.get(path(paid), by=provider).json()["data"] == []
    check_problem(changes.refund(api, provider, paid, 401, dry_run="true"), 409, "refund_exceeds_charge")
    assert "idempotent-replayed" not in changes.refund(api, provider, paid, 100, key=key, refund_no="D1").headers


def test_only_what_was_captured_is_given_back(api, sql, provider, member):
    someone = member(1000)
    held = changes.held(api, provider, someone.account_id, 100)["charge_id"]
    check_problem(changes.refund(api, provider, held), 409, "charge_not_captured")
    changes.capture(api, provider, held, 60)
    check_problem(changes.refund(api, provider, held, 61), 409, "refund_exceeds_charge")
    charges.set_status(sql, someone.account_id, "frozen")
    assert changes.refund(api, provider, held).json()["amount_fen"] == 60
    assert stored(sql, someone.account_id) == (1000, 0, 0)


def test_a_closed_account_receives_nothing(api, sql, provider, member):
    someone = member(100)
    paid = charges.charged(api, provider, someone.account_id, 100)["charge_id"]
    charges.set_status(sql, someone.account_id, "closed")
    check_problem(changes.refund(api, provider, paid), 409, "account_closed")


def test_what_is_malformed_is_named(api, provider, member):
    paid = charges.charged(api, provider, member().account_id)["charge_id"]
    for fields, pointer in [({"refund_no": ""}, "refund_no"), ({"refund_no": "a b"}, "refund_no"), ({"refund_no": "号"}, "refund_no"),
                            ({"refund_no": "x" * 65}, "refund_no"), ({"refund_no": "x", "amount_fen": 0}, "amount_fen"),
                            ({"refund_no": "x", "reason": ""}, "reason"), ({"refund_no": "x", "reason": "长" * 129}, "reason")]:
        assert faults(changes.send(api, provider, paid, "refunds", fields)).keys() == {f"/body/{pointer}"}
    assert changes.refund(api, provider, paid, 1, refund_no="~" * 64, reason="长" * 128).status_code == 201
    check_problem(api.post(path(paid), by=provider, json={"refund_no": "x"}), 400, "validation_failed")


def test_refunds_at_once_never_give_back_more_than_was_charged(api, sql, provider, member):
    someone = member(1000)
    paid = charges.charged(api, provider, someone.account_id, 1000)["charge_id"]
    amounts = [70, 130, 210, 340, 90, 400, 260, 510]
    with concurrent.futures.ThreadPoolExecutor(len(amounts)) as pool:
        responses = [done.result() for done in [pool.submit(changes.refund, api, provider, paid, fen) for fen in amounts]]
    given = sum(fen for fen, response in zip(amounts, responses) if response.status_code == 201)
    assert {response.json()["code"] for response in responses if response.status_code != 201} == {"refund_exceeds_charge"}
    assert given <= 1000 and stored(sql, someone.account_id) == (given, 0, 0)
    rows = api.pages(path(paid), by=provider)
    assert sum(row["amount_fen"] for row in rows) == given
    listing.check_pages(api, path(paid), provider, [row["refund_id"] for row in rows], "refund_id", {}, limits=(1, 2, 100))


def test_who_may_look(api, provider, member, demo, new_provider, new_token):
    someone = member(1000)
    paid = charges.charged(api, provider, someone.account_id, 400)["charge_id"]
    given = changes.refund(api, provider, paid).json()
    one = path(paid, given["refund_id"])
    staff = new_token("staff", roles=["reviewer"], regions=[someone.pool_code])
    for who in (provider, someone, staff):
        assert api.get(path(paid), by=who).json()["data"] == [given]
        assert api.get(one, by=who).json() == given
    absent = without_request_id(api.get(path(uuid.uuid4()), by=provider))
    for who in (new_provider(), demo.citizen("moved"), new_token("staff", roles=["operator"], regions=["110000"])):
        for url in (path(paid), one):
            assert without_request_id(api.get(url, by=who)) == absent
    check_problem(api.get(path(paid, uuid.uuid4()), by=provider), 404, "not_found")
    other = charges.charged(api, provider, someone.account_id, 4)["charge_id"]
    check_problem(api.get(path(other, given["refund_id"]), by=provider), 404, "not_found")
    check_problem(api.get(one, by=new_token("client")), 403, "forbidden")
    told = api.get("/v1/me/access-log", by=someone, headers={"Accept-Language": "en"}).json()["data"]
    assert "Gave money back to your account" in [event["text"] for event in told]
