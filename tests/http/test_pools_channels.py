"""Pools and channels over HTTP, what the public then sees, and that migrate leaves alone what staff changed."""
# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.harness.database import BINARY
from tests.harness.problems import check_problem, faults, without_request_id

POOL = "/v1/admin/pools/{}"
CHANNEL = "/v1/admin/pools/{}/channels/{}/{}"
NEW_POOL = {"name": "酒泉市", "connected": False, "account_year_starts_month": 7, "policy_parent_code": "620000",
            "reason": "账户年度改为七月起"}  # fmt: skip
NEW_CHANNEL = {"name": "酒泉大厅", "can_do": ["查询余额", "打印缴费记录"], "hotline": "0937-12393", "url": "https://jq.example/",
               "address": "酒泉市某路 1 号", "opening_hours": "工作日 9:00-17:00", "what_to_bring": ["身份证"], "steps": ["取号"]}  # fmt: skip


@pytest.fixture(scope="module")
def policy(new_token):
    return new_token("staff", roles=["policy"], regions=["620000", "350200"])


@pytest.fixture(scope="module")
def nation(demo):
    return demo.staff("policy")


def shown(api, region, kind):
    data = api.get(f"/v1/regions/{region}/channels", params={"kind": kind}).json()["data"]
    return {row["channel_code"]: row for row in data}


def test_a_pool_is_changed_and_stays_so(api, policy, sql, main_database):
    url = POOL.format("620900")
    before = api.get(url, by=policy).json()
    assert before["maintained_by"] == "file"
    response = api.put(url, by=policy, json=NEW_POOL)
    after = {**before, "connected": False, "account_year_starts_month": 7, "maintained_by": "staff"}
    assert response.json() == api.get(url, by=policy).json() == after
    (detail, pool) = sql.execute(
        "SELECT detail, pool_code FROM audit_event WHERE request_id = %s", [response.headers["x-request-id"]]
    ).fetchone()
    assert pool == "620900" and detail["reason"] == NEW_POOL["reason"]
    assert (detail["before"]["account_year_starts_month"], detail["after"]["account_year_starts_month"]) == (1, 7)
    main_database.run(BINARY, "migrate")
    assert api.get(url, by=policy).json() == after


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"policy_parent_code": "110000"}, {"/body/policy_parent_code": "not_allowed"}),
        ({"policy_parent_code": "620900"}, {"/body/policy_parent_code": "not_allowed"}),
        ({"account_year_starts_month": 13, "name": "", "reason": ""},
         {"/body/account_year_starts_month": "too_large", "/body/name": "too_short", "/body/reason": "too_short"}),
        ({"connected": "yes"}, {"/body/connected": "malformed"}),
    ],
)  # fmt: skip
def test_what_a_pool_cannot_be(api, policy, changes, wrong):
    response = api.put(POOL.format("620900"), by=policy, json={**NEW_POOL, **changes})
    check_problem(response, 400, "validation_failed")
    assert faults(response) == wrong


def test_no_reason_no_change(api, policy):
    body = {name: value for name, value in NEW_POOL.items() if name != "reason"}
    assert faults(api.put(POOL.format("620900"), by=policy, json=body)) == {"/body/reason": "required"}


def test_pools_out_of_reach_look_absent(api, policy, nation):
    absent = api.get(POOL.format("990000"), by=nation)
    check_problem(absent, 404, "not_found")
    for response in (
        api.get(POOL.format("110000"), by=policy),
        api.put(POOL.format("110000"), by=policy, json={**NEW_POOL, "policy_parent_code": "000000"}),
        api.put(POOL.format("990000"), by=nation, json={**NEW_POOL, "policy_parent_code": "000000"}),
    ):
        assert without_request_id(response) == without_request_id(absent)


