"""Who is entitled to pensioner credits: a reason for every case, in both languages."""
# SPDX-License-Identifier: Apache-2.0
import uuid

import pytest
from tests.harness import entering, money, pensioners, proposals
from tests.harness.pensioners import Plan
from tests.harness.problems import check_problem
from tests.http.outlooking import BARE_POOL, ENGLISH, OTHER_POOL, POOL, PROVINCE, THIS, TODAY
from tests.http.outlooking import forecast, later, of_account, of_person, shown, zh
from tests.http.outlooking import operator, plan, retired  # noqa: F401 fixtures


def test_entitled_then_credited(api, sql, operator, retired, plan):
    one = retired()
    row, whole = of_account(api, operator, one, plan.plan_code)
    assert (whole["person_id"], whole["account_id"], whole["region_code"], whole["month"], whole["eligible"]) == (
        one.person_id, one.account_id, POOL, shown(THIS), True)
    assert (row["eligible"], row["reason"], row["period"], row["period_start"], row["first_month"], row["last_month"]) == (
        True, "due", "month", shown(THIS), "2014-04", None)
    assert (row["gross_fen"], row["deduction_fen"], row["net_fen"], row["min_age"], row["months"]) == (11_000, 300, 10_700, 70, 1)
    assert (row["policy_id"], row["policy_region_code"]) == (plan.policy_id, PROVINCE)
    assert (row["text"], row["next_step"]) == (f"您符合{zh(THIS)}的划入条件。", "由参保地医保经办机构统一划入，无需申请。")
    pensioners.credit(sql, plan, one, shown(THIS), day=TODAY.isoformat())
    row, _ = of_account(api, operator, one, plan.plan_code)
    assert (row["eligible"], row["reason"], row["net_fen"], row["next_step"]) == (True, "already_credited", 10_700, None)
    assert row["text"] == f"您{zh(THIS)}的划入已经入账。"
    assert of_person(api, operator, one.person_id)["plans"] == of_account(api, operator, one, plan.plan_code)[1]["plans"]


def change(sql, one, table, **values):
    """Only for this test: the value it had. What is changed has the person's key alone."""
    ((name, value),) = values.items()
    before = sql.execute(f"SELECT {name} FROM {table} WHERE person_key = %s", [one.key]).fetchone()[0]
    sql.execute(f"UPDATE {table} SET {name} = %s WHERE person_key = %s", [value, one.key])
    return before


REASONS = [
    ("enrolment", {"retired_on": None}, "not_retired", "您还没有办结职工医保退休手续；办结生效后，从次月起划入。",
     "达到退休年龄和规定的缴费年限后，请到参保地医保经办机构办理职工医保退休手续。"),
    ("enrolment", {"retired_on": THIS}, "not_retired", f"您的职工医保退休手续已登记，从{zh(later(1))}起划入。", None),
    ("enrolment", {"status": "suspended"}, "enrolment_suspended", "您的职工医保参保关系目前已暂停，暂停期间不划入。",
     "请联系参保地医保经办机构恢复参保关系。"),
    ("enrolment", {"pool_code": OTHER_POOL}, "enrolled_elsewhere", "您的职工医保参保关系在另一个统筹区，由那里划入。", "请查看您在那里的个人账户。"),
    ("enrolment", {"status": "pending_in"}, "not_enrolled", f"您在{zh(THIS)}没有职工医保参保关系。", "如与实际不符，请联系参保地医保经办机构核对。"),
    ("enrolment", {"account_mode": "pooled_only"}, "pooled_only", "您参加的职工医保只有统筹基金，没有个人账户，所以不划入。",
     "可向参保地医保经办机构咨询能否改为有个人账户的参保方式。"),
    ("person", {"deceased_on": later(-2)}, "deceased", f"参保人已去世，划入到去世当月（{zh(later(-2))}）为止。", None),
    ("account", {"status": "frozen"}, "account_frozen", f"您符合{zh(THIS)}的划入条件，但您的个人账户已冻结，暂不划入。",
     "请联系参保地医保经办机构，解冻后会补划。"),
    ("account", {"status": "closed"}, "account_closed", "您的个人账户已注销，不能划入。", "请联系参保地医保经办机构。"),
]


