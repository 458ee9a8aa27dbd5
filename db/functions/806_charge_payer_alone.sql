-- What charge_payers_view shows of a charge that the account that was charged pays alone.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. A plain expression, so that the planner inlines it.
CREATE OR REPLACE FUNCTION charge_payer_alone(account_id uuid, amount_fen bigint, captured_fen bigint) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN jsonb_build_array(jsonb_build_object(
    'payer_kind', 'account', 'position', 0, 'account_id', account_id, 'family_member_id', NULL,
    'amount_fen', amount_fen,
    'captured_fen', captured_fen, 'refunded_fen', 0));
COMMENT ON FUNCTION charge_payer_alone(uuid, bigint, bigint) IS
    'What is shown of the payers of a charge that the account that was charged pays alone';
