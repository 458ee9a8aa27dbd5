"""Adjustments over HTTP: proposed by one with a key of their own, approved by another, seen in entries, statement and log."""
# SPDX-License-Identifier: Apache-2.0
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.harness import money
from tests.harness.problems import check_problem, faults
from tests.harness.proposals import PROPOSALS, approve, decide
from tests.harness.records import insured

REASON = "漏记个人缴费"
LARGEST = 2**53 - 1


@pytest.fixture(scope="module")
def staff(new_token):
    return {role: new_token("staff", roles=[role], regions=["000000"]) for role in ("operator", "reviewer", "auditor")}


@pytest.fixture()
def person(api, sql, staff, new_token):
    """Somebody with 5000 fen of this year and 700 carried over."""
    made = insured(api, sql, staff["operator"], new_token)
    money.post(sql, made.account_id, [money.adjust(5000), money.adjust(700, "carried_over")])
    return made


def ask(api, person, by, key=None, dry_run=None, account_id=None, **changes):
    body = {"part": "current_year", "direction": "credit", "amount_fen": 1200, "reason": REASON, **changes}
    return api.post(f"/v1/admin/accounts/{account_id or person.account_id}/adjustments", by=by, json=body,
                    params={"dry_run": dry_run} if dry_run else {}, headers={"Idempotency-Key": key or str(uuid.uuid4())})


def propose(api, person, by, status=201, **words):
    response = ask(api, person, by, **words)
    assert response.status_code == status, response.text
    return response


def balance(api, person):
    shown = api.get(f"/v1/accounts/{person.account_id}/balance", by=person).json()
    return shown["current_year_fen"], shown["carried_over_fen"], shown["held_fen"]


def newest(api, person):
    return api.get(f"/v1/accounts/{person.account_id}/entries", by=person, params={"limit": 1}).json()["data"][0]


def actions(sql, person):
    return sql.execute("SELECT action, detail FROM audit_event WHERE person_key = %s AND action ~ 'adjust|approve|reject'"
                       " ORDER BY at, event_id", [money.key_of(person.person_id)]).fetchall()


def test_from_proposal_to_entry(api, sql, staff, person):
    wrong = newest(api, person)
    made = propose(api, person, staff["operator"], source_document="TZ-7", part="carried_over", direction="debit",
                   amount_fen=700, linked_entry_id=wrong["entry_id"])
    proposal = made.json()
    assert made.headers["location"] == f"{PROPOSALS}/{proposal['proposal_id']}" and "idempotent-replayed" not in made.headers
    assert (proposal["kind"], proposal["object_id"], proposal["region_code"]) == ("post_adjustment", person.account_id, "620500")
    assert (proposal["state"], proposal["source_document"], proposal["reason"]) == ("open", "TZ-7", REASON)
    assert [(c["field"], c["before_masked"], c["after_masked"]) for c in proposal["changes"]] == [
        ("part", None, "carried_over"), ("direction", None, "debit"), ("amount_fen", None, "700"),
        ("linked_entry_id", None, wrong["entry_id"]), ("carried_over_fen", "700", "0")]
    assert balance(api, person) == (5000, 700, 0), "a proposal changes nothing"
    assert api.get(made.headers["location"], by=staff["reviewer"]).json() == proposal
    waiting = api.pages(PROPOSALS, by=staff["reviewer"], params={"state": "open"})
    assert proposal["proposal_id"] in {row["proposal_id"] for row in waiting}
    check_problem(decide(api, proposal["proposal_id"], staff["operator"]), 403, "forbidden")
    outcome = approve(api, proposal["proposal_id"], staff["reviewer"]).json()["outcome"]
    entry = newest(api, person)
    assert outcome == {
        "account_id": person.account_id, "entry_id": entry["entry_id"], "operation_id": proposal["proposal_id"],
        "part": "carried_over", "direction": "debit", "amount_fen": 700, "balance_after_fen": 5000}
    assert (entry["kind"], entry["part"], entry["direction"], entry["amount_fen"], entry["reference"]) == (
        "adjustment", "carried_over", "debit", 700, "TZ-7")
    assert (entry["linked_entry_id"], entry["operation_id"]) == (wrong["entry_id"], proposal["proposal_id"])
    assert balance(api, person) == (5000, 0, 0)
    assert [action for action, _ in actions(sql, person)] == ["propose_adjustment", "approve_proposal"]
    assert "propose_adjustment" in {look["action"] for look in api.pages("/v1/me/access-log", by=person)}


def test_the_same_key_again(api, sql, staff, person):
    """The same answer, also once it is approved and from another token of the same subject; the effect once."""
    key = str(uuid.uuid4())
    first = propose(api, person, staff["operator"], key=key)
    approve(api, first.json()["proposal_id"], staff["reviewer"])
    again = propose(api, person, staff["operator"], key=key)
    assert again.json() == first.json() and again.headers["location"] == first.headers["location"]
    assert again.headers["idempotent-replayed"] == "true"
    other = ask(api, person, staff["operator"], key=key, amount_fen=1201)
    check_problem(other, 422, "idempotency_key_reused")
    check_problem(ask(api, person, staff["operator"], key=key, dry_run="true", amount_fen=7), 422, "idempotency_key_reused")
    assert balance(api, person) == (6200, 700, 0)
    number = sql.execute("SELECT count(*) FROM proposal WHERE object_id = %s AND kind = 'post_adjustment' AND reason = %s",
                         [person.account_id, REASON]).fetchone()
    assert number == (1,)


