"""GET /v1/people/{person_id}/contributions/summary: what counts, what is missing, and since when and until when."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid

import pytest
from tests.harness import coverage, money
from tests.harness.changes import SHANGHAI
from tests.harness.coverage import Record, enrol, months, years
from tests.harness.problems import check_problem, faults, without_request_id
from tests.harness.proposals import plant_approved

PATH = "/v1/people/{}/contributions/summary"


@pytest.fixture(scope="module")
def operator(new_token):
    return new_token("staff", roles=["operator"], regions=["000000"])


@pytest.fixture(scope="module")
def insured(api, sql, new_token, operator):
    return lambda records=(), **person: coverage.Insured(api, sql, new_token, operator, records, **person)


def codes(answer):
    return [finding["code"] for finding in answer["findings"]]


# --- what the people of the demo find ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "length", "can", "status"), [("gap 2", 2, True, "covered"), ("gap 5", 5, False, "waiting")]
)
def test_gaps_of_the_demo(api, demo, words, length, can, status):
    citizen = demo.citizen(words)
    body = api.get(PATH.format(citizen.person_id), by=citizen).json()
    (section,) = body["schemes"]
    (gap,) = section["gaps"]
    assert (gap["length"], gap["missing"], gap["can_back_pay"], gap["is_open"]) == (length, length, can, False)
    assert (body["benefits"]["status"], body["benefits"]["scheme"]) == (status, "employee")
    assert body["on"] == body["if_paid_on"] == datetime.datetime.now(SHANGHAI).date().isoformat()


def test_whoever_moved_has_the_months_of_both_cities_once(api, demo):
    citizen = demo.citizen("moved")
    section = api.get(PATH.format(citizen.person_id), by=citizen, params={"scheme": "employee"}).json()["schemes"][0]
    by_region = {region["region_code"]: region["months_counted"] for region in section["regions"]}
    assert section["region_code"] == "440100"
    assert section["gaps"] == [] or {gap["from"] for gap in section["gaps"]} <= {"2003-01", "1998-01"}
    assert by_region["440100"] > 0 and by_region["620500"] >= 111
    assert section["months_counted"] <= sum(by_region.values())


def test_retired_people_are_covered_without_paying(api, demo):
    citizen = demo.citizen("over 70")
    (section,) = api.get(PATH.format(citizen.person_id), by=citizen).json()["schemes"]
    assert section["benefits"]["status"] == "covered" and "retired" in codes(section["benefits"])
    assert section["gaps"] == [] and section["retirement"] is None


def test_a_resident_has_no_account_and_no_retirement(api, demo):
    (section,) = api.get(PATH.format(demo.resident.person_id), by=demo.resident).json()["schemes"]
    assert section["benefits"]["account_usable"] is None and section["retirement"] is None
    assert section["months_counted"] % 12 == 0


# --- what counts ------------------------------------------------------------------------------------------------------


def test_each_month_counts_once(insured):
    one = insured([
        *months("2025-01", "2025-06"),
        Record("2025-03", "base_adjustment"), Record("2025-04", "back_payment", paid_on="2025-08-01"),
        Record("2025-07", "back_payment", paid_on="2025-08-05"),
        Record("2025-06", pool_code="440100"),
    ])  # fmt: skip
    section = one.section(on="2025-08-10")
    assert (section["months_counted"], section["months_back_paid"]) == (7, 1)
    assert (section["first_period"], section["last_period"]) == ("2025-01", "2025-07")
    assert [(r["region_code"], r["months_counted"]) for r in section["regions"]] == [("620500", 7), ("440100", 1)]


def test_what_was_taken_back_does_not_count(insured, sql):
    gone = {"status": "reversed"}
    one = insured([
        *months("2025-01", "2025-03"), Record("2025-04", **gone), Record("2025-05"), Record("2025-05", "refund"),
        Record("2025-06"), Record("2025-06", "refund", personal_fen=100, employer_fen=0),
        Record("2025-07", status="withdrawn"), Record("2025-02", "refund", **gone),
    ])  # fmt: skip
    section = one.section(on="2025-06-30")
    assert section["months_counted"] == 4
    assert [(gap["from"], gap["to"]) for gap in section["gaps"]] == [("2025-04", "2025-05")]
    # No money stands behind them, as the auditor would say.
    for (contribution_id,) in sql.execute(
        "UPDATE contribution SET status = 'withdrawn' WHERE person_key = %s AND status = 'reversed' RETURNING contribution_id",
        [money.key_of(one.person_id)],
    ).fetchall():
        plant_approved(sql, "reverse_contribution", one.person_id, contribution_id)
    assert one.section(on="2025-06-30")["months_counted"] == 4


def test_a_refund_in_one_pool_leaves_the_month_in_another(insured):
    one = insured([*months("2025-01", "2025-02"), Record("2025-02", "refund"), Record("2025-02", pool_code="440100")])
    assert one.section(on="2025-02-28")["months_counted"] == 2


def test_deemed_years(insured):
    one = insured([
        *(Record(f"{year}-01", "deemed_years", personal_fen=0, employer_fen=0) for year in (1985, 1986)),
        *months("1995-01", "1995-06"),
    ])  # fmt: skip
    section = one.section(on="1995-06-30")
    assert (section["months_counted"], section["months_deemed"], section["first_period"]) == (30, 24, "1995-01")
    assert section["gaps"] == []


def test_a_back_payment_without_a_day_came_when_it_was_recorded(insured):
    one = insured([*months("2025-01", "2025-05"), *months("2025-06", "2025-07", kind="back_payment"),
                   *months("2025-08", "2025-12")])  # fmt: skip
    (gap,) = one.section(on="2025-12-31")["gaps"] or [None]
    assert gap is None, "a gap of two months can be back-paid at any time"
    late = insured([*months("2025-01", "2025-05"), *months("2025-06", "2025-09", kind="back_payment"),
                    *months("2025-10", "2025-12")])  # fmt: skip
    (gap,) = late.section(on="2025-12-31")["gaps"]
    assert (gap["length"], gap["missing"], codes(gap)) == (4, 0, ["gap_paid_too_late"])


def test_somebody_without_anything(insured):
    one = insured()
    body = one.summary(on="2026-08-10")
    assert [section["scheme"] for section in body["schemes"]] == ["employee", "resident"]
    assert body["benefits"] == {"status": "never_paid", "scheme": None, "since": None, "starts_on": None}
    for section in body["schemes"]:
        assert (section["months_counted"], section["region_code"], section["gaps"]) == (0, None, [])
    assert body["schemes"][0]["if_paid"]["benefits_from"] == "2026-08-01"
    assert body["schemes"][1]["if_paid"]["benefits_from"] == "2026-11-01"
    assert [s["scheme"] for s in one.summary(scheme="resident")["schemes"]] == ["resident"]


# --- which rule -------------------------------------------------------------------------------------------------------


@pytest.fixture
def rule(sql):
    """Puts rules of 000000 with other numbers elsewhere for the time of a test."""
    placed = []

    def place(pool_code, scheme="employee", effective_from="1950-01-01", **changes):
        of_the_nation = "SELECT * FROM coverage_rule WHERE pool_code = '000000' AND scheme = %s"
        sql.execute(f"CREATE TEMP TABLE changed AS {of_the_nation}", [scheme])
        changes = {"pool_code": pool_code, "effective_from": effective_from, "source": "test", **changes}
        assignments = ", ".join(f"{name} = %({name})s" for name in changes)
        sql.execute(f"UPDATE changed SET {assignments}", changes)
        sql.execute("INSERT INTO coverage_rule SELECT * FROM changed")
        sql.execute("DROP TABLE changed")
        placed.append((pool_code, scheme, effective_from))

    yield place
    for key in placed:
        sql.execute("DELETE FROM coverage_rule WHERE pool_code = %s AND scheme = %s AND effective_from = %s", key)


def waiting(insured, sql, pool_code):
    resumed = Record("2025-06", pool_code=pool_code)
    one = insured([*months("2024-01", "2024-12", pool_code=pool_code), resumed])
    enrol(sql, one.person_id, pool_code, "employee", "2024-01-01")
    return one


def test_a_rule_is_the_pools_then_the_provinces_then_the_nations(insured, sql, rule):
    one = waiting(insured, sql, "330100")
    origins = []
    for place in (None, "330000", "330100"):
        if place:
            rule(place, waiting_months=3 if place == "330000" else 1)
        section = one.section(on="2025-06-10")
        (finding,) = (f for f in section["benefits"]["findings"] if f["code"] == "waiting")
        origins.append((section["rule"]["region_code"], section["benefits"]["starts_on"]))
        assert finding["region_code"] == section["rule"]["region_code"]
        assert finding["values"]["waiting_months"] == section["rule"]["numbers"]["waiting_months"]
    assert origins == [("000000", "2025-12-01"), ("330000", "2025-09-01"), ("330100", "2025-07-01")]


def test_a_rule_holds_from_its_day_on(insured, sql, rule):
    one = waiting(insured, sql, "330200")
    rule("330200", effective_from="2025-06-15", waiting_months=2)
    before, after = one.section(on="2025-06-14", if_paid_on="2025-06-15"), one.section(on="2025-06-15")
    assert (before["benefits"]["starts_on"], after["benefits"]["starts_on"]) == ("2025-12-01", "2025-08-01")
    assert (before["rule"]["effective_from"], after["rule"]["effective_from"]) == ("1950-01-01", "2025-06-15")
    assert before["if_paid"]["benefits_from"] == "2025-08-01", "the payment is judged by the rule of its day"


def test_without_a_rule_nothing_is_guessed(insured, sql):
    one = insured(years(2019))
    move = "UPDATE coverage_rule SET effective_from = %s WHERE pool_code = '000000' AND scheme = 'resident'"
    sql.execute(move, ["2020-01-01"])
    try:
        body = one.summary(on="2019-06-01", if_paid_on="2019-06-02")
        later = one.section("resident", on="2019-06-01", if_paid_on="2020-01-01")
    finally:
        sql.execute(move, ["1950-01-01"])
    assert body["benefits"] == {"status": "unknown", "scheme": None, "since": None, "starts_on": None}
    (section,) = body["schemes"]
    assert (section["months_counted"], section["rule"], section["if_paid"], section["gaps"]) == (12, None, None, [])
    assert later["rule"] is None and later["if_paid"]["benefits_from"] == "2020-01-01"


def test_the_enrolment_of_the_day_names_the_pool(insured, sql):
    one = insured(months("2024-01", "2025-12"))
    enrol(sql, one.person_id, "330100", "employee", "2025-07-01")
    enrol(sql, one.person_id, "620500", "employee", "2024-01-01", status="ended", ended_on="2025-06-30")
    assert one.section(on="2025-06-30")["region_code"] == "620500"
    assert one.section(on="2025-07-01")["region_code"] == "330100"
    assert one.section(on="2023-01-01")["region_code"] == "330100"


def test_exempt_groups(insured, sql):
    one = insured(years(2026, paid_on="2026-04-10"))
    enrol(sql, one.person_id, "620500", "resident", "2026-04-10")
    assert one.section("resident", on="2026-04-20")["benefits"]["status"] == "waiting"
    sql.execute("UPDATE enrolment SET exempt_group = 'subsistence_allowance' WHERE person_key = %s",
                [uuid.UUID(one.person_id).int & (1 << 62) - 1])  # fmt: skip
    section = one.section("resident", on="2026-04-20")
    assert section["benefits"]["status"] == "covered" and "exempt_group" in codes(section["benefits"])


def test_whether_the_account_is_usable_meanwhile_is_the_pools(insured, sql, rule):
    one = waiting(insured, sql, "330300")
    assert one.section(on="2025-09-10")["benefits"]["account_usable"] is True
    rule("330300", usable_while_suspended=False)
    assert one.section(on="2025-09-10")["benefits"]["account_usable"] is False
    assert one.section(on="2025-06-10")["benefits"]["account_usable"] is True


def test_years_missing_to_retirement(insured, sql, rule):
    rule("330400", retirement_years_male=30, retirement_years_female=25)
    one = waiting(insured, sql, "330400")
    (sex,) = sql.execute("SELECT sex FROM person WHERE person_id = %s", [one.person_id]).fetchone()
    required = {"male": 360, "female": 300}[sex]
    retirement = one.section(on="2025-06-10")["retirement"]
    assert (retirement["required_months"], retirement["missing_months"]) == (required, required - 13)
    assert retirement["missing_years"] == required // 12 - 1
    assert waiting(insured, sql, "330500").section(on="2025-06-10")["retirement"] is None


# --- who may ask, and how ---------------------------------------------------------------------------------------------


def test_foreign_and_absent_look_alike(api, demo, new_token):
    elsewhere = new_token("staff", roles=["reviewer"], regions=["230000"])
    absent = api.get(PATH.format(uuid.uuid4()), by=demo.employee)
    check_problem(absent, 404, "not_found")
    for by in (demo.resident, elsewhere):
        foreign = api.get(PATH.format(demo.employee.person_id), by=by)
        assert foreign.status_code == 404 and without_request_id(foreign) == without_request_id(absent)


def test_staff_of_one_city_see_everything_counted_and_other_cities_unnamed(api, demo, new_token):
    citizen = demo.citizen("moved")
    own = api.get(PATH.format(citizen.person_id), by=citizen, params={"scheme": "employee"}).json()["schemes"][0]
    window = new_token("staff", roles=["operator"], regions=["440100"])
    seen = api.get(PATH.format(citizen.person_id), by=window, params={"scheme": "employee"}).json()["schemes"][0]
    for name in ("months_counted", "gaps", "benefits"):
        assert seen[name] == own[name]
    assert {region["region_code"] for region in seen["regions"]} == {"440100", None}
    before = new_token("staff", roles=["operator"], regions=["620500"])
    seen = api.get(PATH.format(citizen.person_id), by=before, params={"scheme": "employee"}).json()["schemes"][0]
    assert seen["region_code"] is None and seen["region_name"] is None


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"on": "2026-02-30"}, {"/query/on": "malformed"}),
        ({"on": "1949-12-31"}, {"/query/on": "too_small"}),
        ({"on": "2101-01-01"}, {"/query/on": "too_large"}),
        ({"on": "2026-02-02", "if_paid_on": "2026-02-01"}, {"/query/if_paid_on": "too_small"}),
        ({"scheme": "310", "if_paid_on": "x"}, {"/query/scheme": "not_allowed", "/query/if_paid_on": "malformed"}),
        ({"month": "2026-01"}, {"/query/month": "unknown"}),
    ],
)
def test_wrong_arguments(api, demo, params, expected):
    response = api.get(PATH.format(demo.employee.person_id), by=demo.employee, params=params)
    check_problem(response, 400, "validation_failed")
    assert faults(response) == expected


def test_sentences_are_in_the_language_of_the_request(insured):
    one = insured(months("2024-01", "2026-05"))
    chinese, english = (one.section(on="2026-08-10", language=language) for language in ("zh", "en"))
    assert chinese["gaps"][0]["findings"][0]["text"] == "中断 2 个月，未超过 3 个月，可以补缴；补缴后视为连续，待遇追溯。"
    assert english["gaps"][0]["findings"][0]["text"].startswith("A gap of 2 months, not more than 3, may be back-paid")
