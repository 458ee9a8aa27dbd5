"""Who will be credited and why not, as the API tells it, in a region that nobody else of the suite has."""
# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest
from tests.harness import pensioners
from tests.harness.pensioners import SHANGHAI, Plan

POOL, OTHER_POOL, PROVINCE = "640100", "640200", "640000"  # Yinchuan and Shizuishan, Ningxia
BARE_POOL = "630100"  # where there is no plan
ENGLISH = {"Accept-Language": "en"}
TODAY = datetime.datetime.now(SHANGHAI).date()
THIS = TODAY.replace(day=1)


def later(months, start=THIS):
    """The first day of a month so many after this one."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return datetime.date(year, month + 1, 1)


def shown(day):
    return f"{day:%Y-%m}"


def zh(day):
    return f"{day.year}年{day.month}月"


def born_so_that(age, month, day=4):
    """The birthday with which somebody reaches an age in a month."""
    return datetime.date(month.year - age, month.month, day).isoformat()


@pytest.fixture(scope="module")
def operator(new_token):
    return new_token("staff", roles=["operator"], regions=[PROVINCE, "630000"])


@pytest.fixture(scope="module")
def retired(api, sql, operator):
    return lambda **how: pensioners.somebody(api, sql, operator, how.pop("pool", POOL), **how)


@pytest.fixture(scope="module")
def plan(sql):
    """100.00 a month, from 70 on 110.00, less 3.00."""
    return Plan(PROVINCE, {0: 10_000, 70: 11_000}, deduction_fen=300).insert(sql)


def of_account(api, by, one, plan_code, **headers):
    """What the answer says of a plan, and the whole."""
    response = api.get(f"/v1/accounts/{one.account_id}/credits/eligibility", by=by, headers=headers or {})
    assert response.status_code == 200, response.text
    return next(row for row in response.json()["plans"] if row["plan_code"] == plan_code), response.json()


def of_person(api, by, person_id, headers=None):
    response = api.get(f"/v1/people/{person_id}/credit-eligibility", by=by, headers=headers or {})
    assert response.status_code == 200, response.text
    return response.json()


def forecast(api, by, one, plan_code, **params):
    """Rows of a plan, and the whole."""
    response = api.get(f"/v1/accounts/{one.account_id}/credits/forecast", by=by, params=params)
    assert response.status_code == 200, response.text
    return [row for row in response.json()["data"] if row["plan_code"] == plan_code], response.json()
