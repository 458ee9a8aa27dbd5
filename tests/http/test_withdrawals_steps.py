"""Steps of withdrawals as a table: what the machine does not have is refused with what is possible; a key is for one request."""
# SPDX-License-Identifier: Apache-2.0
import uuid

import pytest
from tests.harness import withdrawing
from tests.harness.problems import check_problem
from tests.harness.withdrawing import CARD, FILES, done, send, step

POOL = "620900"
# What can be asked for over HTTP: the part of the address, the body, who asks, and the event in each state.
ASKED = {
    "approve": ("decisions", {"decision": "approve"}, "reviewer"),
    "refuse": ("decisions", {"decision": "refuse", "reason_code": "applicant_asked"}, "reviewer"),
    "cancel": ("cancellation", None, "operator"),
    "change_bank_account": ("bank-account", {"bank_card": CARD}, "operator"),
    "give_up": ("return", {}, "operator"),
    "pay_at_window": ("window-payment", {"means": "cash"}, "operator"),
}
STATES = ["submitted", "reviewed", "approved", "instructed", "bounced", "paid", "returned", "rejected", "cancelled"]


@pytest.fixture(scope="module")
def staff(new_token):
    made = {role: new_token("staff", roles=[role], regions=[POOL]) for role in ("operator", "reviewer")}
    return {**made, "reviewers": [new_token("staff", roles=["reviewer"], regions=[POOL]) for _ in range(2)]}


@pytest.fixture()
def bring(api, sql, staff, new_token):
    """A withdrawal in a state: its id."""
    def to_bank(withdrawal_id, **answer):
        file_id = done(send(api, FILES, staff["operator"], {"pool_code": POOL}), 201)["payout_file_id"]
        if answer:
            done(send(api, f"{FILES}/{file_id}/results", staff["operator"], {"results": [{"withdrawal_id": withdrawal_id, **answer}]}))

    def make(state):
        person = withdrawing.member(api, sql, staff["operator"], new_token, pool_code=POOL)
        reviews = {"submitted": 0, "rejected": 0, "cancelled": 0, "reviewed": 1}.get(state, 2)
        withdrawal_id = withdrawing.submitted(api, sql, person.account_id, person)
        for reviewer in staff["reviewers"][:reviews]:
            done(withdrawing.decide(api, withdrawal_id, reviewer))
        if state in ("instructed", "bounced", "returned"):
            to_bank(withdrawal_id, **({} if state == "instructed" else {"outcome": "bounced", "bounce_code": "closed"}))
        last = {"paid": "pay_at_window", "returned": "give_up", "rejected": "refuse", "cancelled": "cancel"}.get(state)
        if last:
            ask(api, staff, withdrawal_id, last)
        assert withdrawing.state(api, withdrawal_id, staff["operator"]) == state
        return withdrawal_id
    return make


def ask(api, staff, withdrawal_id, event, key=None, **params):
    path, body, role = ASKED[event]
    return step(api, withdrawal_id, path, staff[role], body, key, **params)


@pytest.mark.parametrize("state", STATES)
def test_only_what_the_table_has_is_done(api, sql, staff, bring, state):
    withdrawal_id = bring(state)
    rows = sql.execute("SELECT event, who FROM state_step WHERE machine = 'withdrawal' AND state = %s ORDER BY event", [state]).fetchall()
    possible = [event for event, who in rows if who != ["system"]]
    for event in ASKED:
        response = ask(api, staff, withdrawal_id, event, dry_run="true")
        named = "review" if (event, state) == ("approve", "submitted") else event
        if named in possible:
            assert response.status_code == 200, (state, event, response.text)
            continue
        refused = check_problem(response, 409, "not_possible_now")
        assert (refused["state"], refused["possible"]) == (state, possible), (state, event)
    assert withdrawing.state(api, withdrawal_id, staff["operator"]) == state


def test_a_key_of_a_step_is_for_one_withdrawal(api, staff, bring):
    first, second = bring("cancelled"), bring("submitted")
    for event in ASKED:
        key = str(uuid.uuid4())
        check_problem(ask(api, staff, first, event, key), 409, "not_possible_now")
        check_problem(ask(api, staff, second, event, key), 422, "idempotency_key_reused")


def test_a_key_of_a_file_is_for_one_pool(api, new_token):
    both, key = new_token("staff", roles=["operator"], regions=["620000"]), str(uuid.uuid4())
    check_problem(send(api, FILES, both, {"pool_code": "621000"}, key), 409, "nothing_to_pay_out")
    check_problem(send(api, FILES, both, {"pool_code": "621100"}, key), 422, "idempotency_key_reused")


def test_the_same_answers_are_being_recorded(api, connect, staff, bring, sql):
    withdrawal_id, key = bring("instructed"), str(uuid.uuid4())
    (file_id,) = sql.execute("SELECT payout_file_id::text FROM withdrawal WHERE withdrawal_id = %s", [withdrawal_id]).fetchone()
    results = {"results": [{"withdrawal_id": withdrawal_id, "outcome": "bounced", "bounce_code": "closed"}]}
    with connect() as other, other.transaction():
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s || 'record_payout_results ' || %s, 1))",
                      [staff["operator"].subject_id, key])
        check_problem(send(api, f"{FILES}/{file_id}/results", staff["operator"], results, key), 409, "request_in_progress")
    done(send(api, f"{FILES}/{file_id}/results", staff["operator"], results, key))
