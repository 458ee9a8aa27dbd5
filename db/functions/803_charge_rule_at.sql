-- How accounts of a pool are charged on a day: the rule of the pool, its policy parent, its province or the nation.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. The first level with a row in force gives all of it. No row where not even 000000 has one.
CREATE OR REPLACE FUNCTION charge_rule_at(asked_pool_code text, asked_day date)
RETURNS SETOF charge_rule
LANGUAGE sql STABLE
AS $$
SELECT charge_rule.*
  FROM region_levels(asked_pool_code) AS level
  JOIN charge_rule ON charge_rule.region_code = level.region_code AND charge_rule.effective_from <= asked_day
 ORDER BY level.nearness, charge_rule.effective_from DESC
 LIMIT 1
$$;
COMMENT ON FUNCTION charge_rule_at(text, date) IS
    'How accounts of a pool are charged on a business day: of the pool, its policy parent, its province, or 000000';
