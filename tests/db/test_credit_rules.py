"""The table of regions of the rules (docs/credits.md), row by row, with the days around each birthday; every number is written out."""
# SPDX-License-Identifier: Apache-2.0
import itertools

import pytest

from tests.db.entitled import enrol, judged, pensioner, policy, policy_at, reckoned

_plans = itertools.count(1)


@pytest.fixture(scope="module")
def rules(cluster, template):
    """The shipped policies; whoever changes something takes a plan or a province of their own."""
    with cluster.connect(cluster.create_database("credit_rules", "owner", "migrated").split("dbname=")[1], "owner") as connection:
        yield connection


@pytest.fixture
def plan():
    return f"test_{next(_plans)}"


BEFORE, ON, AFTER = "the day before the birthday", "the birthday", "the day after it"
SHIPPED = [
    # Beijing: under 70 100.00, from 70 110.00, less 3.00; age on 31 October 2026
    ("110000", "2026-10", BEFORE, "1956-11-01", 10_000, 300),
    ("110000", "2026-10", ON, "1956-10-31", 11_000, 300),
    ("110000", "2026-10", AFTER, "1956-10-30", 11_000, 300),
    # Shanghai: up to 74 1,680.00 a year, from 75 1,890.00; age on 1 July 2026
    ("310000", "2026-07", BEFORE, "1951-07-02", 168_000, 0),
    ("310000", "2026-07", ON, "1951-07-01", 189_000, 0),
    ("310000", "2026-07", AFTER, "1951-06-30", 189_000, 0),
    ("310000", "2026-12", BEFORE, "1951-07-02", 168_000, 0),
    ("310000", "2026-12", ON, "1951-07-01", 189_000, 0),
    # Anhui (Hefei): 70.00 at any age
    ("340100", "2026-10", BEFORE, "1956-11-01", 7_000, 0),
    ("340100", "2026-10", ON, "1956-10-31", 7_000, 0),
    ("340100", "2026-10", AFTER, "1956-10-30", 7_000, 0),
    # Gansu: 120.00 at any age, inherited by Tianshui and Jiuquan
    ("620500", "2026-10", BEFORE, "1956-11-01", 12_000, 0),
    ("620500", "2026-10", ON, "1956-10-31", 12_000, 0),
    ("620500", "2026-10", AFTER, "1956-10-30", 12_000, 0),
    ("620900", "2026-10", BEFORE, "1956-11-01", 12_000, 0),
    ("620900", "2026-10", ON, "1956-10-31", 12_000, 0),
    ("620900", "2026-10", AFTER, "1956-10-30", 12_000, 0),
    # Shandong (Jinan): under 70 100.00, from 70 125.00
    ("370100", "2026-10", BEFORE, "1956-11-01", 10_000, 0),
    ("370100", "2026-10", ON, "1956-10-31", 12_500, 0),
    ("370100", "2026-10", AFTER, "1956-10-30", 12_500, 0),
    # Chongqing: under 70 105.00, from 70 115.00
    ("500000", "2026-10", BEFORE, "1956-11-01", 10_500, 0),
    ("500000", "2026-10", ON, "1956-10-31", 11_500, 0),
    ("500000", "2026-10", AFTER, "1956-10-30", 11_500, 0),
    # in February, of common and leap years
    ("110000", "2026-02", BEFORE, "1956-03-01", 10_000, 300),
    ("110000", "2026-02", ON, "1956-02-28", 11_000, 300),
    ("110000", "2028-02", BEFORE, "1958-03-01", 10_000, 300),
    ("110000", "2028-02", AFTER, "1958-02-28", 11_000, 300),
]  # fmt: skip


@pytest.mark.parametrize(("pool", "month", "day", "born", "gross", "deduction"), SHIPPED,
                         ids=[f"{p}-{m}-{b}" for p, m, _, b, *_ in SHIPPED])  # fmt: skip
