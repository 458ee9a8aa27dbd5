-- How accounts of a pool bear interest from a day on: the rule of the pool, its policy parent, its province or the nation.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. The first level with a row in force gives all of it. No row where not even 000000 has one: then nothing
-- is due.
CREATE OR REPLACE FUNCTION interest_rule_at(asked_pool_code text, asked_day date)
RETURNS SETOF interest_rule
LANGUAGE sql STABLE
AS $$
SELECT interest_rule.*
  FROM (SELECT 1 AS nearness, asked_pool_code AS region_code
        UNION ALL
        SELECT 2, pool.policy_parent_code FROM pool WHERE pool.pool_code = asked_pool_code
        UNION ALL
        SELECT 3, pool.province_code FROM pool WHERE pool.pool_code = asked_pool_code
        UNION ALL
        SELECT 4, '000000') AS level
  JOIN interest_rule ON interest_rule.region_code = level.region_code AND interest_rule.effective_from <= asked_day
 ORDER BY level.nearness, interest_rule.effective_from DESC
 LIMIT 1
$$;
COMMENT ON FUNCTION interest_rule_at(text, date) IS
    'How accounts of a pool bear interest from a day on, looked up for the pool, its policy parent, its province, then 000000';
