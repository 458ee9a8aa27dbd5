"""Sessions: refresh, lost replies, copied tokens, signing out here and everywhere."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures
import uuid

import pytest
from tests.harness import money, signing
from tests.harness.problems import check_problem
from tests.harness.signing import bearer, refresh


def went_on(door, session):
    answer = refresh(door, session)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_refreshing(citizen, door):
    session = citizen.register()
    for _ in range(5):
        newer = went_on(door, session)
        assert newer["session_id"] == session["session_id"] and newer["person_id"] == citizen.person_id
        assert newer["access_token"] != session["access_token"] and newer["refresh_token"] != session["refresh_token"]
        assert door.get("/v1/me", by=bearer(newer)).status_code == 200
        session = newer


def test_a_lost_reply(citizen, door):
    """The refresh was done, its answer never came: the same token works once more, and so does what it gives."""
    session = citizen.register()
    went_on(door, session)
    again = went_on(door, session)
    last = went_on(door, went_on(door, again))
    assert door.get("/v1/me", by=bearer(last)).status_code == 200


def test_an_old_token_ends_the_whole_session(citizen, door, sql):
    first = citizen.register()
    third = went_on(door, went_on(door, first))
    check_problem(refresh(door, first), 401, "sign_in_failed")
    check_problem(refresh(door, third), 401, "sign_in_failed")
    for session in (first, third):
        door.wait_for_status("/v1/me", bearer(session), 401)
    reason = sql.execute("SELECT end_reason FROM session WHERE session_id = %s", [first["session_id"]]).fetchone()
    assert reason == ("refresh_reused",)
    citizen.sign_in()


def test_a_thief_is_found_out(citizen, door, door_of, server):
    """A copy that is used at once gets tokens of its own, until both have gone on."""
    session = citizen.register()
    thiefs = went_on(door_of(server), session)
    owners = went_on(door, session)
    thiefs = went_on(door_of(server), thiefs)
    check_problem(refresh(door, owners), 401, "sign_in_failed")
    door.wait_for_status("/v1/me", bearer(thiefs), 401)
    check_problem(refresh(door, thiefs), 401, "sign_in_failed")


def test_the_grace_is_a_setting(start_server, citizen, contract, server):
    strict = signing.Door(start_server({"YIBAO_REFRESH_GRACE_S": "0"}), contract)
    session = citizen.register()
    went_on(strict, session)
    check_problem(refresh(strict, session), 401, "sign_in_failed")


def test_lives_are_settings(start_server, citizen, contract):
    settings = {"YIBAO_ACCESS_TOKEN_S": "3000", "YIBAO_SESSION_IDLE_S": "1000", "YIBAO_SESSION_LIFE_S": "2000"}
    short = signing.Door(start_server(settings), contract)
    session = citizen.register(door=short)
    (row,) = short.get("/v1/me/sessions", by=bearer(session)).json()["data"]
    assert row["expires_at"] == session["access_expires_at"], "no token outlives its session"
    assert row["created_at"] < row["refresh_expires_at"] == session["refresh_expires_at"] < row["expires_at"]


def test_many_refresh_at_once(citizen, door, sql):
    session = citizen.register()
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: refresh(door, session), range(100)))
    good = [answer.json() for answer in answers if answer.status_code == 201]
    assert 1 <= len(good) <= 5 and {answer.status_code for answer in answers} <= {201, 429}
    refused = next(answer for answer in answers if answer.status_code == 429)
    check_problem(refused, 429, "too_many_attempts")
    assert int(refused.headers["retry-after"]) >= 1
    went_on(door, good[-1])
    key = money.key_of(citizen.person_id)
    assert sql.execute("SELECT count(*) FROM session WHERE person_key = %s AND ended_at IS NULL", [key]).fetchone() == (1,)


def test_the_list(citizen, door, door_of, server):
    one, two = citizen.register(), citizen.sign_in()
    three = citizen.sign_in_by_code(door_of(server))
    rows = door.get("/v1/me/sessions", by=bearer(two)).json()["data"]
    assert [row["session_id"] for row in rows] == [s["session_id"] for s in (three, two, one)]
    assert [row["method"] for row in rows] == ["sms", "password", "registration"]
    assert [row["is_current"] for row in rows] == [False, True, False]
    newer = went_on(door, one)
    rows = door.get("/v1/me/sessions", by=bearer(newer)).json()["data"]
    assert [row["is_current"] for row in rows] == [False, False, True] and rows[2]["used_at"] > rows[2]["created_at"]


def test_signing_out_of_one(citizen, door, new_citizen):
    here, there = citizen.register(), citizen.sign_in()
    stranger = new_citizen().register()
    path = f"/v1/me/sessions/{there['session_id']}"
    foreign = door.delete(path, by=bearer(stranger))
    absent = door.delete(f"/v1/me/sessions/{uuid.uuid4()}", by=bearer(stranger))
    check_problem(foreign, 404, "not_found")
    assert {**foreign.json(), "request_id": ""} == {**absent.json(), "request_id": ""}
    for _ in range(2):
        assert door.delete(path, by=bearer(here)).status_code == 204
    door.wait_for_status("/v1/me", bearer(there), 401)
    check_problem(refresh(door, there), 401, "sign_in_failed")
    assert door.get("/v1/me", by=bearer(here)).status_code == 200
    assert door.delete(f"/v1/me/sessions/{here['session_id']}", by=bearer(here)).status_code == 204
    door.wait_for_status("/v1/me", bearer(here), 401)


def test_signing_out_everywhere_is_noticed_by_every_process(citizen, door, start_server, contract):
    other = signing.Door(start_server(), contract)
    sessions = [citizen.register(), citizen.sign_in(), citizen.sign_in(door=other)]
    for session in sessions:
        assert other.get("/v1/me", by=bearer(session)).status_code == 200
    assert door.delete("/v1/me/sessions", by=bearer(sessions[0])).status_code == 204
    for session in sessions:
        for place in (door, other):
            place.wait_for_status("/v1/me", bearer(session), 401)
        check_problem(refresh(door, session), 401, "sign_in_failed")
    citizen.sign_in()


def test_the_dead_are_signed_out(citizen, door, sql):
    session = citizen.register()
    sql.execute("UPDATE person SET deceased_on = '2026-01-01' WHERE person_id = %s", [citizen.person_id])
    check_problem(refresh(door, session), 401, "sign_in_failed")
    door.wait_for_status("/v1/me", bearer(session), 401)
    citizen.sign_in(status=401)


@pytest.mark.parametrize("text", ["", "x", "yb_r_", "yb_c_", "a" * 128])
def test_refresh_tokens_that_are_none(door, text):
    answer = door.post("/v1/sessions/refresh", json={"refresh_token": text})
    assert answer.status_code == (400 if text == "" else 401)
