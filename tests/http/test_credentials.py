"""Passwords and PINs: set with a proof, by rules that know the person, and told to nobody."""
# SPDX-License-Identifier: Apache-2.0
import pathlib
import resource

import pytest
from tests.harness import money
from tests.harness.problems import check_problem, faults
from tests.harness.sanitizer import without_sanitizer
from tests.harness.signing import PASSWORD, bearer

NEW = "six white swans"


@pytest.fixture
def session(citizen):
    return citizen.register()


def test_what_there_is(citizen, door, session):
    me = bearer(session)
    told = door.get("/v1/me/credentials", by=me).json()
    assert told["registered_at"] and told["password_set_at"] and told["pin_set_at"] is None
    assert told["phone_masked"] == f"{citizen.phone[:3]}****{citizen.phone[-4:]}"
    assert told["closed_to_unknown_sources"] == []
    assert [(a["kind"], a["source_kind"]) for a in told["recent_attempts"]] == [("sms", "address")]
    assert door.put("/v1/me/pin", by=me, json={"new_pin": "739204", "current_password": PASSWORD}).status_code == 204
    assert door.get("/v1/me/credentials", by=me).json()["pin_set_at"] > told["password_set_at"]


def test_a_new_password_ends_the_other_sessions(citizen, door, session):
    other = citizen.sign_in()
    body = {"new_password": NEW, "current_password": PASSWORD}
    assert door.put("/v1/me/password", by=bearer(session), json=body).status_code == 204
    door.wait_for_status("/v1/me", bearer(other), 401)
    assert door.get("/v1/me", by=bearer(session)).status_code == 200


def test_a_new_pin_ends_nothing(citizen, door, session):
    other = citizen.sign_in()
    body = {"new_pin": "739204", "current_password": PASSWORD}
    assert door.put("/v1/me/pin", by=bearer(session), json=body).status_code == 204
    assert door.get("/v1/me", by=bearer(other)).status_code == 200


@pytest.mark.parametrize(("what", "secret"), [("password", NEW), ("pin", "739204")])
def test_a_code_is_a_proof_too_but_once(citizen, door, session, what, secret):
    challenge_id, code = citizen.code("/v1/me/sms-codes", by=bearer(session))
    body = {f"new_{what}": secret, "challenge_id": challenge_id, "code": code}
    wrong = {**body, "code": f"{(int(code) + 1) % 1000000:06d}"}
    check_problem(door.put(f"/v1/me/{what}", by=bearer(session), json=wrong), 401, "sign_in_failed")
    assert door.put(f"/v1/me/{what}", by=bearer(session), json=body).status_code == 204
    check_problem(door.put(f"/v1/me/{what}", by=bearer(session), json=body), 401, "sign_in_failed")


def test_the_code_of_somebody_else_is_none(citizen, new_citizen, door, session):
    other = new_citizen()
    challenge_id, code = other.code("/v1/me/sms-codes", by=bearer(other.register()))
    body = {"new_password": NEW, "challenge_id": challenge_id, "code": code}
    check_problem(door.put("/v1/me/password", by=bearer(session), json=body), 401, "sign_in_failed")


def test_a_code_for_signing_in_sets_no_password(citizen, door, session):
    challenge_id, code = citizen.code("/v1/sign-in/codes", **citizen.number)
    body = {"new_password": NEW, "challenge_id": challenge_id, "code": code}
    check_problem(door.put("/v1/me/password", by=bearer(session), json=body), 401, "sign_in_failed")


def test_without_a_phone_there_is_no_code(citizen, door, session, sql):
    sql.execute("UPDATE person SET phone_sealed = NULL, phone_hash = NULL WHERE person_id = %s", [citizen.person_id])
    check_problem(door.post("/v1/me/sms-codes", by=bearer(session)), 409, "conflict")
    assert door.get("/v1/me/credentials", by=bearer(session)).json()["phone_masked"] is None


@pytest.mark.parametrize(("proof", "wanted"), [
    ({}, {"/body/current_password": "required"}),
    ({"code": "123456"}, {"/body/challenge_id": "required"}),
    ({"challenge_id": "018f3a70-2b00-7c11-8d3f-6e0a9b7c5d21"}, {"/body/code": "required"}),
    ({"challenge_id": "018f3a70-2b00-7c11-8d3f-6e0a9b7c5d21", "code": "123456", "current_password": "x"},
     {"/body/current_password": "not_allowed"}),
])  # fmt: skip
def test_exactly_one_proof(door, session, proof, wanted):
    answer = door.put("/v1/me/password", by=bearer(session), json={"new_password": NEW, **proof})
    check_problem(answer, 400, "validation_failed")
    assert faults(answer) == wanted


def set_password(citizen, door, session, password, proof=None):
    body = {"new_password": password, **(proof or {"current_password": PASSWORD})}
    return door.put("/v1/me/password", by=bearer(session), json=body)


