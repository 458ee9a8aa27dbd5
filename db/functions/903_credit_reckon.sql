-- Reckons credits by versions of plans: age, tier, months and amounts; of people that exist or are made up.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each credit: a version of a plan (null: none is in force), the date of birth, the first
-- day of the month asked for (of a yearly plan any from its posting month on: the year is reckoned), and the first days of the
-- first and the last month of entitlement (null: none).
-- Formula: docs/credits.md. Gross amount and deduction are each rounded once, at the end; the deduction is never above the gross.
-- Locks: none. Outcomes: one row for each element, in any order. basis_month: the month that age and part go by. status, by
-- precedence, with what is known so far:
--   not_entitled       no month of the period lies between first and last month
--   policy_missing     no version
--   policy_incomplete  its base is not known
--   no_tier            younger than its first tier
--   nothing_due        the gross amount is 0
--   due
CREATE OR REPLACE FUNCTION credit_reckon(
    policy_ids uuid[], birth_dates date[], asked_months date[], first_months date[], last_months date[])
RETURNS TABLE (ord bigint, status text, period text, period_start date, basis_month date, months integer, age_on date,
               age_years integer, min_age smallint, gross_fen bigint, deduction_fen bigint)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH term AS MATERIALIZED (
        SELECT t.policy_id, t.asked_month, policy.period, policy.plan_kind, policy.base_fen, policy.rounding, policy.is_pro_rated,
               span.*, (span.period_start + (span.period_months - 1) * interval '1 month')::date AS period_last_month,
               CASE policy.age_basis
                   WHEN 'credit_month' THEN (span.basis_month + interval '1 month')::date - 1
                   WHEN 'year_start' THEN make_date(span.basis_year, 1, 1)
                   ELSE make_date(span.basis_year - CASE WHEN extract(month FROM span.basis_month) < 7 THEN 1 ELSE 0 END, 7, 1)
               END AS age_on,
               coalesce((SELECT sum(d.amount_fen) FROM credit_policy_deduction AS d
                          WHERE d.policy_id = policy.policy_id), 0)::bigint AS deducted_fen
          FROM (SELECT DISTINCT a.policy_id, a.asked_month FROM unnest(policy_ids, asked_months) AS a (policy_id, asked_month)) AS t
          JOIN credit_policy AS policy ON policy.policy_id = t.policy_id
         CROSS JOIN LATERAL (
               SELECT extract(year FROM t.asked_month)::int AS basis_year,
                      CASE policy.period WHEN 'month' THEN t.asked_month
                                         ELSE make_date(extract(year FROM t.asked_month)::int, 1, 1) END AS period_start,
                      CASE policy.period WHEN 'month' THEN t.asked_month
                                         ELSE make_date(extract(year FROM t.asked_month)::int, policy.posting_month, 1) END AS basis_month,
                      CASE policy.period WHEN 'month' THEN 1 ELSE 12 END AS period_months) AS span
    ), tier AS MATERIALIZED (
        SELECT t.policy_id, t.min_age, coalesce(t.amount_fen, t.ratio_bp) AS value,
               lead(t.min_age) OVER (PARTITION BY t.policy_id ORDER BY t.min_age) AS below_age
          FROM credit_policy_tier AS t
         WHERE t.policy_id = ANY (policy_ids)
    ), counted AS MATERIALIZED (
        SELECT asked.ord, asked.policy_id, term.period, term.period_start, term.basis_month, term.period_months, term.age_on,
               term.plan_kind, term.base_fen, term.rounding, term.deducted_fen,
               age_on(asked.birth_date, term.age_on) AS age_years,
               CASE WHEN term.period = 'year' AND NOT term.is_pro_rated AND share.months > 0 THEN 12 ELSE share.months END AS months
          FROM unnest(policy_ids, birth_dates, asked_months, first_months, last_months) WITH ORDINALITY
               AS asked (policy_id, birth_date, asked_month, first_month, last_month, ord)
          LEFT JOIN term ON term.policy_id = asked.policy_id AND term.asked_month = asked.asked_month
         CROSS JOIN LATERAL (
               SELECT greatest(0, coalesce(month_number(least(asked.last_month, term.period_last_month))
                                           - month_number(greatest(asked.first_month, term.period_start)) + 1,
                                           CASE WHEN asked.asked_month >= asked.first_month
                                                     AND (asked.last_month >= asked.asked_month) IS NOT FALSE THEN 1 ELSE 0 END))
                      AS months
               OFFSET 0) AS share -- which is used twice: reckoned once
    ), sized AS MATERIALIZED (
        SELECT counted.*, tier.min_age,
               credit_rounded(CASE counted.plan_kind WHEN 'ratio' THEN counted.base_fen * tier.value ELSE tier.value END * counted.months,
                              CASE counted.plan_kind WHEN 'ratio' THEN 10000 ELSE 1 END * counted.period_months, counted.rounding) AS gross_fen,
               credit_rounded(counted.deducted_fen * counted.months, counted.period_months, counted.rounding) AS deduction_fen
          FROM counted
          LEFT JOIN tier ON tier.policy_id = counted.policy_id AND tier.min_age <= counted.age_years
                        AND (counted.age_years < tier.below_age) IS NOT FALSE
    )
    SELECT sized.ord,
           CASE WHEN sized.months = 0 THEN 'not_entitled'
                WHEN sized.period IS NULL THEN 'policy_missing'
                WHEN sized.plan_kind = 'ratio' AND sized.base_fen IS NULL THEN 'policy_incomplete'
                WHEN sized.min_age IS NULL THEN 'no_tier'
                WHEN sized.gross_fen = 0 THEN 'nothing_due'
                ELSE 'due' END,
           sized.period, sized.period_start, sized.basis_month, sized.months, sized.age_on, sized.age_years, sized.min_age,
           sized.gross_fen, least(sized.deduction_fen, sized.gross_fen)
      FROM sized;
END
$$;
COMMENT ON FUNCTION credit_reckon(uuid[], date[], date[], date[], date[]) IS
    'Reckons credits by versions of plans: age, tier, months and amounts; one row for each element';
