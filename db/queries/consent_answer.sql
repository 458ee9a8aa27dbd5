-- Records persons' answers to what clients have asked them.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: person_id uuid
-- param: person_key int8
-- param: consent_request_id uuid
-- param: consent_id uuid
-- param: scopes text
-- param: expires_at instant
-- param: instant instant
-- param: event_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
-- column: consent_id uuid
-- column: client_id uuid
-- column: client_name text
-- column: client_kind text
-- column: scopes text
-- column: purpose text
-- column: granted_at instant
-- column: expires_at instant
SELECT answered.ord, answered.status, answered.consent_id, answered.client_id, answered.client_name,
       answered.client_kind, answered.scopes, answered.purpose, answered.granted_at, answered.expires_at
  FROM consent_answer($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::text[], $6::timestamptz[],
                      $7::timestamptz[], $8::uuid[], $9::text[]) AS answered
 ORDER BY answered.ord
