-- Stores new recomputations of pensioner credits and records who asked for them.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: job_id uuid
-- param: region_code text
-- param: from_month date
-- param: to_month date
-- param: plan_code text
-- param: reason text
-- param: created_by uuid
-- param: instant instant
-- param: event_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
SELECT created.ord, created.status
  FROM credit_recomputation_create($1::uuid[], $2::text[], $3::date[], $4::date[], $5::text[], $6::text[], $7::uuid[],
                                   $8::timestamptz[], $9::uuid[], $10::text[]) AS created
 ORDER BY created.ord
