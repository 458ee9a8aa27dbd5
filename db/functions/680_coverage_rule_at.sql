-- The rule of coverage in force on a day: the pool's own, its policy parent's, its province's, the nation's.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. The first level with a row in force gives all of it. No row where not even 000000 has one.
CREATE OR REPLACE FUNCTION coverage_rule_at(asked_pool_code text, asked_scheme text, asked_day date)
RETURNS SETOF coverage_rule
LANGUAGE sql STABLE
AS $$
SELECT coverage_rule.*
  FROM region_levels(asked_pool_code) AS level
  JOIN coverage_rule ON coverage_rule.pool_code = level.region_code AND coverage_rule.scheme = asked_scheme
       AND coverage_rule.effective_from <= asked_day
 ORDER BY level.nearness, coverage_rule.effective_from DESC
 LIMIT 1
$$;
COMMENT ON FUNCTION coverage_rule_at(text, text, date) IS
    'The rule of coverage in force on a day, looked up for the pool, its policy parent, its province, then 000000';
