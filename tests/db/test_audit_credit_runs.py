"""What somebody with all rights plants around runs, recomputations, plans and merged pensioners: the auditor names it."""
# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.db.credit_books import Plan, credits, pensioner
from tests.db.credit_desk import Desk
from tests.db.interesting import at, date
from tests.db.merging import merge
from tests.db.planting import assert_named
from tests.db.posting import debit, statuses
from tests.db.world import audit

CITY = "620500"


class Books(Desk):
    """Two months credited; then less is due, and some of it was spent; then more again; then two of the people are one."""

    def __init__(self, connection):
        super().__init__(connection, date("2026-03-20"))
        connection.execute("TRUNCATE credit_policy, credit_policy_tier, credit_policy_deduction")
        self.plans = [Plan("620000", {0: 10000, 70: 11000}, deduction_fen=300).insert(connection)]
        self.yearly = Plan("310000", {0: 150}, plan_kind="ratio", base_fen=700000, posting_month=6).insert(connection)
        self.person, self.duplicate, self.survivor = (pensioner(connection, CITY, "1950-01-01", "2010-01-01") for _ in range(3))
        self.month("2026-02")
        connection.execute("UPDATE enrolment SET started_on = '2010-01-01' WHERE person_key = %s", [self.survivor.person_key])
        self.month("2026-03")
        assert statuses(connection, [debit(self.duplicate, 21400)], instant=at(self.today)) == ["posted"]
        self.change({0: 10000, 70: 10500}, 200, "2026-02")
        self.change({0: 10000, 70: 11100}, 400, "2026-03")
        assert merge(connection, self.survivor, self.duplicate, instant=at(date("2026-04-01")))[0] == "applied"
        self.ids = {"person": self.person.person_key, "account": self.person.account_id, "duplicate": self.duplicate.person_key,
                    "survivor": self.survivor.person_key, "survivor_account": self.survivor.account_id,
                    "yearly": self.yearly.policy_id, "policy": self.plans[1].policy_id, "newest": self.plans[2].policy_id,
                    **{f"credit_{row['period_start'].month}_{row['revision']}": row["credit_id"]
                       for row in credits(connection, self.person)}}
        (self.ids["up_job"],), = connection.execute("SELECT job_id FROM pensioner_credit WHERE credit_id = "
                                                    "%(credit_3_2)s", self.ids).fetchall()
        (self.ids["down_job"],), = connection.execute("SELECT job_id FROM pensioner_credit WHERE credit_id = "
                                                      "%(credit_3_1)s", self.ids).fetchall()
        (self.ids["run_job"],), = connection.execute("SELECT job_id FROM pensioner_credit WHERE credit_id = "
                                                     "%(credit_3_0)s", self.ids).fetchall()
        self.ids["copy"] = next(row["credit_id"] for row in credits(connection, self.survivor) if row["origin_credit_id"])
        self.ids["given"] = credits(connection, self.duplicate)[0]["credit_id"]

    def month(self, month):
        status, job_id = self.ask_run("620000", date(f"{month}-01"))
        assert status == "created"
        self.whole(job_id)

    def change(self, tiers, deduction_fen, month):
        self.plans.append(Plan("620000", tiers, version=len(self.plans) + 1, effective_from=date(f"{month}-01"),
                               deduction_fen=deduction_fen).insert(self.connection))
        self.whole(self.ask_recomputation(CITY, date("2026-01-01"), date("2026-03-01")))

    def run(self, sql):
        for statement in sql.split(";"):
            assert self.connection.execute(statement, self.ids).rowcount != 0, statement


@pytest.fixture
def books(superuser):
    return Books(superuser)


TABLES = ("pensioner_credit", "ledger_entry", "credit_policy", "credit_policy_tier", "credit_policy_deduction", "credit_run",
          "credit_run_pool", "credit_run_tier", "credit_difference", "credit_difference_sum", "job", "proposal", "receivable",
          "person_alias")