def test_the_same_key_of_somebody_else(api, staff, new_token, person):
    key = str(uuid.uuid4())
    first = propose(api, person, staff["operator"], key=key).json()
    decide(api, first["proposal_id"], staff["reviewer"], "reject")
    colleague = new_token("staff", roles=["operator"], regions=["000000"])
    second = propose(api, person, colleague, key=key)
    assert second.json()["proposal_id"] != first["proposal_id"] and "idempotent-replayed" not in second.headers


def test_a_refusal_is_kept(api, sql, staff, person):
    key = str(uuid.uuid4())
    words = {"key": key, "direction": "debit", "amount_fen": 5001}
    check_problem(ask(api, person, staff["operator"], **words), 409, "insufficient_balance")
    money.post(sql, person.account_id, [money.adjust(10_000)])
    again = ask(api, person, staff["operator"], **words)
    check_problem(again, 409, "insufficient_balance")
    assert again.headers["idempotent-replayed"] == "true"
    propose(api, person, staff["operator"], direction="debit", amount_fen=5001)
    assert actions(sql, person)[0] == ("propose_adjustment", {"refused": "insufficient_balance", "amount_fen": 5001})


def test_one_at_a_time(api, staff, person):
    first = propose(api, person, staff["operator"]).json()
    check_problem(ask(api, person, staff["operator"], part="carried_over"), 409, "already_exists")
    decide(api, first["proposal_id"], staff["reviewer"], "reject")
    propose(api, person, staff["operator"], part="carried_over")


def test_dry_run(api, sql, staff, person):
    key = str(uuid.uuid4())
    answer = propose(api, person, staff["operator"], key=key, dry_run="true")
    assert answer.json()["changes"][-1] == {"field": "current_year_fen", "before_masked": "5000", "after_masked": "6200"}
    check_problem(api.get(answer.headers["location"], by=staff["reviewer"]), 404, "not_found")
    check_problem(ask(api, person, staff["operator"], key=key, dry_run="true", direction="debit", amount_fen=5001), 409,
                  "insufficient_balance")
    assert [action for action, _ in actions(sql, person)] == ["propose_adjustment.dry_run"] * 2, "each is a look at the balance"
    assert "idempotent-replayed" not in propose(api, person, staff["operator"], key=key, amount_fen=9).headers, "the key is still new"


def test_what_is_held_stays_held(api, sql, staff, person):
    """Of 5700 fen 5500 are held: 200 may go, from either part."""
    hold = money.hold(sql, person.account_id, 5500)
    check_problem(ask(api, person, staff["operator"], direction="debit", amount_fen=201), 409, "insufficient_balance")
    waiting = propose(api, person, staff["operator"], direction="debit", amount_fen=200).json()["proposal_id"]
    more = money.hold(sql, person.account_id, 1)
    check_problem(decide(api, waiting, staff["reviewer"]), 409, "insufficient_balance")
    assert balance(api, person) == (5000, 700, 5501)
    money.void(sql, person.account_id, more, 1)
    assert approve(api, waiting, staff["reviewer"]).json()["outcome"]["balance_after_fen"] == 5500
    assert balance(api, person) == (4800, 700, 5500)
    money.void(sql, person.account_id, hold, 5500)


def test_judged_again(api, sql, staff, person):
    """What does not fit any more stays open, and can be approved when it fits again."""
    out = propose(api, person, staff["operator"], direction="debit", amount_fen=5000).json()["proposal_id"]
    money.post(sql, person.account_id, [money.adjust(-1)])
    check_problem(decide(api, out, staff["reviewer"]), 409, "insufficient_balance")
    assert api.get(f"{PROPOSALS}/{out}", by=staff["reviewer"]).json()["state"] == "open"
    money.post(sql, person.account_id, [money.adjust(1)])
    approve(api, out, staff["reviewer"])
    full = propose(api, person, staff["operator"], amount_fen=LARGEST - 700).json()["proposal_id"]
    money.post(sql, person.account_id, [money.adjust(1)])
    check_problem(decide(api, full, staff["reviewer"]), 409, "balance_overflow")
    check_problem(ask(api, person, staff["operator"], amount_fen=LARGEST - 700), 409, "balance_overflow")
    money.post(sql, person.account_id, [money.adjust(-1)])
    assert approve(api, full, staff["reviewer"]).json()["outcome"]["balance_after_fen"] == LARGEST
    money.post(sql, person.account_id, [money.adjust(700 - LARGEST)])


