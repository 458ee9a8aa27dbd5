-- Keeps merges of records apart from whatever stores rows of people that it looked up before.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: one advisory lock until the end of the transaction: exclusive for a merge, shared for a slice of an import,
-- which looks after it who has been merged meanwhile. Waited for no longer than lock_timeout.
CREATE OR REPLACE FUNCTION merge_gate(is_merge boolean) RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF is_merge THEN
        PERFORM pg_advisory_xact_lock(620030, 1);
    ELSE
        PERFORM pg_advisory_xact_lock_shared(620030, 1);
    END IF;
END
$$;
COMMENT ON FUNCTION merge_gate(boolean) IS
    'Keeps merges of records (true) and slices of imports (false) apart, until the transaction ends';
