-- Where rules of a region are looked up, nearest first: the region itself, a pool's policy parent, its province,
-- the nation.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. A plain SELECT, so that the planner inlines it. A level may come twice; the nearest one counts.
CREATE OR REPLACE FUNCTION region_levels(asked_region_code text)
RETURNS TABLE (nearness integer, region_code text)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
SELECT 1, asked_region_code
 UNION ALL
SELECT 2, pool.policy_parent_code FROM pool WHERE pool.pool_code = asked_region_code
 UNION ALL
SELECT 3, left(asked_region_code, 2) || '0000'
 UNION ALL
SELECT 4, '000000'
$$;
COMMENT ON FUNCTION region_levels(text) IS
    'Where rules of a region are looked up, nearest first: itself, a pool''s policy parent, its province, the nation';
