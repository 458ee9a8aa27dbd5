-- The accounts that pay charges, as they are now: after a merge those of the current persons in the same pools.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each charge; a charge that is null is not asked for. Locks nothing.
-- Outcomes: rows by ord and place; place 0 is the account that was charged, if there is one, then the shares'.
CREATE OR REPLACE FUNCTION charge_accounts(person_keys bigint[], charge_ids uuid[])
RETURNS TABLE (ord bigint, place integer, share_id uuid, account_key bigint, account_id uuid)
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT payer.ord, payer.place, payer.share_id, account.person_key, account.account_id
      FROM (SELECT a.ord, 0 AS place, NULL::uuid AS share_id, charge.person_key, charge.pool_code
              FROM unnest(person_keys, charge_ids) WITH ORDINALITY AS a (person_key, charge_id, ord)
              JOIN charge ON charge.person_key = a.person_key AND charge.charge_id = a.charge_id
                   AND charge.account_id IS NOT NULL
            UNION ALL
            SELECT a.ord, share.position, share.share_id, share.person_key, share.pool_code
              FROM unnest(charge_ids) WITH ORDINALITY AS a (charge_id, ord)
              JOIN charge_share AS share ON share.charge_id = a.charge_id) AS payer
      LEFT JOIN person_alias AS alias ON alias.person_key = payer.person_key
      JOIN account ON account.person_key = coalesce(alias.current_person_key, payer.person_key)
           AND account.pool_code = payer.pool_code
     ORDER BY payer.ord, payer.place;
END
$$;
COMMENT ON FUNCTION charge_accounts(bigint[], uuid[]) IS 'The accounts that pay charges, as they are now';
