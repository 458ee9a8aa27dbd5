"""What a pensioner was credited: the list, and how each credit comes about, in data and in sentences."""
# SPDX-License-Identifier: Apache-2.0
import csv
import io
import uuid

import pytest
from tests.harness import consenting, pensioners
from tests.harness.pensioners import Plan
from tests.harness.problems import check_problem, faults
from tests.http.explaining import POOL, PROVINCE, explained, listed, sentences
from tests.http.explaining import monthly, operator, retired  # noqa: F401 fixtures

# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_is_newest_first_and_says_gross_deduction_and_net(api, sql, operator, retired, monthly):
    one = retired()
    assert listed(api, one, operator) == []
    ids = [pensioners.credit(sql, monthly, one, month) for month in ("2026-08", "2026-09", "2026-10")]
    rows = listed(api, one, operator)
    assert [row["credit_id"] for row in rows] == ids[::-1]
    newest = rows[0]
    assert (newest["period"], newest["period_start"], newest["months"]) == ("month", "2026-10", 1)
    assert (newest["gross_fen"], newest["deduction_fen"], newest["net_fen"], newest["receivable_fen"]) == (11_000, 300, 10_700, 0)
    assert (newest["revision"], newest["reason"], newest["first_credit_id"], newest["origin_credit_id"]) == (0, "credit", None, None)
    assert (newest["region_code"], newest["plan_code"], newest["policy_id"]) == (POOL, monthly.plan_code, monthly.policy_id)
    assert newest["business_date"] == "2026-10-05"
    entries = [e for e in api.pages(f"/v1/accounts/{one.account_id}/entries", by=operator) if e["operation_id"] == newest["credit_id"]]
    assert {(e["kind"], e["direction"], e["amount_fen"]) for e in entries} == {
        ("pensioner_credit", "credit", 11_000), ("credit_deduction", "debit", 300)}


def test_the_list_is_paged_and_filtered(api, sql, operator, retired, monthly):
    one = retired()
    yearly = Plan(PROVINCE, {0: 120_000}, plan_code="test_person_yearly", posting_month=3).insert(sql)
    months = [f"2025-{m:02}" for m in range(9, 13)] + ["2026-01", "2026-02"]
    for month in months:
        pensioners.credit(sql, monthly, one, month)
    pensioners.credit(sql, yearly, one, "2026-03")
    url = f"/v1/accounts/{one.account_id}/credits"
    whole = listed(api, one, operator)
    assert [row["period_start"] for row in whole] == ["2026-02", "2026", "2026-01", "2025-12", "2025-11", "2025-10", "2025-09"]
    assert list(api.pages(url, by=operator, params={"limit": 2})) == whole, "paged: the same"

    def starts(**params):
        return {row["period_start"] for row in listed(api, one, operator, **params)}

    assert starts(**{"from": "2026-02"}) == {"2026-02", "2026"}, "a year belongs to any of its months"
    assert starts(to="2025-10") == {"2025-09", "2025-10"}
    assert starts(**{"from": "2025-11", "to": "2025-12"}) == {"2025-11", "2025-12"}
    assert starts(plan_code=yearly.plan_code) == {"2026"}
    refused = api.get(url, by=operator, params={"from": "2026-02", "to": "2026-01"})
    assert refused.status_code == 400 and faults(refused) == {"/query/to": "too_small"}
    sheet = api.get(url, by=operator, headers={"Accept": "text/csv"})
    lines = list(csv.DictReader(io.StringIO(sheet.text)))
    assert [(line["period_start"], int(line["net_fen"])) for line in lines] == [(row["period_start"], row["net_fen"]) for row in whole]


# --- who may see it ---------------------------------------------------------------------------------------------------


def test_foreign_is_absent(api, sql, operator, new_token, demo, retired, monthly):
    one = retired()
    credit_id = pensioners.credit(sql, monthly, one, "2026-10")
    elsewhere = new_token("staff", roles=["operator"], regions=["440000"])
    for by in (elsewhere, demo.employee, new_token("client")):
        check_problem(api.get(f"/v1/credits/{credit_id}/explanation", by=by), 404, "not_found")
        check_problem(api.get(f"/v1/accounts/{one.account_id}/credits", by=by), 404, "not_found")
    for absent in (uuid.uuid4(), one.person_id):
        check_problem(api.get(f"/v1/credits/{absent}/explanation", by=operator), 404, "not_found")


