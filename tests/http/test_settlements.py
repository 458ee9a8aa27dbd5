"""Daily reconciliation: a provider's list and ours, item by item, until they agree."""
# SPDX-License-Identifier: Apache-2.0
import csv
import datetime
import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.harness import charges, past_charges
from tests.harness.problems import check_problem, faults
from tests.harness.settling import SETTLEMENTS, Day, date, key, noon, send, settle, with_money
from tests.http import listing

LARGEST = 9007199254740991
COUNTS = ("missing_here_count", "missing_there_count", "amount_differs_count", "listed_twice_count")


@pytest.fixture(scope="module")
def person(api, sql, demo, new_token):
    return with_money(api, sql, demo, new_token, "620500")


@pytest.fixture(scope="module")
def elsewhere(api, sql, demo, new_token):
    return with_money(api, sql, demo, new_token, "440100")


@pytest.fixture
def day(sql, new_provider):
    """Of a hospital of its own."""
    return Day(sql, new_provider())


def differences(api, settlement, by, **params):
    return api.pages(f"{SETTLEMENTS}/{settlement['settlement_id']}/differences", by=by, params=params)


def counts(settlement):
    return tuple(settlement[name] for name in COUNTS)


def test_a_day_that_is_the_same_on_both_sides(api, person, elsewhere, day):
    paid = day.charge(person, 1200)
    day.charge(elsewhere, 500)
    day.charge(elsewhere, 70)
    day.refund(paid, 200)
    made = settle(api, day)
    totals = {"charges_count": 3, "charges_fen": 1770, "refunds_count": 1, "refunds_fen": 200}
    assert (made["state"], made["attempt"], made["matched_count"], counts(made)) == ("agreed", 1, 4, (0, 0, 0, 0))
    assert made["stated"] == made["listed"] == made["ours"] == totals
    assert made["pools"] == [
        {"pool_code": "440100", "charges_count": 2, "charges_fen": 570, "refunds_count": 0, "refunds_fen": 0, "payable_fen": 570},
        {"pool_code": "620500", "charges_count": 1, "charges_fen": 1200, "refunds_count": 1, "refunds_fen": 200, "payable_fen": 1000},
    ]
    assert made["payable_fen"] == 1570 and made["differences"] == []
    assert made["institution_code"] == day.provider.institution_code and made["provider_name"] == day.provider.name
    shown = api.get(f"{SETTLEMENTS}/{made['settlement_id']}", by=day.provider).json()
    assert shown == {name: value for name, value in made.items() if name != "differences"}


def test_a_day_without_anything_agrees(api, day):
    made = settle(api, day)
    assert (made["state"], made["payable_fen"], made["pools"]) == ("agreed", 0, [])


def test_a_hold_counts_on_the_day_it_was_captured(api, sql, elsewhere, day):
    earlier = Day(sql, day.provider, days_ago=3)
    lasts = datetime.timedelta(days=7)
    captured, kept, at_once = (
        past_charges.held(sql, elsewhere, day.provider, 900, noon(3), lasts=lasts, charge_no=f"hold {n} {day.provider.subject_id[:8]}")
        for n in range(3)
    )
    day.capture(captured, 650)
    earlier.capture(at_once, 900)
    for one in (earlier, day):
        assert settle(api, one)["state"] == "agreed"
    assert settle(api, Day(sql, day.provider, days_ago=4))["matched_count"] == 0, kept


def test_a_refund_counts_on_its_own_day_and_may_exceed_it(api, sql, person, day):
    earlier = Day(sql, day.provider, days_ago=3)
    day.refund(earlier.charge(person, 800), 800)
    assert settle(api, earlier)["payable_fen"] == 800
    made = settle(api, day)
    assert (made["state"], made["payable_fen"], made["pools"][0]["payable_fen"]) == ("agreed", -800, -800)


def test_everything_that_can_differ(api, person, elsewhere, day):
    day.charge(person, 100, "both")
    day.charge(person, 200, "amount")
    day.charge(elsewhere, 300, "forgotten")
    day.refund(day.charge(person, 50, "refunded"), 50)
    refund_no = day.items[-1]["number"]
    theirs = [item for item in day.items if item["number"] not in ("forgotten", refund_no)]
    theirs[1] = {**theirs[1], "amount_fen": 201}
    theirs += [
        {"kind": "charge", "number": "unknown", "amount_fen": 7},
        {"kind": "refund", "number": "both", "amount_fen": 100},
        {"kind": "charge", "number": "both", "amount_fen": 100},
    ]
    made = settle(api, day, theirs)
    assert (made["state"], made["matched_count"], counts(made)) == ("differs", 2, (2, 2, 1, 1))
    expected = [
        {"kind": "amount_differs", "item": "charge", "number": "amount", "their_fen": 201, "our_fen": 200, "pool_code": "620500"},
        {"kind": "listed_twice", "item": "charge", "number": "both", "their_fen": 100, "our_fen": None, "pool_code": None},
        {"kind": "missing_here", "item": "charge", "number": "unknown", "their_fen": 7, "our_fen": None, "pool_code": None},
        {"kind": "missing_here", "item": "refund", "number": "both", "their_fen": 100, "our_fen": None, "pool_code": None},
        {"kind": "missing_there", "item": "charge", "number": "forgotten", "their_fen": None, "our_fen": 300, "pool_code": "440100"},
        {"kind": "missing_there", "item": "refund", "number": refund_no, "their_fen": None, "our_fen": 50, "pool_code": "620500"},
    ]
    assert made["differences"] == expected == differences(api, made, day.provider)
    assert made["ours"] == day.totals() and made["listed"] == made["stated"] == day.totals(theirs)