@pytest.mark.parametrize(("table", "values", "reason", "text", "next_step"), REASONS, ids=[f"{case[2]}-{n}" for n,
                                                                                           case in enumerate(REASONS)])
def test_why_not(api, sql, operator, retired, plan, table, values, reason, text, next_step):
    one = retired()
    before = change(sql, one, table, **values)
    try:
        row, whole = of_account(api, operator, one, plan.plan_code)
        assert (row["reason"], row["eligible"], row["text"], row["next_step"]) == (reason, False, text, next_step)
        english, _ = of_account(api, operator, one, plan.plan_code, **ENGLISH)
        assert english["reason"] == reason and english["text"].isascii() is (values != {"retired_on": None})
        assert (english["next_step"] is None) is (next_step is None)
        assert row["net_fen"] == (10_700 if reason.startswith("account_") else None), "what it would be"
        assert not whole["eligible"]
        rows, forecasted = forecast(api, operator, one, plan.plan_code, months=1)
        assert [(r["reason"], r["text"], r["net_fen"]) for r in rows] == [(reason, text, None)]
        assert forecasted["text"] == "按目前登记的信息和已公布的标准，预计没有划入。这是预计，实际以到账为准。"
    finally:
        change(sql, one, table, **{next(iter(values)): before})


def test_plans_that_cannot_credit(api, sql, operator, retired):
    one = retired(pool=OTHER_POOL)
    unknown = Plan(OTHER_POOL, {0: 250}, plan_kind="ratio").insert(sql)
    for_old = Plan(OTHER_POOL, {80: 10_000}).insert(sql)
    nothing = Plan(OTHER_POOL, {0: 0}).insert(sql)
    rows = {name: of_account(api, operator, one, p.plan_code)[0] for name, p in (("unknown", unknown), ("old", for_old),
                                                                                 ("nothing", nothing))}
    assert rows["unknown"]["reason"] == "policy_incomplete" and rows["unknown"]["next_step"] == "公布后会补划，无需申请。"
    assert rows["unknown"]["text"] == f"参保地按平均养老金的一定比例划入，适用于{zh(THIS)}的平均养老金还没有公布，所以暂不划入。"
    assert (rows["old"]["reason"], rows["old"]["text"]) == ("no_tier", "您还没有达到参保地划入标准的最低年龄（80周岁）。")
    assert (rows["nothing"]["reason"], rows["nothing"]["text"]) == ("nothing_due", f"按参保地的标准，您{zh(THIS)}的划入金额为零。")
    assert not any(row["eligible"] for row in rows.values())


def test_a_pool_without_a_plan(api, operator, retired):
    one = retired(pool=BARE_POOL)
    (row,) = of_person(api, operator, one.person_id)["plans"]
    assert (row["plan_code"], row["period"], row["policy_id"], row["reason"]) == (None, None, None, "policy_missing")
    assert (row["text"], row["next_step"]) == (f"参保地没有适用于{zh(THIS)}的划入标准。", "请向参保地医保经办机构咨询。")
    rows, whole = forecast(api, operator, one, None, months=2)
    assert [row["reason"] for row in rows] == ["policy_missing"] * 2 and whole["total"]["net_fen"] == 0 and whole["next_tiers"] == []


def test_a_year_whose_month_has_not_come(api, sql, operator, retired):
    one = retired()
    yearly = Plan(POOL, {0: 120_000}, posting_month=12).insert(sql)
    row, _ = of_account(api, operator, one, yearly.plan_code)
    reached = THIS.month == 12
    assert (row["reason"], row["eligible"], row["net_fen"], row["period_start"]) == (
        "due" if reached else "posting_month_not_reached", True, 120_000, str(THIS.year))
    if not reached:
        assert row["text"] == f"您符合{THIS.year}年度的划入条件，从{THIS.year}年12月起划入。"


def test_without_an_account(api, sql, operator, retired, plan):
    one = retired()
    before = change(sql, one, "enrolment", pool_code=OTHER_POOL)
    whole = of_person(api, operator, one.person_id)
    row = next(row for row in whole["plans"] if row["plan_code"] == plan.plan_code)
    assert (whole["region_code"], whole["account_id"], row["reason"], row["net_fen"]) == (OTHER_POOL, None, "no_account", 10_700)
    assert row["next_step"] == "请联系参保地医保经办机构开立个人账户，开立后会补划。"
    change(sql, one, "enrolment", pool_code=before)


