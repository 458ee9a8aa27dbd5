-- What the payers beside the account that is charged pay of one charge: rows of charge_share, not stored yet.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the row of the charge; rest_fen: what its own account does not pay; arrays with one element for each
-- payer, in their order; instant: the batch's; tick: where ids begin (person_id_tick), three for each payer.
-- Locks none; the caller has locked the accounts. Outcomes: the shares in their order, together no more than the rest.
CREATE OR REPLACE FUNCTION charge_shares(
    of_charge charge, rest_fen bigint, kinds text[], person_keys bigint[], account_ids uuid[], family_member_ids uuid[],
    instant timestamptz, tick bigint)
RETURNS charge_share[]
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    many integer := coalesce(cardinality(kinds), 0);
    is_hold boolean := of_charge.expires_at IS NOT NULL;
    payer record;
    share charge_share;
    shares charge_share[] := ARRAY[]::charge_share[];
BEGIN
    FOR payer IN
        SELECT judged.*
          FROM charge_payers_judge(
                   kinds, person_keys, account_ids, family_member_ids, array_fill(of_charge.provider_id, ARRAY[many]),
                   array_fill(of_charge.usage, ARRAY[many]), array_fill(of_charge.expires_at, ARRAY[many]),
                   array_fill(of_charge.business_date, ARRAY[many]), instant) AS judged
         WHERE judged.most_fen > 0
         ORDER BY judged.ord
    LOOP
        EXIT WHEN rest_fen = 0;
        share.amount_fen := least(rest_fen, payer.most_fen);
        rest_fen := rest_fen - share.amount_fen;
        share.person_key := person_keys[payer.ord];
        share.charge_person_key := of_charge.person_key;
        share.charge_id := of_charge.charge_id;
        share.share_id := person_id_at(share.person_key, tick + 3 * payer.ord);
        share.account_id := account_ids[payer.ord];
        share.family_member_id := family_member_ids[payer.ord];
        share.payer_kind := kinds[payer.ord];
        share.position := cardinality(shares) + 1;
        share.provider_id := of_charge.provider_id;
        share.pool_code := payer.pool_code;
        share.usage := of_charge.usage;
        share.business_date := of_charge.business_date;
        share.expires_at := of_charge.expires_at;
        share.refunded_fen := 0;
        share := charge_share_taken(share, CASE WHEN is_hold THEN 0 ELSE share.amount_fen END, payer.pays_first,
                                    payer.current_year_fen, payer.carried_over_fen, of_charge.business_date,
                                    tick + 3 * payer.ord);
        share.state := CASE WHEN is_hold THEN 'held' ELSE 'captured' END;
        shares := shares || share;
    END LOOP;
    RETURN shares;
END
$$;
COMMENT ON FUNCTION charge_shares(charge, bigint, text[], bigint[], uuid[], uuid[], timestamptz, bigint) IS
    'What the payers beside the account that is charged pay of one charge';
