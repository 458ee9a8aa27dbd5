"""Pensioners, policies and their credits, as the program makes them, for tests of the database alone."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import datetime
import uuid

from tests.db.interesting import approval, at
from tests.db.posting import Account, make_id

JOB = ("INSERT INTO job (job_id, kind, state, phase, regions, proposal_id, created_by, created_at)"
       " VALUES (%s, %s, 'done', 'posting', %s, %s, %s, %s)")


@dataclasses.dataclass
class Plan:
    """A version of a plan; tiers: {min_age: fen of a fixed plan, basis points of a ratio plan}."""
    region: str
    tiers: dict
    plan_code: str = "basic"
    version: int = 1
    effective_from: datetime.date = datetime.date(2024, 1, 1)
    plan_kind: str = "fixed"
    posting_month: int | None = None
    is_pro_rated: bool = False
    age_basis: str = "credit_month"
    base_fen: int | None = None
    deduction_fen: int = 0
    rounding: str = "half_up"

    def __post_init__(self):
        self.policy_id = uuid.uuid4()

    def insert(self, connection, instant=datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)):
        """As one that was shipped: active, created by nobody."""
        connection.execute(
            "INSERT INTO credit_policy (policy_id, region_code, plan_code, version, effective_from, plan_kind, period, posting_month,"
            " is_pro_rated, age_basis, base_fen, rounding, legal_basis, source, created_at, activated_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'test', 'test', %s, %s)",
            [self.policy_id, self.region, self.plan_code, self.version, self.effective_from, self.plan_kind,
             "year" if self.posting_month else "month", self.posting_month, self.is_pro_rated, self.age_basis, self.base_fen,
             self.rounding, instant, instant])
        for min_age, value in self.tiers.items():
            fixed = self.plan_kind == "fixed"
            connection.execute("INSERT INTO credit_policy_tier (policy_id, min_age, amount_fen, ratio_bp) VALUES (%s, %s, %s, %s)",
                               [self.policy_id, min_age, value if fixed else None, None if fixed else value])
        if self.deduction_fen:
            connection.execute("INSERT INTO credit_policy_deduction VALUES (%s, 'critical_illness', %s)",
                               [self.policy_id, self.deduction_fen])
        return self


def pensioner(connection, pool, born, retired_on, **enrolment):
    """Somebody who is enrolled as an employee since long ago, with an account."""
    account = Account(pool_code=pool).insert_owner(connection).insert(connection)
    connection.execute("UPDATE person SET birth_date = %s WHERE person_key = %s", [born, account.person_key])
    enrol(connection, account, retired_on=retired_on, **enrolment)
    return account


def enrol(connection, account, **changes):
    row = {"person_key": account.person_key, "enrolment_id": make_id(account.person_key), "pool_code": account.pool_code,
           "scheme": "employee", "status": "active", "account_mode": "with_account", "payer_kind": "self",
           "started_on": "2000-01-01", **changes}
    connection.execute(f"INSERT INTO enrolment ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))
    return row["enrolment_id"]


def run(connection, region, month, day):
    """A run that was checked and approved, posted on a day. {(pool, plan, status): people}"""
    job_id = uuid.uuid4()
    proposal_id = approval(connection, "post_credit_run", job_id)
    connection.execute(JOB, [job_id, "credit_run", [region], proposal_id, uuid.uuid4(), at(day)])
    connection.execute("INSERT INTO credit_run (job_id, kind, region_code, from_month, to_month, phase)"
                       " VALUES (%s, 'credit_run', %s, %s, %s, 'posting')", [job_id, region, month, month])
    connection.execute(
        "INSERT INTO credit_run_pool (job_id, pool_code, plan_code, policy_id)"
        " SELECT %s, pool.pool_code, plan.plan_code, policy.policy_id FROM pool"
        " CROSS JOIN (SELECT DISTINCT plan_code FROM credit_policy WHERE activated_at IS NOT NULL) AS plan"
        " JOIN LATERAL credit_policy_at(pool.pool_code, plan.plan_code, %s) AS policy ON true"
        " WHERE %s IN ('000000', pool.province_code, pool.pool_code)", [job_id, month, region])
    outcome = {}
    for pool, plan, policy_id in connection.execute(
            "SELECT pool_code, plan_code, policy_id FROM credit_run_pool WHERE job_id = %s ORDER BY 1, 2", [job_id]).fetchall():
        for status, people in post_pool(connection, job_id, proposal_id, pool, plan, policy_id, month, day):
            outcome[pool, plan, status] = people
    return outcome


def post_pool(connection, job_id, proposal_id, pool, plan, policy_id, month, day):
    people = [key for key, in connection.execute(
        "SELECT DISTINCT person_key FROM enrolment WHERE pool_code = %s AND scheme = 'employee' ORDER BY 1", [pool])]
    with connection.transaction():
        connection.execute("SELECT account_lock(array_agg(person_key), array_agg(account_id), true) FROM account"
                           " WHERE person_key = ANY (%s)", [people])
        rows = connection.execute(
            "SELECT status, min_age, gross_fen, deduction_fen FROM credit_post(%s, %s, %s, %s, %s, %s, %s, %s, 'sha256')",
            [people, pool, plan, policy_id, month, job_id, proposal_id, at(day)]).fetchall()
    found, tiers = {}, {}
    for status, min_age, gross, deduction in rows:
        found[status] = found.get(status, 0) + 1
        if status == "posted":
            tiers.setdefault(min_age, []).append((gross, deduction))
    for min_age, credits in tiers.items():
        connection.execute("INSERT INTO credit_run_tier VALUES (%s, 'posting', %s, %s, %s, %s, %s, %s)",
                           [job_id, pool, plan, min_age, len(credits), *map(sum, zip(*credits))])
    return found.items()


def credits(connection, account):
    """What somebody was credited: rows as dictionaries, in order."""
    cursor = connection.execute("SELECT * FROM pensioner_credit WHERE person_key = %s ORDER BY period_start, plan_code, revision",
                                [account.person_key])
    return [dict(zip([column.name for column in cursor.description], row)) for row in cursor]
