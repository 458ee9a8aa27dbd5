-- One slice of a recomputation's check: the differences of its people are stored, what cannot be judged is counted.
-- SPDX-License-Identifier: Apache-2.0
-- As every job_check_<kind> (job_step). Locks: the run's row and those of its sums. Nothing is posted.
-- A slice has fewer people the more months there are.
CREATE OR REPLACE FUNCTION job_check_credit_recomputation(job_id uuid, instant timestamptz)
RETURNS TABLE (done bigint, total bigint, is_over boolean)
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    slice record;
    found record;
    this_month date := date_trunc('month', instant AT TIME ZONE 'Asia/Shanghai')::date;
    asked_plan_code text;
    slice_people integer;
BEGIN
    SELECT job.parameters ->> 'plan_code',
           greatest(5, 2000 / (month_number(run.to_month) - month_number(run.from_month) + 4))
      INTO STRICT asked_plan_code, slice_people
      FROM job
      JOIN credit_run AS run ON run.job_id = job.job_id
     WHERE job.job_id = job_check_credit_recomputation.job_id;
    SELECT * INTO STRICT slice FROM credit_recomputation_slice(job_check_credit_recomputation.job_id,
                                                               'checking', slice_people);
    WITH judged AS MATERIALIZED (
        SELECT j.*
          FROM credit_recomputation_judge(slice.person_keys, slice.pool_code, asked_plan_code, slice.from_month,
                                          slice.to_month, this_month) AS j
         WHERE j.status <> 'unchanged'
    ), stored AS (
        INSERT INTO credit_difference (
            job_id, person_key, credited_gross_fen, credited_deduction_fen, due_gross_fen, due_deduction_fen,
            period_start, person_id, account_id, policy_id, age_years, pool_code, plan_code, reason, status)
        SELECT job_check_credit_recomputation.job_id, j.person_key, j.credited_gross_fen, j.credited_deduction_fen,
               j.due_gross_fen, j.due_deduction_fen, j.period_start, person.person_id, j.account_id,
               CASE WHEN j.due_gross_fen > 0 THEN j.policy_id END, CASE WHEN j.due_gross_fen > 0 THEN j.age_years END,
               slice.pool_code, j.plan_code, j.reason, j.status
          FROM judged AS j
          JOIN person ON person.person_key = j.person_key
         WHERE j.due_gross_fen IS NOT NULL
        RETURNING person_key, plan_code, reason, status, due_gross_fen - credited_gross_fen AS gross_fen,
                  due_deduction_fen - credited_deduction_fen AS deduction_fen
    ), passed AS (
        INSERT INTO credit_run_skip AS skip (job_id, phase, pool_code, plan_code, reason, people)
        SELECT job_check_credit_recomputation.job_id, 'checking', slice.pool_code, j.plan_code, j.status,
               count(DISTINCT j.person_key)
          FROM judged AS j
         WHERE j.due_gross_fen IS NULL
         GROUP BY j.plan_code, j.status
            ON CONFLICT (job_id, phase, pool_code, plan_code, reason)
            DO UPDATE SET people = skip.people + excluded.people
    )
    SELECT array_agg(s.person_key) AS person_keys, array_agg(s.plan_code) AS plan_codes, array_agg(s.reason) AS reasons,
           array_agg(s.status) AS statuses, array_agg(s.gross_fen) AS gross_fens,
           array_agg(s.deduction_fen) AS deduction_fens
      INTO found
      FROM stored AS s;
    PERFORM credit_difference_count(job_check_credit_recomputation.job_id, 'checking', slice.pool_code,
                                    found.person_keys, found.plan_codes, found.reasons, found.statuses,
                                    found.gross_fens, found.deduction_fens,
                                    array_fill(0::bigint, ARRAY[coalesce(cardinality(found.person_keys), 0)]));
    RETURN QUERY SELECT slice.done, slice.total, slice.is_over;
END
$$;
COMMENT ON FUNCTION job_check_credit_recomputation(uuid, timestamptz) IS
    'One slice of a recomputation''s check: stores the differences of its people; how far it is';
