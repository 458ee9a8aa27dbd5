-- Cancels jobs that have not begun to post, and records who did.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: job_id uuid
-- param: visible text
-- param: actor uuid
-- param: instant instant
-- param: event_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
SELECT cancelled.ord, cancelled.status
  FROM job_cancel($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[], $5::uuid[], $6::text[]) AS cancelled
 ORDER BY cancelled.ord
