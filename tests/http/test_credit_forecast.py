"""Pensioner credits to come, month by month, and the tier that comes next."""
# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest
from tests.harness import pensioners
from tests.harness.pensioners import Plan
from tests.harness.problems import faults
from tests.http.outlooking import ENGLISH, OTHER_POOL, THIS, TODAY, born_so_that, forecast, later, shown, zh
from tests.http.outlooking import operator, plan, retired  # noqa: F401 fixtures


def test_a_year_ahead_with_the_tier_that_is_reached(api, operator, retired, plan):
    birthday = later(5)
    one = retired(born=born_so_that(70, birthday))
    rows, whole = forecast(api, operator, one, plan.plan_code)
    assert [row["month"] for row in rows] == [shown(later(n)) for n in range(12)] == [row["period_start"] for row in rows]
    assert [(row["min_age"], row["gross_fen"], row["net_fen"]) for row in rows] == [(0, 10_000, 9_700)] * 5 + [(70, 11_000, 10_700)] * 7
    mine = {"gross_fen": sum(row["gross_fen"] for row in rows), "deduction_fen": 12 * 300, "net_fen": 5 * 9_700 + 7 * 10_700}
    assert all(row["reason"] == "due" for row in rows)
    others = [row for row in whole["data"] if row["plan_code"] != plan.plan_code and row["reason"] == "due"]
    assert whole["total"] == {name: fen + sum(row[name] for row in others) for name, fen in mine.items()}
    assert (whole["from"], whole["to"]) == (shown(THIS), shown(later(11)))
    (tier,) = [tier for tier in whole["next_tiers"] if tier["plan_code"] == plan.plan_code]
    assert (tier["month"], tier["min_age"], tier["gross_fen"], tier["deduction_fen"],
            tier["net_fen"]) == (shown(birthday), 70, 11_000, 300, 10_700)
    assert tier["text"] == f"从{zh(birthday)}起，您适用70周岁及以上的一档，每月应划入110.00元，扣除大病保险3.00元，入账107.00元。"
    total = whole["total"]["net_fen"]
    assert whole["text"] == (f"按目前登记的信息和已公布的标准，预计{zh(THIS)}至{zh(later(11))}共入账{total / 100:.2f}元。这是预计，实际以到账为准。")


def test_in_english(api, operator, retired, plan):
    one = retired(born=born_so_that(70, later(30)))
    whole = api.get(f"/v1/accounts/{one.account_id}/credits/forecast", by=operator, params={"months": 1}, headers=ENGLISH).json()
    (tier,) = [tier for tier in whole["next_tiers"] if tier["plan_code"] == plan.plan_code]
    assert tier["month"] == shown(later(30)), "also behind the months asked for"
    assert tier["text"] == (f"From {later(30):%B %Y} on, the tier of ages 70 and over applies to you: 110.00 yuan a "
                            f"month, of which 3.00 yuan are "
                            "deducted for critical illness insurance, and 107.00 yuan remain.")
    assert whole["text"] == (f"By what is on record and in force today, {whole['total']['net_fen'] / 100:.2f} yuan "
                             f"are expected for {THIS:%B %Y}. "
                             "This is a forecast: what is posted counts.")


def test_it_begins_behind_what_was_credited(api, sql, operator, retired, plan):
    one = retired()
    for n in (-3, -2):
        pensioners.credit(sql, plan, one, shown(later(n)), day=TODAY.isoformat())
    assert [row["month"] for row in forecast(api, operator, one, plan.plan_code, months=3)[0]] == [shown(later(n)) for n in (-1, 0, 1)]
    pensioners.credit(sql, plan, one, shown(THIS), day=TODAY.isoformat())
    assert [row["month"] for row in forecast(api, operator, one, plan.plan_code, months=2)[0]] == [shown(later(n)) for n in (1, 2)]
    tiers = forecast(api, operator, one, plan.plan_code)[1]["next_tiers"]
    assert plan.plan_code not in {tier["plan_code"] for tier in tiers}, "the highest is reached"


def test_somebody_who_retires_soon(api, operator, retired, plan):
    one = retired(retired_on=later(1).isoformat())
    rows, _ = forecast(api, operator, one, plan.plan_code, months=4)
    assert [(row["reason"], row["net_fen"]) for row in rows] == [("not_retired", None)] * 2 + [("due", 10_700)] * 2
    assert rows[0]["text"] == f"您的职工医保退休手续已登记，从{zh(later(2))}起划入。"


def test_a_yearly_plan_stands_once_a_year(api, sql, operator, retired):
    born = datetime.date(THIS.year + 1 - 75, 7, 2)
    one = retired(pool=OTHER_POOL, born=born.isoformat())
    plan = Plan(OTHER_POOL, {0: 168_000, 75: 189_000}, posting_month=7, is_pro_rated=True, age_basis="insurance_year_start").insert(sql)
    rows, whole = forecast(api, operator, one, plan.plan_code, months=36)
    years = sorted({row["period_start"] for row in rows})
    assert len(rows) == len(years) == len({row["month"] for row in rows}) and len(years) in (3, 4)
    assert all(row["month"] == (shown(THIS) if row["period_start"] == str(THIS.year) and THIS.month > 7
                                else f"{row['period_start']}-07") for row in rows)
    assert [row["gross_fen"] for row in rows] == [189_000 if int(row["period_start"]) > THIS.year + 1 else 168_000 for row in rows], (
        "75 on 2 July is a day late")
    (tier,) = [tier for tier in whole["next_tiers"] if tier["plan_code"] == plan.plan_code]
    assert (tier["month"], tier["gross_fen"]) == (f"{THIS.year + 2}-07", 189_000)
    assert tier["text"] == f"从{THIS.year + 2}年7月起，您适用75周岁及以上的一档，每年应划入1890.00元，没有扣款。"


@pytest.mark.parametrize("months", ["0", "61", "x", ""])
def test_months_that_cannot_be(api, operator, retired, plan, months):
    one = retired()
    refused = api.get(f"/v1/accounts/{one.account_id}/credits/forecast", by=operator, params={"months": months})
    assert refused.status_code == 400 and "/query/months" in faults(refused)
