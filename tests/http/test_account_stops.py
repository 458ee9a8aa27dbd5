"""Frozen, unfrozen, spent down and closed, over HTTP: what an institution may do with an account in each status, also at once."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import functools
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.harness import charges, money
from tests.harness.charges import CHARGES, charge, charged, stored
from tests.harness.problems import check_problem
from tests.harness.proposals import approve, decide
from tests.harness.server import wait_until

REASON = "法院通知"


@pytest.fixture(scope="module")
def provider(new_provider):
    return new_provider()


@pytest.fixture(scope="module")
def staff(new_token):
    return {role: new_token("staff", roles=[role], regions=["000000"]) for role in ("operator", "reviewer")}


@pytest.fixture
def member(api, sql, staff, new_token):
    return functools.partial(charges.member, api, sql, staff["operator"], new_token)


def propose(api, staff, account_id, status):
    return api.post(f"/v1/admin/accounts/{account_id}/status-changes", by=staff["operator"], json={"status": status, "reason": REASON})


def become(api, staff, account_id, status):
    made = propose(api, staff, account_id, status)
    assert made.status_code == 201, made.text
    approve(api, made.json()["proposal_id"], staff["reviewer"])


def soon(seconds=7200):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).isoformat()


def held(api, provider, account_id, amount_fen, seconds=7200):
    return charged(api, provider, account_id, amount_fen, capture=False, expires_at=soon(seconds))["charge_id"]


def act(api, provider, charge_id, what, **body):
    content = {"refund_no": charges.new_number(), **body} if what == "refunds" else body
    return api.post(f"{CHARGES}/{charge_id}/{what}", by=provider, headers={"Idempotency-Key": charges.new_key()},
                    json=content if what != "void" else None)


def test_a_frozen_account_stands_still(api, sql, staff, provider, member):
    """Nothing is spent or held; what was held before stays held, and may be let go; refunds come in. Then it goes on."""
    account_id = member(current_year_fen=1_000).account_id
    paid = charged(api, provider, account_id, 100)["charge_id"]
    first, second = held(api, provider, account_id, 200), held(api, provider, account_id, 300)
    become(api, staff, account_id, "frozen")
    check_problem(charge(api, provider, account_id, 1), 409, "account_frozen")
    check_problem(charge(api, provider, account_id, 1, capture=False, expires_at=soon()), 409, "account_frozen")
    check_problem(act(api, provider, first, "capture"), 409, "account_frozen")
    assert stored(sql, account_id) == (900, 0, 500)
    assert act(api, provider, second, "void").status_code == 200
    assert act(api, provider, paid, "refunds", amount_fen=40).status_code == 201
    assert stored(sql, account_id) == (940, 0, 200)
    become(api, staff, account_id, "active")
    assert act(api, provider, first, "capture", amount_fen=150).json()["captured_fen"] == 150
    charged(api, provider, account_id, 10)
    assert stored(sql, account_id) == (780, 0, 0)


def test_a_hold_expires_on_a_frozen_account(api, sql, staff, provider, member):
    account_id = member(current_year_fen=1_000).account_id
    charge_id = held(api, provider, account_id, 400, seconds=1)
    become(api, staff, account_id, "frozen")
    wait_until(lambda: api.get(f"{CHARGES}/{charge_id}", by=provider).json()["state"] == "expired", "the sweep of holds")
    check_problem(act(api, provider, charge_id, "capture"), 409, "hold_expired")
    assert stored(sql, account_id) == (1_000, 0, 0)


def test_an_account_that_is_only_spent_from(api, sql, staff, provider, member):
    account_id = member(current_year_fen=500).account_id
    become(api, staff, account_id, "spend_only")
    paid = charged(api, provider, account_id, 300)["charge_id"]
    assert act(api, provider, held(api, provider, account_id, 100), "capture").json()["captured_fen"] == 100
    assert act(api, provider, paid, "refunds").json()["amount_fen"] == 300
    assert stored(sql, account_id) == (400, 0, 0)


def test_the_account_of_somebody_who_died(api, sql, staff, provider, member):
    """With the date of death on record the account stops by itself; what was held may only be let go, refunds come in."""
    someone = member(current_year_fen=1_000)
    account_id = someone.account_id
    paid, waiting = charged(api, provider, account_id, 100)["charge_id"], held(api, provider, account_id, 200)
    made = api.post(f"/v1/admin/people/{someone.person_id}/corrections", by=staff["operator"],
                    json={"deceased_on": "2026-01-02", "reason": "死亡证明"})
    approve(api, made.json()["proposal_id"], staff["reviewer"])
    check_problem(charge(api, provider, account_id, 1), 409, "account_deceased")
    check_problem(act(api, provider, waiting, "capture"), 409, "account_deceased")
    assert act(api, provider, waiting, "void").status_code == 200
    assert act(api, provider, paid, "refunds").status_code == 201
    assert stored(sql, account_id) == (1_000, 0, 0)


def test_closing_needs_an_empty_account(api, sql, staff, provider, member):
    account_id = member(current_year_fen=300).account_id
    check_problem(propose(api, staff, account_id, "closed"), 409, "not_allowed_in_status")
    paid = charged(api, provider, account_id, 300)["charge_id"]
    waiting = propose(api, staff, account_id, "closed").json()["proposal_id"]
    assert act(api, provider, paid, "refunds", amount_fen=300).status_code == 201
    check_problem(decide(api, waiting, staff["reviewer"]), 409, "not_allowed_in_status")
    hold = held(api, provider, account_id, 300)
    check_problem(decide(api, waiting, staff["reviewer"]), 409, "not_allowed_in_status")
    assert act(api, provider, hold, "capture").status_code == 200
    approve(api, waiting, staff["reviewer"])
    assert api.get(f"/v1/accounts/{account_id}", by=staff["operator"]).json()["status"] == "closed"
    check_problem(charge(api, provider, account_id, 1), 409, "account_closed")
    check_problem(act(api, provider, hold, "refunds"), 409, "account_closed")
    assert stored(sql, account_id) == (0, 0, 0)


@pytest.mark.parametrize("what", ["charge", "hold", "capture", "refund"])
def test_closing_beside_money_that_moves(api, sql, staff, provider, member, what):
    """Whoever comes first: an account that is closed has neither money nor holds, and nobody is told a lie."""
    closings = 0
    for _ in range(8):
        account_id = member(current_year_fen=100).account_id
        before = charged(api, provider, account_id, 100)["charge_id"]
        waiting = propose(api, staff, account_id, "closed").json()["proposal_id"]
        if what != "refund":  # something to move: it is no longer empty when the approval is judged, unless it has gone by then
            money.post(sql, account_id, [money.adjust(100)])
        hold = held(api, provider, account_id, 100) if what == "capture" else None
        moves = {
            "charge": lambda: charge(api, provider, account_id, 100),
            "hold": lambda: charge(api, provider, account_id, 100, capture=False, expires_at=soon()),
            "capture": lambda: act(api, provider, hold, "capture"),
            "refund": lambda: act(api, provider, before, "refunds", amount_fen=100),
        }
        with ThreadPoolExecutor(2) as pool:
            deciding = pool.submit(decide, api, waiting, staff["reviewer"])
            moving = pool.submit(moves[what])
            decision, moved = deciding.result(), moving.result()
        if decision.status_code == 409:
            check_problem(decision, 409, "not_allowed_in_status")
        else:
            assert decision.status_code == 200, decision.text
            closings += 1
        if moved.status_code == 409:
            assert what == "refund"
            check_problem(moved, 409, "account_closed")
        status = api.get(f"/v1/accounts/{account_id}", by=staff["operator"]).json()["status"]
        assert (status == "closed") == (decision.status_code == 200)
        if status == "closed":
            assert stored(sql, account_id) == (0, 0, 0)
        if what == "refund":
            assert (moved.status_code == 201) != (status == "closed"), "either the money is back or the account is closed"
    assert closings == 0 or what != "hold"
