"""What somebody with all rights plants around the credits of pensioners: the auditor names it."""
# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.db.credit_books import Plan, credits, pensioner, run
from tests.db.interesting import date
from tests.db.planting import assert_named
from tests.db.posting import Entry, post
from tests.db.test_audit_rewritten import RECHAIN
from tests.db.world import audit

CITY, OTHER = "620500", "620900"


class Books:
    """Gansu by month, less a deduction, and Shanghai by the year: credited for three months and a year."""

    def __init__(self, connection):
        self.connection = connection
        connection.execute("TRUNCATE credit_policy, credit_policy_tier, credit_policy_deduction")
        self.monthly = Plan("620000", {0: 10000, 70: 11000}, deduction_fen=300).insert(connection)
        self.yearly = Plan("310000", {0: 168000, 75: 189000}, posting_month=7, is_pro_rated=True,
                           age_basis="insurance_year_start").insert(connection)
        self.person = pensioner(connection, CITY, "1956-03-31", "2016-03-10")
        self.other = pensioner(connection, OTHER, "1950-01-01", "2010-01-01")
        self.shanghai = pensioner(connection, "310000", "1960-02-29", "2026-02-20")
        for region, month in (("620000", "2026-02"), ("620000", "2026-03"), ("000000", "2026-07")):
            run(connection, region, date(f"{month}-01"), date(f"{month}-15"))
        self.ids = {"person": self.person.person_key, "account": self.person.account_id, "other": self.other.person_key,
                    "other_account": self.other.account_id, "shanghai": self.shanghai.person_key,
                    "credit": credits(connection, self.person)[0]["credit_id"],
                    "march": credits(connection, self.person)[1]["credit_id"],
                    "year": credits(connection, self.shanghai)[0]["credit_id"],
                    "monthly": self.monthly.policy_id, "yearly": self.yearly.policy_id}

    def run(self, sql):
        for statement in sql.split(";"):
            assert self.connection.execute(statement, self.ids).rowcount != 0, statement

    def rechain(self):
        self.connection.execute(RECHAIN, {"account": self.person.account_id})


@pytest.fixture
def books(superuser):
    return Books(superuser)


TABLES = ("pensioner_credit", "ledger_entry", "credit_policy", "credit_policy_tier", "credit_policy_deduction", "credit_run",
          "credit_run_pool", "credit_run_tier", "job", "proposal")
CREDIT = "UPDATE pensioner_credit SET {} WHERE credit_id = %(credit)s"
YEAR = "UPDATE pensioner_credit SET {} WHERE credit_id = %(year)s"
ENTRY = "UPDATE ledger_entry SET {} WHERE operation_id = %(credit)s AND kind = 'pensioner_credit'"
POLICY = "UPDATE credit_policy SET {} WHERE policy_id = %(monthly)s"
RUN = "UPDATE credit_run SET {} WHERE job_id = (SELECT job_id FROM pensioner_credit WHERE credit_id = %(credit)s)"
APPROVAL = "UPDATE proposal SET {} WHERE proposal_id = (SELECT proposal_id FROM pensioner_credit WHERE credit_id = %(credit)s)"
JOB = "UPDATE job SET {} WHERE job_id = (SELECT job_id FROM pensioner_credit WHERE credit_id = %(credit)s)"

