"""Registering: only all three together reach the phone, and nobody learns from outside whether they did."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures
import time

import pytest
from tests.harness import money, signing
from tests.harness.problems import check_problem, faults, without_request_id
from tests.harness.signing import PASSWORD, bearer

ABSENT = "018f3a70-2b00-7c11-8d3f-6e0a9b7c5d21"


def other_code(code):
    return f"{(int(code) + 1) % 1000000:06d}"


def test_from_the_record_to_a_session(citizen, door, sql):
    session = citizen.register()
    assert session["person_id"] == citizen.person_id and session["token_type"] == "Bearer"
    assert door.get("/v1/me", by=bearer(session)).json()["person_id"] == citizen.person_id
    assert citizen.sign_in()["session_id"] != session["session_id"]
    actions = sql.execute(
        "SELECT action, actor_kind, object_id::text FROM audit_event WHERE person_key = %s AND actor_kind = 'citizen'"
        " ORDER BY at", [money.key_of(citizen.person_id)],
    ).fetchall()
    assert actions[0] == ("confirm_registration", "citizen", session["session_id"])
    assert actions[1][0] == "sign_in_with_password"


def test_the_message(citizen, door):
    for language, words in (("en", "to register"), ("zh-CN", "用于注册")):
        mark = citizen.sms.mark()
        door.post("/v1/registrations", json=citizen.triple, headers={"Accept-Language": language})
        message = citizen.sms.wait(citizen.phone, since=mark)
        assert words in message["text"] and citizen.name not in message["text"]
        assert citizen.citizen_number not in message["text"]


def test_without_a_password_there_is_none(citizen, door):
    challenge_id, code = citizen.code("/v1/registrations", **citizen.triple)
    session = citizen.confirm(challenge_id, code)
    credentials = door.get("/v1/me/credentials", by=bearer(session)).json()
    assert credentials["registered_at"] and credentials["password_set_at"] is None
    check_problem(door.sign_in(PASSWORD, **citizen.number), 401, "sign_in_failed")


WRONG = {
    "name": lambda c, other: {**c.triple, "name": "赵钱孙"},
    "card": lambda c, other: {**c.triple, "card_number": other.card_number},
    "unknown card": lambda c, other: {**c.triple, "card_number": "NOBODY0001"},
    "number": lambda c, other: {**c.triple, "citizen_number": other.citizen_number},
    "unknown number": lambda c, other: {**c.triple, "citizen_number": "11010519491231002X"},
}


def test_what_does_not_match_looks_the_same(new_citizen, door_of, server, sql):
    """Same status, same headers, same form; no message; and confirming fails like a wrong code."""
    citizen, other, silent = new_citizen(), new_citizen(), new_citizen(phone=None)
    right = citizen.door.post("/v1/registrations", json=citizen.triple)
    bodies = {name: make(citizen, other) for name, make in WRONG.items()} | {"no phone": silent.triple}
    outbox = sql.execute("SELECT count(*) FROM outbox").fetchone()
    for name, body in bodies.items():
        door = door_of(server)
        answer = door.post("/v1/registrations", json=body)
        assert answer.status_code == 202 and answer.json().keys() == right.json().keys(), name
        assert len(answer.content) == len(right.content), name
        failed = door.post(f"/v1/registrations/{answer.json()['challenge_id']}/confirm", json={"code": "123456"})
        check_problem(failed, 401, "sign_in_failed")
        key = answer.json()["challenge_id"][-12:]
        assert key not in (citizen.person_id[-12:], other.person_id[-12:])
    assert sql.execute("SELECT count(*) FROM outbox").fetchone() == outbox
    wrong = citizen.door.post(
        f"/v1/registrations/{right.json()['challenge_id']}/confirm", json={"code": "000000"}
    )
    assert without_request_id(wrong) == without_request_id(failed)


def test_a_code_is_used_once(citizen, door):
    challenge_id, code = citizen.code("/v1/registrations", **citizen.triple)
    citizen.confirm(challenge_id, other_code(code), status=401)
    citizen.confirm(challenge_id, code)
    citizen.confirm(challenge_id, code, status=401)


def test_five_tries(citizen):
    challenge_id, code = citizen.code("/v1/registrations", **citizen.triple)
    for _ in range(5):
        citizen.confirm(challenge_id, other_code(code), status=401)
    citizen.confirm(challenge_id, code, status=401)
    again, code = citizen.code("/v1/registrations", **citizen.triple)
    citizen.confirm(again, code)


@pytest.mark.parametrize("code", ["12345a", "      ", "１２３４５６", "-12345"])
def test_codes_that_are_no_digits(citizen, code):
    challenge_id, _ = citizen.code("/v1/registrations", **citizen.triple)
    citizen.confirm(challenge_id, code, status=401)


def test_a_newer_code_ends_the_older(citizen):
    old = citizen.code("/v1/registrations", **citizen.triple)
    new = citizen.code("/v1/registrations", **citizen.triple)
    citizen.confirm(*old, status=401)
    citizen.confirm(*new)


def test_a_stranger_cannot_end_the_code_that_is_being_typed(citizen, door_of, server):
    mine = citizen.code("/v1/registrations", **citizen.triple)
    citizen.code("/v1/registrations", door_of(server), **citizen.triple)
    citizen.confirm(*mine)


def test_a_challenge_is_good_for_its_own_purpose(citizen, door):
    citizen.register()
    challenge_id, code = citizen.code("/v1/registrations", **citizen.triple)
    answer = door.post("/v1/sign-in/sms", json={"challenge_id": challenge_id, "code": code})
    check_problem(answer, 401, "sign_in_failed")
    sign_in_id, code = citizen.code("/v1/sign-in/codes", **citizen.number)
    citizen.confirm(sign_in_id, code, status=401)


def test_a_challenge_that_was_never_given_out(door):
    answer = door.post(f"/v1/registrations/{ABSENT}/confirm", json={"code": "123456"})
    check_problem(answer, 404, "not_found")


def test_many_confirm_at_once(citizen, server, contract, sql):
    """One session, however often the same code comes."""
    challenge_id, code = citizen.code("/v1/registrations", **citizen.triple)

    def confirm(_):
        return citizen.door.post(f"/v1/registrations/{challenge_id}/confirm", json={"code": code}).status_code

    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(confirm, range(200)))
    assert statuses.count(201) == 1 and set(statuses) <= {201, 401, 429}
    key = money.key_of(citizen.person_id)
    assert sql.execute("SELECT count(*) FROM session WHERE person_key = %s", [key]).fetchone() == (1,)


def test_a_poor_password_does_not_use_up_the_code(citizen):
    challenge_id, code = citizen.code("/v1/registrations", **citizen.triple)
    path = f"/v1/registrations/{challenge_id}/confirm"
    for password, wanted in (("short", ["too_short"]), (citizen.phone, ["not_allowed"]),
                             (citizen.name[0], ["too_short"]), ("1111111111", ["not_allowed"])):  # fmt: skip
        answer = citizen.door.post(path, json={"code": code, "password": password})
        check_problem(answer, 400, "validation_failed")
        assert [fault["code"] for fault in answer.json()["errors"]] == wanted, password
    citizen.confirm(challenge_id, code, PASSWORD)


def test_all_faults_of_a_password_at_once(citizen):
    challenge_id, code = citizen.code("/v1/registrations", **citizen.triple)
    password = citizen.name + citizen.phone[-6:]
    answer = citizen.door.post(
        f"/v1/registrations/{challenge_id}/confirm", json={"code": code, "password": password}
    )
    assert [fault["code"] for fault in answer.json()["errors"]] == ["too_short", "not_allowed", "not_allowed"]


def test_rules_of_a_password_are_told_to_the_phones_owner_only(citizen):
    """Else anybody could try parts of somebody's phone number until one is refused."""
    challenge_id, code = citizen.code("/v1/registrations", **citizen.triple)
    citizen.confirm(challenge_id, other_code(code), citizen.phone, status=401)


