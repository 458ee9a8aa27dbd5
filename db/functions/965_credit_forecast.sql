-- The pensioner credits to come in a pool, as far as they are known today: by months, a yearly plan once a year.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: a person, a pool, the first day of the month that it is, and for how many months. Locks: none.
-- It begins with the month after the one that was credited last, which may be a few months back where runs are late,
-- but no more than eleven; with this month where none was. What was credited already is left out. A year stands in the
-- first month in which it is due.
-- Outcomes: one row for each plan and month, in any order; those of credit_outlook, and on each whether it is the
-- plan's first and what its next tier brings, null where nothing is due or no tier is left.
CREATE OR REPLACE FUNCTION credit_forecast(asked_person_key bigint, asked_pool_code text, this_month date,
                                           asked_months integer)
RETURNS TABLE (plan_code text, asked_month date, status text, policy_id uuid, posting_month smallint,
               lowest_age smallint, first_month date, last_month date, period text, period_start date, months integer,
               age_years integer, min_age smallint, gross_fen bigint, deduction_fen bigint, is_first boolean,
               tier_month date, tier_min_age smallint, tier_gross_fen bigint, tier_deduction_fen bigint)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
    credited date := (SELECT min(newest.month)
                        FROM (SELECT max(credit.period_start) AS month
                                FROM pensioner_credit AS credit
                               WHERE credit.person_key = asked_person_key AND credit.period = 'month'
                                 AND credit.pool_code = asked_pool_code
                                 AND credit.period_start > this_month - interval '13 months'
                               GROUP BY credit.plan_code) AS newest);
    start date := least(coalesce(credited + interval '1 month', this_month), this_month + interval '1 month')::date;
BEGIN
    RETURN QUERY
    WITH looked AS MATERIALIZED (
        SELECT o.*, row_number() OVER (PARTITION BY o.plan_code,
                                       CASE o.period WHEN 'year' THEN o.period_start ELSE o.asked_month END
                                       ORDER BY o.status = 'due' DESC, o.asked_month) AS choice
          FROM credit_outlook(asked_person_key, asked_pool_code,
                              ARRAY(SELECT (start + n * interval '1 month')::date
                                    FROM generate_series(0, asked_months - 1) AS n)) AS o
         WHERE o.status NOT IN ('already_credited', 'posting_month_not_reached')
           AND (o.period IS DISTINCT FROM 'year' OR extract(month FROM o.asked_month) >= o.posting_month)
    ), shown AS MATERIALIZED (
        SELECT looked.*, row_number() OVER (PARTITION BY looked.plan_code ORDER BY looked.asked_month) AS place,
               row_number() OVER (PARTITION BY looked.plan_code
                                  ORDER BY looked.status = 'due' DESC, looked.asked_month) AS due_place
          FROM looked
         WHERE looked.choice = 1
    ), tier AS MATERIALIZED (
        SELECT shown.plan_code, next.*
          FROM shown
         CROSS JOIN LATERAL credit_next_tier(asked_pool_code, shown.plan_code, shown.policy_id, shown.min_age,
                                             shown.birth_date, shown.first_month) AS next
         WHERE shown.due_place = 1 AND shown.status = 'due' AND shown.last_month IS NULL
    )
    SELECT s.plan_code, s.asked_month, s.status, s.policy_id, s.posting_month, s.lowest_age, s.first_month,
           s.last_month, s.period, s.period_start, s.months, s.age_years, s.min_age, s.gross_fen, s.deduction_fen,
           s.place = 1, tier.month, tier.min_age, tier.gross_fen, tier.deduction_fen
      FROM shown AS s
      LEFT JOIN tier ON tier.plan_code = s.plan_code;
END
$$;
COMMENT ON FUNCTION credit_forecast(bigint, text, date, integer) IS
    'The pensioner credits to come in a pool, as far as they are known today: by months, a yearly plan once a year';
