"""Hundreds of tokens that must not let anybody in: forged, altered, of the wrong kind, ended, of the dead."""
# SPDX-License-Identifier: Apache-2.0
import base64
import random
import string
import time

import pytest
from tests.harness import money
from tests.harness.people import Principal
from tests.harness.problems import check_problem, without_request_id
from tests.harness.proposals import plant_approved
from tests.harness.signing import bearer, refresh
from tests.harness.tokens import token_text, with_check

SEED = 19
PLACES = ("/v1/me", "/v1/me/sessions", "/v1/me/credentials")


def altered(good):
    """Each character changed, each length, other kinds with a right check sum, other check sums, other encodings."""
    other = random.Random(SEED)
    alphabet = string.ascii_letters + string.digits + "_-"
    for at, character in enumerate(good):
        yield good[:at] + other.choice([c for c in alphabet if c != character]) + good[at + 1 :]
        yield good[:at] + good[at + 1 :]
    front, check = good.rsplit("_", 1)
    for kind in "cksr":
        yield with_check(front[:3] + kind + front[4:])
    for wrong in ("00000000", "ffffffff", check[::-1], check.upper(), f"{int(check, 16) ^ 1:08x}", f"{int(check, 16) ^ 1 << 31:08x}"):
        yield f"{front}_{wrong}"
    secret = bytearray(base64.urlsafe_b64decode(front[5:] + "="))
    for bit in range(0, 256, 3):
        flipped = bytearray(secret)
        flipped[bit // 8] ^= 1 << bit % 8
        yield token_text(front[3], bytes(flipped))
    for _ in range(60):
        yield token_text(front[3], other.randbytes(32))


def admitted_as_bearer(door, tokens):
    """Those that were let in anywhere; the refusals must be alike."""
    inside, refusals = [], []
    for n, text in enumerate(tokens):
        response = door.raw("GET", PLACES[n % len(PLACES)], f"Authorization: Bearer {text}")
        if response.status_code == 401:
            refusals.append(without_request_id(response))
            check_problem(response, 401, "unauthenticated")
        else:
            inside.append((text, response.status_code))
    assert all(refusal == refusals[0] for refusal in refusals)
    return inside


def admitted_to_refresh(door, tokens):
    inside, refusals = [], []
    for text in tokens:
        response = door.post("/v1/sessions/refresh", json={"refresh_token": text})
        if response.status_code == 401:
            refusals.append(without_request_id(response))
        elif response.status_code != 400:
            inside.append((text, response.status_code))
    assert all(refusal == refusals[0] for refusal in refusals)
    return inside


def test_hundreds_of_wrong_access_tokens(citizen, door):
    session = citizen.register()
    tokens = [text for text in dict.fromkeys(altered(session["access_token"])) if text != session["access_token"]]
    assert len(tokens) > 250
    assert admitted_as_bearer(door, tokens) == []
    assert door.get("/v1/me", by=bearer(session)).status_code == 200


def test_hundreds_of_wrong_refresh_tokens(citizen, door):
    session = citizen.register()
    tokens = [text for text in dict.fromkeys(altered(session["refresh_token"])) if text != session["refresh_token"]]
    assert len(tokens) > 250
    assert admitted_to_refresh(door, tokens) == []
    assert refresh(door, session).status_code == 201, "none of them has ended the session"


def test_a_refresh_token_is_no_access_token(citizen, door):
    text = citizen.register()["refresh_token"]
    front = text.rsplit("_", 1)[0]
    disguised = [text, *(with_check(front[:3] + kind + front[4:]) for kind in "cks")]
    assert admitted_as_bearer(door, disguised) == []


def test_an_access_token_is_no_refresh_token(citizen, door, demo):
    session = citizen.register()
    front = session["access_token"].rsplit("_", 1)[0]
    texts = [session["access_token"], demo.admin_token, demo.employee.token, with_check(front[:3] + "r" + front[4:])]
    assert admitted_to_refresh(door, texts) == []


def ended_sessions(citizen, door, sql):
    """{how it ended: (access token, refresh token)} of sessions that must be dead."""
    yield "signed out", (one := citizen.register())
    door.delete(f"/v1/me/sessions/{one['session_id']}", by=bearer(one))
    yield "reused", (two := citizen.sign_in())
    newer = refresh(door, refresh(door, two).json()).json()
    refresh(door, two)
    yield "reused, the newest", newer
    yield "password changed", citizen.sign_in()
    citizen.register("six white swans")
    yield "out of every session", (last := citizen.sign_in("six white swans"))
    door.delete("/v1/me/sessions", by=bearer(last))


def test_what_has_ended_stays_ended(citizen, door, sql):
    dead = dict(ended_sessions(citizen, door, sql))
    for session in dead.values():
        door.wait_for_status("/v1/me", bearer(session), 401)
    time.sleep(1)  # the promise: no other reactor believes a token for longer
    for _ in range(5):
        assert admitted_as_bearer(door, [session["access_token"] for session in dead.values()]) == []
        assert admitted_to_refresh(door, [session["refresh_token"] for session in dead.values()]) == []


def shift(sql, session, **columns):
    """Moves the session's instants into the past."""
    back = ", ".join(f"{name} = {name} - interval '{by}'" for name, by in columns.items())
    sql.execute(f"UPDATE session SET {back} WHERE session_id = %s", [session["session_id"]])


def test_expired_sessions(citizen, door, sql):
    idle, old = citizen.register(), citizen.sign_in()
    shift(sql, idle, idle_at="8 days")
    shift(sql, old, idle_at="31 days", expires_at="31 days", created_at="31 days")
    assert admitted_to_refresh(door, [idle["refresh_token"], old["refresh_token"]]) == []


def test_an_access_token_expires(citizen, start_server, contract, door_of):
    short = door_of(start_server({"YIBAO_ACCESS_TOKEN_S": "10"}))
    session = citizen.register(door=short)
    assert short.get("/v1/me", by=bearer(session)).status_code == 200
    short.wait_for_status("/v1/me", bearer(session), 401)
    newer = refresh(short, session).json()
    assert short.get("/v1/me", by=bearer(newer)).status_code == 200


@pytest.mark.parametrize("change", ["died", "merged"])
def test_somebody_who_is_no_more(new_citizen, door, sql, change):
    citizen, other = new_citizen(), new_citizen()
    session = citizen.register()
    if change == "died":
        sql.execute("UPDATE person SET deceased_on = '2026-01-01' WHERE person_id = %s", [citizen.person_id])
    else:
        sql.execute(
            "INSERT INTO person_alias (person_key, person_id, current_person_key, current_person_id, reason, created_at)"
            " VALUES (%s, %s, %s, %s, 'merged', now())",
            [money.key_of(citizen.person_id), citizen.person_id, money.key_of(other.person_id), other.person_id],
        )
        plant_approved(sql, "merge_people", other.person_id, citizen.person_id)
    door.wait_for_status("/v1/me", bearer(session), 401)
    assert admitted_as_bearer(door, [session["access_token"]]) == []
    assert admitted_to_refresh(door, [session["refresh_token"]]) == []


def test_no_principal_of_another_kind_is_a_citizen(door, demo, new_token):
    for principal in (demo.admin, new_token("client"), Principal(token_text("c", bytes(32)), "citizen")):
        for path in PLACES[1:]:
            assert door.get(path, by=principal).status_code in (401, 403)
