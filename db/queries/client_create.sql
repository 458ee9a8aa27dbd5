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
-- param: created_by uuid
-- param: instant instant
-- param: event_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
SELECT created.ord, created.status
  FROM client_create($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::timestamptz[],
                     $8::uuid[], $9::text[]) AS created
 ORDER BY created.ord
