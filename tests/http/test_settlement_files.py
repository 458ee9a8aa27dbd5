"""A provider's day as a file: the same answer as for a list in the body, for a hospital's day."""
# SPDX-License-Identifier: Apache-2.0
import httpx
import pytest
from tests.harness.problems import check_problem, faults
from tests.harness.settling import FILES, SETTLEMENTS, Day, csv_of, date, key, send_file, with_money

HEADER = "kind,number,amount_fen\n"


@pytest.fixture(scope="module")
def person(api, sql, demo, new_token):
    return with_money(api, sql, demo, new_token, "620500")


@pytest.fixture
def day(sql, new_provider):
    return Day(sql, new_provider("pharmacy"))


def test_a_file_agrees(api, person, day):
    day.refund(day.charge(person, 100), 40)
    response = send_file(api, day)
    assert response.status_code == 201, response.text
    made = response.json()
    assert (made["state"], made["matched_count"], made["payable_fen"]) == ("agreed", 2, 60)
    assert api.get(response.headers["location"], by=day.provider).json()["state"] == "agreed"
    check_problem(send_file(api, day), 409, "already_exists")


FORMS = {
    "byte-order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "carriage returns": lambda text: text.replace("\n", "\r\n").encode(),
    "quotes": lambda text: text.replace("charge,", '"charge",').encode(),
    "blanks": lambda text: text.replace(",", " , ").encode(),
    "no last line feed": lambda text: text.rstrip("\n").encode(),
    "empty lines": lambda text: text.replace("\n", "\n\n").encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_csv(api, person, day, form):
    day.charge(person, 100, number='a "b", c' if form == "quotes" else None)
    text = csv_of(day.items)
    if form == "quotes":
        text = text.replace('a "b", c', '"a ""b"", c"')
    assert send_file(api, day, FORMS[form](text)).json()["state"] == "agreed"


WRONG = {
    "no header": ("charge,1,1\n", {"/body/1": "malformed"}),
    "other header": ("number,kind,amount_fen\n", {"/body/1": "malformed"}),
    "one column less": (HEADER + "charge,1\n", {"/body/2": "malformed"}),
    "one column more": (HEADER + "charge,1,1,1\n", {"/body/2": "malformed"}),
    "wrong cells": (
        HEADER + "charge,1,1\ngift,,0\nrefund,2,1.00\n",
        {"/body/3/kind": "not_allowed", "/body/3/number": "required", "/body/3/amount_fen": "too_small", "/body/4/amount_fen": "malformed"},
    ),
    "amounts": (
        HEADER + "charge,1,9007199254740992\ncharge,2,99999999999999999999\ncharge,3,-1\ncharge,4,01\ncharge,5,\n",
        {"/body/2/amount_fen": "too_large", "/body/3/amount_fen": "too_large", "/body/4/amount_fen": "malformed",
         "/body/5/amount_fen": "malformed", "/body/6/amount_fen": "required"},
    ),
    "long number": (HEADER + f"charge,{'长' * 65},1\n", {"/body/2/number": "too_long"}),
    "control character": (HEADER + "charge,a\x01b,1\n", {"/body/2/number": "malformed"}),
    "line feed in quotes": (HEADER + 'charge,"a\nb",1\n', {"/body/2/number": "malformed"}),
    "not UTF-8": (HEADER.encode() + b"charge,\xff,1\n", {"/body/2": "malformed"}),
    "NUL": (HEADER.encode() + b"charge,\x00,1\n", {"/body/2": "malformed"}),
    "open quote": (HEADER + 'charge,"1,1\n', {"/body/2": "malformed"}),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_by_line(api, day, name):
    content, expected = WRONG[name]
    response = send_file(api, day, content)
    check_problem(response, 400, "validation_failed")
    assert faults(response) == expected
    assert api.pages(SETTLEMENTS, by=day.provider) == []


def test_a_file_is_needed(api, day):
    assert faults(send_file(api, day, b"")) == {"/body": "required"}


def test_only_the_header_is_an_empty_list(api, day):
    assert send_file(api, day, HEADER).json()["state"] == "agreed"


def test_the_day_and_the_totals_are_in_the_query(api, day):
    response = api.post(FILES, by=day.provider, headers={**key(), "Content-Type": "text/csv"}, content=HEADER.encode())
    names = ("business_date", "charges_count", "charges_fen", "refunds_count", "refunds_fen")
    assert faults(response) == {f"/query/{name}": "required" for name in names}
    assert faults(send_file(api, day, HEADER, business_date=date(0))) == {"/query/business_date": "too_large"}


def test_a_hospitals_day(api, person, day):
    """Fifty thousand lines, of which one is ours."""
    day.charge(person, 77, number=f"{1:016}")
    items = [{"kind": "charge", "number": f"{n:016}", "amount_fen": 77} for n in range(50_000)]
    response = send_file(api, day, csv_of(items), charges_count=50_000, charges_fen=50_000 * 77)
    assert response.status_code == 201, response.text
    made = response.json()
    assert (made["state"], made["matched_count"], made["missing_here_count"]) == ("differs", 1, 49_999)
    response = send_file(api, day, csv_of([*items, {**items[0], "number": "one more"}]))
    assert faults(response) == {"/body/50002": "too_long"}
    assert send_file(api, day).json()["state"] == "agreed"


def test_a_file_that_is_too_long(api, day):
    """What is announced is refused at once: the connection may be closed before all of it is sent."""
    try:
        response = send_file(api, day, HEADER + "x" * (4 << 20))
    except httpx.TransportError:
        return
    check_problem(response, 413, "body_too_large")


def test_the_same_key_with_another_file_is_refused(api, person, day):
    day.charge(person, 100)
    headers = key()
    first, again = (send_file(api, day, headers=headers) for _ in range(2))
    assert first.json() == again.json() and again.headers["idempotent-replayed"] == "true"
    other = csv_of([{**day.items[0], "amount_fen": 99}])
    check_problem(send_file(api, day, other, headers=headers), 422, "idempotency_key_reused")


def test_a_dry_run_of_a_file(api, person, day):
    day.charge(person, 100)
    headers = key()
    assert send_file(api, day, headers=headers, dry_run="true").json()["state"] == "agreed"
    assert api.pages(SETTLEMENTS, by=day.provider) == []
    assert "idempotent-replayed" not in send_file(api, day, headers=headers).headers
