"""Statements: what a month says is what the ledger says, in both forms and on pages of any size."""
# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest
from tests.harness import money
from tests.harness.problems import check_problem, faults
from tests.harness.records import insured
from tests.harness.statements import SHANGHAI, as_lines, csv_lines, statement, texts, url
from tests.http import listing

TICK = datetime.timedelta(microseconds=1)
FORMULA = '=HYPERLINK("http://x"),一'


def shanghai(*civil):
    return datetime.datetime(*civil, tzinfo=SHANGHAI)


def balance_as_of(api, owner, instant):
    balance = api.get(f"/v1/accounts/{owner.account_id}/balance", by=owner, params={"as_of": instant}).json()
    return {name: balance[name] for name in ("balance_fen", "current_year_fen", "carried_over_fen")}


@pytest.fixture(scope="module")
def staff(new_token):
    return {role: new_token("staff", roles=[role], regions=["000000"]) for role in ("operator", "reviewer", "auditor")}


@pytest.fixture(scope="module")
def owner(api, sql, staff, new_token):
    """January and March of 2024, posted at their very edges; nothing in February; something now."""
    made = insured(api, sql, staff["operator"], new_token)
    january, april = shanghai(2024, 1, 1), shanghai(2024, 4, 1)
    for instant, entries in (
        (january - TICK, [money.adjust(700)]),
        (january, [money.adjust(10_000), money.adjust(30, "carried_over"), money.adjust(2_000, "carried_over")]),
        (shanghai(2024, 1, 31, 23, 59, 59, 999999), [money.adjust(-500, reference=FORMULA)]),
        (shanghai(2024, 3, 1), [money.adjust(1), money.adjust(-20, "carried_over"), money.adjust(5)]),
        (april - TICK, [money.adjust(-1), money.adjust(-2)]),
        (april, [money.adjust(9)]),
    ):
        money.post(sql, made.account_id, entries, instant=instant)
    money.post(sql, made.account_id, [money.adjust(1_000)])
    return made


@pytest.fixture(scope="module")
def newcomer(api, sql, staff, new_token):
    return insured(api, sql, staff["operator"], new_token)


def test_a_month(api, owner):
    january = statement(api, owner, "2024-01")
    assert january["opening"] == {"balance_fen": 700, "current_year_fen": 700, "carried_over_fen": 0}
    assert january["closing"] == {"balance_fen": 12_230, "current_year_fen": 10_200, "carried_over_fen": 2_030}
    assert (january["credits_fen"], january["debits_fen"], january["entries_count"]) == (12_030, 500, 4)
    assert [(s["kind"], s["part"], s["direction"], s["entries_count"], s["amount_fen"]) for s in january["sums"]] == [
        ("adjustment", "carried_over", "credit", 2, 2_030), ("adjustment", "current_year", "credit", 1, 10_000),
        ("adjustment", "current_year", "debit", 1, 500)]
    assert [entry["amount_fen"] for entry in january["entries"]] == [10_000, 30, 2_000, 500]
    assert (january["month"], january["as_of"], january["settled"]) == ("2024-01", "2024-01-31T23:59:59.999999+08:00", True)
    assert (january["region_code"], january["region_name"]) == ("620500", "天水市")


def test_each_month_follows_the_one_before(api, owner):
    months = ["2023-11", "2023-12", "2024-01", "2024-02", "2024-03", "2024-04", "2024-05"]
    statements = [statement(api, owner, month) for month in months]
    entries = api.pages(f"/v1/accounts/{owner.account_id}/entries", by=owner)[::-1]
    for before, after in zip(statements, statements[1:]):
        assert after["opening"] == before["closing"]
    for one in statements:
        assert one["closing"] == balance_as_of(api, owner, one["as_of"])
        assert one["closing"]["balance_fen"] - one["opening"]["balance_fen"] == one["credits_fen"] - one["debits_fen"]
        assert one["entries"] == [entry for entry in entries if entry["posted_at"].startswith(one["month"])]
        assert one["settled"] and not one["has_more"]
    assert [one["entries_count"] for one in statements] == [0, 1, 4, 0, 5, 1, 0]
    assert statements[0]["opening"]["balance_fen"] == statements[0]["closing"]["balance_fen"] == 0


def test_the_month_that_is_not_over(api, owner):
    now = datetime.datetime.now(SHANGHAI)
    running = statement(api, owner, f"{now:%Y-%m}")
    assert running["settled"] is False
    assert running["closing"] == balance_as_of(api, owner, running["as_of"])
    assert now <= datetime.datetime.fromisoformat(running["as_of"])
    later = api.get(url(owner.account_id, f"{now + datetime.timedelta(days=32):%Y-%m}"), by=owner)
    check_problem(later, 400, "validation_failed")
    assert faults(later) == {"/path/month": "too_large"}


