-- What a run would credit people of a pool for a plan and a month, and why others get nothing.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: as credit_entitle, and the plan. Locks: none; whoever posts has locked the accounts in an earlier
-- statement. LIMIT 1, and no sequential scans: always a look-up for each person, however small a table was when this
-- was planned.
-- Outcomes: one row for each person, in any order. status, by precedence: those of credit_entitle but due, then
--   already_credited   for this period of the plan, by any pool and in any revision; or for a month of a year that was
--                      credited as a whole, or for a year of which a month was credited
--   no_account         in this pool
--   account_<status>   account_status_rule lets it take no credits: account_frozen, account_closed
--   due
CREATE OR REPLACE FUNCTION credit_judge(
    person_keys bigint[], pool_code text, plan_code text, policy_id uuid, asked_month date)
RETURNS TABLE (ord bigint, status text, person_key bigint, account_id uuid, birth_date date, first_month date,
               last_month date, period text, period_start date, basis_month date, months integer, age_on date,
               age_years integer, min_age smallint, gross_fen bigint, deduction_fen bigint)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT e.ord,
           CASE WHEN e.status <> 'due' THEN e.status
                WHEN credited.is_there THEN 'already_credited'
                WHEN account.account_id IS NULL THEN 'no_account'
                WHEN rule.allowed IS NOT TRUE THEN 'account_' || account.status
                ELSE 'due' END,
           credit_judge.person_keys[e.ord], account.account_id, e.birth_date, e.first_month, e.last_month, e.period,
           e.period_start, e.basis_month, e.months, e.age_on, e.age_years, e.min_age, e.gross_fen, e.deduction_fen
      FROM credit_entitle(credit_judge.person_keys, credit_judge.pool_code, credit_judge.policy_id, asked_month) AS e
      LEFT JOIN LATERAL (
           SELECT one.account_id, one.status
             FROM account AS one
            WHERE one.person_key = credit_judge.person_keys[e.ord] AND one.pool_code = credit_judge.pool_code
            LIMIT 1) AS account ON true
     CROSS JOIN LATERAL (
           SELECT CASE e.period
                  WHEN 'month' THEN ARRAY[e.period_start, date_trunc('year', e.period_start::timestamp)::date]
                  WHEN 'year' THEN ARRAY(SELECT (e.period_start + make_interval(months => later))::date
                                           FROM generate_series(0, 11) AS later) END AS starts) AS year
      LEFT JOIN LATERAL (
           SELECT true AS is_there
             FROM pensioner_credit AS earlier
            WHERE earlier.person_key = credit_judge.person_keys[e.ord] AND earlier.plan_code = credit_judge.plan_code
              AND earlier.period_start = ANY (year.starts)
              AND (earlier.period_start = e.period_start OR 'year' IN (earlier.period, e.period))
            LIMIT 1) AS credited ON e.status = 'due'
      LEFT JOIN account_status_rule AS rule ON rule.status = account.status AND rule.operation = 'credit';
END
$$;
COMMENT ON FUNCTION credit_judge(bigint[], text, text, uuid, date) IS
    'What a run would credit people of a pool for a plan and a month, and why others get nothing; a status row for '
    'each';
