"""Payout files over HTTP: made once, fetched in full by few, answered by the bank line by line, bounced and paid again."""
# SPDX-License-Identifier: Apache-2.0
import csv
import datetime
import hashlib
import io
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.harness import charges, money, withdrawing
from tests.harness.problems import check_problem, faults
from tests.harness.withdrawing import FILES, OTHER_CARD, WITHDRAWALS, done, send, state, step

POOL = "620600"  # where no other test withdraws anything


@pytest.fixture(scope="module")
def operator(new_token):
    return new_token("staff", roles=["operator"], regions=[POOL])


@pytest.fixture(scope="module")
def reviewers(new_token):
    return [new_token("staff", roles=["reviewer"], regions=[POOL]) for _ in range(2)]


@pytest.fixture()
def approve(api, sql, operator, reviewers, new_token):
    """Somebody with an approved withdrawal: (person, its id)."""
    def make(current_year_fen=10_000, carried_over_fen=700, **changes):
        person = withdrawing.member(api, sql, operator, new_token, current_year_fen, carried_over_fen, POOL)
        return person, withdrawing.approved(api, sql, person.account_id, person, reviewers, **changes)
    return make


def make_file(api, by, key=None, **params):
    return send(api, FILES, by, {"pool_code": POOL}, key, **params)


def answer(api, file_id, by, *results, key=None, **params):
    return send(api, f"{FILES}/{file_id}/results", by, {"results": list(results)}, key, **params)


def today():
    return datetime.datetime.now(money.CHINA).date()


def paid(withdrawal_id, **changes):
    return {"withdrawal_id": withdrawal_id, "outcome": "paid", "paid_on": today().isoformat(), **changes}


def bounced(withdrawal_id, code="account_closed"):
    return {"withdrawal_id": withdrawal_id, "outcome": "bounced", "bounce_code": code}


def results(response):
    return [one["status"] for one in done(response)["results"]]


def content(api, file_id, by, **params):
    return api.get(f"{FILES}/{file_id}/content", by=by, params={"purpose": "payout", **params})


def status_of(sql, person):
    return sql.execute("SELECT status FROM account WHERE account_id = %s", [person.account_id]).fetchone()[0]


def test_a_file_tells_the_bank_and_the_bank_answers(api, sql, operator, reviewers, approve):
    (first, first_id), (second, second_id) = approve(10_000, 5), approve(30)
    made = make_file(api, operator)
    file = done(made, 201)
    assert (file["lines_count"], file["amount_fen"], file["region_code"]) == (2, 10_005 + 730, POOL)
    assert made.headers["location"] == f"{FILES}/{file['payout_file_id']}"
    assert {state(api, one, operator) for one in (first_id, second_id)} == {"instructed"}
    response = content(api, file["payout_file_id"], operator)
    assert response.headers["content-type"].startswith("text/csv")
    lines = list(csv.reader(io.StringIO(response.content.decode())))
    assert lines == [["line_number", "withdrawal_id", "payee_name", "bank_card", "amount_yuan"],
                     ["1", first_id, withdrawing.NAME, withdrawing.CARD, "100.05"],
                     ["2", second_id, withdrawing.NAME, withdrawing.CARD, "7.30"]]
    shown = done(api.get(made.headers["location"], by=reviewers[0]))
    assert shown["sha256"] == hashlib.sha256(response.content).hexdigest() and shown["state"] == "open"
    assert withdrawing.CARD not in api.get(made.headers["location"], by=operator).text
    assert results(answer(api, file["payout_file_id"], operator, paid(first_id), bounced(second_id), paid(str(uuid.uuid4())))) == [
        "done", "done", "not_in_file"]
    shown = done(api.get(made.headers["location"], by=operator))
    assert (shown["state"], shown["paid_fen"], shown["bounced_fen"], shown["open_fen"]) == ("settled", 10_005, 730, 0)
    assert [line["outcome"] for line in shown["lines"]] == ["paid", "bounced"] and shown["settled_at"] is not None
    assert status_of(sql, first) == "closed" and status_of(sql, second) == "active"
    assert results(answer(api, file["payout_file_id"], operator, paid(first_id), paid(second_id), bounced(first_id))) == [
        "already", "recorded_otherwise", "recorded_otherwise"]


