"""Three who have an account's money paid out, step by step: one resettled after retiring, one whose bank sends it back, and heirs."""
# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest
from tests.harness import charges, money, pensioners, scans, withdrawing
from tests.harness.problems import check_problem
from tests.harness.withdrawing import FILES, NAME, OTHER_CARD, WITHDRAWALS, done, send, step

POOL = "620700"


def resettle(world):
    pensioners.retire(world.sql, world.person.person_id, "2024-12-01")


def leave(world):
    withdrawing.end_employment(world.sql, world.person.person_id)


def die(world):
    world.sql.execute("UPDATE person SET deceased_on = '2026-01-02' WHERE person_key = %s", [money.key_of(world.person.person_id)])
    charges.set_status(world.sql, world.person.account_id, "deceased")


class World:
    """Somebody with 120.50 yuan, and an agency with its desk, its reviewers and its bank."""

    def __init__(self, api, sql, new_token):
        self.api, self.sql = api, sql
        self.operator = new_token("staff", roles=["operator"], regions=[POOL])
        self.reviewers = [new_token("staff", roles=["reviewer"], regions=[POOL]) for _ in range(2)]
        self.person = charges.member(api, sql, self.operator, new_token, 10_050, 2_000, POOL)

    def needs(self, reason, by):
        shown = done(self.api.get(f"/v1/accounts/{self.person.account_id}/withdrawal-eligibility", by=by, params={"reason": reason}))
        (one,) = shown["reasons"]
        return one["may_apply"], [material["document_kind"] for material in one["materials"] if material["is_required"]]

    def hand_in(self, withdrawal_id, kinds, by):
        for kind in kinds:
            response = scans.hand_in(self.api, by, "withdrawal", withdrawal_id, scans.SAMPLES["png"], kind)
            assert response.status_code == 201, response.text

    def told(self, withdrawal_id):
        return done(self.api.get(f"{WITHDRAWALS}/{withdrawal_id}", by=self.operator))

    def pay(self, withdrawal_id, outcome):
        """By a file, which the bank answers at once."""
        file_id = done(send(self.api, FILES, self.operator, {"pool_code": POOL}), 201)["payout_file_id"]
        text = self.api.get(f"{FILES}/{file_id}/content", by=self.operator, params={"purpose": "payout"}).text
        today = datetime.datetime.now(money.CHINA).date().isoformat()
        answer = {"outcome": "paid", "paid_on": today} if outcome == "paid" else {"outcome": "bounced", "bounce_code": outcome}
        told = done(send(self.api, f"{FILES}/{file_id}/results", self.operator, {"results": [{"withdrawal_id": withdrawal_id, **answer}]}))
        assert [one["status"] for one in told["results"]] == ["done"]
        return text

    def account(self):
        return self.sql.execute("SELECT status, current_year_fen + carried_over_fen FROM account WHERE account_id = %s",
                                [self.person.account_id]).fetchone()


# What happened, the reason, who applies, whose name, what the bank answers, and what becomes of the account.
STORIES = {
    "retired, and moved to the children for good": (resettle, "resettled_retiree", "person", NAME, ["paid"], ("active", 0)),
    "emigrated, with a wrong card at first": (leave, "emigration", "person", NAME, ["account_closed", "paid"], ("closed", 0)),
    "died, and the daughter comes to the window": (die, "death", "operator", "钱小女", ["paid"], ("closed", 0)),
    "emigrated, and no card works": (leave, "emigration", "operator", NAME, ["account_closed"], ("active", 12_050)),
}


@pytest.mark.parametrize("story", STORIES)
def test_from_the_question_to_the_money(api, sql, new_token, story):
    happens, reason, who, payee, answers, end = STORIES[story]
    world = World(api, sql, new_token)
    by = getattr(world, who)

    # Before it has happened the reason does not apply.
    assert world.needs(reason, by)[0] is False
    check_problem(withdrawing.apply(api, world.person.account_id, by, reason=reason, payee_name=payee), 409, "withdrawal_not_eligible")
    happens(world)
    may_apply, kinds = world.needs(reason, by)
    assert may_apply and kinds

    # The application, its documents, and two reviewers.
    withdrawal_id = done(withdrawing.apply(api, world.person.account_id, by, reason=reason, payee_name=payee), 201)["withdrawal_id"]
    check_problem(withdrawing.decide(api, withdrawal_id, world.reviewers[0]), 409, "documents_missing")
    assert sorted(world.told(withdrawal_id)["missing"]) == sorted(kinds)
    world.hand_in(withdrawal_id, kinds, by)
    for reviewer in world.reviewers:
        done(withdrawing.decide(api, withdrawal_id, reviewer))
    assert world.told(withdrawal_id)["amount_fen"] == 12_050 and world.account()[1] == 0

    # The bank, as often as it takes.
    card = withdrawing.CARD
    for answer in answers:
        assert f"{payee},{card},120.50" in world.pay(withdrawal_id, answer)
        if answer != "paid" and answer != answers[-1]:
            card = OTHER_CARD
            done(step(api, withdrawal_id, "bank-account", by, {"bank_card": card}))
    if answers[-1] != "paid":
        done(step(api, withdrawal_id, "return", world.operator, {"note": "无可用账户"}))
    assert world.told(withdrawal_id)["state"] == ("paid" if answers[-1] == "paid" else "returned")
    assert world.account() == end
