"""Charges and holds: what is taken from whom, what is refused and why, and who sees it."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import functools
import uuid

import pytest
from tests.harness import charges, money
from tests.harness.charges import CHARGES, stored
from tests.harness.problems import check_problem, faults, without_request_id

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
MADE = {"charge_id", "account_id", "charge_no", "state", "amount_fen", "captured_fen", "current_year_fen", "carried_over_fen",
        "refunded_fen", "payers", "usage", "item", "expires_at", "created_at", "business_date"}


@pytest.fixture(scope="module")
def provider(new_provider):
    return new_provider()


@pytest.fixture(scope="module")
def operator(new_token):
    return new_token("staff", roles=["operator"], regions=["000000"])


@pytest.fixture
def member(api, sql, operator, new_token):
    return functools.partial(charges.member, api, sql, operator, new_token)


def hours_ahead(hours):
    return (datetime.datetime.now(SHANGHAI) + datetime.timedelta(hours=hours)).isoformat()


def today():
    return datetime.datetime.now(SHANGHAI).date().isoformat()


# --- charging ---------------------------------------------------------------------------------------------------------


def test_a_charge_takes_the_money_and_says_so(api, provider, member, sql):
    someone = member(current_year_fen=5_000, carried_over_fen=2_000)
    number = charges.new_number()
    response = charges.charge(api, provider, someone.account_id, 6_000, item="阿莫西林胶囊", charge_no=number)
    made = response.json()
    assert response.status_code == 201, response.text
    assert response.headers["location"] == f"{CHARGES}/{made['charge_id']}"
    assert "idempotent-replayed" not in response.headers
    assert (made["state"], made["amount_fen"], made["captured_fen"], made["refunded_fen"]) == ("captured", 6_000, 6_000, 0)
    assert (made["current_year_fen"], made["carried_over_fen"]) == (5_000, 1_000)
    assert (made["account_id"], made["charge_no"], made["usage"]) == (someone.account_id, number, "medicine")
    assert (made["item"], made["expires_at"], made["business_date"]) == ("阿莫西林胶囊", None, today())
    assert made["balance_after_fen"] == 1_000  # the pool lets institutions see it
    assert stored(sql, someone.account_id) == (0, 1_000, 0)
    entries = sql.execute("SELECT kind, part, direction, amount_fen, system_account FROM ledger_entry WHERE operation_id = %s ORDER BY seq",
                          [made["charge_id"]]).fetchall()
    payable = f"provider_payable:{someone.pool_code}:{provider.subject_id}"
    assert sorted(entries) == [("charge", "carried_over", "debit", 1_000, payable), ("charge", "current_year", "debit", 5_000, payable)]


def test_a_pool_that_hides_balances_and_spends_the_old_money_first(api, provider, member, sql):
    someone = member(current_year_fen=5_000, carried_over_fen=2_000, pool_code="330600")
    made = charges.charged(api, provider, someone.account_id, 2_500)
    assert (made["current_year_fen"], made["carried_over_fen"], made["balance_after_fen"]) == (500, 2_000, None)
    assert stored(sql, someone.account_id) == (4_500, 0, 0)


def test_a_hold_reserves_and_takes_nothing(api, provider, member, sql):
    someone = member(current_year_fen=1_000)
    until = hours_ahead(24)
    made = charges.charged(api, provider, someone.account_id, 700, capture=False, expires_at=until)
    assert (made["state"], made["amount_fen"], made["captured_fen"], made["current_year_fen"]) == ("held", 700, 0, 0)
    assert datetime.datetime.fromisoformat(made["expires_at"]) == datetime.datetime.fromisoformat(until)
    assert stored(sql, someone.account_id) == (1_000, 0, 700)
    check_problem(charges.charge(api, provider, someone.account_id, 301), 409, "insufficient_balance")
    assert charges.charged(api, provider, someone.account_id, 300)["captured_fen"] == 300


def test_whose_numbers_they_are_pays(api, provider, member, sql):
    someone, other = member(with_card=True), member(with_card=True)
    made = charges.send(api, provider, charges.body(amount_fen=250, **someone.numbers)).json()
    assert (made["account_id"], made["current_year_fen"]) == (someone.account_id, 250)
    assert stored(sql, someone.account_id) == (9_750, 0, 0)
    lower = {name: number.lower() for name, number in someone.numbers.items()}
    assert charges.send(api, provider, charges.body(amount_fen=250, **lower)).json()["account_id"] == someone.account_id
    mixed = {"citizen_number": someone.numbers["citizen_number"], "card_number": other.numbers["card_number"]}
    unknown = {"citizen_number": "11010519491231002X", "card_number": "ZZ9999999999"}
    foreign = charges.charge(api, provider, str(uuid.uuid4()))
    for numbers in (mixed, unknown):
        absent = charges.send(api, provider, charges.body(**numbers))
        check_problem(absent, 404, "not_found")
        assert without_request_id(absent) == without_request_id(foreign)
        looked = sql.execute("SELECT action, actor_id::text, person_key FROM audit_event WHERE request_id = %s",
                             [absent.headers["x-request-id"]]).fetchall()
        assert looked == [("create_charge", provider.subject_id, None)]


def test_the_account_that_receives_pays_before_those_that_do_not(api, provider, member, sql):
    someone = member(with_card=True, current_year_fen=0)
    key = money.key_of(someone.person_id)
    older = [str(money.new_id(key)) for _ in range(2)]
    for years, (account_id, pool) in enumerate(zip(older, ("330600", "350200")), 1):
        sql.execute(
            "INSERT INTO account (person_key, account_id, person_id, pool_code, status, opened_at)"
            " SELECT person_key, %s, person_id, %s, 'spend_only', opened_at - make_interval(years => %s)"
            " FROM account WHERE account_id = %s",
            [account_id, pool, years, someone.account_id])
        money.post(sql, account_id, [money.adjust(100)])
    send = functools.partial(charges.send, api, provider)
    check_problem(send(charges.body(amount_fen=201, **someone.numbers)), 409, "insufficient_balance")
    charges.set_status(sql, someone.account_id, "closed")
    for account_id in reversed(older):
        assert send(charges.body(**someone.numbers)).json()["account_id"] == account_id
        charges.set_status(sql, account_id, "closed")
    check_problem(send(charges.body(**someone.numbers)), 409, "account_closed")


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "at_once", "held"), [
    ("suspended", 201, 201), ("frozen", "account_frozen", "account_frozen"), ("spend_only", 201, 201),
    ("deceased", "account_deceased", "account_deceased"), ("closed", "account_closed", "account_closed")])
def test_what_the_status_allows(api, provider, member, sql, status, at_once, held):
    someone = member(current_year_fen=0 if status == "closed" else 10_000)
    charges.set_status(sql, someone.account_id, status)
    holding = {"capture": False, "expires_at": hours_ahead(1)}
    for expected, changes in ((at_once, {}), (held, holding)):
        response = charges.charge(api, provider, someone.account_id, **changes)
        if expected == 201:
            assert response.status_code == 201, response.text
        else:
            check_problem(response, 409, expected)


def test_what_institutions_of_a_type_may_sell(api, new_provider, member):
    someone, there = member(), member(pool_code="330600")
    pharmacy, hospital = new_provider("pharmacy"), new_provider("hospital")
    assert charges.charge(api, hospital, someone.account_id, usage="treatment").status_code == 201
    check_problem(charges.charge(api, pharmacy, someone.account_id, usage="treatment"), 409, "usage_not_allowed")
    assert charges.charge(api, pharmacy, someone.account_id, usage="device").status_code == 201
    check_problem(charges.charge(api, pharmacy, there.account_id, usage="device"), 409, "usage_not_allowed")


def test_limits_of_a_day(api, new_provider, member):
    someone = member(current_year_fen=9_000_000)
    one, two, three = (new_provider() for _ in range(3))
    assert charges.charge(api, one, someone.account_id, 900_000).status_code == 201
    check_problem(charges.charge(api, one, someone.account_id, 100_001), 409, "provider_day_limit")
    assert charges.charge(api, one, someone.account_id, 100_000).status_code == 201
    assert charges.charge(api, two, someone.account_id, 1_000_000, capture=False, expires_at=hours_ahead(1)).status_code == 201
    check_problem(charges.charge(api, three, someone.account_id, 1), 409, "account_day_limit")


def test_how_long_a_hold_may_last(api, provider, member):
    someone = member()
    check_problem(charges.charge(api, provider, someone.account_id, capture=False, expires_at=hours_ahead(73)), 409, "hold_too_long")
    check_problem(charges.charge(api, provider, someone.account_id, capture=False, expires_at=hours_ahead(-1)), 409, "hold_expired")
    assert charges.charge(api, provider, someone.account_id, capture=False, expires_at=hours_ahead(71)).status_code == 201


def test_a_number_is_used_once_and_not_by_a_refusal(api, provider, new_provider, member):
    someone, number = member(), charges.new_number()
    check_problem(charges.charge(api, provider, someone.account_id, 10_001, charge_no=number), 409, "insufficient_balance")
    assert charges.charge(api, provider, someone.account_id, charge_no=number).status_code == 201
    check_problem(charges.charge(api, provider, someone.account_id, charge_no=number), 409, "charge_number_used")
    assert charges.charge(api, new_provider(), someone.account_id, charge_no=number).status_code == 201


@pytest.mark.parametrize(("changes", "pointer", "code"), [
    ({"amount_fen": 0}, "/body/amount_fen", "too_small"),
    ({"amount_fen": 9007199254740992}, "/body/amount_fen", "too_large"),
    ({"amount_fen": None}, "/body/amount_fen", "required"),
    ({"usage": "fitness"}, "/body/usage", "not_allowed"),
    ({"charge_no": "mit Leerzeichen"}, "/body/charge_no", "malformed"),
    ({"charge_no": "单号"}, "/body/charge_no", "malformed"),
    ({"capture": None}, "/body/capture", "required"),
    ({"capture": False}, "/body/expires_at", "required"),
    ({"expires_at": "2099-01-01T00:00:00+08:00"}, "/body/expires_at", "not_allowed"),
    ({"account_id": None}, "/body/account_id", "required"),
    ({"citizen_number": "11010519491231002X"}, "/body/citizen_number", "not_allowed"),
    ({"account_id": None, "citizen_number": "11010519491231002X"}, "/body/card_number", "required"),
    ({"account_id": None, "card_number": "ABC123456"}, "/body/citizen_number", "required"),
    ({"account_id": None, "citizen_number": "110105194912310021", "card_number": "ABC123456"}, "/body/citizen_number", "malformed"),
    ({"shop": 1}, "/body/shop", "unknown"),
])
def test_what_is_malformed(api, provider, demo, changes, pointer, code):
    content = charges.body(**{"account_id": demo.employee.account_id, **changes})
    response = charges.send(api, provider, content)
    check_problem(response, 400, "validation_failed")
    assert faults(response) == {pointer: code}


def test_only_providers_of_the_region(api, new_provider, new_token, member, sql):
    someone = member()
    elsewhere = charges.charge(api, new_provider(regions=["330000"]), someone.account_id)
    absent = charges.charge(api, new_provider(), str(uuid.uuid4()))
    check_problem(elsewhere, 404, "not_found")
    assert without_request_id(elsewhere) == without_request_id(absent)
    assert charges.charge(api, new_provider(regions=["620000"]), someone.account_id).status_code == 201
    staff = new_token("staff", roles=["operator"], regions=["000000"])
    for who in (new_token("client"), staff, new_token("citizen", subject_id=someone.person_id)):
        check_problem(charges.charge(api, who, someone.account_id), 403, "forbidden")
    assert len(charges.charges_of(sql, someone.account_id)) == 1


def test_an_institution_that_is_suspended(api, new_provider, member, sql):
    someone, provider = member(), new_provider()
    key = charges.new_key()
    content = charges.body(someone.account_id)
    with charges.undesignated(sql, provider):
        check_problem(charges.send(api, provider, content, key), 403, "provider_not_designated")
    again = charges.send(api, provider, content, key)
    check_problem(again, 403, "provider_not_designated")
    assert again.headers["idempotent-replayed"] == "true"


# --- dry runs ---------------------------------------------------------------------------------------------------------


def test_a_dry_run_answers_as_a_charge_and_leaves_only_its_record(api, provider, member, sql):
    someone, key = member(with_card=True), charges.new_key()
    for content in (charges.body(someone.account_id, 700), charges.body(amount_fen=700, **someone.numbers)):
        tried = charges.send(api, provider, content, key, dry_run="true")
        assert tried.status_code == 201, tried.text
        assert set(tried.json()) == MADE | {"balance_after_fen"}
        assert (tried.json()["current_year_fen"], tried.json()["balance_after_fen"]) == (700, 9_300)
        recorded = sql.execute("SELECT action, actor_id::text, person_key, object_id::text FROM audit_event WHERE request_id = %s",
                               [tried.headers["x-request-id"]]).fetchall()
        assert recorded == [("create_charge.dry_run", provider.subject_id, money.key_of(someone.person_id), someone.account_id)]
        check_problem(api.get(tried.headers["location"], by=provider), 404)
    assert stored(sql, someone.account_id) == (10_000, 0, 0) and charges.charges_of(sql, someone.account_id) == []
    check_problem(charges.send(api, provider, charges.body(someone.account_id, 10_001), dry_run="true"), 409, "insufficient_balance")
    done = charges.send(api, provider, content, key)
    assert done.status_code == 201 and "idempotent-replayed" not in done.headers
    log = api.get("/v1/me/access-log", by=someone).json()["data"]
    assert [line["action"] for line in log[:4]] == ["create_charge"] + ["create_charge.dry_run"] * 3
    assert log[0]["text"] != log[1]["text"]


# --- who sees it ------------------------------------------------------------------------------------------------------


def test_who_sees_a_charge(api, provider, new_provider, new_token, member, sql):
    someone, other = member(), member()
    made = charges.charged(api, provider, someone.account_id, 300, item="布洛芬")
    path = f"{CHARGES}/{made['charge_id']}"
    staff = new_token("staff", roles=["reviewer"], regions=["620500"])
    for who in (provider, someone, staff):
        seen = api.get(path, by=who)
        assert seen.status_code == 200, seen.text
        body = seen.json()
        assert {name: body[name] for name in MADE} == {name: made[name] for name in MADE}
        assert (body["provider_id"], body["institution_name"], body["region_code"]) == (provider.subject_id, provider.name, "620500")
        assert (body["captured_on"], body["changed_at"]) == (made["business_date"], made["created_at"])
    absent = api.get(f"{CHARGES}/{money.new_id(money.key_of(someone.person_id))}", by=provider)
    check_problem(absent, 404, "not_found")
    for who in (new_provider(), other, new_token("staff", roles=["reviewer"], regions=["330000"])):
        hidden = api.get(path, by=who)
        check_problem(hidden, 404, "not_found")
        assert without_request_id(hidden) == without_request_id(absent)
    check_problem(api.get(path, by=new_token("client")), 403, "forbidden")
    looks = sql.execute("SELECT count(*) FROM audit_event WHERE action = 'get_charge' AND object_id = %s AND actor_kind = 'staff'",
                        [made["charge_id"]]).fetchone()
    assert looks == (2,)


def test_an_institutions_own_list(api, new_provider, member):
    provider, other, someone = new_provider(), new_provider(), member()
    made = [charges.charged(api, provider, someone.account_id, fen) for fen in range(1, 6)]
    held = charges.charged(api, provider, someone.account_id, 9, capture=False, expires_at=hours_ahead(2))
    charges.charged(api, other, someone.account_id, 3)
    listed = api.pages(CHARGES, by=provider, limit=2)
    assert [row["charge_id"] for row in listed] == [one["charge_id"] for one in [held, *reversed(made)]]
    assert listed[1] == api.get(f"{CHARGES}/{made[-1]['charge_id']}", by=provider).json()

    def ids(**params):
        return [row["charge_id"] for row in api.pages(CHARGES, by=provider, params=params)]

    assert ids(state="held") == [held["charge_id"]] and ids(state="voided") == []
    assert ids(charge_no=made[2]["charge_no"]) == [made[2]["charge_id"]]
    assert ids(charge_no=made[2]["charge_no"], state="held") == [] and ids(charge_no="nobody's") == []
    assert len(ids(business_date=today())) == 6 and ids(business_date="2020-01-01") == []
    mine = api.get(CHARGES, by=other).json()["data"]
    assert [row["amount_fen"] for row in mine] == [3]
    assert api.get(CHARGES, by=other, params={"charge_no": made[0]["charge_no"]}).json()["data"] == []


def test_a_charge_needs_no_consent_and_is_in_the_access_log(api, provider, member):
    someone = member()
    charges.charged(api, provider, someone.account_id)
    check_problem(charges.charge(api, provider, someone.account_id, 99_999), 409)
    log = api.get("/v1/me/access-log", by=someone).json()["data"]
    seen = [(line["action"], line["client_id"], line["client_kind"]) for line in log[:2]]
    assert seen == [("create_charge", provider.subject_id, "provider")] * 2
    assert len({line["text"] for line in log[:2]}) == 2
