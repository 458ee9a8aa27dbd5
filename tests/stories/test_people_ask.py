"""Stories: what the people of the demo come to ask, step by step, as a front end would."""
# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest


def months_of(api, citizen, **params):
    """Months with a regular or back-paid employee record, oldest first."""
    params["scheme"] = "employee"
    rows = api.pages(f"/v1/people/{citizen.person_id}/contributions", by=citizen, params=params)
    return sorted({row["period"] for row in rows if row["kind"] in ("regular", "back_payment")})


def longest_gap(months):
    numbers = [int(month[:4]) * 12 + int(month[5:]) for month in months]
    return max(later - earlier - 1 for earlier, later in zip(numbers, numbers[1:]))


def test_an_employee_looks_up_what_there_is_and_where_it_came_from(api, demo):
    me = api.get("/v1/me", by=demo.employee).json()
    accounts = api.get(f"/v1/people/{me['person_id']}/accounts", by=demo.employee).json()["data"]
    account_id = next(row["account_id"] for row in accounts if row["status"] == "active")
    balance = api.get(f"/v1/accounts/{account_id}/balance", by=demo.employee).json()
    newest, *_ = api.pages(f"/v1/accounts/{account_id}/entries", by=demo.employee)
    assert newest["balance_after_fen"] == balance["balance_fen"] > 0
    end_of_last_year = f"{datetime.date.today().year - 1}-12-31T23:59:59+08:00"
    past = api.get(f"/v1/accounts/{account_id}/balance", by=demo.employee, params={"as_of": end_of_last_year}).json()
    assert past["settled"] is True and past["account_id"] == account_id


@pytest.mark.parametrize(("note", "gap"), [("gap 2", 2), ("gap 5", 5)])
def test_somebody_finds_the_months_that_are_missing(api, demo, note, gap):
    assert longest_gap(months_of(api, demo.citizen(note), to="2099-12", **{"from": "2015-01"})) == gap


def test_retired_people_of_beijing(api, demo):
    """Both are retired in Beijing, one over 70 and one under."""
    retired = [c for c in demo.citizens if "Beijing" in c.note]
    assert len(retired) == 2
    for citizen in retired:
        (enrolment, *_) = api.get(f"/v1/people/{citizen.person_id}/enrolments", by=citizen).json()["data"]
        assert enrolment["retired_on"] is not None and enrolment["region_code"] == "110000"


def test_a_resident_has_years_and_no_account(api, demo):
    rows = api.pages(f"/v1/people/{demo.resident.person_id}/contributions", by=demo.resident)
    assert rows and {row["scheme"] for row in rows} == {"resident"}
    assert all(row["period"].endswith("-01") and row["subsidy_fen"] > 0 and row["status"] == "recorded" for row in rows)


def test_whoever_moved_finds_both_cities_in_one_history(api, demo):
    mover = demo.citizen("moved")
    for region in ("620500", "440100"):
        rows = api.pages(f"/v1/people/{mover.person_id}/contributions", by=mover, params={"region": region})
        assert rows and {row["region_code"] for row in rows} == {region}
    channels = api.get("/v1/regions/440106/channels", params={"kind": "query"}).json()
    assert channels["pool_code"] == "440100" and channels["data"]


def test_staff_at_the_window_find_what_the_person_sees(api, demo, new_token):
    """The window's answer is the person's own, word for word."""
    citizen = demo.employee
    staff = new_token("staff", roles=["operator"], regions=["000000"])
    for path in (
        f"/v1/people/{citizen.person_id}/accounts",
        f"/v1/people/{citizen.person_id}/enrolments",
        f"/v1/accounts/{citizen.account_id}",
        f"/v1/accounts/{citizen.account_id}/balance",
        f"/v1/accounts/{citizen.account_id}/entries?limit=100",
        f"/v1/people/{citizen.person_id}/contributions?limit=100",
    ):
        own, window = api.get(path, by=citizen).json(), api.get(path, by=staff).json()
        own.pop("next_cursor", None), window.pop("next_cursor", None)
        assert own == window
