"""Signing in: by code and by password, and nothing from which to tell nobody, somebody and a wrong secret apart."""
# SPDX-License-Identifier: Apache-2.0
import json

import pytest
from tests.harness.problems import check_problem, faults, without_request_id
from tests.harness.server import wait_until
from tests.harness.signing import PASSWORD, bearer

NOBODY = {"citizen_number": "11010519491231002X"}


def numbers_of(citizen):
    return {
        "citizen number": {"citizen_number": citizen.citizen_number},
        "small x": {"citizen_number": citizen.citizen_number.lower()},
        "card": {"card_number": citizen.card_number},
        "small letters": {"card_number": citizen.card_number.lower()},
        "both": {"citizen_number": citizen.citizen_number, "card_number": citizen.card_number},
    }


def test_by_password_with_any_number(citizen, door):
    citizen.register()
    for numbers in numbers_of(citizen).values():
        session = door.sign_in(PASSWORD, **numbers)
        assert session.status_code == 201 and session.json()["person_id"] == citizen.person_id
        assert door.get("/v1/me", by=bearer(session.json())).status_code == 200


def test_by_code_with_any_number(citizen, door_of, server):
    citizen.register()
    for numbers in numbers_of(citizen).values():
        door = door_of(server)
        challenge_id, code = citizen.code("/v1/sign-in/codes", door, **numbers)
        answer = door.post("/v1/sign-in/sms", json={"challenge_id": challenge_id, "code": code})
        assert answer.status_code == 201 and answer.json()["person_id"] == citizen.person_id


def test_two_numbers_of_two_people_are_nobody(new_citizen, door, sql):
    one, two = new_citizen(), new_citizen()
    one.register(), two.register()
    mixed = {"citizen_number": one.citizen_number, "card_number": two.card_number}
    check_problem(door.sign_in(PASSWORD, **mixed), 401, "sign_in_failed")
    before = sql.execute("SELECT count(*) FROM outbox").fetchone()
    assert door.post("/v1/sign-in/codes", json=mixed).status_code == 202
    assert sql.execute("SELECT count(*) FROM outbox").fetchone() == before


def test_only_registered_people_get_codes(citizen, door, sql):
    before = sql.execute("SELECT count(*) FROM outbox").fetchone()
    answer = door.post("/v1/sign-in/codes", json=citizen.number)
    assert answer.status_code == 202
    assert sql.execute("SELECT count(*) FROM outbox").fetchone() == before
    body = {"challenge_id": answer.json()["challenge_id"], "code": "123456"}
    check_problem(door.post("/v1/sign-in/sms", json=body), 401, "sign_in_failed")


def test_the_body_must_name_somebody(door):
    for path, rest in (("/v1/sign-in/codes", {}), ("/v1/sign-in/password", {"password": "x"})):
        assert faults(door.post(path, json=rest)) == {"/body/citizen_number": "required"}


@pytest.fixture
def counting(server, door_of):
    """The answer to one request from a new place, and what the log says that it took."""

    def count(ask):
        answer = ask(door_of(server))
        mark = f'"request_id":"{answer.headers["x-request-id"]}"'
        line = wait_until(
            lambda: next((line for line in server.log_path.read_text().splitlines() if mark in line), None), "the log line"
        )
        return answer, {name: json.loads(line)[name] for name in ("calls", "works")}

    return count


def test_nobody_somebody_and_a_wrong_password_cost_the_same_steps(new_citizen, counting):
    registered, silent, unregistered = new_citizen(), new_citizen(), new_citizen()
    registered.register()
    silent.register(password=None)
    numbers = [registered.number, silent.number, unregistered.number, NOBODY, {"card_number": "NOBODY0001"}]
    seen = [counting(lambda door: door.sign_in("not the password", **number)) for number in numbers]
    answers, work = zip(*seen)
    assert all(check_problem(answer, 401, "sign_in_failed") for answer in answers)
    assert len({len(answer.content) for answer in answers}) == 1
    assert all(without_request_id(answer) == without_request_id(answers[0]) for answer in answers)
    assert all(one == work[0] for one in work), work
    assert work[0] == {"calls": 2, "works": 1}, "a look-up, scrypt, a judgement"
    answer, right = counting(lambda door: door.sign_in(PASSWORD, **registered.number))
    assert answer.status_code == 201 and right == work[0]


def test_asking_for_a_code_costs_the_same_steps(new_citizen, counting):
    registered, unregistered = new_citizen(), new_citizen()
    registered.register()
    for path, bodies in (
        ("/v1/sign-in/codes", [registered.number, unregistered.number, NOBODY]),
        ("/v1/registrations", [unregistered.triple, {**unregistered.triple, "name": "赵"}, {**registered.triple, **NOBODY}]),
    ):
        seen = [counting(lambda door: door.post(path, json=body)) for body in bodies]
        assert {answer.status_code for answer, _ in seen} == {202}
        assert len({len(answer.content) for answer, _ in seen}) == 1
        assert all(work == seen[0][1] for _, work in seen), path


def test_a_wrong_code_and_a_code_of_nobody_cost_the_same_steps(citizen, counting):
    def ask(name, body):
        challenge_id = citizen.door.post("/v1/registrations", json={**citizen.triple, "name": name}).json()["challenge_id"]
        return counting(lambda door: door.post(f"/v1/registrations/{challenge_id}/confirm", json=body))

    for body in ({"code": "000000"}, {"code": "000000", "password": PASSWORD}):
        (one, work), (other, other_work) = ask(citizen.name, body), ask("赵钱孙", body)
        assert without_request_id(one) == without_request_id(other) and one.status_code == 401
        assert work == other_work
        assert work["works"] == ("password" in body)


def test_a_changed_password_is_the_only_one(citizen, door):
    session = citizen.register()
    body = {"new_password": "six white swans", "current_password": PASSWORD}
    assert door.put("/v1/me/password", by=bearer(session), json=body).status_code == 204
    citizen.sign_in(status=401)
    citizen.sign_in("six white swans")


def test_passwords_are_bytes_and_nothing_is_cut_off(citizen):
    long = "密码" * 40 + "a"
    citizen.register(long)
    citizen.sign_in(long)
    citizen.sign_in(long[:-1] + "b", status=401)
    citizen.sign_in(long[:72], status=401)


def test_secrets_are_in_no_table(citizen, sql):
    """Neither the password nor the codes nor the tokens, nor the numbers that were tried."""
    session = citizen.register()
    for table in ("credential", "challenge", "attempt", "session", "refresh_token", "token", "audit_event"):
        text = str(sql.execute(f"SELECT t::text FROM {table} AS t").fetchall())
        for secret in (PASSWORD, session["access_token"], session["refresh_token"], citizen.citizen_number, citizen.phone,
                       PASSWORD.encode().hex(), citizen.citizen_number.encode().hex()):  # fmt: skip
            assert secret not in text, table