def test_the_status_of_the_account(api, sql, staff, person):
    """All but closed accounts are adjusted; judged by the rule when it is proposed and when it is approved."""
    def set_status(status):
        sql.execute("UPDATE account SET status = %s, version = version + 1 WHERE account_id = %s", [status, person.account_id])

    for status in ("suspended", "frozen", "spend_only", "deceased"):
        set_status(status)
        approve(api, propose(api, person, staff["operator"], amount_fen=1).json()["proposal_id"], staff["reviewer"])
    set_status("active")
    assert balance(api, person) == (5004, 700, 0)
    money.post(sql, person.account_id, [money.adjust(-5004), money.adjust(-700, "carried_over")])
    waiting = propose(api, person, staff["operator"]).json()["proposal_id"]
    set_status("closed")
    check_problem(decide(api, waiting, staff["reviewer"]), 409, "account_closed")
    decide(api, waiting, staff["reviewer"], "reject")
    check_problem(ask(api, person, staff["operator"]), 409, "account_closed")
    assert balance(api, person) == (0, 0, 0)


def test_a_linked_entry_is_of_the_same_account(api, sql, staff, new_token, person):
    other = insured(api, sql, staff["operator"], new_token)
    money.post(sql, other.account_id, [money.adjust(5)])
    for entry_id in (newest(api, other)["entry_id"], str(uuid.uuid4()), person.account_id):
        refused = ask(api, person, staff["operator"], linked_entry_id=entry_id)
        assert refused.status_code == 400 and faults(refused) == {"/body/linked_entry_id": "unknown"}


def test_arguments(api, staff, person):
    assert faults(ask(api, person, staff["operator"], part="x", direction="y", amount_fen=0, reason="")) == {
        "/body/part": "not_allowed", "/body/direction": "not_allowed", "/body/amount_fen": "too_small", "/body/reason": "too_short"}
    assert faults(ask(api, person, staff["operator"], amount_fen=LARGEST + 1, source_document="x" * 65)) == {
        "/body/amount_fen": "too_large", "/body/source_document": "too_long"}
    assert faults(ask(api, person, staff["operator"], reason="电话 13800005678")) == {"/body/reason": "not_allowed"}
    for amount in (1.5, "1", None, True):
        assert ask(api, person, staff["operator"], amount_fen=amount).status_code == 400
    without = api.post(f"/v1/admin/accounts/{person.account_id}/adjustments", by=staff["operator"],
                       json={"part": "current_year", "direction": "credit", "amount_fen": 1, "reason": REASON})
    assert faults(without) == {"/header/idempotency-key": "required"}
    for key, code in (("short77", "too_short"), ("x" * 129, "too_long"), ("with space 1", "malformed")):
        assert faults(ask(api, person, staff["operator"], key=key)) == {"/header/idempotency-key": code}
    longest = propose(api, person, staff["operator"], source_document="𠮷" * 64).json()
    approve(api, longest["proposal_id"], staff["reviewer"])
    assert newest(api, person)["reference"] == "𠮷" * 64


def test_who_may(api, staff, new_token, person):
    for role in ("reviewer", "auditor"):
        check_problem(ask(api, person, staff[role]), 403, "forbidden")
    elsewhere = new_token("staff", roles=["operator"], regions=["440100"])
    key = str(uuid.uuid4())
    check_problem(ask(api, person, elsewhere, key=key), 404, "not_found")
    check_problem(ask(api, person, elsewhere, key=key, account_id=str(money.new_id(9))), 404, "not_found")
    both = new_token("staff", roles=["operator", "reviewer"], regions=["620500"])
    own = propose(api, person, both).json()["proposal_id"]
    check_problem(decide(api, own, both), 403, "proposer_cannot_decide")
    far = new_token("staff", roles=["reviewer"], regions=["440100"])
    check_problem(decide(api, own, far), 404, "not_found")


def test_many_at_once(api, sql, staff, person):
    """The same key from eight sides: one proposal, and everybody is told of it."""
    key = str(uuid.uuid4())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(api, person, staff["operator"], key=key), range(8)))
    while any(answer.status_code == 409 for answer in answers):
        assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"request_in_progress"}
        answers = [answer if answer.status_code == 201 else ask(api, person, staff["operator"], key=key) for answer in answers]
    assert len({answer.json()["proposal_id"] for answer in answers}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    reviewed = approve(api, answers[0].json()["proposal_id"], staff["reviewer"]).json()
    assert reviewed["outcome"]["balance_after_fen"] == 6900 and balance(api, person) == (6200, 700, 0)


def test_withdrawn_and_rejected_change_nothing(api, staff, person):
    first = propose(api, person, staff["operator"]).json()["proposal_id"]
    assert api.post(f"{PROPOSALS}/{first}/withdraw", by=staff["operator"]).json()["state"] == "withdrawn"
    second = propose(api, person, staff["operator"]).json()["proposal_id"]
    assert decide(api, second, staff["reviewer"], "reject").json()["state"] == "rejected"
    for closed in (first, second):
        check_problem(decide(api, closed, staff["reviewer"]), 409, "already_decided")
    assert balance(api, person) == (5000, 700, 0)
