"""What a pensioner was credited, as the API explains it, in a region that nobody else of the suite has."""
# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.harness import pensioners
from tests.harness.pensioners import Plan

POOL, PROVINCE = "530100", "530000"  # Kunming, Yunnan
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture(scope="module")
def operator(new_token):
    return new_token("staff", roles=["operator"], regions=[PROVINCE])


@pytest.fixture(scope="module")
def retired(api, sql, operator):
    return lambda **how: pensioners.somebody(api, sql, operator, how.pop("pool", POOL), **how)


@pytest.fixture(scope="module")
def monthly(sql):
    """100.00 a month, from 70 on 110.00, less 3.00: the province's."""
    return Plan(PROVINCE, {0: 10_000, 70: 11_000}, deduction_fen=300, legal_basis="云南省示例办法").insert(sql)


def listed(api, somebody, by, **params):
    response = api.get(f"/v1/accounts/{somebody.account_id}/credits", by=by, params=params)
    assert response.status_code == 200, response.text
    return response.json()["data"]


def explained(api, credit_id, by, status=200, headers=None):
    response = api.get(f"/v1/credits/{credit_id}/explanation", by=by, headers=headers or {})
    assert response.status_code == status, response.text
    return response.json()


def sentences(api, credit_id, by):
    """(Chinese, English)"""
    return explained(api, credit_id, by)["sentences"], explained(api, credit_id, by, headers=ENGLISH)["sentences"]
