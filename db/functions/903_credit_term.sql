-- What versions of plans say for months, whoever is credited: spans, the day that age counts on, tiers in order,
-- deductions.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: versions and months of one length, as credit_reckon has them.
-- Locks: none. Outcomes: one row for each pair that differs and whose version there is. A plain SELECT,
-- so that the planner inlines it.
CREATE OR REPLACE FUNCTION credit_term(policy_ids uuid[], asked_months date[])
RETURNS TABLE (policy_id uuid, asked_month date, period text, period_start date, period_last_month date,
               period_months integer, basis_month date, age_on date, is_pro_rated boolean, is_ratio boolean,
               base_fen bigint, rounding text, deducted_fen bigint, min_ages integer[], tier_values bigint[])
    LANGUAGE sql STABLE AS $$
SELECT t.policy_id, t.asked_month, policy.period, span.period_start,
       (span.period_start + (span.period_months - 1) * interval '1 month')::date, span.period_months, span.basis_month,
       CASE policy.age_basis
           WHEN 'credit_month' THEN (span.basis_month + interval '1 month')::date - 1
           WHEN 'year_start' THEN make_date(span.basis_year, 1, 1)
           ELSE make_date(span.basis_year - CASE WHEN extract(month FROM span.basis_month) < 7 THEN 1 ELSE 0 END, 7, 1)
       END,
       policy.is_pro_rated, policy.plan_kind = 'ratio', policy.base_fen, policy.rounding,
       coalesce((SELECT sum(d.amount_fen) FROM credit_policy_deduction AS d
                 WHERE d.policy_id = policy.policy_id), 0)::bigint,
       tiers.min_ages, tiers.tier_values
  FROM (SELECT DISTINCT a.policy_id, a.asked_month
        FROM unnest(policy_ids, asked_months) AS a (policy_id, asked_month)) AS t
  JOIN credit_policy AS policy ON policy.policy_id = t.policy_id
 CROSS JOIN LATERAL (
       SELECT extract(year FROM t.asked_month)::int AS basis_year,
              CASE policy.period WHEN 'month' THEN t.asked_month
                                 ELSE make_date(extract(year FROM t.asked_month)::int, 1, 1) END AS period_start,
              CASE policy.period WHEN 'month' THEN t.asked_month
                                 ELSE make_date(extract(year FROM t.asked_month)::int,
                                                policy.posting_month, 1) END AS basis_month,
              CASE policy.period WHEN 'month' THEN 1 ELSE 12 END AS period_months) AS span
 CROSS JOIN LATERAL (
       SELECT coalesce(array_agg(tier.min_age::int ORDER BY tier.min_age), '{}') AS min_ages,
              coalesce(array_agg(coalesce(tier.amount_fen, tier.ratio_bp) ORDER BY tier.min_age), '{}') AS tier_values
         FROM credit_policy_tier AS tier
        WHERE tier.policy_id = policy.policy_id) AS tiers
$$;
