-- Reckons credits by versions of plans: age, tier, months and amounts; of people that exist or are made up.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each credit: a version of a plan (null: none is in force), the date of birth,
-- the first day of the month asked for (of a yearly plan any from its posting month on: the year is reckoned), and the
-- first days of the first and the last month of entitlement (null: none).
-- Formula: docs/credits.md. Gross amount and deduction are each rounded once, at the end; the deduction is never above
-- the gross.
-- Locks: none. Outcomes: one row for each element, in any order. basis_month: the month that age and part go by.
-- status, by precedence, with what is known so far:
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
        SELECT t.* FROM credit_term(policy_ids, asked_months) AS t
    )
    SELECT asked.ord, amount.status, term.period, term.period_start, term.basis_month, amount.months, term.age_on,
           amount.age_years, amount.min_age, amount.gross_fen, amount.deduction_fen
      FROM unnest(policy_ids, birth_dates, asked_months, first_months, last_months) WITH ORDINALITY
           AS asked (policy_id, birth_date, asked_month, first_month, last_month, ord)
      LEFT JOIN term ON term.policy_id = asked.policy_id AND term.asked_month = asked.asked_month
     CROSS JOIN LATERAL credit_amount(
           term.period, term.period_start, term.period_last_month, term.period_months, term.age_on, term.is_pro_rated,
           term.is_ratio, term.base_fen, term.rounding, term.deducted_fen, term.min_ages, term.tier_values,
           asked.birth_date, asked.asked_month, asked.first_month, asked.last_month) AS amount;
END
$$;
COMMENT ON FUNCTION credit_reckon(uuid[], date[], date[], date[], date[]) IS
    'Reckons credits by versions of plans: age, tier, months and amounts; one row for each element';