def test_the_owner_sees_it_and_who_looked_and_a_client_by_consent(api, sql, demo, new_token):
    owner = demo.citizen("retired over 70")
    plan = Plan("110000", {0: 100}, plan_code="test_person_owner").insert(sql)
    (pool,) = sql.execute("SELECT pool_code FROM account WHERE account_id = %s", [owner.account_id]).fetchone()
    credit_id = pensioners.credit(sql, plan, pensioners.Pensioner(owner.person_id, owner.account_id, pool), "2026-10")
    url = f"/v1/accounts/{owner.account_id}/credits"
    own = api.get(url, by=owner, params={"plan_code": plan.plan_code}).json()["data"]
    assert [row["credit_id"] for row in own] == [credit_id]
    shown = explained(api, credit_id, owner)
    assert shown["birth_date"] == "1952-04-08"
    operator = new_token("staff", roles=["operator"], regions=["110000"])
    explained(api, credit_id, operator)
    log = api.get("/v1/me/access-log", by=owner, params={"limit": 5}).json()["data"]
    assert (log[0]["action"], log[0]["text"]) == ("explain_credit", "查看了您的一笔退休人员划入是怎么计算的")
    client = new_token("client")
    check_problem(api.get(url, by=client), 404, "not_found")
    consenting.agree(api, client, owner, ["entries"])
    assert api.get(url, by=client).status_code == 200
    to_client = explained(api, credit_id, client)
    assert to_client["birth_date"] is None and to_client["sentences"] == shown["sentences"]
    other = new_token("client")
    consenting.agree(api, other, owner, ["balance", "enrolments"])
    check_problem(api.get(f"/v1/credits/{credit_id}/explanation", by=other), 404, "not_found")


# --- why --------------------------------------------------------------------------------------------------------------


def test_everything_that_a_credit_came_from(api, sql, operator, retired, monthly):
    one = retired(born="1956-10-31", retired_on="2016-11-01")
    credit_id = pensioners.credit(sql, monthly, one, "2026-10")
    shown = explained(api, credit_id, operator)
    assert shown["policy"] == {
        "policy_id": monthly.policy_id, "region_code": PROVINCE, "region_name": "云南省", "version": 1, "effective_from": "2020-01",
        "plan_kind": "fixed", "posting_month": None, "is_pro_rated": False, "age_basis": "credit_month", "base_fen": None,
        "rounding": "half_up", "legal_basis": "云南省示例办法", "source": "test"}
    assert shown["looked_up"] == [
        {"level": "pool", "region_code": POOL, "region_name": "昆明市", "has_policy": False},
        {"level": "province", "region_code": PROVINCE, "region_name": "云南省", "has_policy": True}]
    assert (shown["birth_date"], shown["age_on"], shown["age_years"], shown["min_age"], shown["below_age"]) == (
        "1956-10-31", "2026-10-31", 70, 70, None)
    assert (shown["retired_month"], shown["first_month"], shown["last_month"]) == ("2016-11", "2016-12", None)
    assert (shown["gross_dividend"], shown["gross_divisor"], shown["deduction_dividend"], shown["deduction_divisor"]) == (11_000, 1, 300, 1)
    assert shown["due"] == {"gross_fen": 11_000, "deduction_fen": 300, "net_fen": 10_700}
    assert shown["credited"] == {"gross_fen": 0, "deduction_fen": 0, "net_fen": 0} and shown["before"] is None
    assert [(e["kind"], e["direction"], e["amount_fen"]) for e in shown["entries"]] == [
        ("pensioner_credit", "credit", 11_000), ("credit_deduction", "debit", 300)]
    assert shown["deductions"] == [{"kind": "critical_illness", "amount_fen": 300}]
    assert sentences(api, credit_id, operator) == (
        ["截至2026年10月31日，您已年满70周岁，适用昆明市参照云南省2020年1月起执行的标准中70周岁及以上的一档（依据：云南省示例办法）。",
         "2026年10月应划入110.00元，扣除大病保险3.00元，实际入账107.00元。"],
        ["By 31 October 2026 you had reached the age of 70; the rule that applies is that of region 530000, which pool 530100 follows, in "
         "force from January 2020, for ages 70 and over (legal basis: 云南省示例办法).",
         "For October 2026, 110.00 yuan were due; 3.00 yuan were deducted for critical illness insurance, and 107.00 yuan were credited to "
         "your account."])


