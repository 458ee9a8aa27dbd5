-- Moves the test clock of the deployment and records who did.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: to_us int8
-- param: start_us int8
-- param: advance_s int8
-- param: moved_by uuid
-- param: instant instant
-- param: event_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
-- column: advance_us int8
SELECT moved.ord, moved.status, moved.advance_us
  FROM test_clock_move($1::bigint[], $2::bigint[], $3::bigint[], $4::uuid[], $5::timestamptz[],
                       $6::uuid[], $7::text[]) AS moved
 ORDER BY moved.ord