UP = "UPDATE pensioner_credit SET {} WHERE credit_id = %(credit_3_2)s"
ENTRY = "UPDATE ledger_entry SET {} WHERE operation_id = %(credit_3_2)s AND kind = 'pensioner_credit'"
COPY = "UPDATE pensioner_credit SET {} WHERE credit_id = %(copy)s"
TIER = "UPDATE credit_run_tier SET {} WHERE job_id = %(run_job)s AND phase = 'posting'"
RUN = "UPDATE credit_run SET {} WHERE job_id = %(run_job)s"
SHOWN = "UPDATE credit_difference SET {} WHERE credit_id = %(credit_3_2)s"
SUM = "UPDATE credit_difference_sum SET {} WHERE job_id = %(down_job)s AND phase = 'posting'"
POLICY = "UPDATE credit_policy SET {} WHERE policy_id = %(yearly)s"
OWED = "UPDATE receivable SET {} WHERE person_key = %(duplicate)s"

# What is planted: what is done, then the table, key and column that the report must name.
PLANTED = {
    "difference of another amount": (UP.format("gross_fen = gross_fen + 1, total_gross_fen = total_gross_fen + 1"),
                                     "pensioner_credit", "{credit_3_2}", "gross_fen"),
    "difference that gives another deduction": (
        UP.format("deduction_fen = deduction_fen - 1, total_deduction_fen = total_deduction_fen - 1"),
        "pensioner_credit", "{credit_3_2}", "deduction_fen"),
    "difference with a sum that is none": (UP.format("total_gross_fen = total_gross_fen + 1"),
                                           "pensioner_credit", "{credit_3_2}", "total_gross_fen"),
    "difference with a sum of deductions that is none": (UP.format("total_deduction_fen = total_deduction_fen + 1"),
                                                         "pensioner_credit", "{credit_3_2}", "total_deduction_fen"),
    "difference of another first credit": (UP.format("first_credit_id = %(credit_2_0)s"),
                                           "pensioner_credit", "{credit_3_2}", "first_credit_id"),
    "difference left out": (UP.format("revision = 3"), "pensioner_credit", "{credit_3_2}", "revision"),
    "posted difference removed": ("DELETE FROM pensioner_credit WHERE credit_id = %(credit_3_2)s", "credit_difference", None, "credit_id"),
    "difference called the credit": (UP.format("reason = 'credit'"), "pensioner_credit", "{credit_3_2}", "reason"),
    "difference by a run": (UP.format("job_id = %(run_job)s"), "pensioner_credit", "{credit_3_2}", "job_id"),
    "difference that nobody was shown": ("DELETE FROM credit_difference WHERE credit_id = %(credit_3_2)s",
                                         "pensioner_credit", "{credit_3_2}", "job_id"),
    "difference that nobody approved": (UP.format("proposal_id = gen_random_uuid()"), "pensioner_credit", "{credit_3_2}", "proposal_id"),
    "difference of a version that is not in force": (UP.format("policy_id = %(yearly)s"), "pensioner_credit", "{credit_3_2}", "policy_id"),
    "difference that is owed though it gives": (UP.format("receivable_fen = 1"), "pensioner_credit", "{credit_3_2}", "receivable_fen"),
    "difference linked to nothing": (ENTRY.format("linked_entry_id = NULL"), "ledger_entry", None, "linked_entry_id"),
    "difference linked to another month": (
        ENTRY.format("linked_entry_id = (SELECT entry_id FROM ledger_entry WHERE operation_id = %(credit_2_0)s AND "
                     "kind = 'pensioner_credit')"),
        "ledger_entry", None, "linked_entry_id"),
    "difference linked to the deduction": (
        ENTRY.format("linked_entry_id = (SELECT entry_id FROM ledger_entry WHERE operation_id = %(credit_3_0)s AND "
                     "kind = 'credit_deduction')"),
        "ledger_entry", None, "linked_entry_id"),
    "difference in the other direction": (ENTRY.format("direction = 'debit'"), "ledger_entry", None, "direction"),
    "credit of an alias not copied": ("DELETE FROM pensioner_credit WHERE credit_id = %(copy)s", "pensioner_credit",
                                      "{given}", "person_key"),
    "credit of an alias copied twice": (
        "INSERT INTO pensioner_credit SELECT (jsonb_populate_record(c, jsonb_build_object('revision', 9, 'credit_id', account_id))).*"
        " FROM pensioner_credit AS c WHERE credit_id = %(copy)s", "pensioner_credit", "{given}", "person_key"),
    "credit copied with another amount": (COPY.format("gross_fen = gross_fen + 1"), "pensioner_credit", "{copy}", "origin_credit_id"),
    "credit copied for another month": (COPY.format("period_start = '2025-02-01'"), "pensioner_credit", "{copy}", "origin_credit_id"),
    "credit copied with another version": (COPY.format("policy_id = %(yearly)s"), "pensioner_credit", "{copy}", "origin_credit_id"),
    "credit copied from nothing": (COPY.format("origin_credit_id = %(credit_2_0)s"), "pensioner_credit", "{copy}", "origin_credit_id"),
    "copy of a credit called a credit": (COPY.format("origin_credit_id = NULL"), "pensioner_credit", "{copy}", "gross_fen"),
    "copy of a credit on another account": (COPY.format("account_id = %(account)s"), "pensioner_credit", "{copy}", "account_id"),
    "credit of an alias changed since": ("UPDATE pensioner_credit SET birth_date = birth_date - 1 WHERE credit_id = %(given)s",
                                         "pensioner_credit", "{copy}", "origin_credit_id"),
    "copied credit of who is no alias": ("DELETE FROM person_alias WHERE person_key = %(duplicate)s",
                                         "pensioner_credit", "{copy}", "origin_credit_id"),
    "receivable of another credit": (OWED.format("credit_id = %(given)s"), "receivable", None, "credit_id"),
    "receivable of a credit that is gone": (
        "UPDATE receivable SET credit_id = gen_random_uuid() WHERE person_key = %(survivor)s", "receivable", None, "credit_id"),
    "receivable of a credit smaller": (OWED.format("amount_fen = amount_fen - 1"), "receivable", None, "amount_fen"),
    "receivable of a credit forgiven": ("UPDATE receivable SET settled_fen = amount_fen, state = 'settled' WHERE person_key = %(survivor)s",
                                        "receivable", None, "settled_fen"),
    "entry of a receivable of a credit smaller": (
        "UPDATE ledger_entry SET amount_fen = amount_fen - 1 WHERE person_key = %(duplicate)s AND kind = 'receivable'",
        "pensioner_credit", None, "receivable_fen"),
    "people of a run": (TIER.format("people = people + 1"), "credit_run_tier", None, "people"),
    "sum of a run": (TIER.format("gross_fen = gross_fen - 1"), "credit_run_tier", None, "gross_fen"),
    "deductions of a run": (TIER.format("deduction_fen = 0"), "credit_run_tier", None, "deduction_fen"),
    "sums of a run under another tier": (TIER.format("min_age = 0"), "credit_run_tier", None, "people"),
    "sums of a run removed": ("DELETE FROM credit_run_tier WHERE job_id = %(run_job)s", "credit_run_tier", None, "people"),
    "run of another kind than its job": (RUN.format("kind = 'credit_recomputation'"), "credit_run", "{run_job}", "kind"),
    "run of another region than was asked": (RUN.format("region_code = '000000'"), "credit_run", "{run_job}", "region_code"),
    "run of a pool outside its region": ("UPDATE credit_run_pool SET pool_code = '440300' WHERE job_id = %(run_job)s "
                                         "AND pool_code = '620600'",
                                         "credit_run", "{run_job}", "region_code"),
    "run of another month than was asked": (RUN.format("from_month = '2026-01-01'"), "credit_run", "{run_job}", "from_month"),
    "run until another month than was asked": (RUN.format("to_month = '2026-05-01'"), "credit_run", "{run_job}", "to_month"),
    "job of a run removed": ("DELETE FROM job WHERE job_id = %(run_job)s", "credit_run", "{run_job}", "kind"),
    "difference that was not posted called posted": (SHOWN.format("credit_id = NULL"), "credit_difference", None, "credit_id"),
    "posted difference called changed": (SHOWN.format("status = 'changed'"), "credit_difference", None, "credit_id"),
    "difference posted by another row": (SHOWN.format("credit_id = %(credit_2_1)s"), "credit_difference", None, "credit_id"),
    "difference shown for another month": (SHOWN.format("period_start = '2026-01-01'"), "credit_difference", None, "credit_id"),
    "difference shown from another amount": (SHOWN.format("credited_gross_fen = 1"), "credit_difference", None, "credited_gross_fen"),
    "difference shown from another deduction": (SHOWN.format("credited_deduction_fen = 1"),
                                                "credit_difference", None, "credited_deduction_fen"),
    "difference shown to another amount": (SHOWN.format("due_gross_fen = 1"), "credit_difference", None, "due_gross_fen"),
    "difference shown to another deduction": (SHOWN.format("due_deduction_fen = 1"), "credit_difference", None, "due_deduction_fen"),
    "difference shown on another account": (SHOWN.format("account_id = %(survivor_account)s"), "credit_difference", None, "account_id"),
    "difference shown by another version": (SHOWN.format("policy_id = %(policy)s"), "credit_difference", None, "policy_id"),
    "difference shown of another person": (SHOWN.format("person_id = account_id"), "credit_difference", None, "person_id"),
    "difference shown for another reason": (SHOWN.format("reason = 'person'"), "credit_difference", None, "reason"),
    "sums of differences removed": ("DELETE FROM credit_difference_sum WHERE phase = 'posting'",
                                    "credit_difference_sum", None, "differences"),
    "number of differences": (SUM.format("differences = differences + 1"), "credit_difference_sum", None, "differences"),
    "sum of what was given": (SUM.format("gross_up_fen = 1"), "credit_difference_sum", None, "gross_up_fen"),
    "sum of what was taken": (SUM.format("gross_down_fen = 1"), "credit_difference_sum", None, "gross_down_fen"),
    "sum of changed deductions": (SUM.format("deduction_fen = 1"), "credit_difference_sum", None, "deduction_fen"),
    "sum of what accounts got": (SUM.format("net_up_fen = 1"), "credit_difference_sum", None, "net_up_fen"),
    "sum of what accounts gave": (SUM.format("net_down_fen = 1"), "credit_difference_sum", None, "net_down_fen"),
    "sum of what is owed": (SUM.format("receivable_fen = 0"), "credit_difference_sum", None, "receivable_fen"),
    "version twice": (
        "INSERT INTO credit_policy SELECT (jsonb_populate_record(p, jsonb_build_object('policy_id', gen_random_uuid()))).*"
        " FROM credit_policy AS p WHERE policy_id = %(yearly)s", "credit_policy", "{yearly}", "version"),
    "version without tiers": ("DELETE FROM credit_policy_tier WHERE policy_id = %(yearly)s", "credit_policy", "{yearly}", "plan_kind"),
    "ratio with an amount": ("UPDATE credit_policy_tier SET amount_fen = 1, ratio_bp = NULL WHERE policy_id = %(yearly)s",
                             "credit_policy", "{yearly}", "plan_kind"),
    "fixed plan of ratios": (POLICY.format("plan_kind = 'fixed'"), "credit_policy", "{yearly}", "plan_kind"),
    "base of a fixed plan": ("UPDATE credit_policy SET base_fen = 1 WHERE policy_id = %(newest)s", "credit_policy", "{newest}", "base_fen"),
    "base below zero": (POLICY.format("base_fen = -1"), "credit_policy", "{yearly}", "base_fen"),
    "year without a posting month": (POLICY.format("posting_month = NULL"), "credit_policy", "{yearly}", "posting_month"),
    "month with a posting month": (POLICY.format("period = 'month'"), "credit_policy", "{yearly}", "posting_month"),
    "twelfths of a month": ("UPDATE credit_policy SET is_pro_rated = true WHERE policy_id = %(newest)s",
                            "credit_policy", "{newest}", "is_pro_rated"),
    "version from the middle of a month": (POLICY.format("effective_from = '2024-01-02'"), "credit_policy", "{yearly}", "effective_from"),
    "version in force that somebody drafted": (POLICY.format("created_by = gen_random_uuid()"), "credit_policy", "{yearly}", "proposal_id"),
    "version put in force by another approval": (
        POLICY.format("proposal_id = (SELECT proposal_id FROM job WHERE job_id = %(run_job)s)"), "credit_policy",
        "{yearly}", "proposal_id"),
    "approved version called a draft": (POLICY.format("proposal_id = gen_random_uuid(), activated_at = NULL"),
                                        "credit_policy", "{yearly}", "activated_at"),
    "approval that put nothing in force": (
        "UPDATE proposal SET kind = 'activate_credit_policy', object_id = %(yearly)s WHERE proposal_id IN"
        " (SELECT proposal_id FROM job WHERE job_id = %(run_job)s)", "proposal", None, "object_id"),
    "tier of no version": ("UPDATE credit_policy_tier SET policy_id = gen_random_uuid() WHERE policy_id = %(yearly)s",
                           "credit_policy_tier", None, "policy_id"),
    "deduction of no version": ("UPDATE credit_policy_deduction SET policy_id = gen_random_uuid() WHERE policy_id = %(newest)s",
                                "credit_policy_deduction", None, "policy_id"),
    "deduction of another kind": ("UPDATE credit_policy_deduction SET kind = 'other' WHERE policy_id = %(newest)s",
                                  "credit_policy_deduction", None, "kind"),
    "deduction that gives": ("UPDATE credit_policy_deduction SET amount_fen = -1 WHERE policy_id = %(newest)s",
                             "credit_policy_deduction", None, "amount_fen"),
}


