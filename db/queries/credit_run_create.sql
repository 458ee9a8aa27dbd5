-- Stores new monthly runs of pensioner credits and records who asked for them.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: job_id uuid
-- param: region_code text
-- param: month date
-- param: reason text
-- param: dry_run bool
-- param: created_by uuid
-- param: business_date date
-- param: instant instant
-- param: event_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
SELECT created.ord, created.status
  FROM credit_run_create($1::uuid[], $2::text[], $3::date[], $4::text[], $5::boolean[], $6::uuid[], $7::date[],
                         $8::timestamptz[], $9::uuid[], $10::text[]) AS created
 ORDER BY created.ord
