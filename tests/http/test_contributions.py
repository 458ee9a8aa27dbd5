"""Contribution records: every combination of filters pages to the same set as a direct query."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import itertools
import random

from tests.http import listing
import pytest
from tests.harness import money
from tests.harness.problems import check_problem, faults

SAMPLE = 250
POOLS = ("620500", "440100")


def path(citizen):
    return f"/v1/people/{citizen.person_id}/contributions"


@pytest.fixture(scope="module")
def owner(demo, sql):
    """The one who moved, with older records of every kind and both schemes in two pools."""
    citizen = demo.citizen("moved")
    kinds = ("regular", "base_adjustment", "back_payment", "deemed_years")
    monthly = [
        (datetime.date(1998 + n // 12, n % 12 + 1, 1), "employee", kinds[n % 4], f"OLD-{n:04d}-{extra}", 100 + n)
        for n in range(60)
        for extra in range(1 + n % 3)
    ]
    yearly = [(datetime.date(year, 1, 1), "resident", "regular", f"年度-{year}", 10_000) for year in range(2003, 2015)]
    money.record_contributions(sql, citizen.person_id, POOLS[0], monthly)
    money.record_contributions(sql, citizen.person_id, POOLS[1], yearly)
    return citizen


COLUMNS = (
    "contribution_id::text, pool_code, scheme, to_char(period, 'YYYY-MM'), kind, status, base_fen, personal_fen,"
    " employer_fen, subsidy_fen, paid_on::text, channel, employer_code, source_document"
)
FIELDS = (
    "contribution_id", "region_code", "scheme", "period", "kind", "status", "base_fen", "personal_fen", "employer_fen",
    "subsidy_fen", "paid_on", "channel", "employer_code", "source_document",
)  # fmt: skip


def stored(sql, citizen, scheme=None, region=None, status=None, kind=None, **span):
    """A yearly record counts for every month of its year."""
    first, last = span.get("from"), span.get("to")
    rows = sql.execute(
        f"SELECT {COLUMNS} FROM contribution WHERE person_key = %(key)s"
        " AND scheme = coalesce(%(scheme)s, scheme) AND pool_code = coalesce(%(region)s, pool_code)"
        " AND status = coalesce(%(status)s, status) AND kind = coalesce(%(kind)s, kind)"
        " AND CASE scheme WHEN 'employee' THEN period ELSE period + interval '11 months' END"
        "     >= coalesce(%(first)s::date, '-infinity')"
        " AND period <= coalesce(%(last)s::date, 'infinity')",
        {
            "key": money.key_of(citizen.person_id),
            "scheme": scheme,
            "region": region,
            "status": status,
            "kind": kind,
            "first": f"{first}-01" if first else None,
            "last": f"{last}-01" if last else None,
        },
    )
    return {row[0]: dict(zip(FIELDS, row)) for row in rows}


def combinations():
    months = (None, "1999-06", "2003-01", "2010-07", "2025-02", "1900-01", "2099-12")
    every = itertools.product(
        (None, "employee", "resident"),
        (None, *POOLS, "110000"),
        months,
        months,
        (None, "recorded", "posted", "reversed"),
        (None, "regular", "base_adjustment", "back_payment", "refund", "deemed_years"),
    )
    names = ("scheme", "region", "from", "to", "status", "kind")
    sensible = [c for c in every if not (c[2] and c[3] and c[2] > c[3])]
    return [{k: v for k, v in zip(names, c) if v} for c in random.Random(4).sample(sensible, SAMPLE)]


def test_combinations_of_filters(api, owner, sql):
    found = 0
    for params in combinations():
        expected = stored(sql, owner, **params)
        found += len(expected)
        listing.check_pages(api, path(owner), owner, set(expected), "contribution_id", params, limits=(100,))
    assert found > SAMPLE, "most combinations find something"


@pytest.mark.parametrize("limit", [1, 3, 20, 99])
def test_every_page_size(api, owner, sql, limit):
    params = {"to": "2004-12"}
    expected = set(stored(sql, owner, **params))
    listing.check_pages(api, path(owner), owner, expected, "contribution_id", params, limits=(limit,))


def test_every_field_of_every_citizen(api, demo, sql, owner):
    for citizen in demo.citizens:
        rows = api.pages(path(citizen), by=citizen)
        expected = stored(sql, citizen)
        assert {row["contribution_id"]: {name: row[name] for name in FIELDS} for row in rows} == expected
        periods = [row["period"] for row in rows]
        assert periods == sorted(periods, reverse=True), "newest first"


def test_employer_money_never_reaches_the_account(api, demo):
    """What was credited is the personal part of what was posted, to the fen."""
    citizen = demo.employee
    rows = api.pages(path(citizen), by=citizen, params={"status": "posted"})
    posted = [row for row in rows if row["kind"] != "refund"]
    entries = api.pages(f"/v1/accounts/{citizen.account_id}/entries", by=citizen, params={"kind": "contribution"})
    assert posted
    assert sorted(row["personal_fen"] for row in posted) == sorted(row["amount_fen"] for row in entries)


def test_a_span_turned_round_finds_nothing_or_is_refused(api, owner):
    response = api.get(path(owner), by=owner, params={"from": "2010-01", "to": "2009-12"})
    assert response.status_code == 400 or response.json()["data"] == []


def test_cursors(api, owner, demo):
    other_params = ({"scheme": "employee"}, {"region": "620500"}, {"from": "1990-01"}, {"to": "2099-01"},
                    {"status": "recorded"}, {"kind": "regular"})  # fmt: skip
    listing.check_cursors(api, path(owner), owner, None, f"/v1/accounts/{owner.account_id}/entries", other_params)
    cursor = listing.first_cursor(api, path(owner), owner)
    listing.assert_cursor_refused(api, path(demo.employee), demo.employee, cursor)


def test_limits(api, owner):
    listing.check_limits(api, path(owner), owner)


def test_link(api, owner):
    listing.check_link(api, path(owner), owner)


@pytest.mark.parametrize("params", [{}, {"scheme": "resident"}, {"from": "2098-01"}])
def test_csv_equals_json(api, owner, params):
    listing.check_csv(api, path(owner), owner, params)


@pytest.mark.parametrize(
    ("params", "pointers"),
    [
        ({"scheme": "310"}, {"/query/scheme"}),
        ({"region": "62050"}, {"/query/region"}),
        ({"region": "甘肃"}, {"/query/region"}),
        ({"from": "2025-13"}, {"/query/from"}),
        ({"from": "2025-01-01", "to": "2025"}, {"/query/from", "/query/to"}),
        (
            {"status": "paid", "kind": "x", "scheme": "y", "limit": "z"},
            {"/query/status", "/query/kind", "/query/scheme", "/query/limit"},
        ),
        ({"order": "asc"}, {"/query/order"}),
    ],
)
def test_wrong_filters(api, owner, params, pointers):
    response = api.get(path(owner), by=owner, params=params)
    check_problem(response, 400, "validation_failed")
    assert faults(response).keys() == pointers
