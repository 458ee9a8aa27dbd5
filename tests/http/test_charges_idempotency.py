"""A charge happens once for each key, however often and from wherever it is sent, and every answer to it is the same."""
# SPDX-License-Identifier: Apache-2.0
import collections
import datetime
import functools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from tests.harness import charges, entering, money
from tests.harness.charges import CHARGES, stored
from tests.harness.crowd import Crowd
from tests.harness.problems import check_problem, faults
from tests.http.charging import REFUSED_FOR_NOW, ChargingStand

IN_PARALLEL = 200


@pytest.fixture(scope="module")
def provider(new_provider):
    return new_provider()


@pytest.fixture(scope="module")
def operator(new_token):
    return new_token("staff", roles=["operator"], regions=["000000"])


@pytest.fixture
def member(api, sql, operator, new_token):
    return functools.partial(charges.member, api, sql, operator, new_token)


def at_once(server, questions):
    """[(principal, key, content)], each on a connection of its own."""
    limits = httpx.Limits(max_connections=None)
    with httpx.Client(base_url=server.base_url, timeout=60, limits=limits) as http, ThreadPoolExecutor(len(questions)) as pool:
        barrier = threading.Barrier(len(questions))

        def send(question):
            principal, key, content = question
            barrier.wait()
            return http.post(CHARGES, json=content, headers={"Authorization": f"Bearer {principal.token}", "Idempotency-Key": key})

        return list(pool.map(send, questions))


def codes(answers):
    return collections.Counter("created" if a.status_code == 201 else a.json()["code"] for a in answers)


def is_replay(answer):
    return answer.headers.get("idempotent-replayed") == "true"


# --- at once ----------------------------------------------------------------------------------------------------------


def test_one_key_sent_two_hundred_times_at_once(api, server, provider, member, sql):
    someone, key = member(), charges.new_key()
    content = charges.body(someone.account_id, 700)
    api.get(CHARGES, by=provider)
    answers = at_once(server, [(provider, key, content)] * IN_PARALLEL)
    seen = codes(answers)
    assert set(seen) <= {"created", "request_in_progress"} and seen["created"] >= 1, seen
    created = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.content for answer in created}) == 1
    assert sum(not is_replay(answer) for answer in created) <= 1
    assert all(answer.headers["retry-after"] for answer in answers if answer.status_code == 409)
    assert stored(sql, someone.account_id) == (9_300, 0, 0) and len(charges.charges_of(sql, someone.account_id)) == 1
    last = charges.send(api, provider, content, key)
    assert last.content == created[0].content and is_replay(last)


def test_one_key_with_many_contents_at_once(server, provider, member, sql):
    someone, key = member(), charges.new_key()
    contents = [charges.body(someone.account_id, 100 + number) for number in range(IN_PARALLEL)]
    seen = codes(at_once(server, [(provider, key, content) for content in contents]))
    assert seen["created"] == 1 and set(seen) <= {"created", "idempotency_key_reused", "request_in_progress"}, seen
    (only,) = charges.charges_of(sql, someone.account_id)
    assert only


def test_one_key_of_several_institutions_is_as_many_keys(server, new_provider, member, sql):
    someone, key = member(), charges.new_key()
    institutions = [new_provider() for _ in range(4)]
    content = charges.body(someone.account_id, 100)
    answers = at_once(server, [(institution, key, content) for institution in institutions] * 10)
    assert set(codes(answers)) <= {"created", "request_in_progress"}
    assert len(charges.charges_of(sql, someone.account_id)) == 4 and stored(sql, someone.account_id) == (9_600, 0, 0)


def test_one_number_under_many_keys_at_once(server, provider, member, sql):
    people = [member() for _ in range(4)]
    number = charges.new_number()
    contents = [charges.body(someone.account_id, charge_no=number) for someone in people] * 25
    seen = codes(at_once(server, [(provider, charges.new_key(), content) for content in contents]))
    assert seen == {"created": 1, "charge_number_used": 99}
    assert sum(len(charges.charges_of(sql, someone.account_id)) for someone in people) == 1


