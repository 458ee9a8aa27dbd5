-- Decides about withdrawals: the first review, the second one, or a refusal.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes (the key makes it happen once)
-- deferral: yes
-- distinct: withdrawal_id
-- param: event text
-- param: principal_id uuid
-- param: actor_kind text (citizen or staff)
-- param: visible text
-- param: person_key int8
-- param: withdrawal_id uuid
-- param: return_id uuid
-- param: bank_card bytea
-- param: paid_on date
-- param: reason_code text
-- param: note text
-- param: instant instant
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
-- column: state text
-- column: possible text (of not_possible_now: what could be done instead, a JSON array)
-- column: withdrawal_id uuid
-- column: account_id uuid
-- column: person_id uuid
-- column: pool_code text
-- column: reason text
-- column: amount_fen int8
-- column: current_year_fen int8
-- column: carried_over_fen int8
-- column: created_at instant
-- column: changed_at instant
-- column: paid_on date
SELECT done.ord, done.status, done.is_replayed, done.outcome ->> 'state', (done.outcome -> 'possible')::text,
       done.withdrawal_id, (done.outcome ->> 'account_id')::uuid, (done.outcome ->> 'person_id')::uuid,
       done.outcome ->> 'pool_code', done.outcome ->> 'reason', (done.outcome ->> 'amount_fen')::bigint,
       (done.outcome ->> 'current_year_fen')::bigint, (done.outcome ->> 'carried_over_fen')::bigint,
       (done.outcome ->> 'created_at')::timestamptz, (done.outcome ->> 'changed_at')::timestamptz,
       (done.outcome ->> 'paid_on')::date
  FROM withdrawal_step('decide_withdrawal', $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
                       $15, $16, $17, $18, $19) AS done
 ORDER BY done.ord
