-- Who pays a charge, or got back of it, as one side of it may see that: a JSON array in the order in which they pay.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the charge; is_person: for the person charged for and for staff, else for the provider, who is told of
-- kinds and amounts, and of no account but the one that it charged. A relative's account is told to neither:
-- family_member_id says who it is. Locks none. Outcomes: null where there is no such charge.
CREATE OR REPLACE FUNCTION charge_payers_view(asked_person_key bigint, asked_charge_id uuid, is_person boolean)
RETURNS jsonb
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (
        SELECT jsonb_agg(jsonb_build_object(
                   'payer_kind', payer.kind, 'position', payer.place, 'account_id', payer.account_id,
                   'family_member_id', payer.family_member_id, 'amount_fen', payer.amount_fen,
                   'captured_fen', payer.captured_fen, 'refunded_fen', payer.refunded_fen) ORDER BY payer.place)
          FROM (SELECT 'account' AS kind, 0 AS place, charge.account_id, NULL::uuid AS family_member_id,
                       charge.amount_fen - charge.shared_fen AS amount_fen,
                       charge.captured_fen - charge.shared_captured_fen AS captured_fen,
                       charge.refunded_fen - charge.shared_refunded_fen AS refunded_fen
                  FROM charge
                 WHERE charge.person_key = asked_person_key AND charge.charge_id = asked_charge_id
                   AND charge.amount_fen > charge.shared_fen
                UNION ALL
                SELECT share.payer_kind, share.position,
                       CASE WHEN is_person AND share.payer_kind <> 'family' THEN share.account_id END,
                       CASE WHEN is_person THEN share.family_member_id END, share.amount_fen, share.captured_fen,
                       share.refunded_fen
                  FROM charge_share AS share
                 WHERE share.charge_id = asked_charge_id) AS payer);
END
$$;
COMMENT ON FUNCTION charge_payers_view(bigint, uuid, boolean) IS
    'Who pays a charge, as the provider or the person may see that, in JSON';
