"""Withdrawals over HTTP: what is needed beforehand, applying, both reviews, cancelling, and who sees what."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.harness import charges, entering, money, withdrawing
from tests.harness.problems import check_problem, faults
from tests.harness.withdrawing import WITHDRAWALS, apply, decide, done, hand_in, send, state, step

REASONS = ["death", "emigration", "foreigner_leaving", "destination_not_connected", "resettled_retiree", "resident_scheme"]


@pytest.fixture(scope="module")
def operator(new_token):
    return new_token("staff", roles=["operator"], regions=["620500"])


@pytest.fixture(scope="module")
def reviewers(new_token):
    return [new_token("staff", roles=["reviewer"], regions=["620000"]) for _ in range(2)]


@pytest.fixture()
def person(api, sql, operator, new_token):
    return withdrawing.member(api, sql, operator, new_token)


def eligibility(api, person, by=None, language="en", **params):
    response = api.get(f"/v1/accounts/{person.account_id}/withdrawal-eligibility", by=by or person, params=params,
                       headers={"Accept-Language": language})
    shown = done(response)
    return shown, {one["reason"]: one for one in shown["reasons"]}


def unmet(one):
    return {condition["code"] for condition in one["conditions"] if not condition["is_met"]}


def stored(sql, withdrawal_id):
    return sql.execute("SELECT state, amount_fen, reviewed_by, approved_by FROM withdrawal WHERE person_key = %s AND withdrawal_id = %s",
                       [money.key_of(withdrawal_id), withdrawal_id]).fetchone()


def test_what_each_reason_needs_is_told_at_once(api, operator, person):
    shown, reasons = eligibility(api, person)
    assert list(reasons) == REASONS and (shown["balance_fen"], shown["account_status"]) == (10_700, "active")
    assert shown["withdrawal_id"] is None and shown["transfer_id"] is None
    assert {reason: unmet(one) for reason, one in reasons.items()} == {
        "death": {"applied_for_at_agency", "person_has_died"}, "emigration": set(), "foreigner_leaving": {"is_no_citizen"},
        "destination_not_connected": {"applied_for_at_agency"}, "resettled_retiree": {"is_retired_here"},
        "resident_scheme": {"pool_allows_it", "is_insured_as_resident"}}
    assert [reason for reason, one in reasons.items() if one["may_apply"]] == ["emigration"]
    assert reasons["emigration"]["materials"][0] == {"document_kind": "citizen_id", "name": "Citizen identity card", "is_required": True}
    _, of_staff = eligibility(api, person, operator, language="zh", reason="destination_not_connected")
    assert list(of_staff) == ["destination_not_connected"] and of_staff["destination_not_connected"]["may_apply"]
    assert "由经办机构代为申请" in {c["text"] for c in of_staff["destination_not_connected"]["conditions"]}


def test_what_stands_against_any_reason_is_told_too(api, sql, new_provider, person):
    charges.charged(api, new_provider(), person.account_id, 300, capture=False,
                    expires_at=(datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=20)).isoformat())
    withdrawal_id = done(apply(api, person.account_id, person), 201)["withdrawal_id"]
    shown, reasons = eligibility(api, person, reason="emigration")
    assert unmet(reasons["emigration"]) == {"no_withdrawal_under_way", "nothing_is_held"}
    assert (shown["withdrawal_id"], shown["held_fen"]) == (withdrawal_id, 300) and not reasons["emigration"]["may_apply"]


def test_from_application_to_the_second_review(api, sql, person, reviewers):
    made = apply(api, person.account_id, person)
    application = done(made, 201)
    withdrawal_id = application["withdrawal_id"]
    assert made.headers["location"] == f"{WITHDRAWALS}/{withdrawal_id}"
    assert (application["state"], application["amount_fen"], application["region_code"]) == ("submitted", 0, "620500")
    shown = done(api.get(made.headers["location"], by=person))
    assert (shown["payee_name_masked"], shown["bank_card_masked"], shown["payee_kind"]) == ("钱*", "0128", "person")
    assert shown["missing"] == ["citizen_id", "emigration_proof"] and withdrawing.CARD not in made.text
    check_problem(decide(api, withdrawal_id, reviewers[0]), 409, "documents_missing")
    hand_in(sql, withdrawal_id)
    assert done(api.get(made.headers["location"], by=person))["missing"] == []
    assert done(decide(api, withdrawal_id, reviewers[0]))["state"] == "reviewed"
    check_problem(decide(api, withdrawal_id, reviewers[0]), 409, "reviewer_cannot_decide")
    approved = done(decide(api, withdrawal_id, reviewers[1]))
    assert (approved["state"], approved["amount_fen"], approved["current_year_fen"], approved["carried_over_fen"]) == (
        "approved", 10_700, 10_000, 700)
    assert charges.stored(sql, person.account_id) == (0, 0, 0)
    entries = api.get(f"/v1/accounts/{person.account_id}/entries", by=person, params={"limit": 2}).json()["data"]
    assert {(entry["kind"], entry["operation_id"]) for entry in entries} == {("withdrawal", withdrawal_id)}
    steps = done(api.get(f"{WITHDRAWALS}/{withdrawal_id}/timeline", by=person))["data"]
    assert [(one["event"], one["to_state"], one["who"]) for one in steps] == [
        ("submit", "submitted", "person"), ("review", "reviewed", "reviewer"), ("approve", "approved", "second_reviewer")]


def test_cancelling_brings_everything_back_once(api, sql, operator, person, reviewers):
    withdrawal_id = withdrawing.approved(api, sql, person.account_id, operator, reviewers)
    key = str(uuid.uuid4())
    first, again = (step(api, withdrawal_id, "cancellation", person, key=key) for _ in range(2))
    assert done(first)["state"] == "cancelled" and first.json() == done(again)
    assert again.headers["idempotent-replayed"] == "true"
    assert charges.stored(sql, person.account_id) == (10_000, 700, 0)
    over = check_problem(step(api, withdrawal_id, "cancellation", person), 409, "not_possible_now")
    assert (over["state"], over["possible"]) == ("cancelled", [])
    assert done(apply(api, person.account_id, person), 201)["state"] == "submitted", "the account may be withdrawn from again"


def test_a_refusal_has_a_reason_that_the_person_reads(api, sql, person, reviewers):
    withdrawal_id = withdrawing.submitted(api, sql, person.account_id, person)
    refused = decide(api, withdrawal_id, reviewers[0], "refuse")
    check_problem(refused, 400, "validation_failed")
    assert faults(refused) == {"/body/reason_code": "required"}
    assert faults(decide(api, withdrawal_id, reviewers[0], reason_code="other")) == {
        "/body/reason_code": "not_allowed", "/body/note": "required"}
    assert faults(decide(api, withdrawal_id, reviewers[0], "refuse", reason_code="other", note="请补交 110105194912310021")) == {
        "/body/note": "not_allowed"}
    assert done(decide(api, withdrawal_id, reviewers[0], "refuse", reason_code="documents_unclear", note="证明看不清"))["state"] == "rejected"
    last = done(api.get(f"{WITHDRAWALS}/{withdrawal_id}/timeline", by=person))["data"][-1]
    assert (last["reason_code"], last["note"], last["who"]) == ("documents_unclear", "证明看不清", "reviewer")


def test_an_application_that_cannot_be_is_refused(api, sql, operator, person):
    check_problem(apply(api, person.account_id, person, payee_name="李四"), 409, "payee_not_accepted")
    check_problem(apply(api, person.account_id, person, reason="death", payee_name="李四"), 409, "withdrawal_not_eligible")
    check_problem(apply(api, person.account_id, person, reason="resettled_retiree"), 409, "withdrawal_not_eligible")
    wrong = apply(api, person.account_id, person, bank_card="6222021234567890127", payee_name=" 李四")
    assert faults(wrong) == {"/body/bank_card": "malformed", "/body/payee_name": "malformed"}
    charges.set_status(sql, person.account_id, "frozen")
    check_problem(apply(api, person.account_id, person), 409, "account_frozen")
    charges.set_status(sql, person.account_id, "active")
    done(apply(api, person.account_id, person), 201)
    check_problem(apply(api, person.account_id, operator), 409, "withdrawal_under_way")


def test_nothing_is_in_an_empty_account(api, sql, operator, new_token):
    poor = withdrawing.member(api, sql, operator, new_token, 0, 0)
    check_problem(apply(api, poor.account_id, poor), 409, "nothing_to_withdraw")


def test_a_key_is_for_one_request(api, person, operator):
    key = str(uuid.uuid4())
    first = done(apply(api, person.account_id, person, key=key), 201)
    assert done(apply(api, person.account_id, person, key=key), 201) == first
    check_problem(apply(api, person.account_id, person, key=key, payee_name="李四"), 422, "idempotency_key_reused")
    decision = str(uuid.uuid4())
    check_problem(step(api, first["withdrawal_id"], "return", operator, {}, decision), 409, "not_possible_now")
    replayed = step(api, first["withdrawal_id"], "return", operator, {}, decision)
    assert check_problem(replayed, 409, "not_possible_now")["possible"] == ["cancel", "refuse", "review"]
    assert replayed.headers["idempotent-replayed"] == "true"
    check_problem(step(api, first["withdrawal_id"], "return", operator, {"note": "x"}, decision), 422, "idempotency_key_reused")


def test_a_dry_run_does_nothing_and_leaves_a_trace(api, sql, operator, person, reviewers):
    tried = done(apply(api, person.account_id, operator, params={"dry_run": "true"}), 201)
    check_problem(api.get(f"{WITHDRAWALS}/{tried['withdrawal_id']}", by=person), 404)
    withdrawal_id = withdrawing.submitted(api, sql, person.account_id, person)
    done(decide(api, withdrawal_id, reviewers[0]))
    tried = decide(api, withdrawal_id, reviewers[1], params={"dry_run": "true"})
    assert (done(tried)["state"], tried.json()["amount_fen"]) == ("approved", 10_700)
    assert stored(sql, withdrawal_id)[0] == "reviewed" and charges.stored(sql, person.account_id) == (10_000, 700, 0)
    assert entering.events(sql, tried)[0][0] == "decide_withdrawal.dry_run"


def test_who_does_not_reach_the_pool_finds_nothing(api, sql, person, new_token):
    withdrawal_id = withdrawing.submitted(api, sql, person.account_id, person)
    elsewhere = {role: new_token("staff", roles=[role], regions=["440000"]) for role in ("operator", "reviewer")}
    place = f"{WITHDRAWALS}/{withdrawal_id}"
    for response in (api.get(place, by=elsewhere["operator"]), api.get(f"{place}/timeline", by=elsewhere["reviewer"]),
                     apply(api, person.account_id, elsewhere["operator"]), decide(api, withdrawal_id, elsewhere["reviewer"]),
                     step(api, withdrawal_id, "cancellation", elsewhere["operator"]),
                     step(api, withdrawal_id, "bank-account", elsewhere["operator"], {"bank_card": withdrawing.CARD}),
                     step(api, withdrawal_id, "return", elsewhere["operator"], {}),
                     step(api, withdrawal_id, "window-payment", elsewhere["operator"], {"means": "cash"}),
                     api.get(f"/v1/people/{person.person_id}/withdrawals", by=elsewhere["operator"]),
                     api.get(f"/v1/accounts/{person.account_id}/withdrawal-eligibility", by=elsewhere["operator"])):
        check_problem(response, 404, "not_found")
    assert withdrawal_id not in {row["withdrawal_id"] for row in api.pages("/v1/admin/withdrawals", by=elsewhere["reviewer"])}


def test_the_queue_and_the_persons_own_list(api, sql, operator, person, reviewers):
    withdrawal_id = done(apply(api, person.account_id, person), 201)["withdrawal_id"]

    def waiting(**params):
        rows = api.pages("/v1/admin/withdrawals", by=reviewers[0], params={"limit": 2, "region": "620500", **params})
        return {row["withdrawal_id"]: row for row in rows}

    assert waiting(state="submitted")[withdrawal_id]["is_complete"] is False and withdrawal_id not in waiting(state="reviewed")
    hand_in(sql, withdrawal_id)
    assert waiting()[withdrawal_id]["is_complete"] is True
    (mine,) = done(api.get(f"/v1/people/{person.person_id}/withdrawals", by=person))["data"]
    assert (mine["withdrawal_id"], mine["state"]) == (withdrawal_id, "submitted")


def test_heirs_are_paid_when_the_person_has_died(api, sql, operator, reviewers, person):
    sql.execute("UPDATE person SET deceased_on = '2026-01-02' WHERE person_key = %s", [money.key_of(person.person_id)])
    charges.set_status(sql, person.account_id, "deceased")
    check_problem(apply(api, person.account_id, operator, reason="death"), 409, "payee_not_accepted")
    withdrawal_id = withdrawing.approved(api, sql, person.account_id, operator, reviewers, reason="death", payee_name="钱小多")
    shown = done(api.get(f"{WITHDRAWALS}/{withdrawal_id}", by=operator))
    assert (shown["payee_kind"], shown["payee_name_masked"]) == ("heir", "钱*")
    done(step(api, withdrawal_id, "window-payment", operator, {"means": "cheque"}))
    assert sql.execute("SELECT status FROM account WHERE account_id = %s", [person.account_id]).fetchone() == ("closed",)


def test_a_window_cannot_have_paid_tomorrow(api, sql, operator, reviewers, person):
    withdrawal_id = withdrawing.approved(api, sql, person.account_id, operator, reviewers)
    tomorrow = datetime.datetime.now(money.CHINA).date() + datetime.timedelta(days=1)
    wrong = step(api, withdrawal_id, "window-payment", operator, {"means": "cash", "paid_on": tomorrow.isoformat()})
    assert faults(wrong) == {"/body/paid_on": "too_large"}
    assert done(step(api, withdrawal_id, "window-payment", operator, {"means": "cash"}))["state"] == "paid"


def test_a_charge_and_the_second_review_race_for_one_balance(api, sql, operator, reviewers, new_token, new_provider):
    provider = new_provider()
    for _ in range(4):
        person = withdrawing.member(api, sql, operator, new_token, 1000, 0)
        withdrawal_id = withdrawing.submitted(api, sql, person.account_id, operator)
        done(decide(api, withdrawal_id, reviewers[0]))
        with ThreadPoolExecutor(6) as pool:
            charged = [pool.submit(charges.charge, api, provider, person.account_id, 300) for _ in range(4)]
            reviewed = pool.submit(decide, api, withdrawal_id, reviewers[1])
            cancelled = pool.submit(step, api, withdrawal_id, "cancellation", person)
        spent = 300 * sum(future.result().status_code == 201 for future in charged)
        assert {reviewed.result().status_code, cancelled.result().status_code} <= {200, 409}
        now, amount_fen, _, _ = stored(sql, withdrawal_id)
        left = charges.stored(sql, person.account_id)[0]
        assert now == "cancelled" and left == 1000 - spent, (now, amount_fen, left, spent)
