-- Reads administrative divisions.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: read
-- repeatable: yes
-- param: region_code text
-- column: ord int8
-- column: region_code text
-- column: name text
-- column: level text
-- column: parent_code text
-- column: is_pool bool
SELECT asked.ord, region.region_code, region.name, region.level, region.parent_code, pool.pool_code IS NOT NULL
  FROM unnest($1::text[]) WITH ORDINALITY AS asked (region_code, ord)
  JOIN region ON region.region_code = asked.region_code
  LEFT JOIN pool ON pool.pool_code = region.region_code
 ORDER BY asked.ord
