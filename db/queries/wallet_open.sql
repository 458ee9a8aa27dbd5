-- Opens wallets, each with its idempotency key and audit event.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes (the key makes it happen once)
-- deferral: yes
-- distinct: person_id
-- param: person_key int8
-- param: person_id uuid
-- param: caller_key int8 (null: staff)
-- param: visible text
-- param: account_id uuid
-- param: instant instant
-- param: principal_id uuid
-- param: actor_kind text
-- param: key text
-- param: content_hash bytea
-- param: event_id uuid
-- param: request_id text
-- param: real_instant instant
-- param: wait bool
-- column: ord int8
-- column: status text (created, or why not)
-- column: is_replayed bool
-- column: account_id uuid
-- column: person_id uuid
-- column: opened_at instant
SELECT done.ord, done.status, done.is_replayed, done.account_id, ($2::uuid[])[done.ord], done.opened_at
  FROM wallet_open($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) AS done
 ORDER BY done.ord
