-- Reads the withdrawals of a pool that are to be paid out next, oldest first, with their sealed payees.
-- SPDX-License-Identifier: Apache-2.0
-- Not those that must not be paid any more (withdrawal_payee_fault), nor those whose bank account the asker has
-- changed: nobody has reviewed that card, so somebody else tells the bank.
-- lane: slow
-- repeatable: yes
-- param: pool_code text
-- param: row_limit int8
-- param: principal_id uuid
-- column: withdrawal_id uuid
-- column: person_id uuid
-- column: transfer_id uuid
-- column: amount_fen int8
-- column: bank_card_sealed bytea
-- column: bank_card_of text
-- column: payee_name_sealed bytea
-- column: payee_name_of text
-- column: line_number int4
-- column: changed_at instant
SELECT w.withdrawal_id, w.person_id, w.transfer_id, w.amount_fen, w.bank_card_sealed, w.bank_card_of,
       w.payee_name_sealed, w.payee_name_of, (row_number() OVER (ORDER BY w.withdrawal_id))::integer, w.changed_at
  FROM withdrawal AS w
 WHERE w.pool_code = $1 AND w.state = 'approved' AND w.ended_at IS NULL
   AND withdrawal_payee_fault(w) IS NULL
   AND NOT EXISTS (SELECT FROM state_change AS change
                    WHERE change.person_key = w.person_key AND change.object_id = w.withdrawal_id
                      AND change.event = 'change_bank_account' AND change.actor_id = $3)
 ORDER BY w.withdrawal_id
 LIMIT $2
