-- What people are entitled to in a pool, for a plan and a month: their enrolments, deaths and ages, and the amount.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: people, each once; a pool; the version of the plan that is in force there for the month (null: none); the first day
-- of the month, which for a yearly plan is any of the year from its posting month on. Whether something was credited already, and
-- whether an account can take it, is not asked here (credit_judge).
-- The deciding month is the month itself; of a yearly plan its posting month, or the first month of entitlement where that
-- is later. Of several employee enrolments that hold in it, a retired one counts before others, then the one that began last: so
-- who moves is paid by one pool.
-- Locks: none. Outcomes: one row for each person, in any order. status, by precedence:
--   not_enrolled          no employee enrolment in the pool in the deciding month; or the record was merged into another
--   enrolled_elsewhere    another pool's enrolment counts
--   not_retired           medical-insurance retirement is not complete, or its first month comes later
--   enrolment_suspended
--   deceased              the month of death is the last
--   pooled_only           the enrolment has no personal account
--   policy_missing, policy_incomplete, no_tier, nothing_due, due   as credit_reckon has them, with what it reckoned
CREATE OR REPLACE FUNCTION credit_entitle(person_keys bigint[], pool_code text, policy_id uuid, asked_month date)
RETURNS TABLE (ord bigint, status text, birth_date date, first_month date, last_month date, period text, period_start date,
               basis_month date, months integer, age_on date, age_years integer, min_age smallint, gross_fen bigint,
               deduction_fen bigint)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    decides date := coalesce((SELECT make_date(extract(year FROM asked_month)::int, policy.posting_month, 1)
                                FROM credit_policy AS policy
                               WHERE policy.policy_id = credit_entitle.policy_id AND policy.period = 'year'), asked_month);
    is_yearly boolean := EXISTS (SELECT FROM credit_policy AS policy
                                  WHERE policy.policy_id = credit_entitle.policy_id AND policy.period = 'year');
BEGIN
    RETURN QUERY
    WITH enrolled AS MATERIALIZED (
        SELECT asked.ord, person.birth_date, held.pool_code, held.status, held.account_mode, held.first_month,
               (date_trunc('month', person.deceased_on::timestamp))::date AS last_month,
               greatest(decides, CASE WHEN is_yearly THEN held.first_month END) AS decided_in
          FROM unnest(credit_entitle.person_keys) WITH ORDINALITY AS asked (person_key, ord)
          JOIN person ON person.person_key = asked.person_key
          LEFT JOIN LATERAL (
               SELECT e.pool_code, e.status, e.account_mode, retired.first_month
                 FROM enrolment AS e
                CROSS JOIN LATERAL (
                      SELECT (date_trunc('month', e.retired_on::timestamp) + interval '1 month')::date AS first_month) AS retired
                CROSS JOIN LATERAL (
                      SELECT greatest(decides, CASE WHEN is_yearly AND retired.first_month <= asked_month
                                                    THEN retired.first_month END) AS month) AS deciding
                WHERE e.person_key = asked.person_key AND e.scheme = 'employee' AND e.status <> 'pending_in'
                  AND e.started_on < deciding.month + interval '1 month'
                  AND (e.ended_on >= deciding.month) IS NOT FALSE
                ORDER BY (retired.first_month <= asked_month) IS TRUE DESC, e.started_on DESC, e.enrolment_id DESC
                LIMIT 1) AS held ON NOT EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = asked.person_key)
    ), judged AS MATERIALIZED (
        SELECT e.*,
               CASE WHEN e.pool_code IS NULL THEN 'not_enrolled'
                    WHEN e.pool_code <> credit_entitle.pool_code THEN 'enrolled_elsewhere'
                    WHEN (e.first_month <= asked_month) IS NOT TRUE THEN 'not_retired'
                    WHEN e.status = 'suspended' THEN 'enrolment_suspended'
                    WHEN e.last_month < e.decided_in THEN 'deceased'
                    WHEN e.account_mode = 'pooled_only' THEN 'pooled_only' END AS refusal,
               row_number() OVER (ORDER BY e.ord) AS place
          FROM enrolled AS e
    ), wanted AS (
        SELECT array_agg(j.birth_date) AS birth_dates, array_agg(j.first_month) AS first_months,
               array_agg(j.last_month) AS last_months, count(*)::int AS number
          FROM (SELECT judged.* FROM judged ORDER BY judged.place) AS j
    ), reckoned AS MATERIALIZED (
        SELECT r.*
          FROM wanted, credit_reckon(array_fill(credit_entitle.policy_id, ARRAY[wanted.number]), wanted.birth_dates,
                                     array_fill(asked_month, ARRAY[wanted.number]), wanted.first_months, wanted.last_months) AS r
         WHERE wanted.number > 0
    )
    SELECT j.ord, coalesce(j.refusal, CASE r.status WHEN 'not_entitled' THEN 'deceased' ELSE r.status END), j.birth_date,
           j.first_month, j.last_month, r.period, r.period_start, r.basis_month, r.months, r.age_on, r.age_years, r.min_age,
           r.gross_fen, r.deduction_fen
      FROM judged AS j
      JOIN reckoned AS r ON r.ord = j.place;
END
$$;
COMMENT ON FUNCTION credit_entitle(bigint[], text, uuid, date) IS
    'What people are entitled to in a pool, for a plan and a month; a status row for each';