def test_residents_learn_that_they_never_get_one(api, demo):
    whole = of_person(api, demo.resident, demo.resident.person_id)
    assert whole["account_id"] is None and not whole["eligible"]
    assert {row["reason"] for row in whole["plans"]} == {"resident_scheme"}
    assert whole["plans"][0]["text"] == "您参加的是城乡居民医保。居民医保没有个人账户；个人账户划入只适用于职工医保的退休人员。"
    english = of_person(api, demo.resident, demo.resident.person_id, headers=ENGLISH)
    assert english["plans"][0]["text"] == (
        "You are insured under the resident scheme. It has no personal account; these credits are for those who "
        "retired in the employee scheme.")


def test_nobody_knows_of_any_enrolment(api, operator):
    person_id = entering.create(api, operator, pool_code=POOL).json()["person_id"]
    whole = of_person(api, operator, person_id)
    assert whole["region_code"] == POOL and {row["reason"] for row in whole["plans"]} == {"not_enrolled"}


def test_staff_of_another_pool_learn_nothing_of_the_one_that_counts(api, sql, new_token, retired, plan):
    one = retired()
    money.record_contributions(sql, one.person_id, BARE_POOL, [("2001-05-01", "employee", "regular", f"old {one.person_id}", 100)])
    whole = of_person(api, new_token("staff", roles=["operator"], regions=["630000"]), one.person_id)
    assert (whole["region_code"], whole["account_id"], whole["eligible"]) == (None, None, False)
    assert {row["reason"] for row in whole["plans"]} == {"enrolled_elsewhere"}
    assert all(row["net_fen"] is None for row in whole["plans"])


def test_a_merged_record_points_to_the_other(api, sql, new_token, operator, retired, plan):
    survivor, duplicate = retired(born="1954-03-04"), retired(born="1954-03-04")
    credit_id = pensioners.credit(sql, plan, duplicate, "2026-10")
    staff = {role: new_token("staff", roles=[role], regions=["000000"]) for role in ("operator", "reviewer")}
    url = f"/v1/admin/people/{survivor.person_id}/merge-proposals"
    body = {"duplicate_person_id": duplicate.person_id, "reason": "同一人两次建档", "confirm_differences": True}
    made = api.post(url, by=staff["operator"], json=body)
    assert made.status_code == 201, made.text
    proposals.approve(api, made.json()["proposal_id"], staff["reviewer"])
    whole = of_person(api, operator, duplicate.person_id)
    assert {row["reason"] for row in whole["plans"]} == {"merged"}
    assert whole["plans"][0]["text"] == "这份记录已经并入您的另一份记录，划入记在那份记录上。"
    (copy,) = api.get(f"/v1/accounts/{survivor.account_id}/credits", by=operator).json()["data"]
    assert (copy["origin_credit_id"], copy["net_fen"]) == (credit_id, 10_700)
    explained = api.get(f"/v1/credits/{copy['credit_id']}/explanation", by=operator).json()
    assert explained["entries"] == [] and explained["sentences"][1] == "这笔107.00元原记在您的另一份记录上，两份记录合并时已随余额转入本账户。"
    assert api.get(f"/v1/credits/{credit_id}/explanation", by=operator).status_code == 200, "what was stays readable"


def test_who_may_ask(api, operator, new_token, demo, retired, plan):
    one = retired()
    urls = [f"/v1/accounts/{one.account_id}/credits/forecast", f"/v1/accounts/{one.account_id}/credits/eligibility",
            f"/v1/people/{one.person_id}/credit-eligibility"]
    elsewhere = new_token("staff", roles=["operator"], regions=["440000"])
    for url in urls:
        for by in (elsewhere, demo.employee, new_token("client")):
            check_problem(api.get(url, by=by), 404, "not_found")
        check_problem(api.get(url.replace(one.account_id, str(uuid.uuid4())).replace(one.person_id, str(uuid.uuid4())),
                              by=operator), 404, "not_found")