@pytest.mark.parametrize("month", ["2024-13", "2024-00", "2024-1", "2024-01-01", "24-01", "January", "1899-12", "２０２４-01"])
def test_no_such_month(api, owner, month):
    response = api.get(url(owner.account_id, month), by=owner)
    check_problem(response, 400, "validation_failed")
    assert faults(response) == {"/path/month": "malformed"}


def test_pages_of_any_size(api, owner):
    whole = statement(api, owner, "2024-03")
    for limit in (1, 2, 4, 5, 500):
        entries, cursor = [], None
        while True:
            page = statement(api, owner, "2024-03", limit=limit, **({"cursor": cursor} if cursor else {}))
            assert {**page, "entries": 0, "has_more": 0, "next_cursor": 0} == {
                **whole, "entries": 0, "has_more": 0, "next_cursor": 0}
            assert len(page["entries"]) <= limit
            entries += page["entries"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert entries == whole["entries"]
    first = statement(api, owner, "2024-03", limit=2)
    wrong = api.get(url(owner.account_id, "2024-01"), by=owner, params={"cursor": first["next_cursor"], "limit": 2})
    assert faults(wrong) == {"/query/cursor": "malformed"}
    for limit in ("0", "501", "x"):
        assert faults(api.get(url(owner.account_id, "2024-03"), by=owner, params={"limit": limit})).keys() == {"/query/limit"}


@pytest.mark.parametrize("limit", [1, 3, 5, 500])
@pytest.mark.parametrize("month", ["2024-01", "2024-02", "2024-03"])
def test_csv_equals_json(api, owner, month, limit):
    lines, pages = csv_lines(api, owner, month, limit=limit)
    whole = statement(api, owner, month)
    assert pages == max(1, -(-len(whole["entries"]) // limit))
    expected = texts(as_lines(whole))
    for line in expected:
        if line.get("reference") == FORMULA:
            line["reference"] = f"'{FORMULA}"
    assert texts(lines) == expected


def test_the_list_of_months(api, owner, newcomer):
    now = datetime.datetime.now(SHANGHAI)
    rows = api.pages(url(owner.account_id), by=owner)
    assert [row["month"] for row in rows] == [f"{now:%Y-%m}", "2024-04", "2024-03", "2024-01", "2023-12"]
    assert [row["settled"] for row in rows] == [False, True, True, True, True]
    for row in rows:
        one = statement(api, owner, row["month"])
        assert (row["opening_balance_fen"], row["closing_balance_fen"]) == (
            one["opening"]["balance_fen"], one["closing"]["balance_fen"])
        assert (row["closing_current_year_fen"], row["closing_carried_over_fen"]) == (
            one["closing"]["current_year_fen"], one["closing"]["carried_over_fen"])
        assert all(row[name] == one[name] for name in ("credits_fen", "debits_fen", "entries_count"))
    listing.check_pages(api, url(owner.account_id), owner, [row["month"] for row in rows], "month")
    listing.check_cursors(api, url(owner.account_id), owner, None, f"/v1/accounts/{owner.account_id}/entries", ())
    listing.check_limits(api, url(owner.account_id), owner)
    listing.check_link(api, url(owner.account_id), owner)
    listing.check_csv(api, url(owner.account_id), owner)
    assert api.pages(url(newcomer.account_id), by=newcomer) == []
    listing.check_csv(api, url(newcomer.account_id), newcomer)


def test_who_sees_it(api, owner, newcomer, staff, new_token):
    """The owner, and staff where the account is, whose look the owner can read; nobody else."""
    elsewhere = new_token("staff", roles=["operator"], regions=["440100"])
    for month in ("", "2024-01"):
        for by in staff.values():
            assert api.get(url(owner.account_id, month), by=by).status_code == 200
        absent = api.get(url(str(money.new_id(5)), month), by=elsewhere)
        for by in (newcomer, elsewhere):
            foreign = api.get(url(owner.account_id, month), by=by)
            check_problem(foreign, 404, "not_found")
            assert foreign.json()["detail"] == absent.json()["detail"]
    seen = [look["action"] for look in api.pages("/v1/me/access-log", by=owner)]
    assert {"get_account_statement", "list_account_statements"} <= set(seen)


def test_a_statement_is_one_document(api, sql, staff, new_token):
    """500 entries, of the widest that the ledger holds, come at once; what is more is on the next page."""
    made = insured(api, sql, staff["operator"], new_token)
    money.post(sql, made.account_id, [money.adjust(1 + i % 7, reference='"' * 256) for i in range(501)], instant=shanghai(2024, 5, 5))
    first = statement(api, made, "2024-05")
    assert (len(first["entries"]), first["entries_count"], first["has_more"]) == (500, 501, True)
    rest = statement(api, made, "2024-05", cursor=first["next_cursor"])
    assert [entry["seq"] for entry in first["entries"] + rest["entries"]] == list(range(1, 502))
    assert rest["closing"]["balance_fen"] == rest["entries"][-1]["balance_after_fen"]
