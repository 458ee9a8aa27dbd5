-- Takes what holds over several payers reserve off all their accounts: before anything is posted.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: rows of the charges (null: not to be released) and of their shares, as they were opened.
-- Locks: the caller has locked the accounts in an earlier statement.
CREATE OR REPLACE FUNCTION shared_hold_release(charges charge[], shares charge_share[])
RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    held record;
BEGIN
    SELECT array_agg(h.person_key) AS person_keys, array_agg(h.account_id) AS account_ids, array_agg(h.fen) AS amounts
      INTO held
      FROM (SELECT c.person_key, c.account_id, c.amount_fen - c.shared_fen AS fen
              FROM unnest(charges) AS c WHERE c.amount_fen > c.shared_fen
            UNION ALL
            SELECT s.person_key, s.account_id, s.amount_fen FROM unnest(shares) AS s) AS h;
    PERFORM hold_release(held.person_keys, held.account_ids, held.amounts);
END
$$;
COMMENT ON FUNCTION shared_hold_release(charge[], charge_share[]) IS
    'Takes what holds over several payers reserve off all their accounts';