def test_what_bounced_is_paid_to_another_account(api, sql, operator, approve):
    person, withdrawal_id = approve()
    file_id = done(make_file(api, operator), 201)["payout_file_id"]
    before = content(api, file_id, operator).content
    assert results(answer(api, file_id, operator, bounced(withdrawal_id, "name_differs"))) == ["done"]
    assert done(api.get(f"{WITHDRAWALS}/{withdrawal_id}", by=person))["bounce_code"] == "name_differs"
    wrong = step(api, withdrawal_id, "bank-account", person, {"bank_card": "6222021234567890111"})
    assert faults(wrong) == {"/body/bank_card": "malformed"}
    assert done(step(api, withdrawal_id, "bank-account", person, {"bank_card": OTHER_CARD}))["state"] == "approved"
    again = done(make_file(api, operator), 201)
    assert OTHER_CARD in content(api, again["payout_file_id"], operator).text
    assert content(api, file_id, operator).content == before, "the first file stays what it was"
    assert results(answer(api, file_id, operator, paid(withdrawal_id))) == ["recorded_otherwise"]
    assert results(answer(api, again["payout_file_id"], operator, paid(withdrawal_id))) == ["done"]
    steps = done(api.get(f"{WITHDRAWALS}/{withdrawal_id}/timeline", by=person))["data"]
    assert [one["event"] for one in steps][3:] == ["instruct", "bounce", "change_bank_account", "instruct", "confirm"]
    assert steps[4]["reason_code"] == "name_differs"


def test_who_changed_a_card_does_not_tell_the_bank(api, operator, new_token, approve):
    """Nobody reviews a card that is changed at a window, so it is not one person's alone, whatever token they use."""
    person, withdrawal_id = approve()
    file_id = done(make_file(api, operator), 201)["payout_file_id"]
    assert results(answer(api, file_id, operator, bounced(withdrawal_id))) == ["done"]
    assert done(step(api, withdrawal_id, "bank-account", operator, {"bank_card": OTHER_CARD}))["state"] == "approved"
    again = new_token("staff", roles=["operator"], regions=[POOL], subject_id=operator.subject_id)
    for one in (operator, again):
        check_problem(make_file(api, one), 409, "nothing_to_pay_out")
    other = new_token("staff", roles=["operator"], regions=[POOL])
    file_id = done(make_file(api, other), 201)["payout_file_id"]
    assert results(answer(api, file_id, operator, paid(withdrawal_id))) == ["done"]


def test_who_has_died_since_is_paid_nothing(api, sql, operator, approve):
    person, withdrawal_id = approve()
    sql.execute("UPDATE person SET deceased_on = current_date WHERE person_id = %s", [person.person_id])
    check_problem(make_file(api, operator), 409, "nothing_to_pay_out")
    check_problem(step(api, withdrawal_id, "window-payment", operator, {"means": "cash"}), 409, "account_deceased")
    shown = done(api.get(f"{WITHDRAWALS}/{withdrawal_id}", by=operator))
    queue = done(api.get("/v1/admin/withdrawals", by=operator, params={"state": "approved"}))["data"]
    assert shown["payout_refusal"] == "account_deceased"
    assert {one["withdrawal_id"]: one["payout_refusal"] for one in queue}[withdrawal_id] == "account_deceased"
    assert done(step(api, withdrawal_id, "cancellation", operator))["state"] == "cancelled"
    assert charges.stored(sql, person.account_id) == (10_000, 700, 0)


def test_what_bounced_for_good_goes_back(api, sql, operator, approve):
    person, withdrawal_id = approve()
    file_id = done(make_file(api, operator), 201)["payout_file_id"]
    check_problem(step(api, withdrawal_id, "cancellation", person), 409, "not_possible_now")
    answer(api, file_id, operator, bounced(withdrawal_id))
    assert done(step(api, withdrawal_id, "return", operator, {"note": "无法更正"}))["state"] == "returned"
    assert charges.stored(sql, person.account_id) == (10_000, 700, 0) and status_of(sql, person) == "active"


def test_there_is_nothing_to_pay_out_twice(api, operator, approve):
    approve()
    key = str(uuid.uuid4())
    tried = done(make_file(api, operator, dry_run="true"), 201)
    check_problem(api.get(f"{FILES}/{tried['payout_file_id']}", by=operator), 404)
    first, again = make_file(api, operator, key), make_file(api, operator, key)
    assert done(first, 201) == done(again, 201) and again.headers["idempotent-replayed"] == "true"
    check_problem(make_file(api, operator), 409, "nothing_to_pay_out")
    check_problem(send(api, FILES, operator, {"pool_code": POOL, "x": 1}), 400)