def test_a_channel_is_added_replaced_and_taken_away(api, policy):
    """The first channel of a kind replaces what the pool had from its province or the nation; the last gives it back."""
    url = CHANNEL.format("620900", "payment", "new_hall")
    inherited = shown(api, "620900", "payment")
    check_problem(api.get(url, by=policy), 404, "not_found")
    made = api.put(url, by=policy, json=NEW_CHANNEL)
    assert made.status_code == 201 and made.headers["location"] == url
    expected = {"pool_code": "620900", "kind": "payment", "channel_code": "new_hall", **NEW_CHANNEL, "maintained_by": "staff"}
    assert made.json() == api.get(url, by=policy).json() == expected
    (row,) = shown(api, "620902", "payment").values()
    assert row["level"] == "pool" and {name: row[name] for name in NEW_CHANNEL} == NEW_CHANNEL
    replaced = api.put(url, by=policy, json={"name": "新大厅", "can_do": ["查询"]})
    assert replaced.status_code == 200
    assert (replaced.json()["hotline"], replaced.json()["steps"], replaced.json()["can_do"]) == (None, [], ["查询"])
    assert api.delete(url, by=policy).status_code == 204
    assert shown(api, "620900", "payment") == inherited
    for method in ("GET", "DELETE"):
        check_problem(api.request(method, url, by=policy), 404, "not_found")
    assert api.put(url, by=policy, json=NEW_CHANNEL).status_code == 201
    assert api.delete(url, by=policy).status_code == 204


def test_migrate_brings_nothing_back(api, nation, sql, main_database):
    rows = sql.execute("SELECT pool_code, kind, channel_code FROM channel WHERE maintained_by = 'file' AND pool_code = '310000'")
    changed, removed, *_ = rows.fetchall()
    assert api.put(CHANNEL.format(*changed), by=nation, json=NEW_CHANNEL).status_code == 200
    assert api.delete(CHANNEL.format(*removed), by=nation).status_code == 204
    main_database.run(BINARY, "migrate")
    assert api.get(CHANNEL.format(*changed), by=nation).json()["name"] == NEW_CHANNEL["name"]
    assert removed[2] not in shown(api, "310000", removed[1])
    check_problem(api.get(CHANNEL.format(*removed), by=nation), 404, "not_found")


def test_channels_of_the_nation_and_of_provinces(api, policy, nation):
    assert api.put(CHANNEL.format("620000", "query", "province_app"), by=policy, json=NEW_CHANNEL).status_code == 201
    assert "province_app" in shown(api, "620100", "query")
    assert api.delete(CHANNEL.format("620000", "query", "province_app"), by=policy).status_code == 204
    assert api.put(CHANNEL.format("000000", "query", "nation_app"), by=nation, json=NEW_CHANNEL).status_code == 201
    assert api.delete(CHANNEL.format("000000", "query", "nation_app"), by=nation).status_code == 204
    for place in ("000000", "110000", "620502"):
        for by in (policy,) if place != "620502" else (policy, nation):
            check_problem(api.put(CHANNEL.format(place, "query", "x1"), by=by, json=NEW_CHANNEL), 404, "not_found")


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"url": "http://plain.example"}, {"/body/url": "malformed"}),
        ({"can_do": []}, {"/body/can_do": "too_short"}),
        ({"can_do": ["查询;打印"], "steps": ["一", "二;三"]}, {"/body/can_do/0": "malformed", "/body/steps/1": "malformed"}),
        ({"name": "", "hotline": "1"}, {"/body/name": "too_short", "/body/hotline": "too_short"}),
        ({"can_do": ["查询", "查询"]}, {"/body/can_do/1": "duplicate"}),
    ],
)
def test_what_a_channel_cannot_be(api, policy, changes, wrong):
    response = api.put(CHANNEL.format("620900", "query", "wrong"), by=policy, json={**NEW_CHANNEL, **changes})
    check_problem(response, 400, "validation_failed")
    assert faults(response) == wrong


@pytest.mark.parametrize(
    ("kind", "code", "pointer"),
    [("query", "Upper", "channel_code"), ("query", "1a", "channel_code"), ("look", "x1", "kind")],
)
def test_names_in_the_path(api, policy, kind, code, pointer):
    response = api.put(CHANNEL.format("620900", kind, code), by=policy, json=NEW_CHANNEL)
    check_problem(response, 400, "validation_failed")
    assert faults(response).keys() == {f"/path/{pointer}"}
