"""The public directory: regions in order of their codes, cacheable, and channels that fall back to the pool."""
# SPDX-License-Identifier: Apache-2.0
import csv
import pathlib

from tests.http import listing
import pytest
from tests.harness.problems import check_problem, faults

SHIPPED = pathlib.Path(__file__).resolve().parents[2] / "db/data/regions.csv"


def shipped():
    with SHIPPED.open(encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {row["code"]: row for row in rows}


def test_all_that_are_shipped_are_listed(api):
    rows = {row["region_code"]: row for row in api.pages("/v1/regions")}
    assert list(rows) == sorted(rows)
    for code, row in shipped().items():
        shown = rows[code]
        assert (shown["name"], shown["level"], shown["parent_code"]) == (row["name"], row["level"], row["parent"])
    assert len(rows) - len(shipped()) in (0, 1)  # the nation may be a row of its own


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"level": "province"}, lambda r: r["level"] == "province"),
        ({"parent": "620000"}, lambda r: r["parent"] == "620000"),
        ({"parent": "000000"}, lambda r: r["parent"] == "000000"),
        ({"parent": "620500", "level": "county"}, lambda r: r["parent"] == "620500" and r["level"] == "county"),
        ({"parent": "620500", "level": "province"}, lambda r: False),
        ({"parent": "999999"}, lambda r: False),
    ],
)
def test_filters(api, params, expected):
    codes = sorted(code for code, row in shipped().items() if expected(row))
    listing.check_pages(api, "/v1/regions", None, codes, "region_code", params, limits=(100, 9))


def test_paging(api, demo):
    listing.check_limits(api, "/v1/regions", None)
    listing.check_link(api, "/v1/regions", None)
    other_params = ({"level": "city"}, {"level": "province"}, {"parent": "620000"})
    listing.check_cursors(api, "/v1/regions", None, None, None, other_params)


@pytest.mark.parametrize("code", ["110000", "110105", "620500", "620502", "710000", "810000"])
def test_one(api, code):
    body = api.get(f"/v1/regions/{code}").json()
    row = shipped()[code]
    assert (body["region_code"], body["name"], body["level"]) == (code, row["name"], row["level"])


@pytest.mark.parametrize(
    ("code", "is_pool"),
    [("110000", True), ("620500", True), ("620000", False), ("620502", False), ("110100", False)],
)
def test_which_are_pools(api, code, is_pool):
    assert api.get(f"/v1/regions/{code}").json()["is_pool"] is is_pool


@pytest.mark.parametrize(
    "path", ["/v1/regions", "/v1/regions?level=province", "/v1/regions/620500", "/v1/regions/620500/channels"]
)
def test_anyone_may_cache(api, demo, path):
    response = api.get(path)
    assert response.headers["cache-control"] == "public, max-age=3600"
    tag = response.headers["etag"]
    for value in (tag, f'"x", W/{tag}', "*"):
        again = api.get(path, headers={"If-None-Match": value})
        assert again.status_code == 304 and again.content == b"" and again.headers["etag"] == tag
    assert api.get(path, headers={"If-None-Match": '"x"'}).status_code == 200
    assert api.get(path, by=demo.employee).json() == response.json()
    assert api.get("/v1/regions/110000").headers["etag"] != tag


def channels(api, code, **params):
    response = api.get(f"/v1/regions/{code}/channels", params=params)
    assert response.status_code == 200, response.text
    return response.json()


def test_channels_by_kind(api):
    everything = channels(api, "620500")
    assert everything["pool_code"] == "620500" and len(everything["data"]) >= 2
    codes = [(row["channel_code"], row["kind"]) for row in everything["data"]]
    assert len(codes) == len(set(codes))
    for kind in ("query", "payment"):
        assert channels(api, "620500", kind=kind)["data"] == [row for row in everything["data"] if row["kind"] == kind]


@pytest.mark.parametrize(
    ("code", "pool"),
    [("620502", "620500"), ("110105", "110000"), ("110100", "110000"), ("310101", "310000"), ("440106", "440100")],
)
def test_a_district_has_the_channels_of_its_pool(api, code, pool):
    of_district, of_pool = channels(api, code), channels(api, pool)
    assert of_district["region_code"] == code
    assert of_district["pool_code"] == of_pool["pool_code"] == pool
    assert of_district["data"] == of_pool["data"]


@pytest.mark.parametrize("code", ["620000", "440000"])
def test_wider_than_a_pool_has_what_holds_all_over(api, code):
    body = channels(api, code)
    assert body["pool_code"] is None and body["data"]
    assert {(row["level"], row["level_code"]) for row in body["data"]} <= {("province", code), ("nation", "000000")}


def test_a_pool_falls_back_for_each_kind_by_itself(api, sql):
    """Whatever a pool names itself of a kind replaces the province's and the nation's of that kind."""
    named = set(sql.execute("SELECT pool_code, kind FROM channel"))
    for pool in ("620500", "110000", "310000", "440100", "350200", "540000", "710000"):
        for kind in ("query", "payment"):
            rows = channels(api, pool, kind=kind)["data"]
            levels = [("pool", pool), ("province", pool[:2] + "0000"), ("nation", "000000")]
            expected = next(level for level in levels if (level[1], kind) in named)
            assert {(row["level"], row["level_code"]) for row in rows} == {expected}


@pytest.mark.parametrize("path", ["/v1/regions/999999", "/v1/regions/000001", "/v1/regions/999999/channels"])
def test_unknown_regions(api, path):
    check_problem(api.get(path), 404, "not_found")


@pytest.mark.parametrize("code", ["62050", "6205000", "abcdef", "62050x", "-62050", "６２０５００", "62050%30"])
@pytest.mark.parametrize("rest", ["", "/channels"])
def test_malformed_codes(api, code, rest):
    response = api.get(f"/v1/regions/{code}{rest}")
    if code == "62050%30":  # the same as 620500
        assert response.status_code in (200, 400, 404)
        return
    check_problem(response, 400, "validation_failed")
    assert faults(response).keys() == {"/path/region_code"}
