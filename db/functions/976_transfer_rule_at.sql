-- How long desks of a pool may take over transfers, and what moving to the resident scheme means, on a day.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. The first of pool, policy parent, province and nation with a row in force gives all of it.
CREATE OR REPLACE FUNCTION transfer_rule_at(asked_pool_code text, asked_day date)
RETURNS SETOF transfer_rule
LANGUAGE sql STABLE
AS $$
SELECT transfer_rule.*
  FROM region_levels(asked_pool_code) AS level
  JOIN transfer_rule ON transfer_rule.region_code = level.region_code AND transfer_rule.effective_from <= asked_day
 ORDER BY level.nearness, transfer_rule.effective_from DESC
 LIMIT 1
$$;
COMMENT ON FUNCTION transfer_rule_at(text, date) IS
    'How long desks of a pool may take over transfers, and what moving to the resident scheme means, on a business '
    'day: of the pool, its policy parent, its province, or 000000';
