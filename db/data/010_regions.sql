-- Regions of regions.csv, and the nation above them.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: rows that differ. Outcomes: the number of rows inserted or updated.
INSERT INTO region (region_code, name, level, parent_code)
SELECT '000000', '全国', 'nation', NULL
UNION ALL
SELECT code, name, level, parent FROM loaded
ON CONFLICT (region_code) DO UPDATE
SET name = excluded.name, level = excluded.level, parent_code = excluded.parent_code
WHERE (region.name, region.level, region.parent_code) IS DISTINCT FROM
      (excluded.name, excluded.level, excluded.parent_code)
