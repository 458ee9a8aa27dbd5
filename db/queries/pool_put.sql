-- Changes what staff may say of a pool.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: pool_code text
-- param: name text
-- param: connected bool
-- param: account_year_starts_month int2
-- param: policy_parent_code text
-- param: reason text
-- param: event_id uuid
-- param: at instant
-- param: actor_id uuid
-- param: request_id text
-- column: ord int8
-- column: pool_code text
-- column: name text
-- column: province_code text
-- column: policy_parent_code text
-- column: connected bool
-- column: account_year_starts_month int2
-- column: maintained_by text
SELECT put.ord, ($1::text[])[put.ord::int], ($2::text[])[put.ord::int], put.province_code,
       ($5::text[])[put.ord::int], ($3::boolean[])[put.ord::int], ($4::smallint[])[put.ord::int], 'staff'::text
  FROM pool_put($1::text[], $2::text[], $3::boolean[], $4::smallint[], $5::text[], $6::text[], $7::uuid[],
                $8::timestamptz[], $9::uuid[], $10::text[]) AS put
 ORDER BY put.ord
