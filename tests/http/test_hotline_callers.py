"""Who calls is proved by number and PIN, and nobody can tell or lock out others."""
# SPDX-License-Identifier: Apache-2.0
import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from tests.harness import entering, money
from tests.harness.calling import BALANCE, CONTRIBUTIONS, Caller, open_account, phones
from tests.harness.problems import check_problem, faults, without_request_id
from tests.harness.proposals import plant_approved


def looks(sql, response):
    return sql.execute(
        "SELECT action, actor_kind, actor_id::text, person_key, object_id::text FROM audit_event WHERE request_id = %s",
        [response.headers["x-request-id"]],
    ).fetchall()


class TestWhoCalls:
    def test_every_way_to_key_in_a_number(self, new_caller):
        card = "622202123456789"
        number = entering.fresh_number_with_x()
        caller = new_caller(citizen_number=number, card_number=card + "X")
        old = number[:6] + number[8:17]
        for text in (number, number.lower(), number.replace("X", "*"), card + "*", old):
            assert caller.call(**{"Caller-Number": text}).status_code == 200, text

    def test_an_unknown_number_and_a_wrong_pin_look_alike(self, new_caller):
        known, without_pin = new_caller(), new_caller(pin=None)
        unknown = Caller(known.api, known.hotline, entering.fresh_number())
        refusals = [known.call(**{"Caller-Pin": "000000"}), without_pin.call(), unknown.call(),
                    unknown.call(**{"Caller-Number": "999999"})]
        for response in refusals:
            check_problem(response, 403, "caller_unverified")
            assert without_request_id(response) == without_request_id(refusals[0])

    def test_somebody_outside_the_hotlines_regions_is_unknown(self, new_caller, new_token, sql):
        caller = new_caller()
        open_account(sql, caller.person_id, "110000", "spend_only", 500)
        open_account(sql, caller.person_id, "620500", balance_fen=100)
        local = new_token("client", client_kind="hotline", client_regions=["620500"])
        assert caller.call(by=local).json()["others_count"] == 0
        assert caller.call().json()["others_count"] == 1
        elsewhere = new_token("client", client_kind="hotline", client_regions=["440000"])
        check_problem(caller.call(by=elsewhere), 403, "caller_unverified")

    def test_who_has_died_does_not_call(self, new_caller, sql):
        caller = new_caller()
        sql.execute("UPDATE person SET deceased_on = '2026-01-01' WHERE person_key = %s", [money.key_of(caller.person_id)])
        nobody = caller.call(**{"Caller-Number": "987654321"})
        assert without_request_id(caller.call()) == without_request_id(nobody) and nobody.status_code == 403

    def test_only_a_hotline_may_ask(self, new_caller, new_token, demo):
        caller = new_caller()
        for by in (demo.employee, demo.admin, new_token("client"), new_token("client", client_kind="terminal")):
            check_problem(caller.call(by=by), 403, "forbidden")

    @pytest.mark.parametrize(("name", "value", "code"), [
        ("Caller-Number", None, "required"), ("Caller-Number", "12345", "too_short"),
        ("Caller-Number", "1" * 21, "too_long"), ("Caller-Number", "11010519491231#02", "malformed"),
        ("Caller-Pin", None, "required"), ("Caller-Pin", "12345", "too_short"), ("Caller-Pin", "1234567", "too_long"),
        ("Caller-Pin", "12345*", "malformed"), ("Caller-Phone", "12", "too_short"), ("Caller-Phone", "call me", "malformed"),
    ])  # fmt: skip
    def test_what_no_telephone_sends(self, new_caller, name, value, code):
        response = new_caller().call(**{name: value})
        check_problem(response, 400, "validation_failed")
        assert faults(response) == {f"/header/{name.lower()}": code}

    def test_a_header_twice(self, api, hotline):
        response = api.raw("GET", BALANCE, "Caller-Number: 123456", "Caller-Pin: 123456", "Caller-Pin: 123457", by=hotline)
        check_problem(response, 400, "malformed_request")

    def test_each_answered_call_is_a_look(self, new_caller, sql):
        caller = new_caller()
        for path, action in ((BALANCE, "get_hotline_balance"), (CONTRIBUTIONS, "get_hotline_contributions")):
            response = caller.call(path)
            assert looks(sql, response) == [
                (action, "client", caller.hotline.subject_id, money.key_of(caller.person_id), caller.person_id)]
        assert looks(sql, caller.call(**{"Caller-Pin": "000000"})) == []

    def test_a_merged_record_is_found_by_its_old_number(self, new_caller, sql):
        old, current = new_caller(), new_caller()
        open_account(sql, current.person_id, "620500", balance_fen=700)
        sql.execute(
            "INSERT INTO person_alias (person_key, person_id, current_person_key, current_person_id, reason, created_at)"
            " VALUES (%s, %s, %s, %s, 'merged', clock_timestamp())",
            [money.key_of(old.person_id), old.person_id, money.key_of(current.person_id), current.person_id])
        plant_approved(sql, "merge_people", current.person_id, old.person_id)
        assert old.call().json()["account"]["balance_fen"] == 700


