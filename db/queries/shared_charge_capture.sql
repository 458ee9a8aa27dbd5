-- Captures holds over several payers in full or part, each with its idempotency key and audit event,
-- and shows the charges as they are then.
-- SPDX-License-Identifier: Apache-2.0
-- The parameters and columns are those of charge_capture. What never changes of a charge is read beside the call, from
-- its row as it was before.
-- mode: set
-- lane: write
-- repeatable: yes (the key makes it happen once)
-- deferral: yes
-- distinct: charge_id
-- param: provider_id uuid
-- param: person_key int8
-- param: charge_id uuid
-- param: amount_fen int8 (null: all that is held)
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
-- column: status text (captured, or why not)
-- column: is_replayed bool
-- column: charge_id uuid
-- column: account_id uuid
-- column: charge_no text
-- column: state text
-- column: amount_fen int8
-- column: captured_fen int8
-- column: current_year_fen int8
-- column: carried_over_fen int8
-- column: refunded_fen int8
-- column: usage text
-- column: item text
-- column: expires_at instant
-- column: created_at instant
-- column: business_date date
-- column: captured_on date
-- column: changed_at instant
-- column: provider_id uuid
-- column: institution_name text
-- column: pool_code text
-- column: balance_after_fen int8 (null: the rule does not show it)
-- column: payers text (as the provider may see them)
SELECT done.ord, done.status, done.is_replayed, charge.charge_id, charge.account_id, charge.charge_no, 'captured',
       charge.amount_fen, (done.outcome -> 'captured_fen')::bigint, (done.outcome -> 'current_year_fen')::bigint,
       (done.outcome -> 'carried_over_fen')::bigint, 0::bigint, charge.usage, charge.item, charge.expires_at,
       charge.created_at, charge.business_date, (done.outcome ->> 'captured_on')::date,
       (done.outcome ->> 'changed_at')::timestamptz, charge.provider_id, client.name, charge.pool_code,
       (done.outcome ->> 'balance_after_fen')::bigint, (done.outcome -> 'payers')::text
  FROM shared_charge_capture($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) AS done
  LEFT JOIN charge ON charge.person_key = ($2::bigint[])[done.ord] AND charge.charge_id = ($3::uuid[])[done.ord]
  LEFT JOIN client ON client.client_id = charge.provider_id
 ORDER BY done.ord