# What is planted: what is done, then the table, key and column that the report must name.
PLANTED = {
    "credit of another amount": (CREDIT.format("gross_fen = gross_fen + 1, total_gross_fen = total_gross_fen + 1"),
                                 "pensioner_credit", "{credit}", "gross_fen"),
    "credit of an amount that no tier gives": (
        CREDIT.format("gross_fen = gross_fen + 1, total_gross_fen = total_gross_fen + 1") + ";"
        + ENTRY.format("amount_fen = amount_fen + 1"), "pensioner_credit", "{credit}", "total_gross_fen"),
    "deduction of another amount": (CREDIT.format("deduction_fen = 299, total_deduction_fen = 299"),
                                    "pensioner_credit", "{credit}", "deduction_fen"),
    "deduction that the policy does not have": (
        CREDIT.format("deduction_fen = 299, total_deduction_fen = 299") + ";UPDATE ledger_entry SET amount_fen = 299"
        " WHERE operation_id = %(credit)s AND kind = 'credit_deduction'", "pensioner_credit", "{credit}", "total_deduction_fen"),
    "sum that a credit does not have": (CREDIT.format("total_gross_fen = 9999"),
        "pensioner_credit", "{credit}", "total_gross_fen"),
    "credit that owes": (CREDIT.format("receivable_fen = 1"),
        "pensioner_credit", "{credit}", "receivable_fen"),
    "credit posted at another time": (CREDIT.format("posted_at = posted_at + interval '1 us'"),
                                      "ledger_entry", "{account}/1", "posted_at"),
    "credit posted on another day": (CREDIT.format("business_date = business_date + 1"),
                                     "ledger_entry", "{account}/1", "business_date"),
    "credit for another month": (CREDIT.format("period_start = '2026-01-01'"), "pensioner_credit", "{credit}", "job_id"),
    "credit with a month that its entry does not have": (CREDIT.format("period_start = '2026-01-01'"),
                                                         "ledger_entry", "{account}/1", "reference"),
    "credit of somebody else": (CREDIT.format("person_key = %(other)s, period_start = '2026-01-01'"),
                                "pensioner_credit", "{credit}", "credit_id"),
    "born on another day": (CREDIT.format("birth_date = '1956-02-28', age_years = 70, min_age = 70"),
                            "pensioner_credit", "{credit}", "birth_date"),
    "another age": (CREDIT.format("age_years = 70"), "pensioner_credit", "{credit}", "age_years"),
    "age on another day": (CREDIT.format("age_on = age_on + 1"), "pensioner_credit", "{credit}", "age_on"),
    "another tier": (CREDIT.format("min_age = 70"), "pensioner_credit", "{credit}", "min_age"),
    "credit of before retirement": (CREDIT.format("first_month = '2026-03-01'"), "pensioner_credit", "{credit}", "months"),
    "credit of after death": (CREDIT.format("last_month = '2026-01-01'"), "pensioner_credit", "{credit}", "months"),
    "twelfth too many": (YEAR.format("months = 11"), "pensioner_credit", "{year}", "months"),
    "retired a month before": (YEAR.format("first_month = '2026-02-01'"), "pensioner_credit", "{year}", "months"),
    "dead within the year": (YEAR.format("last_month = '2026-11-01'"), "pensioner_credit", "{year}", "months"),
    "year called a month": (YEAR.format("period = 'month'"), "pensioner_credit", "{year}", "policy_id"),
    "month and year": (
        "INSERT INTO pensioner_credit SELECT (jsonb_populate_record(c, jsonb_build_object('credit_id', gen_random_uuid(),"
        " 'period', 'month', 'period_start', '2026-12-01', 'months', 1))).* FROM pensioner_credit AS c WHERE credit_id = %(year)s",
        "pensioner_credit", "{year}", "period"),
    "credit under another id": (CREDIT.format("credit_id = gen_random_uuid()"), "ledger_entry", "{account}/1", "operation_id"),
    "credit removed": ("DELETE FROM pensioner_credit WHERE credit_id = %(credit)s", "ledger_entry", "{account}/1", "operation_id"),
    "credit without entries": (
        "INSERT INTO pensioner_credit SELECT (jsonb_populate_record(c, jsonb_build_object('credit_id', account_id,"
        " 'period_start', '2026-04-01'))).* FROM pensioner_credit AS c WHERE credit_id = %(march)s",
        "pensioner_credit", "{account}", "gross_fen"),
    "two credits on one entry": (
        "INSERT INTO pensioner_credit SELECT (jsonb_populate_record(c, jsonb_build_object('period_start', '2026-04-01'))).*"
        " FROM pensioner_credit AS c WHERE credit_id = %(march)s", "pensioner_credit", "{march}", "credit_id"),
    "credit to another account": (CREDIT.format("account_id = %(other_account)s"), "pensioner_credit", "{credit}", "account_id"),
    "entry of a credit on another account": (CREDIT.format("account_id = %(other_account)s"),
                                             "ledger_entry", "{account}/1", "account_id"),
    "credit of another pool": (CREDIT.format("pool_code = '620900'"), "pensioner_credit", "{credit}", "account_id"),
    "fund of another pool": (CREDIT.format("pool_code = '620900'"), "ledger_entry", "{account}/1", "system_account"),
    "credit of another version": (CREDIT.format("policy_id = %(yearly)s"), "pensioner_credit", "{credit}", "policy_id"),
    "credit of no version": (CREDIT.format("policy_id = gen_random_uuid()"), "pensioner_credit", "{credit}", "policy_id"),
    "credit of another plan": (CREDIT.format("plan_code = 'other'"), "pensioner_credit", "{credit}", "policy_id"),
    "credit of a draft": (POLICY.format("activated_at = NULL"), "pensioner_credit", "{credit}", "policy_id"),
    "credit of a version not yet in force": (POLICY.format("effective_from = '2026-03-01'"),
                                             "pensioner_credit", "{credit}", "policy_id"),
    "credit of another province's version": (POLICY.format("region_code = '630000'"), "pensioner_credit", "{credit}", "policy_id"),
    "version that was not shown": ("UPDATE credit_run_pool SET policy_id = %(yearly)s WHERE policy_id = %(monthly)s",
                                   "pensioner_credit", "{credit}", "policy_id"),
    "tier changed since": ("UPDATE credit_policy_tier SET amount_fen = 10001 WHERE policy_id = %(monthly)s AND min_age = 0",
                           "pensioner_credit", "{credit}", "total_gross_fen"),
    "tier moved since": ("UPDATE credit_policy_tier SET min_age = 69 WHERE policy_id = %(monthly)s AND min_age = 70",
                         "pensioner_credit", "{credit}", "min_age"),
    "tier removed since": ("DELETE FROM credit_policy_tier WHERE policy_id = %(monthly)s AND min_age = 0",
                           "pensioner_credit", "{credit}", "min_age"),
    "deduction changed since": ("UPDATE credit_policy_deduction SET amount_fen = 400 WHERE policy_id = %(monthly)s",
                                "pensioner_credit", "{credit}", "total_deduction_fen"),
    "rounding changed since": (
        "UPDATE credit_policy_tier SET amount_fen = 168001 WHERE policy_id = %(yearly)s AND min_age = 0;"
        "UPDATE credit_policy SET rounding = 'down' WHERE policy_id = %(yearly)s;"
        + YEAR.format("gross_fen = 140001, total_gross_fen = 140001"),
        "pensioner_credit", "{year}", "total_gross_fen"),
    "age basis changed since": (POLICY.format("age_basis = 'year_start'"), "pensioner_credit", "{credit}", "age_on"),
    "posting month changed since": ("UPDATE credit_policy SET posting_month = 6 WHERE policy_id = %(yearly)s",
                                    "pensioner_credit", "{year}", "age_on"),
    "twelfths allowed since": ("UPDATE credit_policy SET is_pro_rated = false WHERE policy_id = %(yearly)s",
                               "pensioner_credit", "{year}", "months"),
    "run that does not exist": (CREDIT.format("job_id = gen_random_uuid()"), "pensioner_credit", "{credit}", "job_id"),
    "run of another month": (RUN.format("from_month = '2026-01-01', to_month = '2026-01-01'"), "pensioner_credit", "{credit}", "job_id"),
    "run of another region": (RUN.format("region_code = '620900'"), "pensioner_credit", "{credit}", "job_id"),
    "run called a recomputation": (RUN.format("kind = 'credit_recomputation'"), "pensioner_credit", "{credit}", "job_id"),
    "job of another kind": (JOB.format("kind = 'interest'"), "pensioner_credit", "{credit}", "job_id"),
    "job of another approval": (JOB.format("proposal_id = NULL"), "pensioner_credit", "{credit}", "job_id"),
    "credit that nobody approved": (CREDIT.format("proposal_id = gen_random_uuid()"), "pensioner_credit", "{credit}", "proposal_id"),
    "run that was rejected": (APPROVAL.format("state = 'rejected', outcome = NULL"), "pensioner_credit", "{credit}", "proposal_id"),
    "run approved as something else": (APPROVAL.format("kind = 'post_interest'"), "pensioner_credit", "{credit}", "proposal_id"),
    "another run approved": (APPROVAL.format("object_id = gen_random_uuid()"), "pensioner_credit", "{credit}", "proposal_id"),
    "first credit called a difference": (CREDIT.format("revision = 1"),
        "pensioner_credit", "{credit}", "revision"),
    "credit that follows itself": (CREDIT.format("first_credit_id = credit_id"),
        "pensioner_credit", "{credit}", "first_credit_id"),
    "credit for another reason": (CREDIT.format("reason = 'policy'"), "pensioner_credit", "{credit}", "reason"),
    "entry of a credit smaller": (ENTRY.format("amount_fen = amount_fen - 1"), "pensioner_credit", "{credit}", "gross_fen"),
    "entry of a deduction removed": ("DELETE FROM ledger_entry WHERE operation_id = %(credit)s AND kind = 'credit_deduction'",
                                     "pensioner_credit", "{credit}", "deduction_fen"),
    "entry of a credit of another operation": (ENTRY.format("operation_id = gen_random_uuid()"),
                                               "ledger_entry", "{account}/1", "operation_id"),
    "entry of a credit in two": (
        "INSERT INTO ledger_entry SELECT (jsonb_populate_record(e, jsonb_build_object('seq', 99, 'amount_fen', 4000))).*"
        " FROM ledger_entry AS e WHERE operation_id = %(credit)s AND kind = 'pensioner_credit';"
        "UPDATE ledger_entry SET amount_fen = 6000 WHERE operation_id = %(credit)s AND kind = 'pensioner_credit' AND seq = 1",
        "pensioner_credit", "{credit}", "credit_id"),
    "credit to the wrong part": (ENTRY.format("part = 'carried_over'"), "ledger_entry", "{account}/1", "part"),
    "credit that takes": (ENTRY.format("direction = 'debit'"), "ledger_entry", "{account}/1", "direction"),
    "credit linked to what it does not correct": (ENTRY.format("linked_entry_id = entry_id"),
                                                  "ledger_entry", "{account}/1", "linked_entry_id"),
    "reference of another month": (ENTRY.format("reference = '2026-03'"), "ledger_entry", "{account}/1", "reference"),
}


