-- Stores new jobs and records who asked for them.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: job_id uuid
-- param: kind text
-- param: parameters text
-- param: regions text
-- param: spool_id uuid
-- param: created_by uuid
-- param: instant instant
-- param: event_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
SELECT created.ord, created.status
  FROM job_create($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::timestamptz[],
                  $8::uuid[], $9::text[]) AS created
 ORDER BY created.ord
