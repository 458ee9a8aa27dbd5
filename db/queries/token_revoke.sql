-- Revokes tokens and records who did.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: token_id uuid
-- param: visible text
-- param: revoked_by uuid
-- param: instant instant
-- param: event_id uuid
-- param: actor_kind text
-- param: request_id text
-- column: ord int8
-- column: status text
SELECT revoked.ord, revoked.status
  FROM token_revoke($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[], $5::uuid[], $6::text[], $7::text[])
       AS revoked
 ORDER BY revoked.ord
