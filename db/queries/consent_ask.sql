-- Records what clients ask persons for: at most 3 times a day for one number, at most 20 open ones for one person.
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
-- param: visible text
-- param: event_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
-- column: retry_at instant
-- column: consent_request_id uuid
-- column: state text
-- column: expires_at instant
SELECT asked.ord, asked.status, asked.retry_at, asked.consent_request_id, asked.state, asked.expires_at
  FROM consent_ask($1::uuid[], $2::uuid[], $3::text[], $4::bytea[], $5::bytea[], $6::text[], $7::text[],
                   $8::integer[], $9::timestamptz[], $10::timestamptz[], $11::text[], $12::uuid[], $13::text[], 3, 20)
       AS asked
 ORDER BY asked.ord