@pytest.mark.parametrize("name", ["charges_count", "charges_fen", "refunds_count", "refunds_fen"])
def test_totals_that_do_not_add_up(api, person, day, name):
    day.refund(day.charge(person, 100), 30)
    made = settle(api, day, **{name: day.totals()[name] + 1})
    assert (made["state"], made["matched_count"], counts(made)) == ("differs", 2, (0, 0, 0, 0))
    assert made["listed"] == made["ours"] == day.totals() and made["stated"][name] == day.totals()[name] + 1


def test_amounts_as_large_as_they_come_only_differ(api, day):
    items = [{"kind": "charge", "number": str(n), "amount_fen": LARGEST} for n in range(500)]
    made = settle(api, day, items, charges_fen=LARGEST)
    assert (made["state"], made["listed"]["charges_fen"], made["missing_here_count"]) == ("differs", LARGEST, 500)


def test_a_day_is_sent_again_until_it_agrees_and_then_it_is_final(api, sql, person, day):
    day.charge(person, 100)
    short = settle(api, day, [])
    assert (short["state"], short["attempt"], len(short["differences"])) == ("differs", 1, 1)
    wrong = settle(api, day, [{**day.items[0], "amount_fen": 99}])
    assert (wrong["attempt"], wrong["amount_differs_count"]) == (2, 1)
    assert differences(api, short, day.provider) == [], "those of the attempt before are gone"
    agreed = settle(api, day)
    assert (agreed["state"], agreed["attempt"]) == ("agreed", 3)
    headers = key()
    for replayed in (None, "true"):
        response = send(api, day, headers=headers)
        check_problem(response, 409, "already_exists")
        assert response.headers.get("idempotent-replayed") == replayed
    shown = api.pages(SETTLEMENTS, by=day.provider)
    assert [(one["attempt"], one["state"]) for one in shown] == [(3, "agreed"), (2, "differs"), (1, "differs")]
    actions = sql.execute(
        "SELECT action, actor_kind, detail ->> 'state', detail ->> 'refused' FROM audit_event WHERE actor_id = %s ORDER BY at",
        [day.provider.subject_id],
    ).fetchall()
    assert [row for row in actions if row[0] == "create_settlement"] == [
        ("create_settlement", "client", "differs", None), ("create_settlement", "client", "differs", None),
        ("create_settlement", "client", "agreed", None), ("create_settlement", "client", None, "already_exists"),
    ]  # fmt: skip


def test_a_repetition_is_answered_as_the_first_one(api, sql, person, day):
    day.charge(person, 100)
    headers = key()
    first, again = (send(api, day, headers=headers) for _ in range(2))
    assert first.status_code == again.status_code == 201 and first.json() == again.json()
    assert "idempotent-replayed" not in first.headers and again.headers["idempotent-replayed"] == "true"
    for items in ([], [{**day.items[0], "amount_fen": 99}], [{**day.items[0], "kind": "refund"}]):
        check_problem(send(api, day, items, headers=headers), 422, "idempotency_key_reused")
    assert len(api.pages(SETTLEMENTS, by=day.provider)) == 1


def test_a_dry_run_says_it_and_leaves_nothing(api, sql, person, day):
    day.charge(person, 100)
    headers = key()
    tried = send(api, day, [], headers=headers, params={"dry_run": "true"})
    assert tried.status_code == 201 and tried.json()["differences"][0]["kind"] == "missing_there"
    assert api.pages(SETTLEMENTS, by=day.provider) == []
    assert send(api, day, headers=headers).json()["state"] == "agreed"
    (count,) = sql.execute(
        "SELECT count(*) FROM audit_event WHERE actor_id = %s AND action = 'create_settlement'", [day.provider.subject_id]
    ).fetchone()
    assert count == 1


