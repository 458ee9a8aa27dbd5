-- Records what clients ask persons for.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: consent_request_id uuid
-- param: client_id uuid
-- param: reference text
-- param: number_hash bytea
-- param: name_hash bytea
-- param: scopes text
-- param: purpose text
-- param: days int4
-- param: instant instant
-- param: expires_at instant
-- param: event_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
-- column: retry_at instant
-- column: consent_request_id uuid
SELECT created.ord, created.status, created.retry_at, created.consent_request_id
  FROM consent_request_create($1::uuid[], $2::uuid[], $3::text[], $4::bytea[], $5::bytea[], $6::text[], $7::text[],
                              $8::integer[], $9::timestamptz[], $10::timestamptz[], $11::uuid[], $12::text[], 3, 20)
       AS created
 ORDER BY created.ord
