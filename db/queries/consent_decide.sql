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
SELECT decided.ord, decided.status, decided.consent_id
  FROM consent_decide($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::text[], $6::timestamptz[],
                      $7::timestamptz[], $8::uuid[], $9::text[]) AS decided
 ORDER BY decided.ord
