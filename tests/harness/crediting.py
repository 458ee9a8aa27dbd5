"""Credit policies as staff draft, submit and approve them."""
# SPDX-License-Identifier: Apache-2.0
import itertools
import uuid

from tests.harness import entering, money, proposals

POLICIES = "/v1/admin/credit-policies"
PUBLIC = "/v1/credit-policies"
_number = itertools.count(1)


def new_plan():
    """A plan that is nobody else's."""
    return f"test_{next(_number)}_{uuid.uuid4().hex[:8]}"


def fixed(region, plan, **changes):
    """A fixed monthly plan: 100.00, from 70 on 110.00."""
    body = {"region_code": region, "plan_code": plan, "effective_from": "2026-01", "plan_kind": "fixed", "period": "month",
            "age_basis": "credit_month", "tiers": [{"min_age": 0, "amount_fen": 10_000}, {"min_age": 70, "amount_fen": 11_000}],
            "rounding": "half_up", "legal_basis": "示例办法", "source": "test"}  # fmt: skip
    return {**body, **changes}


def ratio(region, plan, **changes):
    """3 % of an average pension of 3,700.00."""
    return fixed(region, plan, **{"plan_kind": "ratio", "base_fen": 370_000, "tiers": [{"min_age": 0, "ratio_bp": 300}], **changes})


def yearly(region, plan, **changes):
    """1,680.00 a year from July on, in twelfths."""
    return fixed(region, plan, **{"period": "year", "posting_month": 7, "is_pro_rated": True,
                                  "tiers": [{"min_age": 0, "amount_fen": 168_000}], **changes})  # fmt: skip


def without(body, *names):
    return {name: value for name, value in body.items() if name not in names}


def draft(api, by, body, status=201):
    response = api.post(POLICIES, by=by, json=body)
    assert response.status_code == status, response.text
    return response.json()


def submit(api, by, policy_id, status=201):
    response = api.post(f"{POLICIES}/{policy_id}/submissions", by=by, json={"reason": "按文件执行"})
    assert response.status_code == status, response.text
    return response.json()


def activate(api, policy, reviewer, body):
    """Drafted and submitted by one, approved by another; the version as it is then."""
    policy_id = draft(api, policy, body)["policy_id"]
    proposals.approve(api, submit(api, policy, policy_id)["proposal_id"], reviewer)
    return shown(api, policy, policy_id)


def shown(api, by, policy_id):
    response = api.get(f"{POLICIES}/{policy_id}", by=by)
    assert response.status_code == 200, response.text
    return response.json()


def in_force(api, region, on=None):
    """{plan: what is in force}"""
    response = api.get(PUBLIC, params={"region": region, **({"on": on} if on else {})})
    assert response.status_code == 200, response.text
    return {plan["plan_code"]: plan for plan in response.json()["data"]}


def pensioner(api, sql, operator, pool, year=1955, retired_on="2015-06-30"):
    """Somebody who retired: the person's and the account's id."""
    number = entering.fresh_number(year)
    person = entering.create(api, operator, pool_code=pool, citizen_number=number).json()["person_id"]
    body = {"scheme": "employee", "pool_code": pool, "started_on": "2000-01-01", "account_mode": "with_account", "payer_kind": "self"}
    made = api.post(f"/v1/admin/people/{person}/enrolments", by=operator, json=body)
    assert made.status_code == 201, made.text
    sql.execute("UPDATE enrolment SET retired_on = %s WHERE person_key = %s", [retired_on, money.key_of(person)])
    (account_id,) = sql.execute("SELECT account_id::text FROM account WHERE person_id = %s", [person]).fetchone()
    return person, account_id
