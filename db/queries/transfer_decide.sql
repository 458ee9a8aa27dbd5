-- Decides about transfers at the desks of the old and the new pool, each with its idempotency key and audit event.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes (the key makes it happen once)
-- deferral: yes
-- distinct: transfer_id
-- param: transfer_id uuid
-- param: person_key int8
-- param: visible text (comma-joined LIKE patterns of pool codes; null: every pool)
-- param: desk text
-- param: decision text
-- param: reason_code text
-- param: note text
-- param: moves_on date
-- param: actor_id uuid
-- param: instant instant
-- param: enrolment_id uuid
-- param: account_id uuid
-- param: operation_id uuid
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
-- column: state text (after the decision; of not_possible_now as it is)
-- column: possible text (JSON; of not_possible_now)
-- column: transfer_id uuid
-- column: desk text
-- column: event text
-- column: way text
-- column: entered_at instant
-- column: due_on date
-- column: moves_on date
-- column: months_moved int8
-- column: amount_fen int8
-- column: current_year_fen int8
-- column: carried_over_fen int8
-- column: record_form text (JSON, also null)
SELECT result.ord, result.status, result.is_replayed, result.outcome ->> 'state', result.outcome ->> 'possible',
       (result.outcome ->> 'transfer_id')::uuid, result.outcome ->> 'desk', result.outcome ->> 'event',
       result.outcome ->> 'way', (result.outcome ->> 'entered_at')::timestamptz, (result.outcome ->> 'due_on')::date,
       (result.outcome ->> 'moves_on')::date, (result.outcome ->> 'months_moved')::bigint,
       (result.outcome ->> 'amount_fen')::bigint, (result.outcome ->> 'current_year_fen')::bigint,
       (result.outcome ->> 'carried_over_fen')::bigint, coalesce(result.outcome ->> 'record_form', 'null')
  FROM transfer_decide($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
       AS result
 ORDER BY result.ord
