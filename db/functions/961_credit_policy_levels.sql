-- Where the version of a plan that a pool goes by was looked for, nearest first, up to the level that had it.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the pool, and the region that the version is of. Locks nothing.
-- Outcomes: one row for each level that was looked at, each region once; the last one has it. Said from the version
-- that was found, not looked up again: versions that were activated since change nothing. Where the pool's policy
-- parent was changed since, the region that had it stands alone behind the pool.
CREATE OR REPLACE FUNCTION credit_policy_levels(pool_code text, policy_region_code text)
RETURNS TABLE (place bigint, level text, region_code text, region_name text, has_policy boolean)
LANGUAGE sql STABLE
AS $$
WITH looked AS (
    SELECT levels.region_code, min(levels.nearness) AS nearness
      FROM (SELECT l.nearness, l.region_code FROM region_levels(credit_policy_levels.pool_code) AS l
             UNION ALL
            SELECT 5, credit_policy_levels.policy_region_code) AS levels
     GROUP BY levels.region_code
), found AS (
    SELECT looked.nearness FROM looked WHERE looked.region_code = credit_policy_levels.policy_region_code
)
SELECT row_number() OVER (ORDER BY looked.nearness),
       CASE WHEN looked.region_code = credit_policy_levels.pool_code THEN 'pool'
            WHEN looked.region_code = '000000' THEN 'nation'
            WHEN looked.region_code LIKE '__0000' THEN 'province'
            ELSE 'policy_parent' END,
       looked.region_code, region_name(looked.region_code), looked.region_code = credit_policy_levels.policy_region_code
  FROM looked, found
 WHERE looked.nearness = found.nearness OR (looked.nearness < found.nearness
                                            AND (found.nearness < 5 OR looked.nearness = 1))
$$;
COMMENT ON FUNCTION credit_policy_levels(text, text) IS
    'Where the version of a plan that a pool goes by was looked for, nearest first, up to the level that had it';
