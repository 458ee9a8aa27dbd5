-- Cancels transfers to wallets, each with its idempotency key and audit event, and shows them as they are then.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes (the key makes it happen once)
-- deferral: yes
-- distinct: wallet_transfer_id
-- param: person_key int8
-- param: wallet_transfer_id uuid
-- param: caller_key int8
-- param: business_date date
-- param: instant instant
-- param: principal_id uuid
-- param: key text
-- param: content_hash bytea
-- param: event_id uuid
-- param: request_id text
-- param: real_instant instant
-- param: hash_algorithm text
-- param: wait bool
-- column: ord int8
-- column: status text (done, or why not)
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
SELECT done.ord, done.status, done.is_replayed, done.possible ->> 'state', (done.possible -> 'possible')::text,
       shown.wallet_transfer_id, shown.family_member_id, shown.relation, shown.amount_fen, shown.state,
       shown.created_at, shown.business_date, shown.returns_at, shown.ended_at, shown.account_id, shown.pool_code,
       shown.current_year_fen, shown.carried_over_fen, shown.wallet_account_id, shown.sender_id,
       shown.sender_name_sealed, shown.receiver_id, shown.receiver_name_sealed
  FROM wallet_transfer_end('cancel', 'cancel_wallet_transfer', $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
       AS done
  LEFT JOIN LATERAL wallet_transfer_view(
       ($1::bigint[])[done.ord], CASE done.status WHEN 'done' THEN ($2::uuid[])[done.ord] END,
       ($3::bigint[])[done.ord]) AS shown ON true
 ORDER BY done.ord
