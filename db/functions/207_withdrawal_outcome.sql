-- What a request that makes or changes a withdrawal is answered, as its idempotency key keeps it.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. Nothing personal is in it.
CREATE OR REPLACE FUNCTION withdrawal_outcome(asked withdrawal) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN jsonb_build_object(
        'account_id', asked.account_id, 'person_id', asked.person_id, 'pool_code', asked.pool_code,
        'reason', asked.reason, 'state', asked.state, 'amount_fen', asked.amount_fen,
        'current_year_fen', asked.current_year_fen, 'carried_over_fen', asked.carried_over_fen,
        'created_at', asked.created_at, 'changed_at', asked.changed_at, 'paid_on', asked.paid_on,
        'return_id', asked.return_id);
END
$$;
COMMENT ON FUNCTION withdrawal_outcome(withdrawal) IS
    'What a request that makes or changes a withdrawal is answered, as its idempotency key keeps it';
