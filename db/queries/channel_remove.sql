-- Takes channels out of the directory.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: pool_code text
-- param: kind text
-- param: channel_code text
-- param: event_id uuid
-- param: at instant
-- param: actor_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
SELECT removed.ord, removed.status
  FROM channel_remove($1::text[], $2::text[], $3::text[], $4::uuid[], $5::timestamptz[], $6::uuid[], $7::text[])
       AS removed
 ORDER BY removed.ord
