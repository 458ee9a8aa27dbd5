-- What people are entitled to in a pool, for a plan and a month: their enrolments, deaths and ages, and the amount.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: people, each once; a pool; the version of the plan that is in force there for the month (null: none); the
-- first day of the month, which for a yearly plan is any of the year from its posting month on. Whether something was
-- credited already, and whether an account can take it, is not asked here (credit_judge).
-- The deciding month is the month itself; of a yearly plan its posting month, or the first month of entitlement where
-- that is later. Of several employee enrolments that hold in it, a retired one counts before others, then the one that
-- began last: so who moves is paid by one pool.
-- Locks: none. Outcomes: one row for each person, in any order. status, by precedence:
--   not_enrolled          no employee enrolment in the pool in the deciding month; or the record was merged into
--                         another
--   enrolled_elsewhere    another pool's enrolment counts
--   not_retired           medical-insurance retirement is not complete, or its first month comes later
--   enrolment_suspended
--   deceased              the month of death is the last
--   pooled_only           the enrolment has no personal account
--   policy_missing, policy_incomplete, no_tier, nothing_due, due   as credit_reckon has them, with what it reckoned
CREATE OR REPLACE FUNCTION credit_entitle(person_keys bigint[], pool_code text, policy_id uuid, asked_month date)
RETURNS TABLE (ord bigint, status text, birth_date date, first_month date, last_month date, period text,
               period_start date, basis_month date, months integer, age_on date, age_years integer, min_age smallint,
               gross_fen bigint,
               deduction_fen bigint)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    decides date := coalesce((SELECT make_date(extract(year FROM asked_month)::int, policy.posting_month, 1)
                                FROM credit_policy AS policy
                               WHERE policy.policy_id = credit_entitle.policy_id
                                 AND policy.period = 'year'), asked_month);
    is_yearly boolean := EXISTS (SELECT FROM credit_policy AS policy
                                  WHERE policy.policy_id = credit_entitle.policy_id AND policy.period = 'year');
BEGIN
    RETURN QUERY
    WITH term AS MATERIALIZED (
        SELECT t.* FROM credit_term(ARRAY[credit_entitle.policy_id], ARRAY[asked_month]) AS t
    ), enrolled AS MATERIALIZED (
        SELECT DISTINCT ON (asked.ord) asked.ord, person.birth_date, held.pool_code, held.status, held.account_mode,
               month_after(held.retired_on) AS first_month,
               (date_trunc('month', person.deceased_on::timestamp))::date AS last_month
          FROM unnest(credit_entitle.person_keys) WITH ORDINALITY AS asked (person_key, ord)
          JOIN person ON person.person_key = asked.person_key
          LEFT JOIN person_alias AS alias ON alias.person_key = asked.person_key
          LEFT JOIN enrolment AS held
            ON held.person_key = asked.person_key AND alias.person_key IS NULL AND held.scheme = 'employee'
               AND held.status <> 'pending_in'
               AND held.started_on < greatest(decides, CASE WHEN is_yearly
                                                                 AND month_after(held.retired_on) <= asked_month
                                                            THEN month_after(held.retired_on) END) + interval '1 month'
               AND (held.ended_on >= greatest(decides, CASE WHEN is_yearly
                                                                 AND month_after(held.retired_on) <= asked_month
                                                            THEN month_after(held.retired_on) END)) IS NOT FALSE
         ORDER BY asked.ord, (month_after(held.retired_on) <= asked_month) IS TRUE DESC, held.started_on DESC,
                  held.enrolment_id DESC
    )
    SELECT e.ord,
           CASE WHEN e.pool_code IS NULL THEN 'not_enrolled'
                WHEN e.pool_code <> credit_entitle.pool_code THEN 'enrolled_elsewhere'
                WHEN (e.first_month <= credit_entitle.asked_month) IS NOT TRUE THEN 'not_retired'
                WHEN e.status = 'suspended' THEN 'enrolment_suspended'
                WHEN e.last_month < greatest(decides, CASE WHEN is_yearly THEN e.first_month END) THEN 'deceased'
                WHEN e.account_mode = 'pooled_only' THEN 'pooled_only'
                WHEN amount.status = 'not_entitled' THEN 'deceased'
                ELSE amount.status END,
           e.birth_date, e.first_month, e.last_month, term.period, term.period_start, term.basis_month, amount.months,
           term.age_on, amount.age_years, amount.min_age, amount.gross_fen, amount.deduction_fen
      FROM enrolled AS e
      LEFT JOIN term ON true
     CROSS JOIN LATERAL credit_amount(
           term.period, term.period_start, term.period_last_month, term.period_months, term.age_on, term.is_pro_rated,
           term.is_ratio, term.base_fen, term.rounding, term.deducted_fen, term.min_ages, term.tier_values,
           e.birth_date, credit_entitle.asked_month, e.first_month, e.last_month) AS amount;
END
$$;
COMMENT ON FUNCTION credit_entitle(bigint[], text, uuid, date) IS
    'What people are entitled to in a pool, for a plan and a month; a status row for each';