def test_two_files_at_once_share_nothing(api, sql, operator, approve):
    ids = {approve(100 + i)[1] for i in range(4)}
    with ThreadPoolExecutor(4) as pool:
        answers = [future.result() for future in [pool.submit(make_file, api, operator) for _ in range(4)]]
    files = [one.json()["payout_file_id"] for one in answers if one.status_code == 201]
    assert {one.status_code for one in answers} <= {201, 409} and files
    assert {one.json()["code"] for one in answers if one.status_code == 409} <= {"nothing_to_pay_out", "conflict"}
    lines = [str(line) for (line,) in sql.execute("SELECT withdrawal_id FROM payout_line WHERE payout_file_id = ANY(%s::uuid[])", [files])]
    assert sorted(lines) == sorted(ids)


def test_answers_come_twice_and_at_once(api, sql, operator, approve):
    ids = [approve(100 + i)[1] for i in range(3)]
    file_id = done(make_file(api, operator), 201)["payout_file_id"]
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(answer, api, file_id, operator, *map(paid, ids)) for _ in range(4)]
    statuses = [results(future.result()) for future in answers]
    assert sorted(statuses) == [["already"] * 3] * 3 + [["done"] * 3]
    assert sql.execute("SELECT count(*) FROM state_change WHERE object_id = ANY(%s::uuid[]) AND event = 'confirm'",
                       [ids]).fetchone() == (3,)


def test_an_answer_has_a_form(api, operator, approve):
    _, withdrawal_id = approve()
    file_id = done(make_file(api, operator), 201)["payout_file_id"]
    tomorrow = (today() + datetime.timedelta(days=1)).isoformat()
    wrong = answer(api, file_id, operator, paid(withdrawal_id, paid_on=tomorrow), {"withdrawal_id": withdrawal_id, "outcome": "paid"},
                   {"withdrawal_id": withdrawal_id, "outcome": "bounced"}, bounced(withdrawal_id, "No Such"),
                   {**bounced(withdrawal_id), "paid_on": "2026-01-01"})
    assert faults(wrong) == {
        "/body/results/0/paid_on": "too_large", "/body/results/1/paid_on": "required", "/body/results/2/bounce_code": "required",
        "/body/results/3/bounce_code": "malformed", "/body/results/4/paid_on": "not_allowed"}
    assert results(answer(api, file_id, operator, paid(withdrawal_id, paid_on="2020-01-01"))) == ["date_not_possible"]
    key = str(uuid.uuid4())
    tried = answer(api, file_id, operator, bounced(withdrawal_id), dry_run="true")
    assert results(tried) == ["done"] and state(api, withdrawal_id, operator) == "instructed"
    assert results(answer(api, file_id, operator, bounced(withdrawal_id), key=key)) == ["done"]
    replayed = answer(api, file_id, operator, bounced(withdrawal_id), key=key)
    assert results(replayed) == ["done"] and replayed.headers["idempotent-replayed"] == "true"
    check_problem(answer(api, file_id, operator, paid(withdrawal_id), key=key), 422, "idempotency_key_reused")


def test_who_sees_a_file_in_full_is_recorded_for_each_person(api, sql, operator, reviewers, new_token, approve):
    person, withdrawal_id = approve()
    file_id = done(make_file(api, operator), 201)["payout_file_id"]
    elsewhere = new_token("staff", roles=["operator", "reviewer"], regions=["620500"])
    for response in (content(api, file_id, elsewhere), api.get(f"{FILES}/{file_id}", by=elsewhere),
                     answer(api, file_id, elsewhere, paid(withdrawal_id))):
        check_problem(response, 404, "not_found")
    assert faults(make_file(api, elsewhere)) == {"/body/pool_code": "not_allowed"}
    check_problem(content(api, file_id, reviewers[0]), 403, "forbidden")
    assert faults(content(api, file_id, operator, purpose="other")) == {"/query/note": "required"}
    assert faults(content(api, file_id, operator, note="110105194912310021")) == {"/query/note": "not_allowed"}
    response = content(api, file_id, operator, purpose="other", note="重发")
    assert response.status_code == 200
    events = sql.execute("SELECT person_key, object_id::text, detail FROM audit_event WHERE request_id = %s",
                         [response.headers["x-request-id"]]).fetchall()
    assert events == [(money.key_of(person.person_id), withdrawal_id,
                       {"payout_file_id": file_id, "purpose": "other", "note": "重发"})]
    log = api.get(f"/v1/me/access-log", by=person, headers={"Accept-Language": "en"}).text
    assert "Was shown your name and bank card in a payout file" in log
