"""Corrections of people: what they are, what finds them, that they have died; and who is signed out by it."""
# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.harness import entering, money
from tests.harness.pins import Pins
from tests.harness.problems import check_problem, faults
from tests.harness.proposals import approve, decide
from tests.harness.signing import PASSWORD, bearer
from tests.harness.sms import code_of

OLD, NEW = "13800005678", "13900000001"


@pytest.fixture(scope="module")
def operator(new_token):
    return new_token("staff", roles=["operator"], regions=["000000"])


@pytest.fixture(scope="module")
def reviewer(new_token):
    return new_token("staff", roles=["reviewer"], regions=["000000"])


@pytest.fixture(scope="module")
def pins(sql, main_database):
    return Pins(sql, main_database.environment["YIBAO_MASTER_KEY_FILE"])


@pytest.fixture()
def person(api, operator):
    """A person entered by hand: (person_id, citizen number, card number)."""
    number, card = entering.fresh_number(), entering.fresh_card()
    made = entering.create(api, operator, citizen_number=number, phone=OLD, card_number=card).json()
    return made["person_id"], number, card


@pytest.fixture()
def correct(api, operator, reviewer):
    """Proposes and approves; the answer to the approval."""

    def correct(person_id, **values):
        return approve(api, propose(api, person_id, operator, **values).json()["proposal_id"], reviewer).json()

    return correct


def propose(api, person_id, by, status=201, **values):
    url = f"/v1/admin/people/{person_id}/corrections"
    response = api.post(url, by=by, json={"reason": "更正", **values})
    assert response.status_code == status, response.text
    return response


def found(api, by, **number):
    """Whom it finds today, as a number of theirs."""
    (person_id, matched_by) = search(api, by, **number)
    return person_id if matched_by in number or matched_by == "citizen_number" else None


def search(api, by, **number):
    rows = api.post("/v1/admin/people/search", by=by, json=number).json()["data"]
    return (rows[0]["person_id"], rows[0]["matched_by"]) if rows else (None, None)


def shown(api, by, person_id):
    return api.get(f"/v1/people/{person_id}", by=by).json()


def test_a_corrected_citizen_number(api, sql, operator, person, correct):
    person_id, old, _ = person
    new = entering.fresh_number(1985)
    decided = correct(person_id, citizen_number=new.lower())
    fields = {change["field"]: (change["before_masked"], change["after_masked"]) for change in decided["changes"]}
    assert fields["citizen_number"] == (old[:6] + "********" + old[-4:], new[:6] + "********" + new[-4:])
    assert fields["birth_date"] == ("1990-03-04", "1985-03-04") and "phone" not in fields
    assert found(api, operator, citizen_number=new) == person_id
    assert search(api, operator, citizen_number=old) == (person_id, "former_number")
    assert shown(api, operator, person_id)["birth_date"] == "1985-03-04"
    former = sql.execute(
        "SELECT kind, person_id::text, proposal_id::text FROM person_identifier_former WHERE person_key = %s",
        [money.key_of(person_id)],
    ).fetchall()
    assert former == [("citizen_number", person_id, decided["proposal_id"])]
    other = entering.create(api, operator, citizen_number=old).json()["person_id"]
    assert found(api, operator, citizen_number=old) == other != person_id, "its rightful owner can be recorded"


def test_birth_date_and_sex_as_certified_win(api, operator, person, correct):
    person_id, _, _ = person
    correct(person_id, citizen_number=entering.fresh_number(1985), birth_date="1985-03-05", sex="unknown")
    after = shown(api, operator, person_id)
    assert (after["birth_date"], after["sex"]) == ("1985-03-05", "unknown")


def test_another_certificate(api, operator, person, correct):
    person_id, old, _ = person
    decided = correct(person_id, certificate_kind="passport", certificate_number="e12345678")
    assert {"citizen_number", "certificate_kind"} == {change["field"] for change in decided["changes"]}
    assert found(api, operator, certificate_kind="passport", certificate_number="E12345678") == person_id
    assert found(api, operator, citizen_number=old) is None
    correct(person_id, citizen_number=old)
    assert shown(api, operator, person_id)["certificate_kind"] == "citizen_number"


def test_a_number_of_somebody_else(api, operator, reviewer, person):
    person_id, _, _ = person
    number, card = entering.fresh_number(), entering.fresh_card()
    waiting = propose(api, person_id, operator, citizen_number=number, card_number=card).json()["proposal_id"]
    entering.create(api, operator, citizen_number=number, card_number=card)
    check_problem(decide(api, waiting, reviewer), 409, "already_exists")
    decide(api, waiting, reviewer, "reject")
    check_problem(propose(api, person_id, operator, 409, citizen_number=number), 409, "already_exists")
    check_problem(propose(api, person_id, operator, 409, card_number=card), 409, "already_exists")


