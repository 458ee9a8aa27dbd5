"""The hotline: who calls is proved by number and PIN, what is spoken fits the books, and nobody can tell or lock out others."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import itertools
import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from tests.harness import entering, money
from tests.harness.pins import Pins
from tests.harness.problems import check_problem, faults, without_request_id
from tests.harness.proposals import plant_approved
from tests.property import spoken_reference as words

BALANCE = "/v1/hotline/balance"
CONTRIBUTIONS = "/v1/hotline/contributions"
PIN = "739204"
phones = itertools.count(13700000000)


@pytest.fixture(scope="module")
def hotline(new_token):
    return new_token("client", client_kind="hotline")


@pytest.fixture(scope="module")
def pins(connect, main_database):
    with connect() as connection:
        yield Pins(connection, main_database.environment["YIBAO_MASTER_KEY_FILE"])


@pytest.fixture(scope="module")
def operator(new_token):
    return new_token("staff", roles=["operator"], regions=["000000"])


class Caller:
    """Somebody with a telephone of their own."""

    def __init__(self, api, hotline, number, pin=PIN, person_id=None, phone=None):
        self.api, self.hotline, self.number, self.pin, self.person_id = api, hotline, number, pin, person_id
        self.phone = phone or str(next(phones))

    def call(self, path=BALANCE, by=None, language="zh", **changes):
        sent = {"Caller-Number": self.number, "Caller-Pin": self.pin, "Caller-Phone": self.phone,
                "Accept-Language": language, **changes}
        return self.api.get(path, by=by or self.hotline, headers={k: v for k, v in sent.items() if v is not None})


@pytest.fixture(scope="module")
def new_caller(api, hotline, operator, pins):
    """Somebody new in Tianshui with a PIN, and what they have: new_caller(card_number=…)."""

    def make(pin=PIN, log2_n=10, **changes):
        person = entering.new_person(**changes)
        person_id = api.post(entering.PEOPLE, by=operator, json=person).json()["person_id"]
        if pin:
            pins.set(person_id, pin, log2_n)
        return Caller(api, hotline, person["citizen_number"], pin or PIN, person_id)

    return make


def enrol(sql, person_id, pool, scheme="employee", account_mode="with_account", status="active"):
    key = money.key_of(person_id)
    ended = "2020-12-31" if status == "ended" else None
    sql.execute(
        "INSERT INTO enrolment (person_key, enrolment_id, pool_code, scheme, status, account_mode, payer_kind, started_on,"
        " ended_on) VALUES (%s, %s, %s, %s, %s, %s, 'self', '2020-01-01', %s)",
        [key, money.new_id(key), pool, scheme, status, account_mode, ended],
    )


def open_account(sql, person_id, pool, status="active", balance_fen=0, day=1):
    key = money.key_of(person_id)
    account_id = money.new_id(key)
    opened_at = datetime.datetime(2020, 1, day, tzinfo=money.UTC)
    sql.execute(
        "INSERT INTO account (person_key, account_id, person_id, pool_code, status, opened_at)"
        " VALUES (%s, %s, %s, %s, 'active', %s)",
        [key, account_id, person_id, pool, opened_at],
    )
    if balance_fen:
        money.post(sql, account_id, [money.adjust(balance_fen)])
    sql.execute("UPDATE account SET status = %s WHERE person_key = %s AND account_id = %s", [status, key, account_id])
    return account_id


def looks(sql, response):
    return sql.execute(
        "SELECT action, actor_kind, actor_id::text, person_key, object_id::text FROM audit_event WHERE request_id = %s",
        [response.headers["x-request-id"]],
    ).fetchall()


class TestBalance:
    def test_in_chinese_and_english_as_json_and_as_text(self, new_caller, sql):
        caller = new_caller()
        open_account(sql, caller.person_id, "620500", balance_fen=184250)
        chinese, english = caller.call(), caller.call(language="en-GB,en;q=0.8")
        assert chinese.status_code == 200, chinese.text
        assert chinese.json()["text"] == "您在天水市的医保个人账户，余额是一千八百四十二元五角。"
        assert chinese.json()["account"]["balance_fen"] == 184250
        assert english.json()["text"] == (
            "The balance of your personal medical insurance account is"
            " one thousand eight hundred and forty-two yuan and fifty fen.")
        for language, response in (("zh", chinese), ("en", english)):
            assert response.headers["content-language"] == response.json()["language"] == language
            assert response.headers["vary"] == "Accept, Accept-Language"
            spoken = caller.call(language=language, Accept="text/plain")
            assert spoken.headers["content-type"] == "text/plain; charset=utf-8"
            assert spoken.text == response.json()["text"]
            assert spoken.headers["content-language"] == language

    @pytest.mark.parametrize("fen", [0, 5, 100, 100_005_00, 9_007_199_254_740_991])
    def test_amounts(self, new_caller, sql, fen):
        caller = new_caller()
        open_account(sql, caller.person_id, "620500", balance_fen=fen)
        assert words.amount_zh(fen) in caller.call().json()["text"]
        assert words.amount_en(fen) in caller.call(language="en").json()["text"]

    def test_what_is_held_back(self, new_caller, sql):
        caller = new_caller()
        account_id = open_account(sql, caller.person_id, "620500", balance_fen=20000)
        hold_id = money.hold(sql, account_id, 5000)
        body = caller.call().json()
        assert (body["account"]["held_fen"], body["account"]["available_fen"]) == (5000, 15000)
        assert "其中五十元已经预留，现在可以使用的是一百五十元。" in body["text"]
        money.void(sql, account_id, hold_id, 5000)

    def test_the_account_that_receives_and_the_sum_of_the_others(self, new_caller, sql):
        caller = new_caller()
        open_account(sql, caller.person_id, "440100", "spend_only", 6000, day=3)
        open_account(sql, caller.person_id, "110000", "frozen", 5, day=2)
        open_account(sql, caller.person_id, "350200", "closed")
        open_account(sql, caller.person_id, "620500", "active", 100, day=1)
        body = caller.call().json()
        assert body["account"]["region_code"] == "620500" and body["account"]["status"] == "active"
        assert (body["others_count"], body["others_balance_fen"]) == (2, 6005)
        assert body["text"].endswith("余额是一元。您还有两个以前的账户，余额一共是六十元零五分。")

    def test_an_account_that_no_longer_receives(self, new_caller, sql):
        caller = new_caller()
        open_account(sql, caller.person_id, "620500", "spend_only", 100)
        assert "这个账户不再有新的钱划入" in caller.call().json()["text"]

    @pytest.mark.parametrize(("reason", "enrolments"), [
        ("resident_scheme", [("resident", "pooled_only", "active")]),
        ("pooled_only", [("employee", "pooled_only", "active")]),
        ("not_enrolled", [("employee", "pooled_only", "ended")]),
        ("not_enrolled", []),
    ])
    def test_no_account_and_why(self, new_caller, sql, reason, enrolments):
        caller = new_caller()
        for scheme, mode, status in enrolments:
            enrol(sql, caller.person_id, "620500", scheme, mode, status)
        body = caller.call().json()
        assert (body["account"], body["no_account_reason"]) == (None, reason)
        assert "个人账户" in body["text"]


class TestContributions:
    def this_month(self):
        shanghai = datetime.timezone(datetime.timedelta(hours=8))
        today = datetime.datetime.now(shanghai)
        return today.year * 12 + today.month - 1

    def day(self, month):
        return datetime.date(month // 12, month % 12 + 1, 1)

    def test_months_last_payment_and_newest_records(self, new_caller, sql):
        caller, now = new_caller(), self.this_month()
        paid = [now, now - 1, now - 2, now - 4, now - 12, now - 13]  # this month and the one a year ago are not counted
        rows = [(self.day(month), "employee", "regular", "R", 15000) for month in paid]
        rows += [(self.day(now - 2), "employee", "base_adjustment", "A", 200), (self.day(now - 5), "employee", "refund", "B", 1)]
        money.record_contributions(sql, caller.person_id, "620500", rows)
        body = caller.call(CONTRIBUTIONS).json()
        assert body["months_paid"] == 4
        assert (body["from_month"], body["to_month"]) == tuple(f"{self.day(m):%Y-%m}" for m in (now - 12, now - 1))
        assert body["last_paid"]["period"] == f"{self.day(now):%Y-%m}"
        assert [(r["period"], r["kind"]) for r in body["records"]] == [
            (f"{self.day(now):%Y-%m}", "regular"), (f"{self.day(now - 1):%Y-%m}", "regular"),
            (f"{self.day(now - 2):%Y-%m}", "regular")]
        assert body["text"].startswith("过去十二个月里，您的职工医保缴费了四个月。最近一次缴费是")
        assert body["text"].count("一百五十元") == 3

    def test_a_month_that_was_refunded_is_not_paid(self, new_caller, sql):
        caller, now = new_caller(), self.this_month()
        rows = [(self.day(now - 1), "employee", "regular", "R", 15000), (self.day(now - 1), "employee", "refund", "B", 15000),
                (self.day(now - 2), "employee", "regular", "R", 15000), (self.day(now - 2), "employee", "refund", "B", 100),
                (self.day(now - 3), "employee", "deemed_years", "D", 0)]  # fmt: skip
        money.record_contributions(sql, caller.person_id, "620500", rows)
        body = caller.call(CONTRIBUTIONS).json()
        assert body["months_paid"] == 1
        assert body["last_paid"]["period"] == f"{self.day(now - 2):%Y-%m}"

    def test_what_was_taken_back_is_left_out(self, new_caller, sql):
        caller, now = new_caller(), self.this_month()
        row = (self.day(now - 1), "employee", "regular", "R", 15000)
        money.record_contributions(sql, caller.person_id, "620500", [row])
        assert caller.call(CONTRIBUTIONS).json()["months_paid"] == 1
        ((taken_back,),) = sql.execute("UPDATE contribution SET status = 'withdrawn' WHERE person_key = %s RETURNING contribution_id",
                                       [money.key_of(caller.person_id)]).fetchall()
        plant_approved(sql, "reverse_contribution", caller.person_id, taken_back)
        assert caller.call(CONTRIBUTIONS).json()["text"] == "没有查到您的缴费记录。"

    def test_a_resident(self, new_caller, sql):
        caller, year = new_caller(), self.this_month() // 12
        rows = [(datetime.date(y, 1, 1), "resident", "regular", "R", 40000) for y in range(year - 3, year + 1)]
        money.record_contributions(sql, caller.person_id, "620500", rows)
        body = caller.call(CONTRIBUTIONS, language="en").json()
        assert body["months_paid"] == 0 and len(body["records"]) == 3
        assert body["text"].startswith(f"The latest payment is for {words.year_en(year)} under the resident scheme")

    def test_nothing_was_paid(self, new_caller):
        caller = new_caller()
        body = caller.call(CONTRIBUTIONS).json()
        assert (body["months_paid"], body["last_paid"], body["records"]) == (0, None, [])
        assert caller.call(CONTRIBUTIONS, Accept="text/plain").text == "没有查到您的缴费记录。"


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
