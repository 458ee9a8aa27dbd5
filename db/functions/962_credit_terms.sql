-- The amount of a credit as a fraction: what is divided by what, before rounding.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: a version of a plan, the tier and the months that count. Locks nothing.
-- Outcomes: one row, or none where there is no such tier. Of a ratio whose base is not known the dividend is null.
CREATE OR REPLACE FUNCTION credit_terms(policy_id uuid, min_age integer, months integer)
RETURNS TABLE (amount_fen bigint, ratio_bp integer, below_age smallint, period_months integer, gross_dividend bigint,
               gross_divisor integer, deducted_fen bigint)
LANGUAGE sql STABLE
AS $$
SELECT tier.amount_fen, tier.ratio_bp,
       (SELECT min(next.min_age) FROM credit_policy_tier AS next
         WHERE next.policy_id = tier.policy_id AND next.min_age > tier.min_age),
       span.period_months,
       CASE policy.plan_kind WHEN 'ratio' THEN policy.base_fen * tier.ratio_bp
            ELSE tier.amount_fen END * credit_terms.months,
       CASE policy.plan_kind WHEN 'ratio' THEN 10000 ELSE 1 END * span.period_months,
       coalesce((SELECT sum(d.amount_fen) FROM credit_policy_deduction AS d
                 WHERE d.policy_id = policy.policy_id), 0)::bigint
  FROM credit_policy AS policy
  JOIN credit_policy_tier AS tier ON tier.policy_id = policy.policy_id AND tier.min_age = credit_terms.min_age
 CROSS JOIN LATERAL (SELECT CASE policy.period WHEN 'month' THEN 1 ELSE 12 END AS period_months) AS span
 WHERE policy.policy_id = credit_terms.policy_id
$$;
COMMENT ON FUNCTION credit_terms(uuid, integer, integer) IS
    'The amount of a credit as a fraction before rounding, by version of a plan, tier and months';
