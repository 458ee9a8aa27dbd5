-- Locks transfers to wallets in id order.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: FOR NO KEY UPDATE on each; with `wait` false those that somebody else holds are passed over, with true they
-- are waited for, no longer than lock_timeout. Outcomes: the ids that are locked now. An id that is null is not asked
-- for.
CREATE OR REPLACE FUNCTION wallet_transfer_lock(person_keys bigint[], transfer_ids uuid[], wait boolean) RETURNS uuid[]
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    locked uuid[];
BEGIN
    IF wait THEN
        SELECT array_agg(mine.id) INTO locked
          FROM (SELECT sent.wallet_transfer_id AS id
                  FROM wallet_transfer AS sent
                 WHERE (sent.person_key, sent.wallet_transfer_id)
                       IN (SELECT a.person_key, a.id FROM unnest(person_keys, transfer_ids) AS a (person_key, id))
                 ORDER BY sent.wallet_transfer_id
                   FOR NO KEY UPDATE) AS mine;
    ELSE
        SELECT array_agg(mine.id) INTO locked
          FROM (SELECT sent.wallet_transfer_id AS id
                  FROM wallet_transfer AS sent
                 WHERE (sent.person_key, sent.wallet_transfer_id)
                       IN (SELECT a.person_key, a.id FROM unnest(person_keys, transfer_ids) AS a (person_key, id))
                 ORDER BY sent.wallet_transfer_id
                   FOR NO KEY UPDATE SKIP LOCKED) AS mine;
    END IF;
    RETURN coalesce(locked, '{}');
END
$$;
COMMENT ON FUNCTION wallet_transfer_lock(bigint[], uuid[], boolean) IS
    'Locks transfers to wallets in id order; the ids of those that are locked now';
