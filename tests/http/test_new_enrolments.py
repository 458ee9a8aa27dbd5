"""Enrolments entered by staff over HTTP, and the accounts they open."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.harness import money
from tests.harness.entering import EMPLOYER, create, events
from tests.harness.problems import check_problem, faults

EMPLOYEE = {"pool_code": "620500", "scheme": "employee", "account_mode": "with_account", "payer_kind": "employer",
            "employer_code": EMPLOYER, "started_on": "2025-01-01"}  # fmt: skip
RESIDENT = {"pool_code": "620500", "scheme": "resident", "account_mode": "pooled_only", "payer_kind": "self",
            "started_on": "2025-01-01"}  # fmt: skip


@pytest.fixture(scope="module")
def operator(new_token):
    return new_token("staff", roles=["operator"], regions=["620000", "440000"])


@pytest.fixture
def person(api, operator):
    return create(api, operator).json()["person_id"]


def enrol(api, by, person_id, body, status=201):
    response = api.post(f"/v1/admin/people/{person_id}/enrolments", by=by, json=body)
    assert response.status_code == status, response.text
    return response


def accounts(api, by, person_id):
    rows = api.get(f"/v1/people/{person_id}/accounts", by=by).json()["data"]
    return {row["region_code"]: row["status"] for row in rows}


def test_an_employee_gets_an_account(api, operator, person, sql):
    response = enrol(api, operator, person, {**EMPLOYEE, "employer_code": EMPLOYER.lower()})
    made = response.json()
    assert response.headers["location"] == f"/v1/people/{person}/enrolments"
    assert api.get(response.headers["location"], by=operator).json()["data"] == [made]
    assert (made["employer_code"], made["status"], made["region_name"]) == (EMPLOYER, "active", "天水市")
    assert accounts(api, operator, person) == {"620500": "active"}
    ((action, key, detail, pool),) = events(sql, response)
    assert (action, key, detail["outcome"], pool) == ("create_enrolment", money.key_of(person), "created", "620500")


@pytest.mark.parametrize("body", [RESIDENT, {**EMPLOYEE, "account_mode": "pooled_only"}], ids=["resident", "pooled only"])
def test_no_account_where_none_belongs(api, operator, person, body):
    enrol(api, operator, person, body)
    assert accounts(api, operator, person) == {}


def test_an_older_account_can_only_be_spent_from_and_may_come_back(api, operator, person, sql):
    """As after an import: the enrolments before are ended first, which a correction does."""
    for pool, expected in (
        ("620500", {"620500": "active"}),
        ("440100", {"620500": "spend_only", "440100": "active"}),
        ("620500", {"620500": "active", "440100": "spend_only"}),
    ):
        started_on = "2025-06-01" if expected.get("440100") == "spend_only" else "2025-01-01"
        enrol(api, operator, person, {**EMPLOYEE, "pool_code": pool, "started_on": started_on})
        assert accounts(api, operator, person) == expected
        sql.execute(
            "UPDATE enrolment SET status = 'ended', ended_on = '2025-12-31' WHERE person_key = %s", [money.key_of(person)]
        )


def test_a_second_active_employee_enrolment(api, operator, person, sql):
    enrol(api, operator, person, EMPLOYEE)
    response = enrol(api, operator, person, {**EMPLOYEE, "pool_code": "440100"}, 409)
    check_problem(response, 409, "not_allowed_in_status")
    assert accounts(api, operator, person) == {"620500": "active"}
    assert [row[2]["outcome"] for row in events(sql, response)] == ["active_exists"]
    enrol(api, operator, person, RESIDENT)


def test_the_same_again(api, operator, person):
    enrol(api, operator, person, RESIDENT)
    check_problem(enrol(api, operator, person, RESIDENT, 409), 409, "already_exists")
    check_problem(enrol(api, operator, person, {**RESIDENT, "payer_kind": "self"}, 409), 409, "already_exists")


def test_the_dead_are_not_enrolled(api, operator, person, sql):
    sql.execute("UPDATE person SET deceased_on = '2026-01-01' WHERE person_key = %s", [money.key_of(person)])
    check_problem(enrol(api, operator, person, RESIDENT, 409), 409, "not_allowed_in_status")


def test_many_at_once_leave_one(api, operator, person):
    with ThreadPoolExecutor(12) as pool:
        bodies = [{**EMPLOYEE, "started_on": f"2025-01-{day:02d}"} for day in range(1, 25)]
        urls = f"/v1/admin/people/{person}/enrolments"
        statuses = list(pool.map(lambda body: api.post(urls, by=operator, json=body).status_code, bodies))
    assert sorted(statuses) == [201] + [409] * 23
    assert accounts(api, operator, person) == {"620500": "active"}


def test_out_of_reach_looks_absent(api, new_token, person):
    stranger = new_token("staff", roles=["operator"], regions=["110000"])
    for person_id in (person, str(uuid.uuid4())):
        check_problem(enrol(api, stranger, person_id, {**RESIDENT, "pool_code": "110000"}, 404), 404, "not_found")


TOMORROW = (datetime.date.today() + datetime.timedelta(days=2)).isoformat()


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({**RESIDENT, "account_mode": "with_account", "payer_kind": "employer", "employer_code": EMPLOYER},
         {"/body/account_mode": "not_allowed", "/body/payer_kind": "not_allowed", "/body/employer_code": "not_allowed"}),
        ({**EMPLOYEE, "payer_kind": "self"}, {"/body/employer_code": "not_allowed"}),
        ({**EMPLOYEE, "employer_code": "91350100-000100Y43"}, {"/body/employer_code": "malformed"}),
        ({**EMPLOYEE, "pool_code": "110000", "started_on": TOMORROW},
         {"/body/pool_code": "not_allowed", "/body/started_on": "too_large"}),
        ({**EMPLOYEE, "pool_code": "620502"}, {"/body/pool_code": "unknown"}),
        ({**EMPLOYEE, "started_on": "1949-12-31"}, {"/body/started_on": "too_small"}),
        ({**EMPLOYEE, "started_on": "1980-01-01"}, {"/body/started_on": "too_small"}),
        ({**EMPLOYEE, "retired_on": "2025-02-01"}, {"/body/retired_on": "unknown"}),
    ],
)  # fmt: skip
def test_what_cannot_be(api, operator, person, body, wrong):
    response = enrol(api, operator, person, body, 400)
    check_problem(response, 400, "validation_failed")
    assert faults(response) == wrong


def test_a_code_that_does_not_check_only_warns(api, operator, person, sql):
    enrol(api, operator, person, {**EMPLOYEE, "employer_code": "91350100M000100Y4Z"})
    assert sql.execute("SELECT check_digit_valid FROM employer WHERE employer_code = '91350100M000100Y4Z'").fetchone() == (False,)
