-- Stores new tokens and records who made them.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: token_hash bytea
-- param: token_id uuid
-- param: kind text
-- param: subject_id uuid
-- param: person_key int8
-- param: label text
-- param: roles text
-- param: regions text
-- param: expires_at instant
-- param: created_by uuid
-- param: instant instant
-- param: event_id uuid
-- param: actor_kind text
-- param: request_id text
-- param: visible text
-- column: ord int8
-- column: status text
SELECT created.ord, created.status
  FROM token_issue($1::bytea[], $2::uuid[], $3::text[], $4::uuid[], $5::bigint[], $6::text[], $7::text[], $8::text[],
                   $9::timestamptz[], $10::uuid[], $11::timestamptz[], $12::uuid[], $13::text[], $14::text[],
                   $15::text[])
       AS created
 ORDER BY created.ord
