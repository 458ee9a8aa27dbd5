"""The auditor on snapshots of system accounts: every planted fault is found and named."""
# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.db.charging import add_account, hours
from tests.db.planting import assert_named
from tests.db.posting import INSTANT, POOL, Entry, post
from tests.db.world import audit

ADJUSTMENT = f"adjustment:{POOL}"
FIRST, SECOND = INSTANT, INSTANT + hours(24)
KEY = ADJUSTMENT + "/{}"
OF_SECOND = "system_account_snapshot SET {} WHERE cut_at = (SELECT max(cut_at) FROM system_account_snapshot)"

# What is planted: what is done, then the table, key and column that the report must name.
PLANTED = {
    "snapshot with more money": ("UPDATE " + OF_SECOND.format("balance_fen = balance_fen + 1"),
                                 "system_account_snapshot", SECOND, "balance_fen"),
    "snapshot of fewer entries": ("UPDATE " + OF_SECOND.format("entries = entries - 1"), "system_account_snapshot", SECOND, "entries"),
    "snapshot removed": ("DELETE FROM system_account_snapshot WHERE cut_at = (SELECT max(cut_at) FROM system_account_snapshot)",
                         "system_account_snapshot", SECOND, "cut_at"),
    "snapshot where nothing was posted": (
        "INSERT INTO system_account_snapshot SELECT system_account, cut_at - interval '3 hours', balance_fen, entries"
        " FROM system_account_snapshot ORDER BY cut_at DESC LIMIT 1", "system_account_snapshot", SECOND, "cut_at"),
    "entry posted into the closed past": (
        "UPDATE ledger_entry SET posted_at = posted_at - interval '48 hours' WHERE posted_at >= (SELECT open_from FROM ledger_close)",
        "system_account_snapshot", FIRST, "balance_fen"),
    "cut that was not summed up": (
        "UPDATE ledger_close SET open_from = open_from + interval '1 day', cut_at = cut_at + interval '1 day'",
        "system_account_snapshot", SECOND + hours(24), "cut_at"),
}


@pytest.fixture
def cut(owner):
    """Two cuts, and an entry behind them."""
    account = add_account(owner, 1000)
    for instant in (FIRST, SECOND):
        owner.execute("SELECT ledger_close_from(%s)", [instant])
        while owner.execute("SELECT outcome FROM system_account_cut('30 days')").fetchone()[0] != "over":
            pass
        post(owner, [Entry(account, 7)], instant=instant + hours(1))
    assert owner.execute("SELECT array_agg(balance_fen ORDER BY cut_at) FROM system_account_snapshot").fetchone() == ([-1000, -1007],)


def test_it_is_clean_before(migrated, cut):
    assert [fault for fault in audit(migrated)["faults"] if fault["table"] == "system_account_snapshot"] == []


@pytest.mark.parametrize("what", PLANTED)
def test_planted_fault_is_found(migrated, superuser, cut, what):
    done, table, instant, column = PLANTED[what]
    superuser.execute(done)
    key = KEY.format(superuser.execute("SELECT %s AT TIME ZONE 'UTC' || ''", [instant]).fetchone()[0])
    assert_named(audit(migrated), what, table, key, column)