@pytest.mark.parametrize("holds", [False, True])
def test_a_balance_is_never_overspent(server, new_provider, member, sql, holds):
    """Hundreds at once on one balance, half of them holds: exactly as many succeed as there is money for."""
    someone = member(current_year_fen=6_000, carried_over_fen=4_000)
    institutions = [new_provider() for _ in range(3)]
    until = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=2)).isoformat()
    holding = {"capture": False, "expires_at": until}
    open_ones = {charges.new_key(): (institutions[n % 3], charges.body(someone.account_id, 70, **(holding if holds and n % 2 else {})))
                 for n in range(300)}
    seen = collections.Counter()
    while open_ones:
        answers = at_once(server, [(who, key, content) for key, (who, content) in open_ones.items()])
        for key, answer in zip(list(open_ones), answers):
            code = "created" if answer.status_code == 201 else answer.json()["code"]
            if code not in REFUSED_FOR_NOW:
                seen[code] += 1
                del open_ones[key]
    current, carried, held = stored(sql, someone.account_id)
    assert seen == {"created": 142, "insufficient_balance": 158}
    assert current + carried - held == 60 and current >= 0 and carried >= 0 and (held > 0) == holds
    assert len(charges.charges_of(sql, someone.account_id)) == 142


# --- again and again --------------------------------------------------------------------------------------------------


def test_the_answer_is_that_of_then(api, provider, member, sql, connect):
    """Whatever has become of the account, the hold and the rules since."""
    someone, key, later = member(), charges.new_key(), charges.new_key()
    until = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=2)).isoformat()
    content, holding = charges.body(someone.account_id, 300), charges.body(someone.account_id, 500, capture=False, expires_at=until)
    first, second = charges.send(api, provider, content, key), charges.send(api, provider, holding, later)
    assert (first.status_code, second.status_code) == (201, 201)
    money.post(sql, someone.account_id, [money.adjust(50_000)])
    charges.set_status(sql, someone.account_id, "frozen")
    end = datetime.datetime.fromisoformat(until)
    while datetime.datetime.now(datetime.timezone.utc) <= end:
        time.sleep(0.1)
    for answer, body, used in ((first, content, key), (second, holding, later)):
        again = charges.send(api, provider, body, used)
        assert again.status_code == 201 and again.content == answer.content and is_replay(again)
        assert again.headers["location"] == answer.headers["location"]
    assert stored(sql, someone.account_id) == (59_700, 0, 500)


def test_the_answer_is_that_of_then_also_when_the_numbers_find_nobody_any_more(api, provider, member, sql):
    someone, key = member(with_card=True), charges.new_key()
    content = charges.body(amount_fen=300, **someone.numbers)
    first = charges.send(api, provider, content, key)
    assert first.status_code == 201
    card = sql.execute("DELETE FROM person_identifier WHERE person_key = %s AND kind = 'card_number'"
                       " RETURNING kind, hash, person_key, person_id", [money.key_of(someone.person_id)]).fetchone()
    again = charges.send(api, provider, content, key)
    assert again.content == first.content and is_replay(again)
    check_problem(charges.send(api, provider, {**content, "amount_fen": 301}, key), 422, "idempotency_key_reused")
    check_problem(charges.send(api, provider, content), 404, "not_found")
    sql.execute("INSERT INTO person_identifier (kind, hash, person_key, person_id) VALUES (%s, %s, %s, %s)", card)


def test_a_refusal_for_good_is_kept_with_the_key(api, provider, member, sql):
    someone, key = member(current_year_fen=100), charges.new_key()
    content = charges.body(someone.account_id, 300)
    first = charges.send(api, provider, content, key)
    check_problem(first, 409, "insufficient_balance")
    assert not is_replay(first)
    money.post(sql, someone.account_id, [money.adjust(50_000)])
    again = charges.send(api, provider, content, key)
    check_problem(again, 409, "insufficient_balance")
    assert is_replay(again)
    check_problem(charges.send(api, provider, {**content, "amount_fen": 100}, key), 422, "idempotency_key_reused")
    assert charges.send(api, provider, content).status_code == 201


def test_what_leaves_no_key_behind(api, provider, member, sql):
    someone, key = member(), charges.new_key()
    check_problem(charges.send(api, provider, charges.body(someone.account_id, 0), key), 400)
    check_problem(charges.send(api, provider, charges.body(str(money.new_id(1))), key), 404)
    check_problem(charges.send(api, provider, charges.body(citizen_number="11010519491231002X", card_number="ZZ9999999999"), key), 404)
    assert charges.send(api, provider, charges.body(someone.account_id), key, dry_run="true").status_code == 201
    made = charges.send(api, provider, charges.body(someone.account_id), key)
    assert made.status_code == 201 and not is_replay(made)


