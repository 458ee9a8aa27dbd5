"""Balances: parts and sums, holds, entity tags, and what they were at any past instant."""
# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest
from tests.harness import money
from tests.harness.problems import check_problem, faults

FIELDS = {"balance_fen", "current_year_fen", "carried_over_fen", "held_fen", "available_fen"}


def path(account_id):
    return f"/v1/accounts/{account_id}/balance"


def get_balance(api, citizen, **params):
    response = api.get(path(citizen.account_id), by=citizen, params=params)
    assert response.status_code == 200, response.text
    body = response.json()
    assert all(isinstance(body[field], int) and body[field] >= 0 for field in FIELDS)
    assert body["balance_fen"] == body["current_year_fen"] + body["carried_over_fen"]
    assert body["available_fen"] == body["balance_fen"] - body["held_fen"]
    return body


def stored(sql, account_id):
    return sql.execute(
        "SELECT current_year_fen, carried_over_fen, held_fen, coalesce(last_posted_at, opened_at) FROM account"
        " WHERE person_key = %s AND account_id = %s",
        [money.key_of(account_id), account_id],
    ).fetchone()


def instant(text):
    return datetime.datetime.fromisoformat(text)


def test_everybodys_balance_is_what_is_stored(api, demo, sql):
    with_account = [citizen for citizen in demo.citizens if citizen.account_id]
    assert len(with_account) >= 5
    for citizen in with_account:
        body = get_balance(api, citizen)
        current, carried, held, changed_at = stored(sql, citizen.account_id)
        assert (body["current_year_fen"], body["carried_over_fen"], body["held_fen"]) == (current, carried, held)
        assert instant(body["as_of"]) == changed_at
        assert body["as_of"].endswith("+08:00")


def test_a_posting_shows_at_once(api, demo, sql):
    citizen = demo.employee
    before = get_balance(api, citizen)
    money.post(sql, citizen.account_id, [money.adjust(1_234), money.adjust(56, "carried_over")])
    after = get_balance(api, citizen)
    assert after["current_year_fen"] == before["current_year_fen"] + 1_234
    assert after["carried_over_fen"] == before["carried_over_fen"] + 56
    assert instant(after["as_of"]) > instant(before["as_of"])


def test_a_hold_reserves_without_taking(api, demo, sql):
    citizen = demo.employee
    money.post(sql, citizen.account_id, [money.adjust(5_000)])
    before = get_balance(api, citizen)
    hold_id = money.hold(sql, citizen.account_id, 777)
    held = get_balance(api, citizen)
    money.void(sql, citizen.account_id, hold_id, 777)
    assert held["balance_fen"] == before["balance_fen"] == get_balance(api, citizen)["balance_fen"]
    assert held["held_fen"] == before["held_fen"] + 777
    assert held["available_fen"] == before["available_fen"] - 777
    assert get_balance(api, citizen)["held_fen"] == before["held_fen"]


def test_personal_replies_are_not_stored_by_caches(api, demo):
    response = api.get(path(demo.employee.account_id), by=demo.employee)
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ("{tag}", 304),
        ("W/{tag}", 304),
        ("*", 304),
        ('"other", {tag}', 304),
        ('"a","b",W/{tag} , "c"', 304),
        ('"other"', 200),
        ('W/"other"', 200),
        ("{bare}", 200),
        ("", 200),
        ('"unterminated', 200),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_if_none_match(api, demo, method, form, status):
    url, citizen = path(demo.employee.account_id), demo.employee
    tag = api.get(url, by=citizen).headers["etag"]
    assert tag.startswith('"') and tag.endswith('"'), "a strong entity tag"
    value = form.format(tag=tag, bare=tag.strip('"'))
    response = api.request(method, url, by=citizen, headers={"If-None-Match": value})
    assert response.status_code == status
    assert response.headers["etag"] == tag
    assert response.headers["cache-control"] == "no-store"
    assert (response.content == b"") == (status == 304 or method == "HEAD")