def test_two_want_the_same_number(api, operator, reviewer, person):
    first = person[0]
    second = entering.create(api, operator).json()["person_id"]
    number, card = entering.fresh_number(), entering.fresh_card()
    mine = propose(api, first, operator, citizen_number=number).json()["proposal_id"]
    yours = propose(api, second, operator, citizen_number=number, card_number=card).json()["proposal_id"]
    approve(api, mine, reviewer)
    check_problem(decide(api, yours, reviewer), 409, "already_exists")
    assert found(api, operator, citizen_number=number) == first
    assert found(api, operator, card_number=card) is None, "nothing of what was refused is done"


def test_a_new_card(api, sql, operator, person, correct):
    person_id, _, old = person
    new = entering.fresh_card()
    decided = correct(person_id, card_number=new)
    assert decided["changes"] == [{"field": "card_number", "before_masked": None, "after_masked": "****" + new[-2:]}]
    assert (found(api, operator, card_number=new), found(api, operator, card_number=old)) == (person_id, None)
    decided = correct(person_id, clear=["card_number"])
    assert decided["changes"] == [{"field": "card_number", "before_masked": None, "after_masked": None}]
    assert found(api, operator, card_number=new) is None
    rows = sql.execute("SELECT count(*) FROM person_identifier_former WHERE person_key = %s", [money.key_of(person_id)])
    assert rows.fetchone() == (2,)


def test_values_are_taken_away(api, operator, person, correct):
    person_id, _, _ = person
    correct(person_id, bank_card=entering.CARD)
    assert shown(api, operator, person_id)["bank_card_masked"] == entering.CARD[-4:]
    decided = correct(person_id, clear=["phone", "bank_card"])
    assert {c["field"]: (c["before_masked"], c["after_masked"]) for c in decided["changes"]} == {
        "phone": ("138****5678", None), "bank_card": (entering.CARD[-4:], None)}
    after = shown(api, operator, person_id)
    assert (after["phone_masked"], after["bank_card_masked"]) == (None, None)


@pytest.mark.parametrize("values, ends", [
    ({"phone": NEW}, True), ({"citizen_number": None}, True), ({"deceased_on": "2026-01-02"}, True),
    ({"name": "钱少少", "sex": "unknown"}, False),
])  # fmt: skip
def test_who_is_signed_out(api, new_token, person, correct, values, ends):
    person_id, _, _ = person
    citizen = new_token("citizen", subject_id=person_id)
    assert api.get("/v1/me", by=citizen).status_code == 200
    decided = correct(person_id, **{name: value or entering.fresh_number() for name, value in values.items()})
    assert "signed_out" not in decided["outcome"]
    if ends:
        api.wait_for_status("/v1/me", citizen, 401)
    else:
        assert api.get("/v1/me", by=citizen).status_code == 200


def test_death_and_that_it_was_a_mistake(api, sql, operator, person, correct):
    person_id, _, _ = person
    body = {"pool_code": "620500", "scheme": "employee", "account_mode": "with_account", "payer_kind": "self",
            "started_on": "2020-01-01"}  # fmt: skip
    assert api.post(f"/v1/admin/people/{person_id}/enrolments", by=operator, json=body).status_code == 201
    (account,) = api.get(f"/v1/people/{person_id}/accounts", by=operator).json()["data"]
    url = f"/v1/accounts/{account['account_id']}"
    tag = api.get(f"{url}/balance", by=operator).headers["etag"]
    decided = correct(person_id, deceased_on="2026-01-02")
    assert decided["outcome"] == {"accounts_deceased": [account["account_id"]]}
    assert api.get(url, by=operator).json()["status"] == "deceased"
    balance = api.get(f"{url}/balance", by=operator, headers={"If-None-Match": tag})
    assert balance.status_code == 200 and balance.headers["etag"] != tag, "who holds the balance sees that something changed"
    correct(person_id, clear=["deceased_on"])
    assert shown(api, operator, person_id)["deceased_on"] is None
    assert api.get(url, by=operator).json()["status"] == "deceased", "what it was before is for a person to know"


