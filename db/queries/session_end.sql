-- Signs somebody out of one session or of all.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: person_key int8
-- param: session_id uuid
-- param: instant instant
-- param: event_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
SELECT done.ord, done.status
  FROM session_end($1::bigint[], $2::uuid[], $3::timestamptz[], $4::uuid[], $5::text[]) AS done
 ORDER BY done.ord