def test_a_row_of_the_table(rules, pool, month, day, born, gross, deduction):
    assert judged(rules, pensioner(rules, pool, born), month) == ("due", gross, deduction), day


@pytest.mark.parametrize("pool", ["440300", "350200"])
def test_shenzhen_and_xiamen_are_incomplete(rules, pool, plan):
    assert judged(rules, pensioner(rules, pool, "1950-05-05"), "2026-10") == ("policy_incomplete", None, 0)
    assert policy_at(rules, pool, "2026-10")[1] == pool


def test_an_incomplete_city_hides_its_province_and_the_nation(rules, plan):
    policy(rules, "000000", plan, {0: 5_000})
    policy(rules, "440000", plan, {0: 6_000})
    policy(rules, "440300", plan, {0: 280}, plan_kind="ratio")
    assert judged(rules, pensioner(rules, "440300", "1950-05-05"), "2026-10", plan)[0] == "policy_incomplete"
    assert judged(rules, pensioner(rules, "440100", "1950-05-05"), "2026-10", plan) == ("due", 6_000, 0)
    assert judged(rules, pensioner(rules, "450100", "1950-05-05"), "2026-10", plan) == ("due", 5_000, 0)


def test_shenzhen_is_credited_once_its_base_is_known(rules, plan):
    policy(rules, "440300", plan, {0: 280}, plan_kind="ratio")
    policy(rules, "440300", plan, {0: 280}, plan_kind="ratio", base_fen=892_900, effective_from="2026-03-01", version=2)
    person = pensioner(rules, "440300", "1950-05-05")
    assert judged(rules, person, "2026-02", plan)[0] == "policy_incomplete"
    assert judged(rules, person, "2026-03", plan) == ("due", 25_001, 0)  # 8,929.00 × 2.8 % = 250.012


def test_three_percent_of_the_average_pension(rules, plan):
    policy(rules, "620000", plan, {0: 300}, plan_kind="ratio", base_fen=370_000)
    assert judged(rules, pensioner(rules, "620500", "1950-05-05"), "2026-10", plan) == ("due", 11_100, 0)


def test_where_nobody_has_a_policy_nobody_is_credited(rules):
    assert judged(rules, pensioner(rules, "330100", "1950-05-05"), "2026-10") == ("policy_missing", None, None)
    assert policy_at(rules, "330100", "2026-10") is None


def test_tianshui_and_jiuquan_inherit_until_they_have_their_own(rules, plan):
    policy(rules, "620000", plan, {0: 12_000})
    policy(rules, "620500", plan, {0: 13_000}, effective_from="2026-04-01")
    policy(rules, "620900", plan, {0: 14_000}, active=False)
    assert [policy_at(rules, "620500", month, plan)[1] for month in ("2026-03", "2026-04")] == ["620000", "620500"]
    assert policy_at(rules, "620900", "2026-04", plan)[1] == "620000", "a draft counts for nobody"


def test_the_highest_version_of_the_newest_month_holds(rules, plan):
    for version, month in ((1, "2026-01-01"), (2, "2026-05-01"), (3, "2026-05-01"), (4, "2026-03-01")):
        policy(rules, "620500", plan, {0: version}, version=version, effective_from=month)
    policy(rules, "620500", plan, {0: 5}, version=5, effective_from="2026-05-01", active=False)
    months = ("2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-12")
    assert [(policy_at(rules, "620500", month, plan) or (0, 0, None))[2] for month in months] == [None, 1, 1, 4, 4, 3, 3]


# --- age --------------------------------------------------------------------------------------------------------------

