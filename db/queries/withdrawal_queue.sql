-- Reads one page of the withdrawals that wait for staff, oldest first.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- param: visible text (comma-joined LIKE patterns of pool codes; null: all)
-- param: state text (null: every state that is not the last one)
-- param: region_code text (null: all)
-- param: after_id uuid
-- param: row_limit int8
-- column: withdrawal_id uuid
-- column: person_id uuid
-- column: account_id uuid
-- column: pool_code text
-- column: transfer_id uuid
-- column: reason text
-- column: state text
-- column: amount_fen int8
-- column: created_at instant
-- column: changed_at instant
-- column: bounce_code text
-- column: is_complete bool
-- column: payout_refusal text (code; null: none, or it is not to be paid out now)
SELECT w.withdrawal_id, w.person_id, w.account_id, w.pool_code, w.transfer_id, w.reason, w.state, w.amount_fen,
       w.created_at, w.changed_at, w.bounce_code,
       NOT EXISTS (SELECT FROM materials_needed(w.pool_code, w.reason, w.person_key, w.withdrawal_id) AS m
                    WHERE w.state IN ('submitted', 'reviewed') AND m.is_required AND NOT m.is_there),
       CASE WHEN w.state IN ('approved', 'bounced') THEN withdrawal_payee_fault(w) END
  FROM withdrawal AS w
 WHERE w.ended_at IS NULL AND ($1::text IS NULL OR w.pool_code LIKE ANY (string_to_array($1, ',')))
   AND ($2::text IS NULL OR w.state = $2) AND ($3::text IS NULL OR w.pool_code = $3)
   AND ($4::uuid IS NULL OR w.withdrawal_id > $4)
 ORDER BY w.withdrawal_id
 LIMIT $5
