-- What people were credited by a pool for the periods of a range of months, and what is due to them there now.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: people, each once; a pool; a plan, null for all; the first days of the first and the last month; and of
-- the month that it is. Only periods with a credit are looked at, whichever pool paid it. A yearly credit belongs to
-- its posting month; the version of its plan is that of the month whose run credited it, and who retired within the
-- year is known up to the month that it is. Records that were merged into others are left out: their credits were
-- copied.
-- Locks: none; whoever posts has locked the people's accounts in an earlier statement.
-- Outcomes: one row for each person, period and plan, in any order. status, by precedence:
--   period_changed                       the version in force is for months where a year was credited, or the other way
--   enrolment_suspended, pooled_only     so is the enrolment today; whether it was in that month is not known
--   policy_missing, policy_incomplete    nothing is guessed; what is due is null for all of these
--   unchanged
--   no_account, account_<status>         the account cannot take the difference (operation credit; adjust where money
--   is taken) due
-- reason: why they differ (credit_difference.reason). policy_id: the version in force, null: none. own_revision:
-- newest row of the pool.
CREATE OR REPLACE FUNCTION credit_recomputation_judge(
    person_keys bigint[], pool_code text, asked_plan_code text, from_month date, to_month date, this_month date)
RETURNS TABLE (status text, reason text, person_key bigint, account_id uuid, period_start date, plan_code text,
               policy_id uuid, credited_gross_fen bigint, credited_deduction_fen bigint, due_gross_fen bigint,
               due_deduction_fen bigint, newest_revision smallint, first_credit_id uuid, own_revision smallint,
               birth_date date, first_month date, last_month date, period text, basis_month date, months integer,
               age_on date, age_years integer, min_age smallint)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH found AS MATERIALIZED (
        SELECT asked.person_key, one.*
          FROM unnest(credit_recomputation_judge.person_keys) AS asked (person_key)
         CROSS JOIN LATERAL (
               SELECT c.period_start, c.plan_code, max(c.revision) AS newest_revision,
                      max(c.revision) FILTER (WHERE c.pool_code = credit_recomputation_judge.pool_code) AS own_revision
                 FROM pensioner_credit AS c
                WHERE c.person_key = asked.person_key
                  AND c.period_start BETWEEN date_trunc('year', from_month::timestamp)::date
                  AND credit_recomputation_judge.to_month
                  AND (asked_plan_code IS NULL OR c.plan_code = asked_plan_code)
                GROUP BY c.period_start, c.plan_code) AS one
         WHERE NOT EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = asked.person_key)
    ), credited AS MATERIALIZED (
        SELECT found.*, first.credit_id AS first_credit_id, first.period, own.policy_id AS own_policy_id,
               own.reason AS own_reason, coalesce(own.total_gross_fen, 0) AS gross_fen,
               coalesce(own.total_deduction_fen, 0) AS deduction_fen,
               CASE first.period WHEN 'month' THEN found.period_start ELSE run.month END AS policy_month,
               CASE first.period WHEN 'month' THEN found.period_start
                    ELSE greatest(run.month, least(year.ends, this_month)) END AS asked_month
          FROM found
         CROSS JOIN LATERAL (
               SELECT c.credit_id, c.period, c.policy_id, c.job_id, c.business_date
                 FROM pensioner_credit AS c
                WHERE c.person_key = found.person_key AND c.period_start = found.period_start
                  AND c.plan_code = found.plan_code AND c.revision = 0
                LIMIT 1) AS first
          JOIN credit_policy AS policy ON policy.policy_id = first.policy_id
          LEFT JOIN LATERAL (
               SELECT c.policy_id, c.reason, c.total_gross_fen, c.total_deduction_fen
                 FROM pensioner_credit AS c
                WHERE c.person_key = found.person_key AND c.period_start = found.period_start
                  AND c.plan_code = found.plan_code AND c.revision = found.own_revision
                LIMIT 1) AS own ON true
         CROSS JOIN LATERAL (SELECT (found.period_start + interval '11 months')::date AS ends) AS year
         CROSS JOIN LATERAL (
               SELECT least(year.ends, coalesce((SELECT r.from_month FROM credit_run AS r
                                                  WHERE r.job_id = first.job_id AND r.kind = 'credit_run'),
                                                date_trunc('month', first.business_date::timestamp)::date)) AS month)
                            AS run
         WHERE CASE first.period WHEN 'month' THEN found.period_start
                                 ELSE (found.period_start + (policy.posting_month - 1) * interval '1 month')::date END
               BETWEEN from_month AND credit_recomputation_judge.to_month
    ), version AS MATERIALIZED (
        SELECT asked.plan_code, asked.policy_month, policy.policy_id, policy.period
          FROM (SELECT DISTINCT credited.plan_code, credited.policy_month FROM credited) AS asked
          LEFT JOIN LATERAL credit_policy_at(credit_recomputation_judge.pool_code, asked.plan_code,
                                             asked.policy_month) AS policy
               ON true
    ), part AS MATERIALIZED (
        SELECT credited.plan_code, credited.period_start, credited.asked_month, version.policy_id,
               version.period AS policy_period, array_agg(credited.person_key) AS person_keys
          FROM credited
          JOIN version ON version.plan_code = credited.plan_code AND version.policy_month = credited.policy_month
         GROUP BY credited.plan_code, credited.period_start, credited.asked_month, version.policy_id, version.period
    ), entitled AS MATERIALIZED (
        SELECT part.plan_code, part.period_start, part.policy_id, part.policy_period,
               part.person_keys[e.ord] AS person_key, e.status, e.birth_date, e.first_month,
               e.last_month, e.basis_month, e.months, e.age_on, e.age_years, e.min_age, e.gross_fen, e.deduction_fen
          FROM part, credit_entitle(part.person_keys, credit_recomputation_judge.pool_code,
                                    part.policy_id, part.asked_month) AS e
    ), judged AS MATERIALIZED (
        SELECT credited.*, e.policy_id, e.birth_date, e.first_month, e.last_month, e.basis_month, e.months, e.age_on,
               e.age_years, e.min_age, e.status AS entitlement,
               CASE WHEN e.policy_period <> credited.period THEN 'period_changed'
                    WHEN e.status IN ('enrolment_suspended', 'pooled_only', 'policy_missing', 'policy_incomplete')
                         THEN e.status
                    END AS unknown,
               CASE e.status WHEN 'due' THEN e.gross_fen ELSE 0 END AS due_gross_fen,
               CASE e.status WHEN 'due' THEN e.deduction_fen ELSE 0 END AS due_deduction_fen
          FROM credited -- FULL, so that it is hashed, however few rows are expected; both have the same
          FULL JOIN entitled AS e ON e.person_key = credited.person_key AND e.period_start = credited.period_start
                                 AND e.plan_code = credited.plan_code
    )
    SELECT CASE WHEN j.unknown IS NOT NULL THEN j.unknown
                WHEN (j.due_gross_fen, j.due_deduction_fen) = (j.gross_fen, j.deduction_fen) THEN 'unchanged'
                WHEN account.account_id IS NULL THEN 'no_account'
                WHEN rule.allowed IS NOT TRUE THEN 'account_' || account.status
                ELSE 'due' END,
           CASE WHEN j.entitlement NOT IN ('due', 'no_tier', 'nothing_due', 'not_retired') THEN 'not_entitled'
                WHEN j.entitlement = 'not_retired' THEN 'person'
                WHEN j.own_policy_id <> j.policy_id THEN 'policy'
                WHEN j.own_reason = 'merged' THEN 'merged'
                ELSE 'person' END,
           j.person_key, account.account_id, j.period_start, j.plan_code, j.policy_id,
           j.gross_fen, j.deduction_fen, CASE WHEN j.unknown IS NULL THEN j.due_gross_fen END,
           CASE WHEN j.unknown IS NULL THEN j.due_deduction_fen END, j.newest_revision, j.first_credit_id,
                j.own_revision,
           j.birth_date, j.first_month, j.last_month, j.period, j.basis_month, j.months, j.age_on, j.age_years,
           j.min_age
      FROM judged AS j
      LEFT JOIN LATERAL (
           SELECT one.account_id, one.status
             FROM account AS one
            WHERE one.person_key = j.person_key AND one.pool_code = credit_recomputation_judge.pool_code
            LIMIT 1) AS account ON true
      LEFT JOIN account_status_rule AS rule ON rule.status = account.status
           AND rule.operation = CASE WHEN j.due_gross_fen - j.due_deduction_fen < j.gross_fen - j.deduction_fen
                                     THEN 'adjust' ELSE 'credit' END
     WHERE j.entitlement IS NOT NULL AND j.person_key IS NOT NULL;
END
$$;
COMMENT ON FUNCTION credit_recomputation_judge(bigint[], text, text, date, date, date) IS
    'What people were credited by a pool for periods, and what is due to them there now; a status row for each';