def test_of_many_at_once_one_agrees(api, person, day):
    day.charge(person, 100)
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda _: send(api, day), range(12)))
    assert sorted(response.status_code for response in seen) == [201] + [409] * 11
    codes = {response.json()["code"] for response in seen if response.status_code == 409}
    assert codes <= {"already_exists", "request_in_progress"}


@pytest.mark.parametrize("days_ago", [0, -1, -400])
def test_a_day_that_is_not_over_cannot_be_settled(api, day, days_ago):
    response = send(api, day, business_date=date(days_ago))
    check_problem(response, 400, "validation_failed")
    assert faults(response) == {"/body/business_date": "too_large"}


@pytest.mark.parametrize(("clock", "status"), [("00:03:00", 400), ("00:05:01", 201)])
def test_a_day_is_over_when_nothing_can_be_posted_on_it_any_more(start_server, client_of, day, clock, status):
    """Five minutes after it, by the business clock: a write is at most two minutes old when it is done."""
    settings = {"YIBAO_TEST_CLOCK": f"{date(0)}T{clock}+08:00", "YIBAO_SERVE_WORKS": "no"}
    own = client_of(start_server(settings))
    assert send(own, day, business_date=date(1)).status_code == status


def test_a_server_whose_clock_is_slow_adds_nothing_to_an_agreed_day(api, start_server, client_of, person, day):
    """It says so to its operators; the same request is done by another server, or on another day."""
    assert settle(api, day)["state"] == "agreed"
    slow = start_server({"YIBAO_TEST_CLOCK": noon(day.days_ago).isoformat(), "YIBAO_SERVE_WORKS": "no"})
    slow.provoked["business_day_is_settled"] += 1
    content, own_key = charges.body(person.account_id), charges.new_key()
    check_problem(charges.send(client_of(slow), day.provider, content, own_key), 503, "deadline_exceeded")
    made = charges.send(api, day.provider, content, own_key)
    assert made.status_code == 201 and made.json()["business_date"] == date(0)


WRONG = {
    "nothing": ({}, {f"/body/{name}": "required" for name in
                     ("business_date", "charges_count", "charges_fen", "refunds_count", "refunds_fen", "items")}),
    "below zero": ({"charges_count": -1, "refunds_fen": -1}, {"/body/charges_count": "too_small", "/body/refunds_fen": "too_small"}),
    "no list": ({"items": {}}, {"/body/items": "malformed"}),
    "no items": ({"items": [1, None]}, {"/body/items/0": "malformed", "/body/items/1": "malformed"}),
    "empty item": ({"items": [{}]}, {f"/body/items/0/{name}": "required" for name in ("kind", "number", "amount_fen")}),
    "wrong item": (
        {"items": [{"kind": "gift", "number": "", "amount_fen": 0}]},
        {"/body/items/0/kind": "not_allowed", "/body/items/0/number": "too_short", "/body/items/0/amount_fen": "too_small"},
    ),
    "control character": (
        {"items": [{"kind": "charge", "number": "a\tb", "amount_fen": 1}]}, {"/body/items/0/number": "malformed"},
    ),
    "unknown field": (
        {"items": [{"kind": "charge", "number": "1", "amount_fen": 1, "person": "x"}]}, {"/body/items/0": "unknown"},
    ),
    "too many": ({"items": [{"kind": "charge", "number": "1", "amount_fen": 1}] * 501}, {"/body/items": "too_long"}),
    "no day": ({"business_date": "2026-02-30"}, {"/body/business_date": "malformed"}),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_nonsense(api, day, name):
    changes, expected = WRONG[name]
    body = {**day.body(), **changes} if changes else {}
    response = api.post(SETTLEMENTS, by=day.provider, headers=key(), json=body)
    check_problem(response, 400, "validation_failed")
    assert faults(response) == expected


def test_a_key_is_needed(api, day):
    assert faults(api.post(SETTLEMENTS, by=day.provider, json=day.body())) == {"/header/idempotency-key": "required"}


def test_differences_page_by_page_and_as_csv(api, day):
    items = [{"kind": "charge", "number": f"{n:04}", "amount_fen": n + 1} for n in range(130)]
    made = settle(api, day, items)
    assert made["missing_here_count"] == 130 and len(made["differences"]) == 100
    path = f"{SETTLEMENTS}/{made['settlement_id']}/differences"
    assert [row["number"] for row in differences(api, made, day.provider)] == [item["number"] for item in items]
    assert differences(api, made, day.provider, kind="missing_there") == []
    response = api.get(path, by=day.provider, params={"limit": 100}, headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert rows[0] == {"kind": "missing_here", "item": "charge", "number": "0000", "their_fen": "1", "our_fen": "", "pool_code": ""}
    assert len(rows) == 100 and "link" in response.headers
    listing.check_limits(api, path, day.provider)
    listing.check_link(api, path, day.provider)
