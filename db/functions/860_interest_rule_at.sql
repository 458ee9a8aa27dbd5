-- How accounts of a pool bear interest from a day on: the rule of the pool, its policy parent,
-- its province or the nation.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. The first level with a row in force gives all of it. No row where not even 000000 has one: then
-- nothing is due.
CREATE OR REPLACE FUNCTION interest_rule_at(asked_pool_code text, asked_day date)
RETURNS SETOF interest_rule
LANGUAGE sql STABLE
AS $$
SELECT interest_rule.*
  FROM region_levels(asked_pool_code) AS level
  JOIN interest_rule ON interest_rule.region_code = level.region_code AND interest_rule.effective_from <= asked_day
 ORDER BY level.nearness, interest_rule.effective_from DESC
 LIMIT 1
$$;
COMMENT ON FUNCTION interest_rule_at(text, date) IS
    'How accounts of a pool bear interest from a day on, looked up for the pool, its policy parent, its province, then '
    '000000';
