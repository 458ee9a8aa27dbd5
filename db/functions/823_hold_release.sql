-- Takes what holds reserve off their accounts: before anything is posted, for no entry may leave less than is held.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each hold, null where there is none to release; amounts are those that were
-- opened.
-- Locks: the caller has locked the accounts in an earlier statement. An account may stand there several times.
CREATE OR REPLACE FUNCTION hold_release(person_keys bigint[], account_ids uuid[], amounts_fen bigint[]) RETURNS void
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    UPDATE account SET held_fen = account.held_fen - held.fen, version = account.version + 1
      FROM (SELECT a.person_key, a.account_id, sum(a.fen)::bigint AS fen
              FROM unnest(person_keys, account_ids, amounts_fen) AS a (person_key, account_id, fen)
             WHERE a.fen IS NOT NULL
             GROUP BY a.person_key, a.account_id) AS held
     WHERE account.person_key = held.person_key AND account.account_id = held.account_id;
END
$$;
COMMENT ON FUNCTION hold_release(bigint[], uuid[], bigint[]) IS
    'Takes what holds reserve off held_fen of their accounts';