def test_form_is_checked_before_anything_else(door):
    answer = door.post("/v1/registrations", json={"name": "x", "citizen_number": "110105194912310021", "card_number": "?!"})
    assert faults(answer) == {"/body/card_number": "too_short"}
    answer = door.post("/v1/registrations", json={"name": "x", "citizen_number": "110105194912310021", "card_number": "?!?!?!"})
    assert faults(answer) == {"/body/citizen_number": "malformed", "/body/card_number": "malformed"}
    answer = door.post("/v1/registrations", json={"name": "x"})
    assert faults(answer) == {"/body/card_number": "required"}
    answer = door.post("/v1/registrations", json={"name": "x", "card_number": "NOBODY0001"})
    assert faults(answer) == {"/body/citizen_number": "required"}


def test_registering_again_is_the_way_back(citizen, door):
    """A forgotten password: the new one ends what began with the old."""
    first = citizen.register()
    second = citizen.register("six white swans")
    door.wait_for_status("/v1/me", bearer(first), 401)
    assert door.get("/v1/me", by=bearer(second)).status_code == 200
    citizen.sign_in(status=401)
    citizen.sign_in("six white swans")


def test_the_dead_do_not_register(citizen, sql):
    sql.execute("UPDATE person SET deceased_on = '2026-01-01' WHERE person_id = %s", [citizen.person_id])
    before = sql.execute("SELECT count(*) FROM outbox").fetchone()
    assert citizen.door.post("/v1/registrations", json=citizen.triple).status_code == 202
    assert sql.execute("SELECT count(*) FROM outbox").fetchone() == before


def test_people_without_a_citizen_number(new_citizen, door):
    """A passport and the card: they register by both, and sign in by the card."""
    passport = {"certificate_kind": "passport", "certificate_number": "E" + str(time.time_ns())[-9:]}
    guest = new_citizen(**passport, name="Ada Guest", citizen_number=None, birth_date="1980-02-29", sex="female")
    asked = {"name": guest.name, "card_number": guest.card_number}
    assert door.post("/v1/registrations", json={**asked, **passport, "certificate_kind": "other"}).status_code == 202
    challenge_id, code = guest.code("/v1/registrations", **asked, **passport)
    assert guest.confirm(challenge_id, code, PASSWORD)["person_id"] == guest.person_id
    assert door.sign_in(PASSWORD, card_number=guest.card_number).status_code == 201
    for wrong, fault in (({"certificate_kind": "passport"}, "certificate_number"), ({"certificate_number": "E123"}, "certificate_kind")):
        assert faults(door.post("/v1/registrations", json={**asked, **wrong})) == {f"/body/{fault}": "required"}
    both = {**asked, **passport, "citizen_number": "11010519491231002X"}
    assert faults(door.post("/v1/registrations", json=both)) == {"/body/certificate_number": "not_allowed"}


def test_without_a_gateway_nothing_is_promised(start_server, contract):
    door = signing.Door(start_server({"YIBAO_SMS_GATEWAY": ""}), contract)
    body = {"name": "王", "citizen_number": "11010519491231002X", "card_number": "NOBODY0001"}
    check_problem(door.post("/v1/registrations", json=body), 503, "sms_unavailable")
    check_problem(door.post("/v1/sign-in/codes", json={"card_number": "NOBODY0001"}), 503, "sms_unavailable")
