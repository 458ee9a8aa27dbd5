-- What is under way of a person's transfers and withdrawals.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. asked_account_id: only what takes money from that account or brings some to it; null: everything.
-- visible: comma-joined LIKE patterns of pool codes, null for every pool. A person has one open transfer and a
-- withdrawal for each account at most: by transfer_one_open and withdrawal_one_open.
-- Outcomes: a row for each. amount_fen: null before the money has moved.
CREATE OR REPLACE FUNCTION pending_moves(asked_person_key bigint, asked_account_id uuid, visible text)
RETURNS TABLE (pending_id uuid, kind text, machine text, state text, amount_fen bigint, since timestamptz,
               expected_end timestamptz, region_code text)
    LANGUAGE sql STABLE AS $$
SELECT transfer.transfer_id, 'transfer', transfer.machine, transfer.state, nullif(transfer.amount_fen, 0),
       transfer.created_at, pending_end(transfer.due_on),
       CASE pending_waits_on(transfer.machine, transfer.state, false) WHEN 'in_desk' THEN transfer.to_pool_code
            WHEN 'both_desks' THEN NULL ELSE transfer.from_pool_code END
  FROM transfer
 WHERE transfer.person_key = asked_person_key AND transfer.ended_at IS NULL
   AND (asked_account_id IS NULL OR asked_account_id IN (transfer.from_account_id, transfer.to_account_id))
   AND (visible IS NULL OR transfer.from_pool_code LIKE ANY (string_to_array(visible, ','))
        OR transfer.to_pool_code LIKE ANY (string_to_array(visible, ',')))
UNION ALL
SELECT withdrawal.withdrawal_id, 'withdrawal', 'withdrawal', withdrawal.state, nullif(withdrawal.amount_fen, 0),
       withdrawal.created_at, NULL::timestamptz, withdrawal.pool_code
  FROM withdrawal
 WHERE withdrawal.person_key = asked_person_key AND withdrawal.ended_at IS NULL
   AND (asked_account_id IS NULL OR withdrawal.account_id = asked_account_id)
   AND (visible IS NULL OR withdrawal.pool_code LIKE ANY (string_to_array(visible, ',')))
$$;
COMMENT ON FUNCTION pending_moves(bigint, uuid, text) IS
    'What is under way of a person''s transfers and withdrawals; of one account, or of all';
