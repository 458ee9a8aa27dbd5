"""Counting attempts: guessing is slow, and nobody can be shut out by somebody else."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures

import pytest
from tests.harness import money, signing
from tests.harness.problems import check_problem, without_request_id
from tests.harness.signing import PASSWORD, bearer

NOBODY = "11010519491231002X"


def limit(sql, kind, scope):
    """The tightest one."""
    return sql.execute(
        "SELECT at_most, window_s FROM attempt_limit WHERE kind = %s AND scope = %s ORDER BY window_s LIMIT 1", [kind, scope]
    ).fetchone()


def shut(door, numbers):
    """Wrong passwords until the door is shut; how many it took."""
    for n in range(100):
        answer = door.sign_in(f"guess number {n}", **numbers)
        if answer.status_code == 429:
            return n, answer
        check_problem(answer, 401, "sign_in_failed")
    raise AssertionError("100 guesses were taken")


def test_a_guesser_waits(citizen, sql):
    citizen.register()
    taken, answer = shut(citizen.door, citizen.number)
    at_most, window_s = limit(sql, "password", "pair")
    assert taken == at_most
    check_problem(answer, 429, "too_many_attempts")
    assert 0 < int(answer.headers["retry-after"]) <= window_s
    check_problem(citizen.door.sign_in(PASSWORD, **citizen.number), 429, "too_many_attempts")


def test_an_unknown_number_is_counted_alike(citizen, door_of, server):
    citizen.register()
    known, one = shut(door_of(server), citizen.number)
    unknown, other = shut(door_of(server), {"card_number": "NOBODY" + citizen.phone})
    ignore = {"retry-after"}
    assert known == unknown
    first, second = without_request_id(one), without_request_id(other)
    assert [h for h in first[2] if h[0] not in ignore] == [h for h in second[2] if h[0] not in ignore]
    assert first[:2] == second[:2]


def test_it_closes_only_where_it_came_from(citizen, door_of, server):
    """The other ways and places stay open: the code where the password is closed, the password elsewhere."""
    citizen.register()
    guesser = door_of(server)
    shut(guesser, citizen.number)
    citizen.sign_in()
    citizen.sign_in(door=door_of(server))
    assert citizen.sign_in_by_code(guesser)["person_id"] == citizen.person_id


def test_it_opens_by_itself(citizen, sql):
    citizen.register()
    shut(citizen.door, citizen.number)
    sql.execute(
        "UPDATE attempt SET at = at - interval '1 hour', forget_at = forget_at - interval '1 hour' WHERE person_key = %s",
        [money.key_of(citizen.person_id)],
    )
    citizen.sign_in()


def test_a_flood_from_everywhere_shuts_out_strangers_only(citizen, door_of, server, sql):
    """The person's own place never closes, and a new place has the code."""
    session = citizen.register()
    at_most, _ = limit(sql, "password", "strangers")
    for _ in range(at_most // 5 + 1):
        shut(door_of(server), citizen.number)
    new_place = door_of(server)
    check_problem(new_place.sign_in(PASSWORD, **citizen.number), 429, "too_many_attempts")
    citizen.sign_in()
    session = citizen.sign_in_by_code(new_place)
    assert new_place.sign_in(PASSWORD, **citizen.number).status_code == 201, "known from now on"
    told = new_place.get("/v1/me/credentials", by=bearer(session)).json()
    assert [way["kind"] for way in told["closed_to_unknown_sources"]] == ["password"]
    assert told["closed_to_unknown_sources"][0]["until"] > told["recent_attempts"][0]["at"]
    assert {attempt["kind"] for attempt in told["recent_attempts"]} <= {"password", "sms"}
    assert len(told["recent_attempts"]) == 20


def test_messages_are_few_and_the_owner_has_their_own(citizen, door_of, server, sql):
    citizen.register()
    at_most, _ = limit(sql, "sms", "strangers")
    flooded = 0
    for _ in range(3):
        stranger = door_of(server)
        for _ in range(at_most):
            answer = stranger.post("/v1/sign-in/codes", json=citizen.number)
            flooded += answer.status_code == 202
    assert flooded <= at_most
    check_problem(answer, 429, "too_many_attempts")
    assert int(answer.headers["retry-after"]) > 0
    assert citizen.sign_in_by_code()["person_id"] == citizen.person_id, "a known place"
    new_place = door_of(server)
    challenge_id, code = citizen.code(
        "/v1/sign-in/codes", new_place, citizen_number=citizen.citizen_number, card_number=citizen.card_number
    )
    answer = new_place.post("/v1/sign-in/sms", json={"challenge_id": challenge_id, "code": code})
    assert answer.status_code == 201, "who knows both numbers has another allowance"


def test_strangers_cannot_keep_somebody_from_registering(citizen, door_of, server):
    """Who does not know name and card uses up nothing of the one who does."""
    for n in range(4):
        stranger = door_of(server)
        for m in range(5):
            stranger.post("/v1/registrations", json={**citizen.triple, "card_number": f"GUESS{n}{m}000"})
            stranger.post("/v1/registrations", json={**citizen.triple, "name": f"某{n}{m}"})
    assert citizen.register()["person_id"] == citizen.person_id


def test_messages_to_nobody_are_counted_alike(citizen, door_of, server):
    citizen.register()

    def taken(numbers):
        door = door_of(server)
        return [door.post("/v1/sign-in/codes", json=numbers).status_code for _ in range(7)]

    assert taken(citizen.number) == taken({"card_number": "NOBODY" + citizen.phone})


def test_one_source_cannot_send_to_everybody(start_server, contract, sql, new_citizen, server):
    citizen = new_citizen()
    citizen.register()
    door = citizen.door
    at_most, _ = limit(sql, "sms", "source")
    answers = [door.post("/v1/sign-in/codes", json={"card_number": f"FLOOD{n:06d}"}) for n in range(at_most + 5)]
    assert [answer.status_code for answer in answers].count(202) <= at_most
    check_problem(answers[-1], 429, "too_many_attempts")
    assert citizen.sign_in_by_code()["person_id"] == citizen.person_id, "known from that very source"


def test_parallel_guesses_are_no_more(citizen, door_of, server, sql):
    citizen.register()
    guesser = door_of(server)
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: guesser.sign_in(f"guess number {n}", **citizen.number), range(40)))
    statuses = [answer.status_code for answer in answers]
    at_most, _ = limit(sql, "password", "pair")
    assert statuses.count(401) == at_most and set(statuses) <= {401, 429, 503}


