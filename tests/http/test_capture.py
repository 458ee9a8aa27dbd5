"""Holds over HTTP: captured in full or part, voided, past their time; the answers, and what is left of the money."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures
import datetime
import functools
import uuid

import pytest
from tests.harness import changes, charges, past_charges
from tests.harness.charges import CHARGES, stored
from tests.harness.problems import check_problem, faults, without_request_id


@pytest.fixture(scope="module")
def provider(new_provider):
    return new_provider()


@pytest.fixture
def member(api, sql, demo, new_token):
    operator = new_token("staff", roles=["operator"], regions=["000000"])
    return functools.partial(charges.member, api, sql, operator, new_token)


def get(api, provider, charge_id):
    return api.get(f"{CHARGES}/{charge_id}", by=provider).json()


def test_what_was_held_is_taken(api, sql, provider, member):
    someone = member(500, 800)
    held = changes.held(api, provider, someone.account_id, 700, item="住院预缴", usage="treatment")
    assert stored(sql, someone.account_id) == (500, 800, 700)
    response = changes.capture(api, provider, held["charge_id"])
    assert response.status_code == 200, response.text
    taken = response.json()
    assert {name: taken[name] for name in ("state", "captured_fen", "current_year_fen", "carried_over_fen", "refunded_fen")} == {
        "state": "captured", "captured_fen": 700, "current_year_fen": 500, "carried_over_fen": 200, "refunded_fen": 0}
    assert taken.pop("balance_after_fen") == 600
    assert taken["captured_on"] == datetime.datetime.now(changes.SHANGHAI).date().isoformat()
    assert {name: held[name] for name in ("charge_no", "usage", "item", "expires_at", "created_at", "business_date", "amount_fen")} == {
        name: taken[name] for name in ("charge_no", "usage", "item", "expires_at", "created_at", "business_date", "amount_fen")}
    assert get(api, provider, held["charge_id"]) == taken
    assert stored(sql, someone.account_id) == (0, 600, 0)


def test_a_part_is_taken_and_the_rest_is_free(api, sql, provider, member):
    someone = member(1000)
    held = changes.held(api, provider, someone.account_id, 1000)
    check_problem(charges.charge(api, provider, someone.account_id, 1), 409, "insufficient_balance")
    check_problem(changes.capture(api, provider, held["charge_id"], 1001), 409, "capture_exceeds_hold")
    assert changes.capture(api, provider, held["charge_id"], 300).json()["captured_fen"] == 300
    assert stored(sql, someone.account_id) == (700, 0, 0)
    assert charges.charged(api, provider, someone.account_id, 700)["state"] == "captured"


def test_a_void_gives_everything_back(api, sql, provider, member):
    someone = member(1000)
    held = changes.held(api, provider, someone.account_id, 1000)
    charges.set_status(sql, someone.account_id, "frozen")
    given_up = changes.void(api, provider, held["charge_id"]).json()
    assert (given_up["state"], given_up["captured_fen"], given_up["captured_on"],
            given_up["balance_after_fen"]) == ("voided", 0, None, None)
    given_up.pop("balance_after_fen")
    assert get(api, provider, held["charge_id"]) == given_up
    assert stored(sql, someone.account_id) == (1000, 0, 0)


@pytest.mark.parametrize("act", [changes.capture, changes.void])
def test_a_repetition_is_answered_as_the_first_and_does_nothing(api, sql, provider, member, act):
    someone, key = member(1000), charges.new_key()
    held = changes.held(api, provider, someone.account_id, 400)
    first = act(api, provider, held["charge_id"], key=key)
    if act is changes.capture:
        assert changes.refund(api, provider, held["charge_id"], 100).status_code == 201
    money = stored(sql, someone.account_id)
    again = act(api, provider, held["charge_id"], key=key)
    assert (again.status_code, again.json()) == (first.status_code, first.json()) and first.status_code == 200
    assert again.headers["idempotent-replayed"] == "true" and "idempotent-replayed" not in first.headers
    assert stored(sql, someone.account_id) == money
    refused = act(api, provider, held["charge_id"], key=(other := charges.new_key()))
    check_problem(refused, 409, "charge_not_held")
    refused = act(api, provider, held["charge_id"], key=other)
    check_problem(refused, 409, "charge_not_held")
    assert refused.headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize("act", [changes.capture, changes.void])
def test_a_key_is_for_one_request(api, provider, member, act):
    someone, key = member(1000), charges.new_key()
    one, other = (changes.held(api, provider, someone.account_id, 10) for _ in range(2))
    assert act(api, provider, one["charge_id"], key=key).status_code == 200
    check_problem(act(api, provider, other["charge_id"], key=key), 422, "idempotency_key_reused")


def test_a_dry_run_tells_and_does_nothing(api, sql, provider, member):
    someone, key = member(1000), charges.new_key()
    held = changes.held(api, provider, someone.account_id, 400)
    tried = changes.capture(api, provider, held["charge_id"], 100, key=key, dry_run="true")
    assert tried.json()["captured_fen"] == 100
    assert changes.void(api, provider, held["charge_id"], key=key, dry_run="true").json()["state"] == "voided"
    assert stored(sql, someone.account_id) == (1000, 0, 400) and get(api, provider, held["charge_id"])["state"] == "held"
    assert sql.execute("SELECT action, object_id::text FROM audit_event WHERE request_id = %s",
                       [tried.headers["x-request-id"]]).fetchall() == [("capture_charge.dry_run", held["charge_id"])]
    done = changes.capture(api, provider, held["charge_id"], 100, key=key)
    assert "idempotent-replayed" not in done.headers and done.json()["captured_fen"] == 100


@pytest.mark.parametrize("act", [changes.capture, changes.void, changes.refund])
def test_another_institutions_charge_is_absent(api, sql, provider, member, new_provider, act):
    held, other = changes.held(api, provider, member().account_id), new_provider()
    foreign, absent = act(api, other, held["charge_id"]), act(api, other, uuid.uuid4())
    check_problem(foreign, 404, "not_found")
    assert without_request_id(foreign) == without_request_id(absent)
    assert get(api, provider, held["charge_id"])["state"] == "held"


def test_what_is_malformed_is_named(api, provider, member):
    held = changes.held(api, provider, member().account_id)
    for amount in (0, -1, 1.5, 9007199254740992, "1"):
        response = changes.send(api, provider, held["charge_id"], "capture", {"amount_fen": amount})
        assert faults(response).keys() == {"/body/amount_fen"}
    check_problem(api.post(f"{CHARGES}/{held['charge_id']}/capture", by=provider, json={}), 400, "validation_failed")
    check_problem(api.post(f"{CHARGES}/{held['charge_id']}/void", by=provider), 400, "validation_failed")
    check_problem(changes.send(api, provider, "nonsense", "void"), 400, "validation_failed")


def test_past_its_time_it_is_neither_captured_nor_voided(api, sql, provider, member):
    someone = member(1000)
    over = past_charges.over(sql, someone, provider, 100)
    check_problem(changes.capture(api, provider, over.charge_id), 409, "hold_expired")
    check_problem(changes.void(api, provider, over.charge_id), 409, "hold_expired")
    assert stored(sql, someone.account_id)[:2] == (1000, 0)


@pytest.mark.parametrize("status", ["frozen", "deceased"])
def test_the_account_may_forbid_a_capture(api, sql, provider, member, status):
    someone = member(1000)
    held = changes.held(api, provider, someone.account_id)
    charges.set_status(sql, someone.account_id, status)
    check_problem(changes.capture(api, provider, held["charge_id"]), 409, f"account_{status}")


def test_an_institution_that_lost_its_designation_captures_nothing(api, sql, new_provider, member):
    provider, someone = new_provider(), member(1000)
    held = changes.held(api, provider, someone.account_id)
    code, kind = sql.execute("DELETE FROM provider WHERE provider_id = %s RETURNING institution_code, institution_type",
                             [provider.subject_id]).fetchone()
    check_problem(changes.capture(api, provider, held["charge_id"]), 403, "provider_not_designated")
    sql.execute("INSERT INTO provider (provider_id, institution_code, institution_type) VALUES (%s, %s, %s)",
                [provider.subject_id, code, kind])
    assert changes.void(api, provider, held["charge_id"]).status_code == 200


def test_of_many_captures_and_voids_at_once_one_succeeds(api, sql, provider, member):
    someone = member(1000)
    held = changes.held(api, provider, someone.account_id, 600)["charge_id"]
    acts = [functools.partial(changes.capture, api, provider, held, fen) for fen in (600, 500, 400)] + [
        functools.partial(changes.void, api, provider, held) for _ in range(3)]
    with concurrent.futures.ThreadPoolExecutor(len(acts)) as pool:
        responses = [done.result() for done in [pool.submit(act) for act in acts]]
    (good,) = [response for response in responses if response.status_code == 200]
    assert {response.json()["code"] for response in responses if response is not good} == {"charge_not_held"}
    taken = good.json()["captured_fen"]
    assert stored(sql, someone.account_id) == (1000 - taken, 0, 0)


def test_the_same_capture_sent_many_times_at_once_is_done_once(api, sql, provider, member):
    someone, key = member(1000), charges.new_key()
    held = changes.held(api, provider, someone.account_id, 600)["charge_id"]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        responses = [done.result() for done in [pool.submit(changes.capture, api, provider, held, 250, key=key) for _ in range(8)]]
    answered = [response for response in responses if response.status_code == 200]
    assert {response.json()["code"] for response in responses if response not in answered} <= {"request_in_progress"}
    assert len({response.text for response in answered}) == 1
    assert [response.headers.get("idempotent-replayed") for response in answered].count(None) == 1
    assert stored(sql, someone.account_id) == (750, 0, 0)


def test_the_member_reads_what_was_done(api, provider, member):
    someone = member(1000)
    for act in (changes.capture, changes.void):
        act(api, provider, changes.held(api, provider, someone.account_id)["charge_id"])
    english = {"Accept-Language": "en"}
    told = [event["text"] for event in api.get("/v1/me/access-log", by=someone, headers=english).json()["data"]]
    assert "Took money that it had held on your account" in told and "Released money that it had held on your account" in told
