-- Takes consents back.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: person_id uuid
-- param: person_key int8
-- param: consent_id uuid
-- param: instant instant
-- param: event_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
SELECT revoked.ord, revoked.status
  FROM consent_revoke($1::uuid[], $2::bigint[], $3::uuid[], $4::timestamptz[], $5::uuid[], $6::text[]) AS revoked
 ORDER BY revoked.ord
