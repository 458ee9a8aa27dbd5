-- Closes the past: from now on nothing is posted before an instant.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: business time, well in the past: ledger_post raises the instant of a later entry to it, which is meant for
-- the rare one whose server was stopped for so long, or whose clock is that slow.
-- Locks: the one row. Outcomes: false when it is closed so far already, or what is closed has not been cut yet.
-- Why this is enough: posting locks accounts, in a statement that gives the transaction its number, and reads open_from
-- in a later one. Whoever read it before it was raised has a number below that of a transaction that begins after the
-- raising (horizon, system_account_cut). When none below it runs any more,
-- all that is posted before open_from can be seen.
CREATE OR REPLACE FUNCTION ledger_close_from(instant timestamptz)
RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    UPDATE ledger_close SET open_from = instant, horizon = NULL WHERE open_from < instant AND cut_at = open_from;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION ledger_close_from(timestamptz) IS
    'From now on nothing is posted before the instant; false when that is so already, or the one before is not cut yet';