@pytest.mark.parametrize("make", [
    lambda c: "abcdefghijkl", lambda c: "9876543210", lambda c: "aaaaaaaaaaaaa", lambda c: "abababababab",
    lambda c: "123123123123", lambda c: "Password123", lambda c: "QWERTYUIOP1", lambda c: "1q2w3e4r5t",
    lambda c: c.citizen_number, lambda c: "ab" + c.citizen_number[6:14] + "cd", lambda c: "xyz" + c.citizen_number[-6:] + "uvw",
    lambda c: c.phone, lambda c: "my phone " + c.phone[-6:], lambda c: c.name + " is my name", lambda c: "short",
    lambda c: "九个字符的密码呀呀", lambda c: "1234567890", lambda c: "0987654321", lambda c: "abcdabcdabcd",
    lambda c: "1234512345", lambda c: "1qaz2wsx3edc", lambda c: "1234qwerASDF", lambda c: "Qwerty12345", lambda c: "abc1234567",
    lambda c: "1122334455", lambda c: c.citizen_number[:17] + "x",
])  # fmt: skip
def test_poor_passwords(citizen, door, session, make):
    answer = set_password(citizen, door, session, make(citizen))
    check_problem(answer, 400, "validation_failed")
    assert set(faults(answer)) == {"/body/new_password"}
    assert citizen.citizen_number not in answer.text and citizen.phone not in answer.text
    citizen.sign_in()


@pytest.mark.parametrize("password", ["ten chars!", "十个字符的密码也可以", "x7" + "correct horse battery" * 6, "a b c d e f g h i j k"])
def test_good_passwords(citizen, door, session, password):
    assert set_password(citizen, door, session, password).status_code == 204
    citizen.sign_in(password)


def test_too_long_is_refused_whole(citizen, door, session):
    answer = set_password(citizen, door, session, "ab" * 64 + "c")
    assert faults(answer) == {"/body/new_password": "too_long"}


@pytest.mark.parametrize("make", [
    lambda c: "123456", lambda c: "654321", lambda c: "000000", lambda c: "121212", lambda c: "123123",
    lambda c: c.citizen_number[8:14], lambda c: c.citizen_number[-7:-1], lambda c: c.phone[-6:],
    lambda c: "112233", lambda c: "111222", lambda c: "123321", lambda c: "567890", lambda c: "147258", lambda c: "520131",
    lambda c: "12345", lambda c: "1234567", lambda c: "12a456", lambda c: "７３９２０４",
])  # fmt: skip
def test_poor_pins(citizen, door, session, make):
    answer = door.put("/v1/me/pin", by=bearer(session), json={"new_pin": make(citizen), "current_password": PASSWORD})
    check_problem(answer, 400, "validation_failed")
    assert set(faults(answer)) == {"/body/new_pin"}


def test_rules_are_told_only_after_the_proof(citizen, door, session):
    """A thief of an access token learns nothing about the phone by trying passwords."""
    answer = set_password(citizen, door, session, citizen.phone, {"current_password": "a wrong one"})
    check_problem(answer, 401, "sign_in_failed")


def test_a_poor_password_does_not_use_up_the_code(citizen, door, session):
    challenge_id, code = citizen.code("/v1/me/sms-codes", by=bearer(session))
    proof = {"challenge_id": challenge_id, "code": code}
    assert set_password(citizen, door, session, "short", proof).status_code == 400
    assert set_password(citizen, door, session, NEW, proof).status_code == 204


def test_each_change_is_an_audit_event_without_the_secret(citizen, door, session, sql):
    set_password(citizen, door, session, NEW)
    door.put("/v1/me/pin", by=bearer(session), json={"new_pin": "739204", "current_password": NEW})
    rows = sql.execute(
        "SELECT action, detail::text FROM audit_event WHERE person_key = %s AND action LIKE 'set_my_%%' ORDER BY at",
        [money.key_of(citizen.person_id)],
    ).fetchall()
    assert rows == [("set_my_password", '{"proof": "password"}'), ("set_my_pin", '{"proof": "password"}')]


@without_sanitizer
def test_without_memory_for_scrypt_nothing_is_stored_or_counted(citizen, door, session):
    """What could not be computed is neither a new password nor a wrong one."""
    me = bearer(session)
    pid = door.server.process.pid
    status = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    data_kib = next(int(line.split()[1]) for line in status if line.startswith("VmData"))
    limits = resource.prlimit(pid, resource.RLIMIT_DATA, ((data_kib + 8192) * 1024, resource.RLIM_INFINITY))
    try:
        answers = [door.put("/v1/me/password", by=me, json={"new_password": NEW, "current_password": PASSWORD}),
                   door.sign_in(PASSWORD, **citizen.number)]
    finally:
        resource.prlimit(pid, resource.RLIMIT_DATA, limits)
    for answer in answers:
        check_problem(answer, 500, "internal_error")
    told = door.get("/v1/me/credentials", by=me).json()["recent_attempts"]
    assert [a["kind"] for a in told] == ["sms"], "only the registration"
    assert door.sign_in(PASSWORD, **citizen.number).status_code == 201