def test_it_is_clean_before(migrated, books):
    assert [(row["age_years"], row["gross_fen"], row["deduction_fen"]) for row in credits(books.connection, books.person)] == [
        (69, 10000, 300), (70, 11000, 300), (70, 11000, 300)]
    (year,) = credits(books.connection, books.shanghai)
    assert (year["months"], year["gross_fen"]) == (10, 140000)
    assert audit(migrated)["faults"] == []


def test_every_fault_is_named(migrated, books):
    """One set of books for all of them: each is planted alone and taken back."""
    connection = books.connection
    for name, in connection.execute("SELECT conname FROM pg_constraint WHERE conrelid = 'pensioner_credit'::regclass "
                                    "AND contype = 'c'").fetchall():
        connection.execute(f"ALTER TABLE pensioner_credit DROP CONSTRAINT {name}")
    for table in TABLES:
        connection.execute(f"CREATE TABLE kept_{table} AS TABLE {table}")
    for what, (sql, table, key, column) in PLANTED.items():
        books.run(sql)
        assert_named(audit(migrated), what, table, key.format(**books.ids), column)
        with connection.transaction():
            connection.execute(f"TRUNCATE {', '.join(TABLES)}")
            for kept in TABLES:
                connection.execute(f"INSERT INTO {kept} TABLE kept_{kept}")
    assert audit(migrated)["clean"]


def test_credits_made_by_hand_are_named(migrated, books):
    """Not even with a chain that is right."""
    post(books.connection, [Entry(books.person, 100, kind="pensioner_credit", system_account=f"pooled_fund:{CITY}")])
    books.rechain()
    assert [(fault["column"], fault["check"]) for fault in audit(migrated)["faults"]] == [("operation_id", "114_credit_entry")]
