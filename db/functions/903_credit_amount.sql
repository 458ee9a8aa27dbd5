-- The arithmetic of one credit: how many months it is for, age, tier and amounts.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: what credit_term says of the version and the month (null where there is no version), then the person's.
-- Meaning and status: credit_reckon. width_bucket counts the tiers that the age has reached.
-- Locks: none. Outcomes: one row. A plain SELECT, so that the planner inlines it; OFFSET 0 keeps what is used more than
-- once from being reckoned more than once.
CREATE OR REPLACE FUNCTION credit_amount(
    period text, period_start date, period_last_month date, period_months integer, age_on date, is_pro_rated boolean,
    is_ratio boolean, base_fen bigint, rounding text, deducted_fen bigint, min_ages integer[], tier_values bigint[],
    birth_date date, asked_month date, first_month date, last_month date)
RETURNS TABLE (status text, months integer, age_years integer, min_age smallint, gross_fen bigint, deduction_fen bigint)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE WHEN sized.months = 0 THEN 'not_entitled'
            WHEN period IS NULL THEN 'policy_missing'
            WHEN is_ratio AND base_fen IS NULL THEN 'policy_incomplete'
            WHEN sized.min_age IS NULL THEN 'no_tier'
            WHEN sized.gross_fen = 0 THEN 'nothing_due'
            ELSE 'due' END,
       sized.months, sized.age_years, sized.min_age, sized.gross_fen, least(sized.deduction_fen, sized.gross_fen)
  FROM (SELECT counted.months, counted.age_years, min_ages[counted.tier]::smallint AS min_age,
               credit_rounded(CASE WHEN is_ratio THEN base_fen * tier_values[counted.tier]
                                   ELSE tier_values[counted.tier] END
                              * counted.months, CASE WHEN is_ratio THEN 10000
                                                     ELSE 1 END * period_months, rounding) AS gross_fen,
               credit_rounded(deducted_fen * counted.months, period_months, rounding) AS deduction_fen
          FROM (SELECT CASE WHEN period = 'year' AND NOT is_pro_rated AND share.months > 0 THEN 12
                            ELSE share.months END AS months,
                       share.age_years, width_bucket(share.age_years, min_ages) AS tier
                  FROM (SELECT age_on(birth_date, age_on) AS age_years,
                               greatest(0, coalesce(month_number(least(last_month, period_last_month))
                                                    - month_number(greatest(first_month, period_start)) + 1,
                                                    CASE WHEN asked_month >= first_month
                                                              AND (last_month >= asked_month) IS NOT FALSE
                                                                   THEN 1 ELSE 0 END)) AS months
                        OFFSET 0) AS share
                OFFSET 0) AS counted
        OFFSET 0) AS sized
$$;
