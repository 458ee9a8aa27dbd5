"""Employers over HTTP: recorded, renamed, listed by code and by name."""
# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.harness.problems import check_problem, faults
from tests.http import listing
from tools.demo_data import credit_code

PATH = "/v1/admin/employers"
UNCHECKED = "91350100M000100Y4A"


@pytest.fixture(scope="module")
def operator(demo):
    return demo.staff("operator")


@pytest.fixture(scope="module")
def employers(api, operator):
    """{code: name}, of which some begin alike, and with what LIKE would take for a pattern."""
    names = ["甲%公司", "甲_公司", "甲公司", "甲公司一分部", "甲公司二分部", "乙公司", "甲", "申甲公司"]
    made = {credit_code(500100 + n): name for n, name in enumerate(names)}
    for code, name in made.items():
        assert api.put(f"{PATH}/{code}", by=operator, json={"name": name}).status_code == 201
    return made


def test_recorded_then_renamed(api, operator, sql):
    code = credit_code(500200)
    url = f"{PATH}/{code}"
    check_problem(api.get(url, by=operator), 404, "not_found")
    made = api.put(f"{PATH}/{code.lower()}", by=operator, json={"name": "旧名称"})
    assert made.status_code == 201 and made.headers["location"] == url
    assert made.json() == api.get(url, by=operator).json()
    assert (made.json()["employer_code"], made.json()["check_digit_valid"]) == (code, True)
    renamed = api.put(url, by=operator, json={"name": "新名称"})
    assert renamed.status_code == 200
    assert renamed.json() == {**made.json(), "name": "新名称"} == api.get(url, by=operator).json()
    logged = sql.execute(
        "SELECT action, detail FROM audit_event WHERE request_id = ANY (%s) ORDER BY at",
        [[response.headers["x-request-id"] for response in (made, renamed)]],
    ).fetchall()
    assert logged == [("put_employer", {"employer_code": code, "outcome": outcome}) for outcome in ("created", "replaced")]


def test_a_code_that_does_not_check_is_taken_with_a_warning(api, operator):
    response = api.put(f"{PATH}/{UNCHECKED}", by=operator, json={"name": "登记如此"})
    assert response.status_code in (200, 201) and response.json()["check_digit_valid"] is False


@pytest.mark.parametrize("code", ["9135", "91350100M000100Y4!", "91350100M000100Y435"])
def test_what_is_no_code(api, operator, code):
    for response in (api.get(f"{PATH}/{code}", by=operator), api.put(f"{PATH}/{code}", by=operator, json={"name": "x"})):
        check_problem(response, 400, "validation_failed")
        assert faults(response) == {"/path/employer_code": "malformed"}


@pytest.mark.parametrize(
    ("name", "code"), [("", "too_short"), ("长" * 67, "too_long"), (" x", "malformed"), ("a\u200bb", "malformed")]
)
def test_names(api, operator, name, code):
    response = api.put(f"{PATH}/{credit_code(500300)}", by=operator, json={"name": name})
    assert faults(response) == {"/body/name": code}


def test_the_list(api, operator, employers, sql):
    codes = [code for (code,) in sql.execute('SELECT employer_code FROM employer ORDER BY employer_code COLLATE "C"')]
    listing.check_pages(api, PATH, operator, codes, "employer_code")
    listing.check_limits(api, PATH, operator)
    listing.check_link(api, PATH, operator)


@pytest.mark.parametrize("prefix", ["甲", "甲公司", "甲公司一", "甲%", "甲_", "乙", "%", "无此名称"])
def test_by_the_beginning_of_the_name(api, operator, employers, sql, prefix):
    expected = [code for name, code in sorted((name, code) for code, name in employers.items()) if name.startswith(prefix)]
    listing.check_pages(api, PATH, operator, expected, "employer_code", {"name_prefix": prefix}, limits=(100, 2, 1))


def test_either_way_in_is_a_range_of_an_index(sql):
    """Its cost does not grow with the number of employers."""
    statement = open("db/queries/employer_list.sql", encoding="utf-8").read()
    with sql.transaction(force_rollback=True):
        sql.execute(
            "INSERT INTO employer (employer_code, name, check_digit_valid, first_seen_at)"
            " SELECT 'Z' || to_char(n, 'FM00000000000000000'), '公司' || n, true, now() FROM generate_series(1, 20000) AS n"
        )
        sql.execute("ANALYZE employer")
        for prefix in ("NULL", "'公司19'"):
            sql.execute(f"PREPARE employers (text, text, text, bigint) AS {statement}")
            lines = sql.execute(f"EXPLAIN (ANALYZE, TIMING OFF) EXECUTE employers ('', {prefix}, NULL, 21)").fetchall()
            plan = "\n".join(line for (line,) in lines)
            sql.execute("DEALLOCATE employers")
            assert "Seq Scan" not in plan and "Rows Removed" not in plan, plan
