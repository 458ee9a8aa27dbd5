"""The auditor on interest: every planted fault is found and named."""
# SPDX-License-Identifier: Apache-2.0
from tests.db.interesting import credit, date, post_year, settle
from tests.db.world import audit

POSTING = "interest_posting SET {} WHERE account_id = %(account)s AND is_year_end"
NONE = ("bears_interest = false, current_year_interest_fen = 0, carried_over_interest_fen = 0, current_year_entry_id = NULL,"
        " carried_over_entry_id = NULL")
OF_YEAR = "account_id = %(account)s AND entry_id = (SELECT {} FROM interest_posting WHERE account_id = %(account)s AND is_year_end)"

# What is planted: what is done, then the table, key and column that the report must name.
PLANTED = {
    "interest, both in posting and entry": (
        f"UPDATE ledger_entry SET amount_fen = amount_fen + 1 WHERE {OF_YEAR.format('current_year_entry_id')};"
        f"UPDATE {POSTING.format('current_year_interest_fen = current_year_interest_fen + 1')}",
        "interest_posting", "{account}/2026-08-01", "current_year_interest_fen"),
    "interest on carried-over money": (f"UPDATE {POSTING.format('carried_over_interest_fen = carried_over_interest_fen - 1')}",
                                       "interest_posting", "{account}/2026-08-01", "carried_over_interest_fen"),
    "amount of the entry": (f"UPDATE ledger_entry SET amount_fen = amount_fen + 1 WHERE {OF_YEAR.format('carried_over_entry_id')}",
                            "interest_posting", "{account}/2026-08-01", "carried_over_entry_id"),
    "entry removed": (f"DELETE FROM ledger_entry WHERE {OF_YEAR.format('year_end_in_entry_id')}",
                      "interest_posting", "{account}/2026-08-01", "year_end_in_entry_id"),
    "half of the year's end": (f"UPDATE ledger_entry SET amount_fen = amount_fen + 1 WHERE {OF_YEAR.format('year_end_out_entry_id')}",
                               "interest_posting", "{account}/2026-08-01", "year_end_out_entry_id"),
    "link of the year's end": (f"UPDATE ledger_entry SET linked_entry_id = entry_id WHERE {OF_YEAR.format('year_end_in_entry_id')}",
                               "interest_posting", "{account}/2026-08-01", "year_end_in_entry_id"),
    "money carried over": (f"UPDATE {POSTING.format('carried_fen = carried_fen + 1')}",
                           "interest_posting", "{account}/2026-08-01", "carried_fen"),
    "balance days": (f"UPDATE {POSTING.format('carried_over_days = carried_over_days + 1')}",
                     "interest_posting", "{account}/2026-08-01", "carried_over_days"),
    "rate of a segment": (
        "UPDATE " + POSTING.format("segments = jsonb_set(segments, '{0,rate_ppm}', '90000')"),
        "interest_posting", "{account}/2026-08-01", "segments"),
    "rate that changed since": ("UPDATE interest_rate SET rate_ppm = rate_ppm + 1 WHERE effective_from = '2015-10-24'",
                                "interest_posting", "{account}/2026-08-01", "segments"),
    "segment removed": (f"UPDATE {POSTING.format('segments = segments - 0')}",
                        "interest_posting", "{account}/2026-08-01", "segments"),
    "posting removed": ("DELETE FROM interest_posting WHERE account_id = %(account)s AND is_year_end",
                        "ledger_entry", "{account}/14", "operation_id"),
    "days posted twice": (
        "UPDATE interest_posting SET accrued_from = accrued_from - 1 WHERE account_id = %(account)s AND is_year_end",
        "interest_posting", "{account}/2026-07-31", "accrued_from"),
    "end of the year": (f"UPDATE {POSTING.format('accrued_to = accrued_to - 1')}",
                        "interest_posting", "{account}/2026-08-01", "is_year_end"),
    "year": (f"UPDATE {POSTING.format('interest_year = 2025')}", "interest_posting", "{account}/2026-08-01", "interest_year"),
    "pool": (f"UPDATE {POSTING.format('pool_code = $$440300$$')}", "interest_posting", "{account}/2026-08-01", "pool_code"),
    "day count": (f"UPDATE {POSTING.format('day_count_basis = 365')}",
                  "interest_posting", "{account}/2026-08-01", "current_year_interest_fen"),
    "bears none": (f"UPDATE {POSTING.format(NONE)}",
                   "ledger_entry", "{account}/13", "operation_id"),
    "nobody approved": (f"UPDATE {POSTING.format('proposal_id = NULL')}",
                        "interest_posting", "{account}/2026-08-01", "proposal_id"),
    "approved for another run": (f"UPDATE {POSTING.format('job_id = gen_random_uuid()')}",
                                 "interest_posting", "{account}/2026-08-01", "proposal_id"),
    "settled without approval": ("UPDATE interest_posting SET proposal_id = NULL WHERE account_id = %(account)s AND NOT is_year_end",
                                 "interest_posting", "{account}/2026-01-05", "proposal_id"),
}


def test_every_planted_fault_is_found(migrated, world, owner, superuser):
    """One set of books for all of them: each is planted alone and taken back."""
    credit(owner, world.account, 900_000, date("2026-02-01"))
    settle(owner, world.account, date("2026-08-01"))
    credit(owner, world.account, 3_000_000, date("2026-09-01"))
    assert post_year(owner, world.account, 2026, date("2027-01-04")) == "posted"
    assert audit(migrated)["faults"] == []
    account = str(world.account.account_id)
    tables = ("ledger_entry", "interest_posting", "interest_rate")
    for table in tables:
        superuser.execute(f"CREATE TABLE kept_{table} AS TABLE {table}")
    missed = []
    for name, (sql, *expected) in PLANTED.items():
        superuser.execute(sql.replace("%(account)s", f"'{account}'"))
        wanted = tuple(text.format(account=account) for text in expected)
        found = {(fault["table"], fault["key"], fault["column"]) for fault in audit(migrated)["faults"]}
        if wanted not in found:
            missed.append((name, wanted, found))
        for table in tables:
            superuser.execute(f"TRUNCATE {table}")
            superuser.execute(f"INSERT INTO {table} TABLE kept_{table}")
    assert not missed