def test_what_the_same_content_is(api, provider, member):
    """The same arguments, however they are written."""
    someone, key = member(), charges.new_key()
    content = charges.body(someone.account_id, 300)
    first = charges.send(api, provider, content, key)
    reordered = dict(reversed(content.items()))
    spaced = api.post(CHARGES + "?dry_run=false", by=provider, headers={"Idempotency-Key": key, "Content-Type": "application/json"},
                      content="  " + str(reordered).replace("'", '"').replace("True", "true") + "\n")
    assert spaced.content == first.content and is_replay(spaced)
    for change in ({"item": "x"}, {"usage": "device"}, {"amount_fen": 301}, {"charge_no": charges.new_number()}):
        check_problem(charges.send(api, provider, {**content, **change}, key), 422, "idempotency_key_reused")


def test_a_dry_run_of_what_was_done_tells_what_was_done(api, provider, member, sql):
    someone, key = member(), charges.new_key()
    content = charges.body(someone.account_id, 300)
    first = charges.send(api, provider, content, key)
    tried = charges.send(api, provider, content, key, dry_run="true")
    assert tried.content == first.content and is_replay(tried)
    assert stored(sql, someone.account_id) == (9_700, 0, 0)


@pytest.mark.parametrize(("headers", "code"), [
    ({}, "required"), ({"Idempotency-Key": "short"}, "too_short"), ({"Idempotency-Key": "x" * 129}, "too_long"),
    ({"Idempotency-Key": "two words"}, "malformed"), ({"Idempotency-Key": "密钥密钥密钥密钥".encode()}, "malformed"),
    ({"Idempotency-Key": "密".encode() * 128}, "malformed")])
def test_keys_that_are_none(api, provider, demo, headers, code):
    response = api.post(CHARGES, by=provider, json=charges.body(demo.employee.account_id), headers=headers)
    check_problem(response, 400, "validation_failed")
    assert faults(response) == {"/header/idempotency-key": code}


def test_the_shortest_and_the_longest_key(api, provider, member):
    someone = member()
    for key in (charges.new_key()[:8], charges.new_key() * 3 + "!~/+=#\"'{}[]()&%$@;:,?"[:20]):
        assert charges.charge(api, provider, someone.account_id, key=key[:128]).status_code == 201


def test_what_is_kept_of_numbers(api, provider, member, sql):
    """Neither the numbers nor a hash that can be guessed from them."""
    someone, key = member(with_card=True), charges.new_key()
    content = charges.body(**someone.numbers)
    assert charges.send(api, provider, content, key).status_code == 201
    row = sql.execute("SELECT idempotency_key::text, encode(content_hash, 'hex') FROM idempotency_key WHERE key = %s", [key]).fetchone()
    assert not any(number in row[0] for number in someone.numbers.values())
    assert entering.CARD not in row[0]


# --- connections that break -------------------------------------------------------------------------------------------


def test_charges_while_backends_are_killed(own_database, tmp_path):
    """Whoever sends the same again with the same key is charged once, and every answer that was given still holds."""
    with ChargingStand(own_database, tmp_path / "server.log", YIBAO_REACTORS="2", YIBAO_WRITE_TIMEOUT_MS="2000") as stand:
        provider, accounts = stand.provider(), stand.accounts(8, 1_000_000)
        made, seen = {}, collections.Counter()

        def charge(number):
            question = stand.charge(provider, accounts[number % len(accounts)], 7)
            answer = stand.ask(**question)
            seen[answer.status_code if answer.status_code == 201 else answer.json()["code"]] += 1
            made[question["json"]["charge_no"]] = stand.insist(question)

        with Crowd(2 * len(accounts), charge):
            for _ in range(20):
                time.sleep(0.15)
                own_database.terminate_backends()
        assert {answer.status_code for answer in made.values()} == {201}
        assert set(seen) <= {201} | REFUSED_FOR_NOW, seen
        with stand.sql() as connection:
            rows = connection.execute("SELECT charge_no, charge_id::text FROM charge WHERE provider_id = %s", [provider.subject_id])
            stored_ids = dict(rows.fetchall())
        assert stored_ids == {number: answer.json()["charge_id"] for number, answer in made.items()}
        assert sum(1_000_000 - stand.balance_of(account_id) for account_id in accounts) == 7 * len(made)
