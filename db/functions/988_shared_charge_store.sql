-- Stores charges that have several payers, takes up their numbers, and reserves what is held.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the rows to be stored; charges that are not good are null.
-- Locks: the caller has locked the accounts and claimed the numbers. An account stands there once.
CREATE OR REPLACE FUNCTION shared_charge_store(charges charge[], shares charge_share[])
RETURNS void
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO charge SELECT c.* FROM unnest(charges) AS c WHERE c.charge_id IS NOT NULL;
    INSERT INTO charge_share SELECT s.* FROM unnest(shares) AS s;
    INSERT INTO business_number (scope_id, kind, number, object_id)
    SELECT c.provider_id, 'charge', c.charge_no, c.charge_id FROM unnest(charges) AS c WHERE c.charge_id IS NOT NULL;
    WITH held AS MATERIALIZED (
        SELECT c.person_key, c.account_id, c.charge_id AS hold_id, c.amount_fen - c.shared_fen AS fen, c.expires_at,
               c.created_at, c.charge_no
          FROM unnest(charges) AS c
         WHERE c.state = 'held' AND c.amount_fen > c.shared_fen
        UNION ALL
        SELECT s.person_key, s.account_id, s.share_id, s.amount_fen, s.expires_at, s.created_at, c.charge_no
          FROM unnest(shares) AS s
          JOIN unnest(charges) AS c ON c.charge_id = s.charge_id
         WHERE s.state = 'held'
    ), reserved AS (
        INSERT INTO hold_event (person_key, account_id, hold_id, seq, kind, amount_fen, operation_id, expires_at,
                                posted_at, reference)
        SELECT held.person_key, held.account_id, held.hold_id, 1, 'opened', held.fen, held.hold_id, held.expires_at,
               held.created_at, held.charge_no
          FROM held
    )
    UPDATE account SET held_fen = account.held_fen + held.fen, version = account.version + 1
      FROM held
     WHERE account.person_key = held.person_key AND account.account_id = held.account_id;
END
$$;
COMMENT ON FUNCTION shared_charge_store(charge[], charge_share[]) IS
    'Stores charges that have several payers, with their numbers, holds and shares';
