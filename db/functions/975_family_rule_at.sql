-- How accounts of a pool are shared with relatives, on a day.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. The first of pool, policy parent, province and nation with a row in force gives all of it.
CREATE OR REPLACE FUNCTION family_rule_at(asked_pool_code text, asked_day date)
RETURNS SETOF family_rule
LANGUAGE sql STABLE
AS $$
SELECT family_rule.*
  FROM region_levels(asked_pool_code) AS level
  JOIN family_rule ON family_rule.region_code = level.region_code AND family_rule.effective_from <= asked_day
 ORDER BY level.nearness, family_rule.effective_from DESC
 LIMIT 1
$$;
COMMENT ON FUNCTION family_rule_at(text, date) IS
    'How accounts of a pool are shared with relatives, on a business day: of the pool, its policy parent, its '
    'province, or 000000';
