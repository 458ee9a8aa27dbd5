-- What somebody gets as a pensioner in a pool for months, plan by plan, as far as it is known today; and why not.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: a person, a pool, and the first days of months. Locks: none.
-- Plans are those with an active version at a level of the pool that holds by the last of the months; where there is
-- none, one row a month without a plan. A yearly plan is judged for its posting month where that is later.
-- Outcomes: one row for each plan and month, in any order. status: those of credit_judge, and before them
--   merged                      the record was merged into another
--   resident_scheme             enrolled in that month, but in the resident scheme only (docs/rules.md 3: never
--                               credited)
--   posting_month_not_reached   of a yearly plan: due, once its posting month has come
CREATE OR REPLACE FUNCTION credit_outlook(asked_person_key bigint, asked_pool_code text, asked_months date[])
RETURNS TABLE (plan_code text, asked_month date, status text, policy_id uuid, policy_region_code text,
               posting_month smallint, lowest_age smallint, birth_date date, first_month date, last_month date,
               period text, period_start date, months integer, age_on date, age_years integer, min_age smallint,
               gross_fen bigint, deduction_fen bigint)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    until date := (SELECT max(one.month) FROM unnest(asked_months) AS one (month));
    is_merged boolean := EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = asked_person_key);
BEGIN
    RETURN QUERY
    WITH known AS (
        SELECT DISTINCT policy.plan_code
          FROM region_levels(asked_pool_code) AS level
          JOIN credit_policy AS policy ON policy.region_code = level.region_code AND policy.activated_at IS NOT NULL
                                      AND policy.effective_from <= until
    ), plan AS (
        SELECT known.plan_code FROM known
         UNION ALL
        SELECT NULL WHERE NOT EXISTS (SELECT FROM known)
    ), wanted AS MATERIALIZED (
        SELECT plan.plan_code, one.month, judged.month AS judged_month, policy.policy_id, policy.region_code,
               policy.period,
               policy.posting_month
          FROM plan
         CROSS JOIN unnest(asked_months) AS one (month)
          LEFT JOIN LATERAL credit_policy_at(asked_pool_code, plan.plan_code, one.month) AS here ON true
         CROSS JOIN LATERAL (
               SELECT CASE here.period WHEN 'year' THEN greatest(one.month,
                                make_date(extract(year FROM one.month)::int, here.posting_month, 1))
                                       ELSE one.month END AS month) AS judged
          LEFT JOIN LATERAL credit_policy_at(asked_pool_code, plan.plan_code, judged.month) AS policy ON true
    )
    SELECT w.plan_code, w.month,
           CASE WHEN is_merged THEN 'merged'
                WHEN j.status = 'not_enrolled'
                     AND EXISTS (SELECT FROM enrolment AS e
                                  WHERE e.person_key = asked_person_key AND e.scheme = 'resident'
                                    AND e.status <> 'pending_in'
                                    AND e.started_on < w.judged_month + interval '1 month'
                                    AND (e.ended_on >= w.judged_month) IS NOT FALSE) THEN 'resident_scheme'
                WHEN j.status = 'due' AND w.judged_month > w.month THEN 'posting_month_not_reached'
                ELSE j.status END,
           w.policy_id, w.region_code, w.posting_month,
           (SELECT min(tier.min_age) FROM credit_policy_tier AS tier WHERE tier.policy_id = w.policy_id),
           j.birth_date, j.first_month, j.last_month, j.period, j.period_start, j.months, j.age_on, j.age_years,
           j.min_age,
           j.gross_fen, j.deduction_fen
      FROM wanted AS w
     CROSS JOIN LATERAL credit_judge(ARRAY[asked_person_key], asked_pool_code, w.plan_code,
                                     w.policy_id, w.judged_month) AS j;
END
$$;
COMMENT ON FUNCTION credit_outlook(bigint, text, date[]) IS
    'What somebody gets as a pensioner in a pool for months, plan by plan, as far as it is known today; a status row '
    'for each';
