"""Stories of a destination that is not connected: the money goes to the person's own bank account, or comes back."""
# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.harness import charges, moving, transfers, withdrawing
from tests.harness.problems import check_problem
from tests.harness.withdrawing import done, send

POOL = "620300"  # whose payout files hold nobody else's


@pytest.fixture(scope="module")
def staff(new_token):
    made = {role: new_token("staff", roles=[role], regions=[POOL]) for role in ("operator", "reviewer")}
    return {**made, "second": new_token("staff", roles=["reviewer"], regions=[POOL])}


@pytest.fixture
def person(api, sql, new_token):
    operator = new_token("staff", roles=["operator"], regions=["000000"])
    return transfers.somebody(api, sql, operator, new_token, POOL, balance_fen=5000)


def let_go(api, sql, staff, person):
    """(transfer, withdrawal)"""
    transfer_id = transfers.applied(api, person, transfers.UNCONNECTED, bank_card=transfers.CARD)["transfer_id"]
    for kind in moving.DOCUMENTS:
        moving.hand_in(sql, person, transfer_id, kind)
    assert moving.step(api, transfer_id, "out", staff["reviewer"])["state"] == "out_review"
    check_problem(moving.decide(api, transfer_id, "in", staff["reviewer"]), 404, "not_found")
    check_problem(moving.decide(api, transfer_id, "out", staff["reviewer"]), 409, "reviewer_cannot_decide")
    gone = moving.step(api, transfer_id, "out", staff["second"])
    assert (gone["state"], gone["amount_fen"], gone["due_on"]) == ("paying", 5000, None)
    ((withdrawal_id,),) = sql.execute("SELECT withdrawal_id::text FROM transfer WHERE transfer_id = %s", [transfer_id]).fetchall()
    assert withdrawing.state(api, withdrawal_id, staff["operator"]) == "approved"
    return transfer_id, withdrawal_id


def seen(api, sql, person, transfer_id):
    """State of transfer, account with its balance, and old enrolment."""
    state = transfers.get(api, person, transfer_id).json()["state"]
    status = sql.execute("SELECT status FROM account WHERE account_id = %s", [person.account_id]).fetchone()[0]
    return state, status, charges.stored(sql, person.account_id)[0], transfers.enrolment(sql, person)


def by_the_window(api, staff, withdrawal_id, person):
    done(withdrawing.step(api, withdrawal_id, "window-payment", staff["operator"], {"means": "cash"}))


def instructed(api, staff, withdrawal_id, result):
    """A payout file, and what the bank answers about this one."""
    file_id = done(send(api, withdrawing.FILES, staff["operator"], {"pool_code": POOL}), 201)["payout_file_id"]
    answer = send(api, f"{withdrawing.FILES}/{file_id}/results", staff["operator"],
                  {"results": [{"withdrawal_id": withdrawal_id, **result}]})
    assert [one["status"] for one in done(answer)["results"]] == ["done"]


def by_the_bank(api, staff, withdrawal_id, person):
    instructed(api, staff, withdrawal_id, {"outcome": "paid", "paid_on": moving.today()})


def bounced_for_good(api, staff, withdrawal_id, person):
    instructed(api, staff, withdrawal_id, {"outcome": "bounced", "bounce_code": "account_closed"})
    done(withdrawing.step(api, withdrawal_id, "return", staff["operator"], {"note": "无法更正"}))


def cancelled_before_it_was_paid(api, staff, withdrawal_id, person):
    done(withdrawing.step(api, withdrawal_id, "cancellation", staff["operator"]))


ENDINGS = {
    by_the_window: ("completed", "closed", 0, "ended"),
    by_the_bank: ("completed", "closed", 0, "ended"),
    bounced_for_good: ("rejected", "active", 5000, "active"),
    cancelled_before_it_was_paid: ("rejected", "active", 5000, "active"),
}


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__)
def test_paid_out(api, sql, staff, person, ending):
    transfer_id, withdrawal_id = let_go(api, sql, staff, person)
    assert seen(api, sql, person, transfer_id) == ("paying", "spend_only", 0, "ended")
    ending(api, staff, withdrawal_id, person)
    assert seen(api, sql, person, transfer_id) == ENDINGS[ending]
    last = transfers.timeline(api, person, transfer_id).json()["data"]
    assert {"pay", "return"} & {step["event"] for step in last}


def test_the_person_sees_whose_move_it_is(api, sql, staff, person):
    def payout():
        shown = transfers.get(api, person, transfer_id).json()
        now = shown["money"]["payout"]
        return shown["state"], now and (now["state"], now["waits_on"], now["region_code"], now["possible"]), shown["text"]

    transfer_id, withdrawal_id = let_go(api, sql, staff, person)
    paying = payout()
    assert paying[:2] == ("paying", ("approved", "agency", POOL, ["cancel"])) and "正在支付" in paying[2]
    instructed(api, staff, withdrawal_id, {"outcome": "bounced", "bounce_code": "account_closed"})
    bounced = payout()
    assert bounced[:2] == ("paying", ("bounced", "person", POOL, ["change_bank_account"])) and "更正" in bounced[2]
    done(withdrawing.step(api, withdrawal_id, "bank-account", person, {"bank_card": withdrawing.OTHER_CARD}))
    assert payout()[1][:2] == ("approved", "agency")
    by_the_bank(api, staff, withdrawal_id, person)
    assert payout()[:2] == ("completed", None)


def test_the_desk_refuses_before(api, sql, staff, person):
    transfer_id = transfers.applied(api, person, transfers.UNCONNECTED, bank_card=transfers.CARD)["transfer_id"]
    assert moving.step(api, transfer_id, "out", staff["reviewer"], "refuse")["state"] == "rejected"
    assert seen(api, sql, person, transfer_id) == ("rejected", "active", 5000, "active")
