-- Gives money of charges back, each with its idempotency key, refund number and audit event.
-- SPDX-License-Identifier: Apache-2.0
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
-- column: status text (created, or why not; more_payers: ask shared_refund_create)
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
       done.amount_fen, done.current_year_fen, done.carried_over_fen, ($7::text[])[done.ord], done.created_at,
       done.business_date,
       coalesce((SELECT stored.outcome -> 'payers'
                   FROM idempotency_key AS stored
                  WHERE done.is_replayed AND stored.principal_id = ($2::uuid[])[done.ord]
                    AND stored.operation = 'create_refund' AND stored.key = ($10::text[])[done.ord]),
                refund_payer_alone(charge.account_id, done.amount_fen))::text
  FROM charge_refund_create($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) AS done
  LEFT JOIN charge ON charge.person_key = ($3::bigint[])[done.ord] AND charge.charge_id = ($4::uuid[])[done.ord]
 ORDER BY done.ord