def test_wrong_codes_wait_too(citizen, sql):
    citizen.register()
    at_most, _ = limit(sql, "code", "pair")
    statuses = []
    while len(statuses) < at_most + 1:
        challenge_id, code = citizen.code("/v1/sign-in/codes", **citizen.number)
        for n in range(5):
            body = {"challenge_id": challenge_id, "code": f"{(int(code) + 1 + n) % 1000000:06d}"}
            statuses.append(citizen.door.post("/v1/sign-in/sms", json=body).status_code)
    assert statuses[:at_most] == [401] * at_most and set(statuses[at_most:]) == {429}
    citizen.sign_in()


def test_reaching_a_limit_is_an_audit_event(citizen, sql):
    citizen.register()
    shut(citizen.door, citizen.number)
    rows = sql.execute(
        "SELECT actor_kind, detail->>'kind', (detail->>'is_stranger')::boolean FROM audit_event"
        " WHERE action = 'lock_out' AND person_key = %s", [money.key_of(citizen.person_id)],
    ).fetchall()
    assert rows == [("system", "password", False)]


@pytest.mark.parametrize("what", ["password", "pin"])
def test_a_stolen_access_token_does_not_let_guess_the_password(citizen, door_of, server, what):
    session = citizen.register()
    thief = door_of(server)
    secret = {"password": "six white swans", "pin": "739204"}[what]
    statuses = [
        thief.put(f"/v1/me/{what}", by=bearer(session), json={f"new_{what}": secret, "current_password": f"guess {n}"}).status_code
        for n in range(8)
    ]
    assert statuses == [401] * 5 + [429] * 3
    body = {f"new_{what}": secret, "current_password": PASSWORD}
    assert citizen.door.put(f"/v1/me/{what}", by=bearer(session), json=body).status_code == 204


def test_another_address_of_the_same_prefix_is_the_same_source(citizen, server, contract):
    citizen.register()
    guesser = signing.Door(server, contract, place=240)
    shut(guesser, citizen.number)
    neighbour = signing.Door(server, contract, place=240)
    check_problem(neighbour.sign_in(PASSWORD, **citizen.number), 429, "too_many_attempts")


@pytest.fixture
def few(sql):
    """Few attempts are allowed: few("password", "source", 4)."""
    before = sql.execute("SELECT at_most, kind, scope, window_s FROM attempt_limit").fetchall()
    yield lambda kind, scope, at_most: sql.execute(
        "UPDATE attempt_limit SET at_most = %s WHERE kind = %s AND scope = %s", [at_most, kind, scope]
    )
    for row in before:
        sql.execute("UPDATE attempt_limit SET at_most = %s WHERE kind = %s AND scope = %s AND window_s = %s", row)


def test_one_password_for_many_numbers(citizen, new_citizen, door_of, server, few):
    """A source that guesses at many people is closed; whoever is known there still comes in, and so does everybody elsewhere."""
    citizen.register()
    few("password", "source", 4)
    other = new_citizen()
    other.register()
    spread = [citizen.door.sign_in("Summer 2026 is here", card_number=f"SPREAD{n:04d}") for n in range(6)]
    assert [answer.status_code for answer in spread] == [401] * 4 + [429] * 2
    check_problem(citizen.door.sign_in(PASSWORD, **other.number), 429, "too_many_attempts")
    citizen.sign_in()
    other.sign_in()
    assert other.sign_in_by_code(citizen.door)["person_id"] == other.person_id, "the message stays open"


def test_a_stolen_session_guesses_no_more_from_many_places(citizen, door_of, server, few):
    """Proofs and messages from places where the person never was are counted together; the person's own place stays open."""
    session = citizen.register()
    few("password", "strangers", 6)
    few("sms", "strangers", 3)
    body = {"new_password": "six white swans", "current_password": "a wrong guess"}
    answers = [door_of(server).put("/v1/me/password", by=bearer(session), json=body) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [401] * 6 + [429]
    answers = [door_of(server).post("/v1/me/sms-codes", by=bearer(session)) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [202] * 3 + [429]
    assert citizen.door.post("/v1/me/sms-codes", by=bearer(session)).status_code == 202
    body["current_password"] = PASSWORD
    assert citizen.door.put("/v1/me/password", by=bearer(session), json=body).status_code == 204
