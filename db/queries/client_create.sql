-- Registers clients and records who did.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: client_id uuid
-- param: kind text
-- param: name text
-- param: contact text
-- param: regions text
-- param: institution_type text
-- param: institution_code text
-- param: created_by uuid
-- param: instant instant
-- param: event_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
SELECT created.ord, created.status
  FROM client_register($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[],
                       $9::timestamptz[], $10::uuid[], $11::text[]) AS created
 ORDER BY created.ord
