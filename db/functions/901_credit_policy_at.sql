-- The version of a plan that is in force in a region for a month.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: a pool, province or 000000; the first day of the month. Locks nothing.
-- Outcomes: the first level with an active version in force gives it: its newest month, there the highest version; also
-- when its base is not known, for nothing is guessed. No row where not even 000000 has one.
CREATE OR REPLACE FUNCTION credit_policy_at(asked_region_code text, asked_plan_code text, asked_month date)
RETURNS SETOF credit_policy
LANGUAGE sql STABLE
AS $$
SELECT policy.*
  FROM region_levels(asked_region_code) AS level
  JOIN credit_policy AS policy ON policy.region_code = level.region_code AND policy.plan_code = asked_plan_code
                              AND policy.effective_from <= asked_month AND policy.activated_at IS NOT NULL
 ORDER BY level.nearness, policy.effective_from DESC, policy.version DESC
 LIMIT 1
$$;
COMMENT ON FUNCTION credit_policy_at(text, text, date) IS
    'The version of a plan in force in a region for a month, looked up for the region, a pool''s policy parent, its '
    'province, then 000000';