def test_a_ratio_of_the_pools_own_without_deduction(api, sql, operator, retired):
    one = retired()
    plan = Plan(POOL, {0: 300}, plan_kind="ratio", base_fen=370_000).insert(sql)
    credit_id = pensioners.credit(sql, plan, one, "2026-10")
    shown = explained(api, credit_id, operator)
    assert (shown["gross_dividend"], shown["gross_divisor"], shown["gross_fen"]) == (370_000 * 300, 10_000, 11_100)
    assert [level["level"] for level in shown["looked_up"]] == ["pool"]
    assert sentences(api, credit_id, operator) == (
        ["截至2026年10月31日，您已年满72周岁，适用昆明市2020年1月起执行的标准（依据：示例办法）。",
         "2026年10月按平均养老金3700.00元的3%计算，应划入111.00元，没有扣款，实际入账111.00元。"],
        ["By 31 October 2026 you had reached the age of 72; the rule that applies is that of pool 530100, in force "
         "from January 2020 (legal "
         "basis: 示例办法).",
         "For October 2026 (3% of the average pension of 3700.00 yuan), 111.00 yuan were due; nothing was deducted, and 111.00 yuan were "
         "credited to your account."])


@pytest.mark.parametrize(("rounding", "gross", "zh", "en"), [
    ("half_up", 10_377, "（四舍五入到分）", " (rounded to the fen)"), ("down", 10_376, "（不足一分的舍去）", " (rounded down to the fen)")])
def test_what_was_rounded_says_so(api, sql, operator, retired, rounding, gross, zh, en):
    plan = Plan(POOL, {0: 280}, plan_kind="ratio", base_fen=370_600, rounding=rounding).insert(sql)
    chinese, english = sentences(api, pensioners.credit(sql, plan, retired(), "2026-10"), operator)
    amount = f"{gross / 100:.2f}"
    assert f"的2.8%计算，应划入{amount}元{zh}，" in chinese[1] and f" {amount} yuan were due{en};" in english[1]


def test_twelfths_of_a_year(api, sql, operator, retired):
    one = retired(born="1966-05-04", retired_on="2026-04-01")
    plan = Plan(POOL, {0: 168_000, 75: 189_000}, posting_month=7, is_pro_rated=True, age_basis="insurance_year_start", deduction_fen=1_200)
    credit_id = pensioners.credit(sql, plan.insert(sql), one, "2026-07")
    shown = explained(api, credit_id, operator)
    assert (shown["period_start"], shown["months"], shown["gross_fen"], shown["deduction_fen"]) == ("2026", 8, 112_000, 800)
    assert (shown["gross_dividend"], shown["gross_divisor"], shown["deduction_dividend"], shown["deduction_divisor"]) == (
        168_000 * 8, 12, 1_200 * 8, 12)
    assert sentences(api, credit_id, operator) == (
        ["截至2026年7月1日，您已年满60周岁，适用昆明市2020年1月起执行的标准中75周岁以下的一档（依据：示例办法）。",
         "2026年度按全年1680.00元的12分之8（自2026年5月起享受）计算，应划入1120.00元，扣除大病保险8.00元，实际入账1112.00元。"],
        ["By 1 July 2026 you had reached the age of 60; the rule that applies is that of pool 530100, in force from January 2020, for ages "
         "under 75 (legal basis: 示例办法).",
         "For the year 2026 (8/12 of 1680.00 yuan, entitled from May 2026), 1120.00 yuan were due; 8.00 yuan were deducted for critical "
         "illness insurance, and 1112.00 yuan were credited to your account."])