AGES = [
    # the last day of the month
    ("credit_month", "2026-10", "1956-11-01", "2026-10-31", 69), ("credit_month", "2026-10", "1956-10-31", "2026-10-31", 70),
    ("credit_month", "2026-10", "1956-10-30", "2026-10-31", 70), ("credit_month", "2026-02", "1956-03-01", "2026-02-28", 69),
    ("credit_month", "2028-02", "1958-03-01", "2028-02-29", 69), ("credit_month", "2026-12", "1957-01-01", "2026-12-31", 69),
    # 1 January, the whole year
    ("year_start", "2026-01", "1956-01-02", "2026-01-01", 69), ("year_start", "2026-01", "1956-01-01", "2026-01-01", 70),
    ("year_start", "2026-01", "1955-12-31", "2026-01-01", 70), ("year_start", "2026-12", "1956-01-02", "2026-01-01", 69),
    ("year_start", "2026-12", "1956-01-01", "2026-01-01", 70), ("year_start", "2027-01", "1956-01-02", "2027-01-01", 70),
    # 1 July, until the next June
    ("insurance_year_start", "2026-07", "1956-07-02", "2026-07-01", 69), ("insurance_year_start", "2026-07",
                                                                          "1956-07-01", "2026-07-01", 70),
    ("insurance_year_start", "2026-07", "1956-06-30", "2026-07-01", 70), ("insurance_year_start", "2026-06",
                                                                          "1955-07-02", "2025-07-01", 69),
    ("insurance_year_start", "2026-06", "1955-07-01", "2025-07-01", 70), ("insurance_year_start", "2027-06",
                                                                          "1956-07-02", "2026-07-01", 69),
    ("insurance_year_start", "2027-01", "1956-07-01", "2026-07-01", 70),
    # born on 29 February: older on 1 March of common years
    ("credit_month", "2026-02", "1956-02-29", "2026-02-28", 69), ("credit_month", "2026-03", "1956-02-29", "2026-03-31", 70),
    ("year_start", "2026-12", "1956-02-29", "2026-01-01", 69), ("year_start", "2027-01", "1956-02-29", "2027-01-01", 70),
    ("insurance_year_start", "2026-06", "1956-02-29", "2025-07-01", 69), ("insurance_year_start", "2026-07",
                                                                          "1956-02-29", "2026-07-01", 70),
]  # fmt: skip


@pytest.mark.parametrize(("basis", "month", "born", "age_on", "age"), AGES, ids=[f"{b}-{m}-{d}" for b, m, d, *_ in AGES])
def test_the_day_on_which_age_counts(rules, plan, basis, month, born, age_on, age):
    policy_id = policy(rules, "620500", plan, {0: 100, 70: 200}, age_basis=basis)
    tier, gross = {69: (0, 100), 70: (70, 200)}[age]
    assert reckoned(rules, policy_id, born, month) == ("due", 1, age_on, age, tier, gross, 0)


@pytest.mark.parametrize(("month", "age", "gross"), [("2024-01", 79, 100), ("2024-02", 80, 200), ("2023-02", 78, 100),
                                                     ("2025-02", 80, 200)])
def test_born_on_29_february_the_birthday_of_a_leap_year_is_that_day(rules, plan, month, age, gross):
    policy_id = policy(rules, "620500", plan, {0: 100, 80: 200})
    row = reckoned(rules, policy_id, "1944-02-29", month)
    assert (row[3], row[5]) == (age, gross)


@pytest.mark.parametrize(("day", "age"), [("2026-02-28", 69), ("2026-03-01", 70), ("2026-03-02", 70),
                                          ("2028-02-28", 71), ("2028-02-29", 72),
                                          ("2028-03-01", 72), ("1956-02-29", 0), ("1957-02-28", 0), ("1957-03-01", 1)])  # fmt: skip
def test_day_by_day_for_somebody_born_on_29_february(rules, day, age):
    assert rules.execute("SELECT age_on('1956-02-29', %s::date)", [day]).fetchone() == (age,)


def test_who_is_younger_than_the_first_tier(rules, plan):
    policy_id = policy(rules, "620500", plan, {60: 100})
    assert reckoned(rules, policy_id, "1966-11-01", "2026-10")[:5] == ("no_tier", 1, "2026-10-31", 59, None)
    assert reckoned(rules, policy_id, "1966-10-31", "2026-10")[5] == 100


# --- rounding and deductions ------------------------------------------------------------------------------------------

