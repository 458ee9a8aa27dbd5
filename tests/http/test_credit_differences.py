"""What was credited anew: differences after a rule, a person or a death was recorded otherwise, in data and in sentences."""
# SPDX-License-Identifier: Apache-2.0
import uuid

import pytest
from tests.harness import pensioners
from tests.harness.pensioners import Plan
from tests.http.explaining import POOL, PROVINCE, explained, listed, sentences
from tests.http.explaining import monthly, operator, retired  # noqa: F401 fixtures


@pytest.fixture
def difference(sql):
    """Rows as a recomputation would write them, taken away after the test."""
    planted = []

    def plant(first_credit_id, **changes):
        planted.append(pensioners.plant_difference(sql, first_credit_id, **changes))
        return planted[-1]

    yield plant
    pensioners.unplant(sql, *planted)


def test_a_new_rule_pays_the_difference(api, sql, operator, retired, difference):
    one = retired()
    old = Plan(PROVINCE, {0: 300}, plan_kind="ratio", base_fen=370_000, deduction_fen=300).insert(sql)
    new = Plan(PROVINCE, {0: 300}, plan_code=old.plan_code, version=2, plan_kind="ratio", base_fen=390_000, deduction_fen=300,
               legal_basis="云南省示例通知").insert(sql)
    first = pensioners.credit(sql, old, one, "2026-09")
    credit_id = difference(first, policy_id=new.policy_id, gross_fen=600, deduction_fen=0, total_gross_fen=11_700, reason="policy")
    shown = explained(api, credit_id, operator)
    assert (shown["revision"], shown["reason"], shown["first_credit_id"]) == (1, "policy", first)
    assert shown["credited"] == {"gross_fen": 11_100, "deduction_fen": 300, "net_fen": 10_800}
    assert shown["due"] == {"gross_fen": 11_700, "deduction_fen": 300, "net_fen": 11_400}
    assert (shown["gross_fen"], shown["deduction_fen"], shown["net_fen"]) == (600, 0, 600)
    assert (shown["before"]["credit_id"], shown["before"]["base_fen"], shown["before"]["version"]) == (first, 370_000, 1)
    assert sentences(api, credit_id, operator) == (
        ["2026年9月的标准已有变化，您适用昆明市参照云南省2020年1月起执行的标准（依据：云南省示例通知），2026年9月按平均养老金3900.00元的3%计算，"
         "应划入117.00元，扣除大病保险3.00元，应入账114.00元。",
         "此前已入账108.00元，本次补入6.00元。"],
        ["The rule for September 2026 has changed: the one that applies is that of region 530000, which pool 530100 follows, in force from "
         "January 2020 (legal basis: 云南省示例通知); for September 2026 (3% of the average pension of 3900.00 yuan), 117.00 yuan are due, "
         "3.00 yuan are deducted for critical illness insurance, and 114.00 yuan remain.",
         "108.00 yuan had been credited before, so 6.00 yuan were added now."])
    rows = listed(api, one, operator)
    assert [(row["revision"], row["net_fen"], row["first_credit_id"]) for row in rows] == [(1, 600, first), (0, 10_800, None)]


def test_after_a_death_it_is_taken_back_and_the_rest_is_owed(api, sql, operator, retired, monthly, difference):
    one = retired()
    first = pensioners.credit(sql, monthly, one, "2026-09")
    sql.execute("UPDATE person SET deceased_on = '2026-08-20' WHERE person_key = %s", [one.key])
    credit_id = difference(first, gross_fen=-11_000, deduction_fen=-300, total_gross_fen=0, total_deduction_fen=0, receivable_fen=4_000,
                           last_month="2026-08-01", months=0, reason="not_entitled")
    shown = explained(api, credit_id, operator)
    assert (shown["net_fen"], shown["receivable_fen"], shown["last_month"]) == (-10_700, 4_000, "2026-08")
    assert shown["due"] == {"gross_fen": 0, "deduction_fen": 0, "net_fen": 0}
    assert sentences(api, credit_id, operator) == (
        ["参保人已于2026年8月去世，享受至去世当月，2026年9月不应划入。",
         "此前已入账107.00元，本次应扣回107.00元：已从账户扣回67.00元，余额不足的40.00元记为应退还的款项。"],
        ["The insured person died in August 2026, which is the last month that is credited: nothing is due for September 2026.",
         "107.00 yuan had been credited before, so 107.00 yuan are to be taken back: 67.00 yuan were taken from the account, and the "
         "40.00 yuan that it did not hold are owed."])
    assert "参保人已年满72周岁" in explained(api, first, operator)["sentences"][0], "who died is spoken of"


