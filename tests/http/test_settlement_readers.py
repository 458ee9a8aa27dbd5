"""Who reads settlements and what pools owe: the provider its own, staff what their regions cover."""
# SPDX-License-Identifier: Apache-2.0
import csv
import io
import uuid

import pytest
from tests.harness.problems import check_problem, faults
from tests.harness.settling import SETTLEMENTS, Day, settle, with_money
from tests.http import listing

PAYABLES = "/v1/admin/payables"


@pytest.fixture(scope="module")
def staff(new_token):
    """Operators by region."""
    made = {}

    def of(region):
        if region not in made:
            made[region] = new_token("staff", roles=["operator"], regions=[region])
        return made[region]

    return of


@pytest.fixture(scope="module")
def settled(api, sql, demo, new_token, new_provider):
    """An agreed day of a hospital of two provinces, with money of both, and one of a pharmacy in one pool."""
    people = {pool: with_money(api, sql, demo, new_token, pool) for pool in ("620500", "440100")}
    hospital = Day(sql, new_provider(regions=["620000", "440100"]))
    pharmacy = Day(sql, new_provider("pharmacy", regions=["620500"]))
    hospital.charge(people["620500"], 300)
    hospital.refund(hospital.charge(people["440100"], 900), 100)
    pharmacy.charge(people["620500"], 50)
    made = {"hospital": settle(api, hospital), "pharmacy": settle(api, pharmacy)}
    assert {one["state"] for one in made.values()} == {"agreed"}
    return hospital, pharmacy, made


def test_a_provider_sees_its_own_only(api, settled):
    hospital, pharmacy, made = settled
    for mine, theirs, name, other in ((hospital, pharmacy, "hospital", "pharmacy"), (pharmacy, hospital, "pharmacy", "hospital")):
        assert [one["settlement_id"] for one in api.pages(SETTLEMENTS, by=mine.provider)] == [made[name]["settlement_id"]]
        absent = api.get(f"{SETTLEMENTS}/{uuid.uuid4()}", by=mine.provider)
        for path in ("", "/differences"):
            url = f"{SETTLEMENTS}/{made[other]['settlement_id']}{path}"
            check_problem(api.get(url, by=mine.provider), 404, "not_found")
            assert api.get(url, by=theirs.provider).status_code == 200
        foreign = api.get(f"{SETTLEMENTS}/{made[other]['settlement_id']}", by=mine.provider)
        assert {**foreign.json(), "request_id": ""} == {**absent.json(), "request_id": ""}


@pytest.mark.parametrize(
    ("region", "seen"),
    [("000000", {"hospital", "pharmacy"}), ("620000", {"pharmacy"}), ("620500", {"pharmacy"}), ("440100", set()), ("110000", set())],
)
def test_staff_see_those_of_institutions_all_of_whose_regions_they_cover(api, staff, settled, region, seen):
    made, by = settled[2], staff(region)
    listed = {one["settlement_id"] for one in api.pages(SETTLEMENTS, by=by)}
    for name, one in made.items():
        assert (one["settlement_id"] in listed) == (name in seen)
        for path in ("", "/differences"):
            response = api.get(f"{SETTLEMENTS}/{one['settlement_id']}{path}", by=by)
            assert response.status_code == (200 if name in seen else 404)


@pytest.mark.parametrize(
    ("region", "owed"),
    [("000000", {("hospital", "620500"): 300, ("hospital", "440100"): 800, ("pharmacy", "620500"): 50}),
     ("620500", {("hospital", "620500"): 300, ("pharmacy", "620500"): 50}), ("440000", {("hospital", "440100"): 800}),
     ("110000", {})],
)  # fmt: skip
def test_staff_see_what_their_pools_owe(api, staff, settled, region, owed):
    names = {one["settlement_id"]: name for name, one in settled[2].items()}
    rows = [row for row in api.pages(PAYABLES, by=staff(region)) if row["settlement_id"] in names]
    assert {(names[row["settlement_id"]], row["pool_code"]): row["payable_fen"] for row in rows} == owed


def test_payables_are_filtered(api, staff, settled):
    hospital, pharmacy, made = settled
    by = staff("000000")

    def rows(**params):
        return [(row["provider_id"], row["pool_code"]) for row in api.pages(PAYABLES, by=by, params=params, limit=1)]

    id_of = hospital.provider.subject_id
    assert sorted(rows(provider_id=id_of)) == [(id_of, "440100"), (id_of, "620500")]
    assert rows(provider_id=id_of, region="440100") == [(id_of, "440100")]
    assert len(rows(provider_id=id_of, **{"from": hospital.date, "to": hospital.date})) == 2
    assert rows(provider_id=id_of, **{"from": "2999-01-01"}) == rows(provider_id=id_of, to="2000-01-01") == []
    response = api.get(PAYABLES, by=by, params={"from": "2026-02-01", "to": "2026-01-01"})
    assert faults(response) == {"/query/to": "too_small"}


def test_payables_as_csv(api, staff, settled):
    hospital = settled[0]
    response = api.get(
        PAYABLES, by=staff("440100"), params={"provider_id": hospital.provider.subject_id}, headers={"Accept": "text/csv"}
    )
    (row,) = csv.DictReader(io.StringIO(response.text))
    assert (row["pool_code"], row["charges_fen"], row["refunds_fen"], row["payable_fen"]) == ("440100", "900", "100", "800")
    assert row["institution_code"] == hospital.provider.institution_code


def test_what_differs_is_not_payable(api, staff, sql, demo, new_token, new_provider):
    day = Day(sql, new_provider())
    day.charge(with_money(api, sql, demo, new_token, "620500"), 100)
    assert settle(api, day, [])["state"] == "differs"
    by, params = staff("000000"), {"provider_id": day.provider.subject_id}
    assert api.pages(PAYABLES, by=by, params=params) == []
    assert settle(api, day)["state"] == "agreed"
    assert [row["payable_fen"] for row in api.pages(PAYABLES, by=by, params=params)] == [100]


def test_the_lists(api, staff, sql, new_provider):
    provider = new_provider()
    made = [settle(api, Day(sql, provider, days_ago=n)) for n in range(2, 6)]
    ids = [one["settlement_id"] for one in reversed(made)]
    listing.check_pages(api, SETTLEMENTS, provider, ids, "settlement_id", limits=(100, 3, 1))
    listing.check_pages(api, SETTLEMENTS, provider, ids, "settlement_id", {"state": "agreed"})
    listing.check_pages(api, SETTLEMENTS, provider, [], "settlement_id", {"state": "differs"})
    listing.check_pages(api, SETTLEMENTS, provider, ids[:1], "settlement_id", {"business_date": made[-1]["business_date"]})
    listing.check_limits(api, SETTLEMENTS, provider)
    listing.check_link(api, SETTLEMENTS, provider)
    listing.check_limits(api, PAYABLES, staff("000000"))
