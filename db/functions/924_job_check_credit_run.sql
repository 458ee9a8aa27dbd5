-- One slice of a monthly run's check: what its people would be credited, by tier, and why others are passed over.
-- SPDX-License-Identifier: Apache-2.0
-- As every job_check_<kind> (job_step). Locks: the run's row and those of its sums. Nothing is posted.
CREATE OR REPLACE FUNCTION job_check_credit_run(job_id uuid, instant timestamptz)
RETURNS TABLE (done bigint, total bigint, is_over boolean)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    slice record;
BEGIN
    SELECT * INTO STRICT slice FROM credit_run_slice(job_check_credit_run.job_id, 'checking', 2000);
    PERFORM credit_run_count(job_check_credit_run.job_id, 'checking', slice.pool_code, slice.plan_code,
                             array_agg(judged.status), array_agg(judged.min_age), array_agg(judged.gross_fen),
                             array_agg(judged.deduction_fen))
       FROM credit_run_judge(slice.person_keys, slice.pool_code, slice.plan_code, slice.policy_id, slice.month,
                             slice.refusal) AS judged
      WHERE cardinality(slice.person_keys) > 0
     HAVING count(*) > 0;
    RETURN QUERY SELECT slice.done, slice.total, slice.is_over;
END
$$;
COMMENT ON FUNCTION job_check_credit_run(uuid, timestamptz) IS
    'One slice of a monthly run''s check: sums by tier of what its people would be credited; how far it is';
