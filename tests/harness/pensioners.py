"""Pensioners entered over HTTP, plans of a test's own, and credits as a run that was approved posts them."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import datetime
import itertools
import uuid

from tests.harness import entering, money
from tools.demo_data import citizen_number

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=SHANGHAI)
ENROLMENT = {"scheme": "employee", "started_on": "2000-01-01", "account_mode": "with_account", "payer_kind": "self"}
_number = itertools.count(1)


@dataclasses.dataclass
class Plan:
    """A version that was shipped; tiers: {min_age: fen of a fixed plan, basis points where there is a base}."""

    region: str
    tiers: dict
    plan_code: str = ""
    version: int = 1
    effective_from: str = "2020-01-01"
    plan_kind: str = "fixed"
    posting_month: int = None
    is_pro_rated: bool = False
    age_basis: str = "credit_month"
    base_fen: int = None
    deduction_fen: int = 0
    rounding: str = "half_up"
    legal_basis: str = "示例办法"

    def __post_init__(self):
        self.policy_id = str(uuid.uuid4())
        self.plan_code = self.plan_code or f"test_person_{next(_number):04}"

    def insert(self, sql):
        is_ratio = self.plan_kind == "ratio"
        sql.execute(
            "INSERT INTO credit_policy (policy_id, region_code, plan_code, version, effective_from, plan_kind, period, posting_month,"
            " is_pro_rated, age_basis, base_fen, rounding, legal_basis, source, created_at, activated_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'test', %s, %s)",
            [self.policy_id, self.region, self.plan_code, self.version, self.effective_from, self.plan_kind,
             "year" if self.posting_month else "month", self.posting_month, self.is_pro_rated, self.age_basis, self.base_fen,
             self.rounding, self.legal_basis, LONG_AGO, LONG_AGO])
        for min_age, value in self.tiers.items():
            sql.execute("INSERT INTO credit_policy_tier (policy_id, min_age, amount_fen, ratio_bp) VALUES (%s, %s, %s, %s)",
                        [self.policy_id, min_age, None if is_ratio else value, value if is_ratio else None])
        if self.deduction_fen:
            sql.execute("INSERT INTO credit_policy_deduction VALUES (%s, 'critical_illness', %s)", [self.policy_id, self.deduction_fen])
        return self


@dataclasses.dataclass
class Pensioner:
    person_id: str
    account_id: str
    pool: str

    @property
    def key(self):
        return money.key_of(self.person_id)


def somebody(api, sql, operator, pool, born="1954-03-04", retired_on="2014-03-01", **enrolment):
    """Enrolled as an employee and retired; `retired_on=None`: not."""
    number = citizen_number(pool[:4] + "02", datetime.date.fromisoformat(born), 100 + next(_number) % 900)
    person_id = entering.create(api, operator, citizen_number=number, pool_code=pool).json()["person_id"]
    made = api.post(f"/v1/admin/people/{person_id}/enrolments", by=operator, json={**ENROLMENT, "pool_code": pool, **enrolment})
    assert made.status_code == 201, made.text
    if retired_on:
        retire(sql, person_id, retired_on)
    found = sql.execute("SELECT account_id::text FROM account WHERE person_key = %s", [money.key_of(person_id)]).fetchone()
    return Pensioner(person_id, found and found[0], pool)


def retire(sql, person_id, retired_on):
    sql.execute("UPDATE enrolment SET retired_on = %s WHERE person_key = %s AND scheme = 'employee'", [retired_on, money.key_of(person_id)])


def retirement(sql, person_id):
    row = sql.execute("SELECT max(retired_on) FROM enrolment WHERE person_key = %s AND scheme = 'employee'", [money.key_of(person_id)])
    return row.fetchone()[0]


def at(day):
    return datetime.datetime.fromisoformat(f"{day}T10:00:00").replace(tzinfo=SHANGHAI)


def credit(sql, plan, pensioner, month, day=None):
    """What a run for a month does with one of its people; the id of the credit. `month`: YYYY-MM."""
    month, day = f"{month}-01", day or f"{month}-05"
    job_id, proposal_id = approved_run(sql, plan, pensioner.pool, month, day)
    with sql.transaction():
        sql.execute("SELECT FROM account_lock(%s::bigint[], %s::uuid[], true)", [[pensioner.key], [pensioner.account_id]])
        row = sql.execute(
            "SELECT status, min_age, gross_fen, deduction_fen FROM credit_post(ARRAY[%s]::bigint[], %s, %s, %s, %s, %s, %s, %s, 'sha256')",
            [pensioner.key, pensioner.pool, plan.plan_code, plan.policy_id, month, job_id, proposal_id, at(day)]).fetchone()
        assert row[0] == "posted", row
        sql.execute("INSERT INTO credit_run_tier VALUES (%s, 'posting', %s, %s, %s, 1, %s, %s)",
                    [job_id, pensioner.pool, plan.plan_code, *row[1:]])
    found = sql.execute("SELECT credit_id::text FROM pensioner_credit WHERE person_key = %s AND job_id = %s", [pensioner.key, job_id])
    return found.fetchone()[0]


def approved_run(sql, plan, pool, month, day):
    job_id = uuid.uuid4()
    (proposal_id,) = sql.execute(
        "INSERT INTO proposal (proposal_id, kind, object_id, payload, reason, state, proposed_by, proposed_at, decided_by, decided_at,"
        " outcome) VALUES (gen_random_uuid(), 'post_credit_run', %s, '{}', 'planted', 'approved', gen_random_uuid(), now(),"
        " gen_random_uuid(), now(), '{}') RETURNING proposal_id", [job_id]).fetchone()
    sql.execute(
        "INSERT INTO job (job_id, kind, state, phase, regions, proposal_id, created_by, created_at)"
        " VALUES (%s, 'credit_run', 'done', 'posting', %s, %s, gen_random_uuid(), %s)", [job_id, [pool], proposal_id, at(day)])
    sql.execute("INSERT INTO credit_run (job_id, kind, region_code, from_month, to_month, phase)"
                " VALUES (%s, 'credit_run', %s, %s, %s, 'posting')", [job_id, pool, month, month])
    sql.execute("INSERT INTO credit_run_pool (job_id, pool_code, plan_code, policy_id) VALUES (%s, %s, %s, %s)",
                [job_id, pool, plan.plan_code, plan.policy_id])
    return job_id, proposal_id


def plant_difference(sql, first_credit_id, **changes):
    """A row behind a credit as a recomputation would write it, without entries; take it away again (unplant)."""
    columns = [name for (name,) in sql.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'pensioner_credit'::regclass AND attnum > 0 AND NOT attisdropped")]
    key = money.key_of(first_credit_id)
    newest = sql.execute(
        f"SELECT {', '.join(columns)} FROM pensioner_credit WHERE person_key = %(key)s AND (credit_id, plan_code) IN"
        " (SELECT c.credit_id, c.plan_code FROM pensioner_credit AS c JOIN pensioner_credit AS first USING "
        "(person_key, period_start, plan_code)"
        " WHERE c.person_key = %(key)s AND first.credit_id = %(id)s) ORDER BY revision DESC LIMIT 1",
        {"key": key, "id": first_credit_id}).fetchone()
    row = dict(zip(columns, newest))
    row |= {"credit_id": str(money.new_id(key)), "first_credit_id": first_credit_id, "revision": row["revision"] + 1, **changes}
    sql.execute(f"INSERT INTO pensioner_credit ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})",
                [row[name] for name in columns])
    return row["credit_id"]


def unplant(sql, *credit_ids):
    for credit_id in credit_ids:
        sql.execute("DELETE FROM pensioner_credit WHERE person_key = %s AND credit_id = %s", [money.key_of(credit_id), credit_id])
