-- Stores new yearly runs of interest and records who asked for them.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: job_id uuid
-- param: region_code text
-- param: year int8
-- param: reason text
-- param: created_by uuid
-- param: business_date date
-- param: instant instant
-- param: event_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
SELECT created.ord, created.status
  FROM interest_run_create($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::uuid[], $6::date[], $7::timestamptz[],
                           $8::uuid[], $9::text[]) AS created
 ORDER BY created.ord