FRACTIONS = [(50, 1, 0), (150, 2, 1), (149, 1, 1), (151, 2, 1), (100, 1, 1), (250, 3, 2)]  # of which 1 % is 0.5, 1.5, 1.49, …


@pytest.mark.parametrize(("base", "half_up", "down"), FRACTIONS)
def test_half_a_fen(rules, plan, base, half_up, down):
    for version, (rounding, fen) in enumerate((("half_up", half_up), ("down", down)), 1):
        policy_id = policy(rules, "620500", plan, {0: 100}, plan_kind="ratio", base_fen=base, rounding=rounding, version=version)
        status = "due" if fen else "nothing_due"
        assert reckoned(rules, policy_id, "1950-05-05", "2026-10") == (status, 1, "2026-10-31", 76, 0, fen, 0)


def test_a_deduction_is_never_above_the_gross_amount(rules, plan):
    policy_id = policy(rules, "620500", plan, {0: 10, 70: 1000}, plan_kind="ratio", base_fen=100_000, deduction_fen=300)
    assert reckoned(rules, policy_id, "1960-05-05", "2026-10")[5:] == (100, 100)
    assert reckoned(rules, policy_id, "1950-05-05", "2026-10")[5:] == (10_000, 300)


def test_an_amount_of_nothing_is_not_credited(rules, plan):
    policy_id = policy(rules, "620500", plan, {0: 0})
    assert reckoned(rules, policy_id, "1950-05-05", "2026-10")[0] == "nothing_due"


# --- from when, until when ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("retired_on", ["2026-09-01", "2026-09-15", "2026-09-30"])
def test_the_first_month_is_the_one_after_retirement(rules, retired_on):
    person = pensioner(rules, "110000", "1966-05-05", retired_on)
    assert judged(rules, person, "2026-09")[0] == "not_retired"
    assert judged(rules, person, "2026-10") == ("due", 10_000, 300)


@pytest.mark.parametrize("deceased_on", ["2026-10-01", "2026-10-31"])
def test_the_month_of_death_is_the_last(rules, deceased_on):
    person = pensioner(rules, "110000", "1950-05-05", deceased_on=deceased_on)
    assert judged(rules, person, "2026-09") == judged(rules, person, "2026-10") == ("due", 11_000, 300)
    assert judged(rules, person, "2026-11")[0] == "deceased"


def test_who_died_before_the_first_month_was_never_entitled(rules):
    person = pensioner(rules, "110000", "1950-05-05", "2026-09-10", "2026-09-20")
    assert {judged(rules, person, month)[0] for month in ("2026-10", "2026-11")} == {"deceased"}


SHANGHAI = [
    # retired or died, the run's month, months, gross: 1,680.00 is 140.00 a month, 1,890.00 is 157.50
    ("1960-01-01", "2025-12-31", None, "2026-07", 12, 168_000), ("1960-01-01", "2026-01-31", None, "2026-07", 11, 154_000),
    ("1960-01-01", "2026-06-30", None, "2026-07", 6, 84_000), ("1960-01-01", "2026-09-10", None, "2026-10", 3, 42_000),
    ("1960-01-01", "2026-11-30", None, "2026-12", 1, 14_000), ("1950-01-01", "2026-03-15", None, "2026-07", 9, 141_750),
    ("1950-01-01", "2026-11-30", None, "2026-12", 1, 15_750),
    ("1950-01-01", "2010-01-15", "2026-07-01", "2026-07", 7, 110_250), ("1950-01-01", "2010-01-15", "2026-12-31", "2026-07", 12, 189_000),
    ("1960-01-01", "2026-03-15", "2026-08-08", "2026-07", 5, 70_000),
]  # fmt: skip


