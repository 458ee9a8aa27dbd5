"""Holds that nobody ends: past their time the money is free by itself, and everybody can read that it is."""
# SPDX-License-Identifier: Apache-2.0
import functools

import pytest
from tests.harness import changes, charges, past_charges
from tests.harness.charges import CHARGES, stored
from tests.harness.problems import check_problem
from tests.harness.server import wait_until


@pytest.fixture(scope="module")
def provider(new_provider):
    return new_provider()


@pytest.fixture(scope="module")
def member(api, sql, new_token):
    operator = new_token("staff", roles=["operator"], regions=["000000"])
    return functools.partial(charges.member, api, sql, operator, new_token)


def test_a_hold_ends_by_itself(api, sql, provider, member):
    someone = member(1000)
    lasting = changes.held(api, provider, someone.account_id, 300)
    held = past_charges.over(sql, someone, provider, 600)
    path = f"{CHARGES}/{held.charge_id}"
    wait_until(lambda: api.get(path, by=provider).json()["state"] == "expired", "the sweep")
    ended = api.get(path, by=someone).json()
    assert ended["changed_at"] >= ended["expires_at"] and (ended["captured_fen"], ended["captured_on"]) == (0, None)
    assert stored(sql, someone.account_id) == (1000, 0, 300)
    (left,) = api.get(f"/v1/accounts/{someone.account_id}/pending", by=someone).json()["data"]
    assert left["pending_id"] == lasting["charge_id"]
    check_problem(changes.capture(api, provider, held.charge_id), 409, "hold_expired")
    check_problem(changes.void(api, provider, held.charge_id), 409, "hold_expired")
    check_problem(changes.refund(api, provider, held.charge_id), 409, "charge_not_captured")
    assert charges.charged(api, provider, someone.account_id, 700)["state"] == "captured"
    told = api.get("/v1/me/access-log", by=someone, headers={"Accept-Language": "en"}).json()["data"]
    assert "Released money that was held and not taken in time" in [event["text"] for event in told]
