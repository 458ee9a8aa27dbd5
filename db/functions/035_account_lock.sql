-- Locks personal accounts in id order for a posting that follows in the same transaction.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: FOR NO KEY UPDATE on each account. With `wait` false an account that somebody else holds is passed over (SKIP
-- LOCKED), so one slow transaction does not stall a batch; with true it is waited for, no longer than lock_timeout.
-- Outcomes: one row for each account that is now locked. Ask for each account once.
CREATE OR REPLACE FUNCTION account_lock(person_keys bigint[], account_ids uuid[], wait boolean)
RETURNS TABLE (person_key bigint, account_id uuid)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    IF wait THEN
        RETURN QUERY
        SELECT account.person_key, account.account_id
        FROM unnest(person_keys, account_ids) AS asked (person_key, account_id)
        JOIN account ON account.person_key = asked.person_key AND account.account_id = asked.account_id
        ORDER BY account.account_id
        FOR NO KEY UPDATE OF account;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT account.person_key, account.account_id
    FROM unnest(person_keys, account_ids) AS asked (person_key, account_id)
    JOIN account ON account.person_key = asked.person_key AND account.account_id = asked.account_id
    ORDER BY account.account_id
    FOR NO KEY UPDATE OF account SKIP LOCKED;
END
$$;
