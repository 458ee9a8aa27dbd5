-- Takes grants to look at accounts back, each with its idempotency key and audit event.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes (the key makes it happen once)
-- deferral: yes
-- distinct: view_grant_id
-- param: principal_id uuid
-- param: actor_kind text
-- param: person_key int8
-- param: view_grant_id uuid
-- param: visible text
-- param: instant instant (real time)
-- param: key text
-- param: content_hash bytea
-- param: event_id uuid
-- param: request_id text
-- param: wait bool
-- column: ord int8
-- column: status text (done, or why not)
-- column: is_replayed bool
-- column: state text
-- column: possible text
-- column: ended_at instant
SELECT done.ord, done.status, done.is_replayed, done.state, done.possible, done.ended_at
  FROM view_grant_revoke($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AS done
 ORDER BY done.ord
