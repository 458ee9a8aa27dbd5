"""The rules of charges as everybody may read them: for a pool, with the level that decided."""
# SPDX-License-Identifier: Apache-2.0
import csv
import pathlib

import pytest
from tests.harness.problems import faults

DATA = pathlib.Path(__file__).resolve().parents[2] / "db/data"
PATH = "/v1/charge-rules"
USAGES = ("medicine", "device", "consumable", "treatment", "premium")
TYPES = ("hospital", "clinic", "pharmacy")


def shipped(name):
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def rules(api, region):
    response = api.get(PATH, params={"region": region})
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize(
    ("region", "pool", "level"),
    [("620500", "620500", "620500"), ("620502", "620500", "620500"), ("330600", "330600", "330600"),
     ("440100", "440100", "000000"), ("110105", "110000", "000000")],
)  # fmt: skip
def test_the_nearest_rule_holds(api, region, pool, level):
    shown = rules(api, region)
    row = next(row for row in shipped("charge_rules.csv") if row["region"] == level)
    assert shown["pool_code"] == pool
    assert shown["rule"] == {
        "pays_first": row["pays_first"],
        "account_day_limit_fen": int(row["account_day_limit_fen"]) if row["account_day_limit_fen"] else None,
        "provider_day_limit_fen": int(row["provider_day_limit_fen"]) if row["provider_day_limit_fen"] else None,
        "hold_max_hours": int(row["hold_max_hours"]),
        "shows_balance": row["shows_balance"] == "true",
        "payer_order": row["payer_order"].split(),
        "region_code": level,
        "effective_from": row["effective_from"],
        "source": row["source"],
    }


@pytest.mark.parametrize("region", ["620500", "330600"])
def test_what_may_be_paid_for_and_who_decided(api, region):
    rows = shipped("usage_rules.csv")
    nation = {(row["institution_type"], row["usage"]) for row in rows if row["region"] == "000000"}
    taken = {(row["institution_type"], row["usage"]) for row in rows if row["region"] == region}
    shown = {(row["institution_type"], row["usage"]): row for row in rules(api, region)["usages"]}
    assert set(shown) == {(kind, usage) for kind in TYPES for usage in USAGES}
    for pair, row in shown.items():
        assert row["allowed"] == (pair in nation and pair not in taken)
        assert row["region_code"] == (region if pair in taken else "000000")
        assert (row["source"] is None) == (pair not in nation)


def test_a_province_that_takes_something_away_is_named(api, sql):
    """A province of its own, so that nobody else's rules change."""
    insert = "INSERT INTO usage_rule (region_code, institution_type, usage, allowed, source)" \
             " VALUES ('650000', 'clinic', 'device', %s, 'test')"
    try:
        sql.execute(insert, [False])
        sql.execute("INSERT INTO usage_rule VALUES ('650100', 'clinic', 'device', true, 'x'), ('650100', 'clinic', 'premium', true, 'x')")
        shown = {(row["institution_type"], row["usage"]): row for row in rules(api, "650100")["usages"]}
        device, premium = shown["clinic", "device"], shown["clinic", "premium"]
        assert (device["allowed"], device["region_code"], device["source"]) == (False, "650000", "test")
        assert (premium["allowed"], premium["region_code"], premium["source"]) == (False, "000000", None)
    finally:
        sql.execute("DELETE FROM usage_rule WHERE region_code IN ('650000', '650100')")


@pytest.mark.parametrize("region", ["000000", "620000", "999999"])
def test_what_is_no_pool_has_no_rules(api, region):
    assert faults(api.get(PATH, params={"region": region})) == {"/query/region": "unknown"}


def test_a_region_is_needed(api):
    assert faults(api.get(PATH)) == {"/query/region": "required"}
    assert faults(api.get(PATH, params={"region": "62"})) == {"/query/region": "malformed"}


def test_what_is_held_is_not_sent_again(api):
    first = api.get(PATH, params={"region": "620500"})
    again = api.get(PATH, params={"region": "620500"}, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304 and not again.content
