-- Adds channels to the directory, or replaces them.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: pool_code text
-- param: kind text
-- param: channel_code text
-- param: name text
-- param: can_do text
-- param: hotline text
-- param: url text
-- param: address text
-- param: opening_hours text
-- param: what_to_bring text
-- param: steps text
-- param: event_id uuid
-- param: at instant
-- param: actor_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
-- column: pool_code text
-- column: kind text
-- column: channel_code text
-- column: name text
-- column: can_do text
-- column: hotline text
-- column: url text
-- column: address text
-- column: opening_hours text
-- column: what_to_bring text
-- column: steps text
-- column: maintained_by text
SELECT put.ord, put.status, asked.*, 'staff'::text
  FROM channel_put($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                   $9::text[], $10::text[], $11::text[], $12::uuid[], $13::timestamptz[],
                   $14::uuid[], $15::text[]) AS put
 CROSS JOIN LATERAL (SELECT ($1::text[])[put.ord::int], ($2::text[])[put.ord::int], ($3::text[])[put.ord::int],
                            ($4::text[])[put.ord::int], ($5::text[])[put.ord::int], ($6::text[])[put.ord::int],
                            ($7::text[])[put.ord::int], ($8::text[])[put.ord::int], ($9::text[])[put.ord::int],
                            ($10::text[])[put.ord::int], ($11::text[])[put.ord::int]) AS asked
 ORDER BY put.ord
