-- Changes clients and records who did.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: client_id uuid
-- param: visible text
-- param: name text
-- param: contact text
-- param: state text
-- param: institution_type text
-- param: institution_code text
-- param: changed_by uuid
-- param: instant instant
-- param: event_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
-- column: client_id uuid
-- column: kind text
-- column: name text
-- column: contact text
-- column: regions text
-- column: state text
-- column: created_at instant
-- column: changed_at instant
-- column: institution_type text
-- column: institution_code text
SELECT changed.ord, changed.status, changed.client_id, changed.kind, changed.name, changed.contact, changed.regions,
       changed.state, changed.created_at, changed.changed_at, changed.institution_type, changed.institution_code
  FROM client_change($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[],
                     $9::timestamptz[], $10::uuid[], $11::text[]) AS changed
 ORDER BY changed.ord