def test_the_tag_changes_with_the_account_and_only_then(api, demo, sql):
    url, citizen = path(demo.employee.account_id), demo.employee

    def tag():
        return api.get(url, by=citizen).headers["etag"]

    first = tag()
    assert tag() == first
    money.post(sql, citizen.account_id, [money.adjust(1)])
    second = tag()
    hold_id = money.hold(sql, citizen.account_id, 1)
    third = tag()
    money.void(sql, citizen.account_id, hold_id, 1)
    assert len({first, second, third, tag()}) == 4
    assert api.get(url, by=citizen, headers={"If-None-Match": f"{first}, {second}, {third}"}).status_code == 200
    assert api.get(path(demo.citizens[1].account_id), by=demo.citizens[1]).headers["etag"] != first


@pytest.fixture(scope="module")
def past_entries(demo, sql):
    """Entries of the employee's account with their instants, after a few more at instants of the test's choice."""
    account_id = demo.employee.account_id
    for _ in range(3):
        money.post(sql, account_id, [money.adjust(300), money.adjust(20, "carried_over"), money.adjust(-100)])
    # Two turns of the longest write lie before "now" for what was settled, so old rows are what the import left.
    return sql.execute(
        "SELECT posted_at, current_year_after_fen, carried_over_after_fen FROM ledger_entry"
        " WHERE person_key = %s AND account_id = %s ORDER BY seq",
        [money.key_of(account_id), account_id],
    ).fetchall()


def test_past_balances_are_the_running_balances(api, demo, past_entries):
    last_at = {posted_at: (current, carried) for posted_at, current, carried in past_entries}
    microsecond = datetime.timedelta(microseconds=1)
    instants = sorted(last_at)
    assert len(instants) >= 3
    step = max(1, len(instants) // 40)
    for posted_at in instants[::step] + instants[-3:]:
        body = get_balance(api, demo.employee, as_of=posted_at.isoformat())
        assert (body["current_year_fen"], body["carried_over_fen"]) == last_at[posted_at]
        assert instant(body["as_of"]) == posted_at
        earlier = [at for at in instants if at < posted_at]
        just_before = get_balance(api, demo.employee, as_of=(posted_at - microsecond).isoformat())
        expected = last_at[earlier[-1]] if earlier else (0, 0)
        assert (just_before["current_year_fen"], just_before["carried_over_fen"]) == expected


def test_long_ago_there_was_nothing(api, demo):
    body = get_balance(api, demo.employee, as_of="1999-12-31T23:59:59+08:00")
    assert body["balance_fen"] == body["held_fen"] == 0
    assert body["settled"] is True


def test_a_past_hold_is_seen_in_the_past(api, demo, sql):
    account_id = demo.employee.account_id
    money.post(sql, account_id, [money.adjust(900)])
    hold_id = money.hold(sql, account_id, 400)
    between = datetime.datetime.now(money.UTC)
    money.void(sql, account_id, hold_id, 400)
    afterwards = datetime.datetime.now(money.UTC)
    held = [get_balance(api, demo.employee, as_of=at.isoformat())["held_fen"] for at in (between, afterwards)]
    assert held[0] - held[1] == 400


def test_an_instant_too_recent_is_not_settled(api, demo):
    now = datetime.datetime.now(money.UTC)
    assert get_balance(api, demo.employee, as_of=now.isoformat())["settled"] is False
    assert get_balance(api, demo.employee, as_of=(now - datetime.timedelta(minutes=5)).isoformat())["settled"] is True


@pytest.mark.parametrize("offset", ["Z", "+00:00", "+08:00", "-05:30"])
def test_any_offset_is_understood(api, demo, offset):
    body = get_balance(api, demo.employee, as_of=f"2024-02-29T12:00:00{offset}")
    assert instant(body["as_of"]) == instant(f"2024-02-29T12:00:00{offset.replace('Z', '+00:00')}")


FUTURE = (datetime.datetime.now(money.UTC) + datetime.timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    "as_of",
    [FUTURE, "9999-12-31T23:59:59Z", "2024-02-30T00:00:00Z", "2024-01-01", "2024-01-01T00:00:00", "yesterday", "", "0",
     "2024-13-01T00:00:00Z", "2024-01-01T25:00:00Z", "2024-01-01T00:00:00+99:00", "2024-01-01 00:00:00Z "]
)  # fmt: skip
def test_wrong_instants(api, demo, as_of):
    response = api.get(path(demo.employee.account_id), by=demo.employee, params={"as_of": as_of})
    check_problem(response, 400, "validation_failed")
    assert "/query/as_of" in faults(response)
