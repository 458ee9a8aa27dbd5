"""One charge, several payers, over HTTP: the account, older ones, the wallet, relatives; who is shown what; refunds in reverse."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import functools

import pytest
from tests.harness import changes, charges, family_rows
from tests.harness.charges import CHARGES, stored
from tests.harness.people import Principal
from tests.harness.problems import check_problem


@pytest.fixture(scope="module")
def provider(new_provider):
    return new_provider(regions=["620000"])


@pytest.fixture(scope="module")
def operator(new_token):
    return new_token("staff", roles=["operator"], regions=["000000"])


@pytest.fixture
def member(api, sql, operator, new_token):
    return functools.partial(charges.member, api, sql, operator, new_token)


@pytest.fixture
def resident(api, operator):
    return functools.partial(family_rows.resident, api, operator)


def citizen(person):
    return Principal(person.token, "citizen")


def amounts(payers, name="amount_fen"):
    return [(payer["payer_kind"], payer["position"], payer[name]) for payer in payers]


def test_account_older_one_wallet_and_relatives_pay_in_their_order(api, sql, provider, member):
    parent, first, second = member(300), member(5000), member(5000)
    older = family_rows.account(sql, parent, "620900", 200, 100)
    wallet = family_rows.wallet(sql, parent, 400)
    family_rows.share(sql, second, parent)
    earlier = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=401)
    relation = family_rows.share(sql, first, parent, since=earlier, charge_limit_fen=700)
    response = charges.charge(api, provider, parent.account_id, 2000, item="降压药")
    assert response.status_code == 201, response.text
    made = response.json()
    assert (made["current_year_fen"], made["carried_over_fen"], made["captured_fen"]) == (300, 0, 2000)
    assert amounts(made["payers"]) == [("account", 0, 300), ("own", 1, 300), ("wallet", 2, 400), ("family", 3, 700), ("family", 4, 300)]
    assert [payer["account_id"] for payer in made["payers"]] == [parent.account_id, None, None, None, None]
    assert [payer["family_member_id"] for payer in made["payers"]] == [None] * 5
    assert stored(sql, parent.account_id) == (0, 0, 0)
    assert stored(sql, older) == (0, 0, 0)
    assert stored(sql, wallet) == (0, 0, 0)
    assert stored(sql, first.account_id) == (4300, 0, 0)
    assert stored(sql, second.account_id) == (4700, 0, 0)
    seen = api.get(f"{CHARGES}/{made['charge_id']}", by=provider).json()
    assert seen["payers"] == made["payers"]
    mine = api.get(f"{CHARGES}/{made['charge_id']}", by=citizen(parent)).json()
    assert [payer["account_id"] for payer in mine["payers"]] == [parent.account_id, older, wallet, None, None]
    assert mine["payers"][3]["family_member_id"] == relation
    (entry,) = api.get(f"/v1/accounts/{first.account_id}/entries", by=citizen(first), params={"kind": "charge"}).json()["data"]
    assert (entry["amount_fen"], entry["charge"]["item"], entry["charge"]["family_member_id"]) == (700, "降压药", relation)
    assert entry["charge"]["payer_kind"] == "family"


def test_a_person_without_an_account_is_charged_by_both_numbers(api, sql, provider, member, resident):
    child, parent = resident(), member(1000)
    nobody = charges.send(api, provider, charges.body(None, 100, **child.numbers))
    check_problem(nobody, 404, "not_found")
    family_rows.share(sql, parent, child)
    made = charges.send(api, provider, charges.body(None, 600, **child.numbers))
    assert made.status_code == 201, made.text
    assert made.json()["account_id"] is None
    assert amounts(made.json()["payers"]) == [("family", 1, 600)]
    check_problem(charges.send(api, provider, charges.body(None, 401, **child.numbers)), 409, "insufficient_balance")
    assert stored(sql, parent.account_id) == (400, 0, 0)


def test_a_hold_over_several_is_captured_in_part(api, sql, provider, member):
    parent, child = member(300), member(1000, 50)
    relation = family_rows.share(sql, child, parent)
    held = changes.held(api, provider, parent.account_id, 1200, usage="treatment")
    assert amounts(held["payers"]) == [("account", 0, 300), ("family", 1, 900)]
    assert amounts(held["payers"], "captured_fen") == [("account", 0, 0), ("family", 1, 0)]
    assert stored(sql, parent.account_id) == (300, 0, 300)
    assert stored(sql, child.account_id) == (1000, 50, 900)
    (waits,) = api.get(f"/v1/accounts/{child.account_id}/pending", by=citizen(child)).json()["data"]
    assert (waits["amount_fen"], waits["charge"]["family_member_id"]) == (900, relation)
    response = changes.capture(api, provider, held["charge_id"], 500, key=(key := charges.new_key()))
    assert response.status_code == 200, response.text
    assert amounts(response.json()["payers"], "captured_fen") == [("account", 0, 300), ("family", 1, 200)]
    assert stored(sql, parent.account_id) == (0, 0, 0)
    assert stored(sql, child.account_id) == (800, 50, 0)
    again = changes.capture(api, provider, held["charge_id"], 500, key=key)
    assert again.headers["Idempotent-Replayed"] == "true" and again.json() == response.json()


def test_a_void_frees_all(api, sql, provider, member):
    parent, child = member(300), member(1000)
    family_rows.share(sql, child, parent)
    held = changes.held(api, provider, parent.account_id, 1200)
    response = changes.void(api, provider, held["charge_id"])
    assert response.status_code == 200, response.text
    assert response.json()["state"] == "voided"
    assert stored(sql, parent.account_id) == (300, 0, 0)
    assert stored(sql, child.account_id) == (1000, 0, 0)
    check_problem(changes.capture(api, provider, held["charge_id"]), 409, "charge_not_held")


def test_refunds_go_back_in_reverse(api, sql, provider, member):
    parent, first, second = member(300), member(200), member(5000)
    family_rows.share(sql, first, parent)
    family_rows.share(sql, second, parent)
    made = charges.charged(api, provider, parent.account_id, 1000)
    assert amounts(made["payers"]) == [("account", 0, 300), ("family", 1, 200), ("family", 2, 500)]
    one = changes.refund(api, provider, made["charge_id"], 450, key=(key := charges.new_key()), refund_no=(number := charges.new_number()))
    assert one.status_code == 201, one.text
    assert amounts(one.json()["payers"]) == [("family", 2, 450)]
    again = changes.refund(api, provider, made["charge_id"], 450, key=key, refund_no=number)
    assert again.headers["Idempotent-Replayed"] == "true" and again.json() == one.json()
    two = changes.refund(api, provider, made["charge_id"], 300).json()
    assert amounts(two["payers"]) == [("account", 0, 50), ("family", 1, 200), ("family", 2, 50)]
    assert (two["current_year_fen"], two["carried_over_fen"]) == (50, 0)
    three = changes.refund(api, provider, made["charge_id"]).json()
    assert amounts(three["payers"]) == [("account", 0, 250)]
    assert stored(sql, parent.account_id) == (300, 0, 0)
    assert stored(sql, first.account_id) == (200, 0, 0)
    assert stored(sql, second.account_id) == (5000, 0, 0)
    check_problem(changes.refund(api, provider, made["charge_id"], 1), 409, "refund_exceeds_charge")
    listed = api.get(f"{CHARGES}/{made['charge_id']}/refunds", by=citizen(parent)).json()["data"]
    assert [amounts(refund["payers"]) for refund in listed] == [amounts(three["payers"]), amounts(two["payers"]),
                                                                amounts(one.json()["payers"])]


def test_a_repetition_shows_the_payers_too(api, sql, provider, member):
    parent, child = member(300), member(1000)
    family_rows.share(sql, child, parent)
    body, key = charges.body(parent.account_id, 700), charges.new_key()
    first = charges.send(api, provider, body, key)
    again = charges.send(api, provider, body, key)
    assert again.headers["Idempotent-Replayed"] == "true" and again.json() == first.json()
    assert amounts(again.json()["payers"]) == [("account", 0, 300), ("family", 1, 400)]
    check_problem(charges.send(api, provider, {**body, "amount_fen": 701}, key), 422, "idempotency_key_reused")
    plain = charges.body(child.account_id, 100)
    one, two = (charges.send(api, provider, plain, key + "-plain").json() for _ in range(2))
    assert one == two and amounts(one["payers"]) == [("account", 0, 100)]


def test_a_dry_run_takes_nothing(api, sql, provider, member):
    parent, child = member(300), member(1000)
    family_rows.share(sql, child, parent)
    tried = charges.send(api, provider, charges.body(parent.account_id, 700), dry_run="true")
    assert tried.status_code == 201, tried.text
    assert amounts(tried.json()["payers"]) == [("account", 0, 300), ("family", 1, 400)]
    check_problem(charges.send(api, provider, charges.body(parent.account_id, 1301), dry_run="true"), 409, "insufficient_balance")
    assert (stored(sql, parent.account_id), stored(sql, child.account_id)) == ((300, 0, 0), (1000, 0, 0))
