-- Sends money to relatives' wallets, each with its key and audit event, and shows the transfers as they began.
-- SPDX-License-Identifier: Apache-2.0
-- A repetition is shown what the first request was: what has become of the transfer since stands in the transfer
-- itself.
-- mode: set
-- lane: write
-- repeatable: yes (the key makes it happen once)
-- deferral: yes
-- distinct: account_id
-- param: wallet_transfer_id uuid
-- param: person_key int8
-- param: account_id uuid
-- param: family_member_id uuid
-- param: amount_fen int8
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
-- column: status text (created, or why not)
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
       shown.wallet_transfer_id, shown.family_member_id, shown.relation, shown.amount_fen, 'pending', shown.created_at,
       shown.business_date, shown.returns_at, NULL::timestamptz, shown.account_id, shown.pool_code,
       shown.current_year_fen, shown.carried_over_fen, NULL::uuid, shown.sender_id, shown.sender_name_sealed,
       shown.receiver_id, shown.receiver_name_sealed
  FROM wallet_transfer_create($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) AS done
  LEFT JOIN LATERAL wallet_transfer_view(($2::bigint[])[done.ord], done.transfer_id, ($2::bigint[])[done.ord]) AS shown
         ON true
 ORDER BY done.ord