@pytest.mark.parametrize(("born", "retired_on", "deceased_on", "month", "months", "gross"), SHANGHAI)
def test_shanghai_in_twelfths(rules, born, retired_on, deceased_on, month, months, gross):
    person = pensioner(rules, "310000", born, retired_on, deceased_on)
    assert judged(rules, person, month) == ("due", gross, 0)
    (found,) = rules.execute("SELECT months FROM credit_judge(ARRAY[%s]::bigint[], '310000', 'basic', %s, %s)",
                             [person.person_key, policy_at(rules, "310000", month)[0], f"{month}-01"]).fetchone()  # fmt: skip
    assert found == months


def test_shanghai_before_and_after(rules):
    """Who is not retired yet when the year is credited comes with a later run; who died before is not credited."""
    late = pensioner(rules, "310000", "1960-01-01", "2026-09-10")
    assert [judged(rules, late, month)[0] for month in ("2026-07", "2026-09", "2026-10", "2026-12")] == ["not_retired",
                                                                                                         "not_retired", "due", "due"]
    gone = pensioner(rules, "310000", "1950-01-01", deceased_on="2026-06-30")
    assert judged(rules, gone, "2026-07")[0] == "deceased"


def test_twelfths_are_rounded_once(rules, plan):
    """100,006 × 1 / 12 = 8,333.83 and 7 × 1 / 12 = 0.58; 6 / 12 is exactly half a fen."""
    yearly = {"period": "year", "posting_month": 7, "is_pro_rated": True}
    policy_id = policy(rules, "620500", plan, {0: 100_006, 70: 6}, deduction_fen=7, **yearly)
    assert reckoned(rules, policy_id, "1960-05-05", "2026-12", first="2026-12")[5:] == (8_334, 1)
    assert reckoned(rules, policy_id, "1950-05-05", "2026-12", first="2026-12")[5:] == (1, 1)
    policy_id = policy(rules, "620500", plan, {0: 100_006, 70: 6}, deduction_fen=7, rounding="down", version=2, **yearly)
    assert reckoned(rules, policy_id, "1960-05-05", "2026-12", first="2026-12")[5:] == (8_333, 0)
    assert reckoned(rules, policy_id, "1950-05-05", "2026-12", first="2026-12")[:2] == ("nothing_due", 1)


def test_a_yearly_plan_that_is_not_pro_rated_is_credited_whole(rules, plan):
    policy_id = policy(rules, "620500", plan, {0: 120_000}, period="year", posting_month=7, deduction_fen=1_200)
    assert reckoned(rules, policy_id, "1960-05-05", "2026-12", first="2026-12")[1::4] == (12, 120_000)
    assert reckoned(rules, policy_id, "1960-05-05", "2026-12", first="2027-01")[:2] == ("not_entitled", 0)


# --- who --------------------------------------------------------------------------------------------------------------


def test_who_gets_none_and_why(rules):
    born, month = "1950-05-05", "2026-10"
    resident = pensioner(rules, "110000", born, None, account=False, scheme="resident", account_mode="pooled_only")
    cases = {
        "not_enrolled": resident,
        "not_retired": pensioner(rules, "110000", born, None),
        "enrolment_suspended": pensioner(rules, "110000", born, status="suspended"),
        "pooled_only": pensioner(rules, "110000", born, account_mode="pooled_only"),
        "no_account": pensioner(rules, "110000", born, account=False),
        "enrolled_elsewhere": pensioner(rules, "110000", born, status="ended", ended_on="2026-05-31"),
    }
    enrol(rules, cases["enrolled_elsewhere"], "310000", retired_on="2026-06-15", started_on="2026-06-01")
    for status in ("frozen", "closed"):
        cases[f"account_{status}"] = pensioner(rules, "110000", born)
        rules.execute("UPDATE account SET status = %s WHERE person_key = %s", [status, cases[f"account_{status}"].person_key])
    for status in ("suspended", "spend_only", "deceased"):
        person = pensioner(rules, "110000", born)
        rules.execute("UPDATE account SET status = %s WHERE person_key = %s", [status, person.person_key])
        assert judged(rules, person, month)[0] == "due", status
    assert {name: judged(rules, person, month)[0] for name, person in cases.items()} == {name: name for name in cases}
