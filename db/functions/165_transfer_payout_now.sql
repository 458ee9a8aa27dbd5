-- Where the payment of a transfer's money stands while a bank pays it out; null in every other state of the transfer.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. VOLATILE, so that behind a function that changes it (LEFT JOIN LATERAL) it sees what that one did.
-- Outcomes: {"state", "waits_on", "region_code", "region_name", "possible"}: state of the withdrawal; on whom it waits
-- (agency of the old region, bank, or person, when it bounced); what the person can do with the withdrawal.
CREATE OR REPLACE FUNCTION transfer_payout_now(asked_person_key bigint, asked_withdrawal_id uuid, transfer_state text)
RETURNS jsonb
    LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF transfer_state IS DISTINCT FROM 'paying' OR asked_withdrawal_id IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT jsonb_build_object(
                   'state', w.state, 'waits_on', pending_waits_on('withdrawal', w.state, false),
                   'region_code', w.pool_code, 'region_name', coalesce(pool.name, w.pool_code),
                   'possible', (SELECT coalesce(jsonb_agg(step.event ORDER BY step.event), '[]') FROM state_step AS step
                                 WHERE step.machine = 'withdrawal' AND step.state = w.state
                                   AND 'person' = ANY (step.who)))
          FROM withdrawal AS w
          LEFT JOIN pool ON pool.pool_code = w.pool_code
         WHERE w.person_key = asked_person_key AND w.withdrawal_id = asked_withdrawal_id);
END
$$;
COMMENT ON FUNCTION transfer_payout_now(bigint, uuid, text) IS
    'Where the payment of a transfer''s money stands while a bank pays it out, and what the person can do about it';