def test_it_is_clean_before(migrated, books):
    assert [(row["period_start"].month, row["revision"], row["gross_fen"], row["deduction_fen"])
            for row in credits(books.connection, books.person)] \
        == [(2, 0, 11000, 300), (2, 1, -500, -100), (3, 0, 11000, 300), (3, 1, -500, -100), (3, 2, 600, 200)]
    assert [(row["revision"], row["total_gross_fen"]) for row in credits(books.connection, books.survivor)
            if row["period_start"].month == 3] \
        == [(0, 11000), (1, 10500), (2, 11100), (3, 22100), (4, 21600), (5, 22200)]
    (owed,) = books.connection.execute("SELECT sum(amount_fen) FROM receivable WHERE state = 'open'").fetchone()
    assert owed == 800
    assert audit(migrated)["faults"] == []


def test_what_came_twice_by_a_merge_is_taken_back(migrated, books):
    books.today = date("2026-04-10")
    books.whole(books.ask_recomputation(CITY, date("2026-01-01"), date("2026-03-01")))
    assert [row["total_gross_fen"] for row in credits(books.connection, books.survivor) if row["revision"] > 5] == [11100]
    assert audit(migrated)["faults"] == []


def test_every_fault_is_named(migrated, books):
    """One set of books for all of them: each is planted alone and taken back."""
    connection = books.connection
    for table in TABLES:
        connection.execute(f"CREATE TABLE kept_{table} AS TABLE {table}")
        for name, in connection.execute("SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'u')",
                                        [table]).fetchall():
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for what, (sql, table, key, column) in PLANTED.items():
        books.run(sql)
        assert_named(audit(migrated), what, table, key and key.format(**books.ids), column)
        with connection.transaction():
            connection.execute(f"TRUNCATE {', '.join(TABLES)}")
            for kept in TABLES:
                connection.execute(f"INSERT INTO {kept} TABLE kept_{kept}")
    assert audit(migrated)["clean"]