def test_another_birth_date_and_another_retirement(api, sql, operator, retired, monthly, difference):
    one = retired(born="1956-03-04")
    first = pensioners.credit(sql, monthly, one, "2026-09")
    younger = difference(first, birth_date="1957-03-04", age_years=69, min_age=0, gross_fen=-1_000, deduction_fen=0,
                         total_gross_fen=10_000, reason="person")
    chinese, english = sentences(api, younger, operator)
    assert chinese == [
        "您的出生日期已更正为1957年3月4日，截至2026年9月30日已年满69周岁，适用昆明市参照云南省2020年1月起执行的标准中70周岁以下的一档"
        "（依据：云南省示例办法），2026年9月应划入100.00元，扣除大病保险3.00元，应入账97.00元。",
        "此前已入账107.00元，本次扣回10.00元。"]
    assert english[0].startswith("Your date of birth was corrected to 4 March 1957: by 30 September 2026 you had "
                                 "reached the age of 69, and the ")
    later = difference(first, first_month="2026-10-01", months=0, gross_fen=-10_000, deduction_fen=-300, total_gross_fen=0,
                       total_deduction_fen=0, reason="person")
    assert sentences(api, later, operator) == (
        ["您的医保退休生效月份已更正为2026年9月，自次月（2026年10月）起享受，2026年9月不应划入。", "此前已入账97.00元，本次扣回97.00元。"],
        ["Your medical-insurance retirement was corrected to September 2026, and credits begin with the month after "
         "it, October 2026: nothing "
         "is due for September 2026.", "97.00 yuan had been credited before, so 97.00 yuan were taken back now."])
    assert explained(api, later, operator)["before"]["credit_id"] == younger, "the row just before"


def test_a_death_within_the_year(api, sql, operator, retired, difference):
    one = retired()
    plan = Plan(POOL, {0: 168_000}, posting_month=3, is_pro_rated=True).insert(sql)
    first = pensioners.credit(sql, plan, one, "2026-03")
    assert "2026年度应划入1680.00元，没有扣款，实际入账1680.00元。" == explained(api, first, operator)["sentences"][1]
    credit_id = difference(first, last_month="2026-05-01", months=5, gross_fen=-98_000, total_gross_fen=70_000,
                           receivable_fen=98_000, reason="person")
    assert sentences(api, credit_id, operator) == (
        ["参保人已于2026年5月去世，享受至去世当月，2026年度按全年1680.00元的12分之5（享受至2026年5月止）计算，应划入700.00元，没有扣款，"
         "应入账700.00元。",
         "此前已入账1680.00元，本次应扣回980.00元：账户余额不足，全部记为应退还的款项。"],
        ["The insured person died in May 2026, which is the last month that is credited; for the year 2026 (5/12 of 1680.00 yuan, entitled "
         "until May 2026), 700.00 yuan are due, nothing is deducted, and 700.00 yuan remain.",
         "1680.00 yuan had been credited before, so 980.00 yuan are to be taken back: the account held nothing of it, "
         "and all of it is owed."])


def test_two_records_and_an_enrolment_that_was_none(api, sql, operator, retired, monthly, difference):
    one = retired()
    first = pensioners.credit(sql, monthly, one, "2026-08")
    twice = difference(first, gross_fen=11_000, deduction_fen=300, total_gross_fen=22_000, total_deduction_fen=600, reason="merged",
                       origin_credit_id=str(uuid.uuid4()))
    assert sentences(api, twice, operator)[0][1] == "这笔107.00元原记在您的另一份记录上，两份记录合并时已随余额转入本账户。"
    back = difference(first, gross_fen=-11_000, deduction_fen=-300, total_gross_fen=11_000, total_deduction_fen=300, reason="merged",
                      origin_credit_id=None)
    assert sentences(api, back, operator)[0] == [
        "您的两份记录已经合并，同一期只划入一次，2026年8月应划入110.00元，扣除大病保险3.00元，应入账107.00元。",
        "此前已入账214.00元，本次扣回107.00元。"]
    none = difference(first, gross_fen=-11_000, deduction_fen=-300, total_gross_fen=0, total_deduction_fen=0, months=0,
                      reason="not_entitled",
                      origin_credit_id=None)
    assert sentences(api, none, operator)[0] == [
        "经复核，您在昆明市没有符合划入条件的参保关系，2026年8月不应划入。", "此前已入账107.00元，本次扣回107.00元。"]
