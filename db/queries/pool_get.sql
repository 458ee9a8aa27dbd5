-- Reads pools.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: read
-- repeatable: yes
-- param: pool_code text
-- column: ord int8
-- column: pool_code text
-- column: name text
-- column: province_code text
-- column: policy_parent_code text
-- column: connected bool
-- column: account_year_starts_month int2
-- column: maintained_by text
SELECT asked.ord, pool.pool_code, pool.name, pool.province_code, pool.policy_parent_code, pool.connected,
       pool.account_year_starts_month, pool.maintained_by
  FROM unnest($1::text[]) WITH ORDINALITY AS asked (pool_code, ord)
  JOIN pool ON pool.pool_code = asked.pool_code
 ORDER BY asked.ord