class TestAttempts:
    def wrong(self, caller, times, **changes):
        return [caller.call(**{"Caller-Pin": "000000", **changes}).status_code for _ in range(times)]

    def test_after_five_the_phone_waits_even_with_the_right_pin(self, new_caller):
        caller = new_caller()
        assert self.wrong(caller, 5) == [403] * 5
        response = caller.call()
        check_problem(response, 429, "too_many_attempts")
        assert 0 < int(response.headers["retry-after"]) <= 900
        check_problem(caller.call(CONTRIBUTIONS), 429, "too_many_attempts")

    def test_an_unknown_number_is_closed_alike(self, new_caller):
        known = new_caller()
        unknown = Caller(known.api, known.hotline, entering.fresh_number())
        assert self.wrong(unknown, 6) == self.wrong(known, 6) == [403] * 5 + [429]

    def test_what_one_phone_does_closes_no_other(self, new_caller):
        caller = new_caller()
        assert caller.call().status_code == 200  # this phone has proved to be that person
        for _ in range(4):
            self.wrong(caller, 6, **{"Caller-Phone": str(next(phones))})
        stranger = str(next(phones))
        check_problem(caller.call(**{"Caller-Phone": stranger}), 429, "too_many_attempts")
        assert caller.call().status_code == 200

    def test_the_country_code_makes_no_other_phone(self, new_caller):
        caller = new_caller()
        assert self.wrong(caller, 5) == [403] * 5
        for prefix in ("+86", "0086", "86"):
            check_problem(caller.call(**{"Caller-Phone": prefix + caller.phone}), 429, "too_many_attempts")

    def test_without_a_phone_the_hotline_is_counted_for_that_number(self, new_caller):
        caller, other = new_caller(), new_caller()
        assert self.wrong(caller, 6, **{"Caller-Phone": None}) == [403] * 5 + [429]
        assert other.call(**{"Caller-Phone": None}).status_code == 200
        assert caller.call().status_code == 200

    def test_one_pin_for_many_numbers(self, new_caller, sql):
        """A phone that guesses at many people is closed for those it is not known for; without a phone nothing is closed."""
        guesser, other = new_caller(), new_caller()
        assert guesser.call().status_code == 200
        ((at_most,),) = sql.execute("SELECT at_most FROM attempt_limit WHERE kind = 'pin' AND scope = 'source'").fetchall()
        for phone, closes in ((guesser.phone, True), (None, False)):
            seen = [
                guesser.call(**{"Caller-Number": f"9{n:08d}", "Caller-Phone": phone}).status_code for n in range(at_most + 1)
            ]
            assert seen == [403] * at_most + [429 if closes else 403]
            assert other.call(**{"Caller-Phone": phone}).status_code == (429 if closes else 200)
        assert guesser.call().status_code == 200 == other.call().status_code

    def test_no_more_are_judged_at_once_than_one_by_one(self, new_caller):
        caller = new_caller()
        with ThreadPoolExecutor(12) as pool:
            seen = list(pool.map(lambda _: self.wrong(caller, 1)[0], range(12)))
        assert sorted(seen) == [403] * 5 + [429] * 7

    def test_nothing_that_was_keyed_in_is_stored(self, new_caller, sql):
        caller = new_caller()
        self.wrong(caller, 2)
        caller.call()
        for table in ("attempt", "known_source", "credential"):
            text = " ".join(str(row) for row in sql.execute(f"SELECT t::text FROM {table} AS t"))
            for secret in (caller.number, caller.phone, caller.pin):
                assert secret not in text


def test_many_calls_at_once_are_all_answered(new_caller):
    callers = [new_caller() for _ in range(8)]
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda n: callers[n % 8].call().status_code, range(32)))
    assert statuses == [200] * 32


def test_request_ids_reach_the_record(new_caller, sql):
    request_id = uuid.uuid4().hex
    response = new_caller().call(**{"X-Request-Id": request_id})
    assert response.headers["x-request-id"] == request_id and len(looks(sql, response)) == 1


def test_nobody_is_told_apart_by_the_work(new_caller, start_server, client_of, hotline):
    """Each is verified once, whether there is such a number, a PIN, or neither."""
    known, without_pin = new_caller(), new_caller(pin=None)
    server = start_server()

    def done():
        text = httpx.get(f"{server.ops_url}/metrics").text
        return int(re.search(r'^yibaod_crypto_jobs_total{result="done"} (\d+)$', text, re.M)[1])

    api = client_of(server)
    for number in (known.number, without_pin.number, entering.fresh_number(), "999999"):
        before = done()
        check_problem(Caller(api, hotline, number, "000000").call(), 403, "caller_unverified")
        assert done() == before + 1
