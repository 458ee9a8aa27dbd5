"""The list of planted faults in docs/auditing.md: each is planted by a test, and each that is planted is listed."""
# SPDX-License-Identifier: Apache-2.0
import pathlib

from tests.db import (test_adjustments, test_audit, test_audit_charges, test_audit_consent, test_audit_credit_runs, test_audit_credits,
                      test_audit_documents, test_audit_family, test_audit_imports, test_audit_journal, test_audit_merged, test_audit_payers,
                      test_audit_rewritten, test_audit_settlements, test_audit_snapshots,
                      test_audit_transfer_applications, test_audit_transfers,
                      test_audit_views, test_audit_wallets,
                      test_audit_withdrawals, test_corrections, test_look_up_audit)
from tests.db.planting import listed

MODULES = (test_adjustments, test_audit, test_audit_charges, test_audit_consent, test_audit_credit_runs, test_audit_credits,
           test_audit_documents, test_audit_family, test_audit_imports, test_audit_journal, test_audit_merged, test_audit_payers,
           test_audit_rewritten, test_audit_settlements, test_audit_snapshots, test_audit_transfer_applications, test_audit_transfers,
           test_audit_views, test_audit_wallets,
           test_audit_withdrawals, test_corrections, test_look_up_audit)
AUDIT = pathlib.Path(__file__).resolve().parents[2] / "db" / "audit"


def names(planted):
    return {(what if isinstance(what, str) else what.__name__).replace("_", " ") for what in planted}


def test_the_list_is_what_is_planted():
    planted = [names(module.PLANTED) for module in MODULES]
    together = set().union(*planted)
    assert sum(map(len, planted)) == len(together), "two have the same name"
    assert set(listed()) == together


def test_at_least_fifty_kinds_and_in_each_table_of_money():
    rows = listed().values()
    assert len(rows) >= 50
    assert {table for table, _, _ in rows} >= {
        "account", "ledger_entry", "hold_event", "contribution", "opening_balance", "receivable", "charge", "charge_refund",
        "charge_share", "charge_share_refund", "business_number", "idempotency_key", "settlement", "settlement_pool", "person_alias",
        "proposal", "pensioner_credit",
        "credit_policy", "credit_policy_tier", "credit_policy_deduction", "credit_run", "credit_run_tier", "credit_difference",
        "credit_difference_sum"}
    for _, _, check in rows:
        assert check == "sums" or list(AUDIT.rglob(f"{check}.sql")), check
