"""Pensioners and credit policies of a test's own, and what the program's functions say of them."""
# SPDX-License-Identifier: Apache-2.0
import uuid

from tests.db.posting import Account, make_id

REAL = "2020-01-01T00:00:00+08:00"


def pensioner(connection, pool, born, retired_on="2010-01-15", deceased_on=None, account=True, **enrolment):
    """Somebody retired in a pool, with an account there unless told otherwise; None for retired_on: at work."""
    person = Account(pool_code=pool).insert_owner(connection)
    if account:
        person.insert(connection)
    connection.execute("UPDATE person SET birth_date = %s, deceased_on = %s WHERE person_key = %s",
                       [born, deceased_on, person.person_key])  # fmt: skip
    enrol(connection, person, pool, retired_on=retired_on, **enrolment)
    return person


def enrol(connection, person, pool, **changes):
    row = {"person_key": person.person_key, "enrolment_id": make_id(person.person_key), "pool_code": pool, "scheme": "employee",
           "status": "active", "account_mode": "with_account", "payer_kind": "self", "started_on": "1990-01-01", **changes}  # fmt: skip
    connection.execute(f"INSERT INTO enrolment ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))


def policy(connection, region, plan, tiers, base_fen=None, deduction_fen=None, effective_from="2020-01-01", active=True,
           version=1, **changes):
    """A version of a plan: tiers {age: amount in fen}, or with `plan_kind="ratio"` {age: basis points}."""
    row = {"policy_id": uuid.uuid4(), "region_code": region, "plan_code": plan, "version": version, "effective_from": effective_from,
           "plan_kind": "fixed", "period": "month", "is_pro_rated": False, "age_basis": "credit_month", "base_fen": base_fen,
           "rounding": "half_up", "legal_basis": "test", "source": "test", "created_at": REAL,
           "activated_at": REAL if active else None, **changes}  # fmt: skip
    connection.execute(f"INSERT INTO credit_policy ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))
    column = "ratio_bp" if row["plan_kind"] == "ratio" else "amount_fen"
    for age, value in tiers.items():
        connection.execute(f"INSERT INTO credit_policy_tier (policy_id, min_age, {column}) VALUES (%s, %s, %s)",
                           [row["policy_id"], age, value])
    if deduction_fen is not None:
        connection.execute("INSERT INTO credit_policy_deduction VALUES (%s, 'critical_illness', %s)", [row["policy_id"], deduction_fen])
    return row["policy_id"]


def policy_at(connection, pool, month, plan="basic"):
    """(id, region whose row it is, version), or None."""
    return connection.execute("SELECT policy_id, region_code, version FROM credit_policy_at(%s, %s, %s)",
                              [pool, plan, f"{month}-01"]).fetchone()  # fmt: skip


def judged(connection, person, month, plan="basic", pool=None):
    """What a run of that month says: (status, gross, deduction)."""
    pool = pool or person.pool_code
    found = policy_at(connection, pool, month, plan)
    return connection.execute(
        "SELECT status, gross_fen, deduction_fen FROM credit_judge(ARRAY[%s]::bigint[], %s, %s, %s, %s)",
        [person.person_key, pool, plan, found and found[0], f"{month}-01"]).fetchone()  # fmt: skip


def reckoned(connection, policy_id, born, month, first="2000-01", last=None):
    """(status, months, age_on, age, tier, gross, deduction)"""
    return connection.execute(
        "SELECT status, months, age_on::text, age_years, min_age, gross_fen, deduction_fen FROM credit_reckon(ARRAY[%s]::uuid[],"
        " ARRAY[%s]::date[], ARRAY[%s]::date[], ARRAY[%s]::date[], ARRAY[%s]::date[])",
        [policy_id, born, f"{month}-01", f"{first}-01", last and f"{last}-01"]).fetchone()  # fmt: skip
