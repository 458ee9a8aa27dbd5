-- Why a version of a plan may not be put in force as things are; null when it may.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the version; the first day of the business month. Locks: none; who activates holds credit_plan_lock.
-- Looked at for every pool that goes by the region, for every month from the version's first on in which what is in
-- force changes.
-- Outcomes, by precedence:
--   active        it is in force, or was approved to be
--   superseded    a higher version of the same region, plan and month is active: this one would never hold
--   mid_year      months would follow a year, or a year months, in the middle of a year: some would be credited twice
--   past_period   months that have begun would turn into a year, or the other way round
CREATE OR REPLACE FUNCTION credit_policy_fault(asked_policy_id uuid, business_month date) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
RETURN (
WITH one AS MATERIALIZED (
    SELECT * FROM credit_policy WHERE policy_id = asked_policy_id
), counted AS MATERIALIZED (
    SELECT pool.pool_code, level.nearness, p.policy_id, p.effective_from, p.version, p.period
      FROM one, pool
     CROSS JOIN LATERAL region_levels(pool.pool_code) AS level
      JOIN credit_policy AS p ON p.region_code = level.region_code
     WHERE p.plan_code = one.plan_code AND (p.activated_at IS NOT NULL OR p.policy_id = one.policy_id)
       AND EXISTS (SELECT FROM region_levels(pool.pool_code) AS own WHERE own.region_code = one.region_code)
), changing AS (
    SELECT DISTINCT counted.pool_code, counted.effective_from AS month
      FROM one, counted
     WHERE counted.effective_from >= one.effective_from
       AND EXISTS (SELECT FROM counted AS other WHERE other.pool_code = counted.pool_code
                   AND other.period <> one.period)
), held AS (
    SELECT changing.month, at.period, earlier.period AS earlier_period, without.period AS period_without
      FROM changing
     CROSS JOIN LATERAL (SELECT c.period FROM counted AS c
                          WHERE c.pool_code = changing.pool_code AND c.effective_from <= changing.month
                          ORDER BY c.nearness, c.effective_from DESC, c.version DESC LIMIT 1) AS at
      LEFT JOIN LATERAL (SELECT c.period FROM counted AS c
                          WHERE c.pool_code = changing.pool_code AND c.effective_from < changing.month
                          ORDER BY c.nearness, c.effective_from DESC, c.version DESC LIMIT 1) AS earlier ON true
      LEFT JOIN LATERAL (SELECT c.period FROM counted AS c
                          WHERE c.pool_code = changing.pool_code AND c.effective_from <= changing.month
                            AND c.policy_id <> asked_policy_id
                          ORDER BY c.nearness, c.effective_from DESC, c.version DESC LIMIT 1) AS without ON true
)
SELECT CASE WHEN one.activated_at IS NOT NULL THEN 'active'
            WHEN EXISTS (SELECT FROM credit_policy AS p
                          WHERE p.region_code = one.region_code AND p.plan_code = one.plan_code
                            AND p.activated_at IS NOT NULL
                            AND p.effective_from = one.effective_from AND p.version > one.version) THEN 'superseded'
            WHEN EXISTS (SELECT FROM held WHERE held.period <> held.earlier_period
                         AND extract(month FROM held.month) <> 1)
                THEN 'mid_year'
            WHEN EXISTS (SELECT FROM held WHERE held.period <> held.period_without AND held.month <= business_month)
                THEN 'past_period' END
  FROM one);
END
$$;
COMMENT ON FUNCTION credit_policy_fault(uuid, date) IS
    'Why a version of a plan may not be put in force as things are: active, superseded, mid_year or past_period; null '
    'when it may';
