-- Reads one page of administrative divisions, in the order of their codes.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- param: after_region_code text
-- param: level text
-- param: parent_code text
-- param: row_limit int8
-- column: region_code text
-- column: name text
-- column: level text
-- column: parent_code text
-- column: is_pool bool
SELECT region.region_code, region.name, region.level, region.parent_code, pool.pool_code IS NOT NULL
  FROM region
  LEFT JOIN pool ON pool.pool_code = region.region_code
 WHERE region.region_code > $1
   AND ($2::text IS NULL OR region.level = $2)
   AND ($3::text IS NULL OR region.parent_code = $3)
 ORDER BY region.region_code
 LIMIT $4
