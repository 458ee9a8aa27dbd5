-- Who was given back by a refund, as one side of it may see that: a JSON array in the order in which they had paid.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: is_person as charge_payers_view has it. Locks none. Outcomes: null where there is no such refund.
CREATE OR REPLACE FUNCTION refund_payers_view(asked_person_key bigint, asked_refund_id uuid, is_person boolean)
RETURNS jsonb
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (
        SELECT jsonb_agg(jsonb_build_object(
                   'payer_kind', payer.kind, 'position', payer.place, 'account_id', payer.account_id,
                   'family_member_id', payer.family_member_id, 'amount_fen', payer.amount_fen) ORDER BY payer.place)
          FROM (SELECT 'account' AS kind, 0 AS place, charge.account_id, NULL::uuid AS family_member_id,
                       refund.amount_fen - refund.shared_fen AS amount_fen
                  FROM charge_refund AS refund
                  JOIN charge ON charge.person_key = refund.person_key AND charge.charge_id = refund.charge_id
                 WHERE refund.person_key = asked_person_key AND refund.refund_id = asked_refund_id
                   AND refund.amount_fen > refund.shared_fen
                UNION ALL
                SELECT share.payer_kind, share.position,
                       CASE WHEN is_person AND share.payer_kind <> 'family' THEN part.account_id END,
                       CASE WHEN is_person THEN share.family_member_id END, part.amount_fen
                  FROM charge_share_refund AS part
                  JOIN charge_share AS share ON share.person_key = part.person_key AND share.share_id = part.share_id
                 WHERE part.refund_id = asked_refund_id) AS payer);
END
$$;
COMMENT ON FUNCTION refund_payers_view(bigint, uuid, boolean) IS
    'Who was given back by a refund, as the provider or the person may see that, in JSON';
