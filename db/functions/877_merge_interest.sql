-- Settles the interest of the accounts of a record that is merged into another, before its money goes over.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: the caller has locked the accounts of both. Accounts of so much money that interest might not fit any more
-- (half of what an account holds, in that pool, together) are left out: merge_refusal has judged without it.
CREATE OR REPLACE FUNCTION merge_interest(survivor_key bigint, duplicate_key bigint, operation_id uuid,
                                          instant timestamptz)
RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    giving account;
BEGIN
    FOR giving IN
        SELECT a.*
          FROM account AS a
          LEFT JOIN account AS taking ON taking.person_key = survivor_key AND taking.pool_code = a.pool_code
         WHERE a.person_key = duplicate_key AND a.status <> 'closed'
           AND a.current_year_fen + a.carried_over_fen + coalesce(taking.current_year_fen + taking.carried_over_fen, 0)
               < 4503599627370496
         ORDER BY a.account_id
    LOOP
        PERFORM interest_settle(giving.person_key, giving.account_id, operation_id, instant,
                                account_chain_hash(giving.person_key));
    END LOOP;
END
$$;
COMMENT ON FUNCTION merge_interest(bigint, bigint, uuid, timestamptz) IS
    'Settles the interest of the accounts of a record that is merged into another, before its money goes over';
