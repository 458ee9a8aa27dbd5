-- Gives money of charges with several payers back, each with its idempotency key, refund number and audit event.
-- SPDX-License-Identifier: Apache-2.0
-- The parameters and columns are those of refund_create.
-- mode: set
-- lane: write
-- repeatable: yes (the key makes it happen once)
-- deferral: yes
-- distinct: charge_id
-- param: refund_id uuid
-- param: provider_id uuid
-- param: person_key int8
-- param: charge_id uuid
-- param: refund_no text
-- param: amount_fen int8 (null: all that is left)
-- param: reason text
-- param: business_date date
-- param: instant instant
-- param: key text
-- param: content_hash bytea
-- param: current_year_entry_id uuid
-- param: carried_over_entry_id uuid
-- param: event_id uuid
-- param: request_id text
-- param: real_instant instant
-- param: hash_algorithm text
-- param: wait bool
-- column: ord int8
-- column: status text (created, or why not)
-- column: is_replayed bool
-- column: refund_id uuid
-- column: charge_id uuid
-- column: refund_no text
-- column: amount_fen int8
-- column: current_year_fen int8
-- column: carried_over_fen int8
-- column: reason text
-- column: created_at instant
-- column: business_date date
-- column: payers text (as the provider may see them)
SELECT done.ord, done.status, done.is_replayed, done.refund_id, ($4::uuid[])[done.ord], ($5::text[])[done.ord],
       (done.outcome -> 'amount_fen')::bigint, (done.outcome -> 'current_year_fen')::bigint,
       (done.outcome -> 'carried_over_fen')::bigint, ($7::text[])[done.ord],
       (done.outcome ->> 'created_at')::timestamptz, (done.outcome ->> 'business_date')::date,
       (done.outcome -> 'payers')::text
  FROM shared_refund_create($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) AS done
 ORDER BY done.ord
