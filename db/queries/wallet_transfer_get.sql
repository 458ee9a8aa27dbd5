-- Reads a transfer to a wallet as it is now, for one of its sides or for staff.
-- SPDX-License-Identifier: Apache-2.0
-- The columns are those of wallet_transfer_create.
-- lane: slow
-- repeatable: yes
-- param: person_key int8
-- param: wallet_transfer_id uuid
-- param: asker_key int8 (null: staff, who are judged by the pool)
-- param: today date (a guardian sees what was sent to somebody who is under age then)
-- column: ord int8
-- column: status text
-- column: is_replayed bool
-- column: refused_state text
-- column: possible text
-- column: wallet_transfer_id uuid
-- column: family_member_id uuid
-- column: relation text
-- column: amount_fen int8
-- column: state text
-- column: created_at instant
-- column: business_date date
-- column: returns_at instant
-- column: ended_at instant
-- column: account_id uuid
-- column: pool_code text
-- column: current_year_fen int8
-- column: carried_over_fen int8
-- column: wallet_account_id uuid
-- column: sender_id uuid
-- column: sender_name_sealed bytea
-- column: receiver_id uuid
-- column: receiver_name_sealed bytea
SELECT 1::bigint, 'done', false, NULL, NULL,
       shown.wallet_transfer_id, shown.family_member_id, shown.relation, shown.amount_fen, shown.state,
       shown.created_at, shown.business_date, shown.returns_at, shown.ended_at, shown.account_id, shown.pool_code,
       shown.current_year_fen, shown.carried_over_fen, shown.wallet_account_id, shown.sender_id,
       shown.sender_name_sealed, shown.receiver_id, shown.receiver_name_sealed
  FROM wallet_transfer_view($1, $2, $3) AS shown
  JOIN person AS receiver ON receiver.person_key = person_key_of(shown.receiver_id)
 WHERE $3::bigint IS NULL OR $3 IN ($1, receiver.person_key) OR family_is_minor(receiver.birth_date, $4)