WRONG = {
    "nothing": ({}, {"/body": "required"}),
    "name": ({"name": " 钱"}, {"/body/name": "malformed"}),
    "phone": ({"phone": "12-34"}, {"/body/phone": "malformed"}),
    "check character": ({"citizen_number": "110105194912310021"}, {"/body/citizen_number": "malformed"}),
    "certificate without kind": ({"certificate_number": "E1234567"}, {"/body/certificate_kind": "required"}),
    "kind without certificate": ({"certificate_kind": "passport"}, {"/body/certificate_number": "required"}),
    "wrong kind": (
        {"certificate_kind": "citizen_number", "certificate_number": "E1234567"}, {"/body/certificate_kind": "not_allowed"}),
    "two numbers": (
        {"citizen_number": "11010519491231002X", "certificate_kind": "other", "certificate_number": "E1234567"},
        {"/body/certificate_number": "not_allowed"}),
    "card": ({"card_number": "12 45"}, {"/body/card_number": "malformed"}),
    "bank card": ({"bank_card": "6222021234567890120"}, {"/body/bank_card": "malformed"}),
    "born too early": ({"birth_date": "1849-12-31"}, {"/body/birth_date": "too_small"}),
    "not born yet": ({"birth_date": "2999-01-01"}, {"/body/birth_date": "too_large"}),
    "not dead yet": ({"deceased_on": "2999-01-01"}, {"/body/deceased_on": "too_large"}),
    "dead before birth": ({"deceased_on": "1990-03-03"}, {"/body/deceased_on": "not_allowed"}),
    "set and taken away": ({"phone": NEW, "clear": ["bank_card", "phone"]}, {"/body/clear/1": "not_allowed"}),
    "a number in the reason": ({"phone": NEW, "reason": "原号码 13800005678"}, {"/body/reason": "not_allowed"}),
    "all at once": (
        {"name": "x" * 101, "phone": "1", "sex": "x", "clear": ["name"], "v": 1},
        {"/body/name": "too_long", "/body/sex": "not_allowed", "/body/clear/0": "not_allowed", "/body/v": "unknown"}),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_wrong_values(api, operator, person, name):
    values, expected = WRONG[name]
    response = propose(api, person[0], operator, 400, **values)
    check_problem(response, 400, "validation_failed")
    assert faults(response) == expected
    assert OLD not in response.text


def test_nobody_is_insured_before_being_born(api, operator, person):
    person_id, _, _ = person
    body = {"pool_code": "620500", "scheme": "resident", "account_mode": "pooled_only", "payer_kind": "self",
            "started_on": "2020-01-01"}  # fmt: skip
    assert api.post(f"/v1/admin/people/{person_id}/enrolments", by=operator, json=body).status_code == 201
    response = propose(api, person_id, operator, 400, birth_date="2020-01-02")
    assert faults(response) == {"/body/birth_date": "not_allowed"}
    response = propose(api, person_id, operator, 400, citizen_number=entering.fresh_number(2021))
    assert faults(response) == {"/body/citizen_number": "not_allowed"}
    propose(api, person_id, operator, birth_date="2020-01-01")


def test_what_is_so_already(api, operator, person):
    person_id, number, card = person
    values = {"citizen_number": number, "phone": OLD, "card_number": card, "name": "钱多多", "clear": ["deceased_on"]}
    check_problem(propose(api, person_id, operator, 409, **values), 409, "already_exists")
    changes = propose(api, person_id, operator, **{**values, "name": "钱少少"}).json()["changes"]
    assert changes == [{"field": "name", "before_masked": "钱*", "after_masked": "钱*"}]


def test_what_has_changed_since(api, sql, operator, reviewer, person):
    person_id, _, _ = person
    waiting = propose(api, person_id, operator, sex="unknown").json()["proposal_id"]
    sql.execute("UPDATE person SET sex = CASE sex WHEN 'male' THEN 'female' ELSE 'male' END WHERE person_id = %s", [person_id])
    check_problem(decide(api, waiting, reviewer), 409, "conflict")


def test_foreign_and_absent_are_alike(api, operator, new_token, person):
    elsewhere = new_token("staff", roles=["operator"], regions=["110000"])
    first = propose(api, person[0], elsewhere, 404, phone=NEW)
    second = propose(api, str(money.new_id(12345)), operator, 404, phone=NEW)
    check_problem(first, 404, "not_found")
    assert {**first.json(), "request_id": 0} == {**second.json(), "request_id": 0}


@pytest.mark.parametrize("field", ["phone", "citizen_number"])
def test_who_had_the_wrong_phone_comes_in_no_more(api, new_citizen, correct, pins, field):
    """The phone on file was a stranger's: what they set by its codes ends with it."""
    citizen = new_citizen()
    citizen.register()
    pins.set(citizen.person_id, "739204")
    correct(citizen.person_id, **{field: NEW if field == "phone" else entering.fresh_number()})
    numbers = {"card_number": citizen.card_number}
    check_problem(citizen.door.sign_in(PASSWORD, **numbers), 401, "sign_in_failed")
    mark, rightful = citizen.sms.mark(), citizen.door
    if field == "phone":
        challenge_id = rightful.post("/v1/sign-in/codes", json=numbers).json()["challenge_id"]
        code = code_of(citizen.sms.wait(NEW, since=mark))
        session = rightful.post("/v1/sign-in/sms", json={"challenge_id": challenge_id, "code": code}).json()
        told = rightful.get("/v1/me/credentials", by=bearer(session)).json()
        assert (told["password_set_at"], told["pin_set_at"]) == (None, None)


def test_another_name_ends_no_password(new_citizen, correct):
    citizen = new_citizen()
    citizen.register()
    correct(citizen.person_id, name="钱少少")
    citizen.sign_in()
