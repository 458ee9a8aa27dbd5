-- One slice of a recomputation's posting: all accounts of its people are locked,
-- and what is still as it was shown is posted.
-- SPDX-License-Identifier: Apache-2.0
-- As every job_post_<kind> (job_step). Locks: the run's row, the accounts in id order, then the differences and sums.
-- All accounts of a person, since recomputations of two pools would number the same person's credits. Recomputations
-- that overlap post once: who comes second finds what was credited changed.
CREATE OR REPLACE FUNCTION job_post_credit_recomputation(job_id uuid, instant timestamptz, hash_algorithm text)
RETURNS TABLE (done bigint, total bigint, is_over boolean)
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    slice record;
    posted record;
    approved_by uuid;
    asked_plan_code text;
    slice_people integer;
BEGIN
    SELECT job.proposal_id, job.parameters ->> 'plan_code',
           greatest(2, 400 / (month_number(run.to_month) - month_number(run.from_month) + 4))
      INTO STRICT approved_by, asked_plan_code, slice_people
      FROM job
      JOIN credit_run AS run ON run.job_id = job.job_id
     WHERE job.job_id = job_post_credit_recomputation.job_id;
    SELECT * INTO STRICT slice FROM credit_recomputation_slice(job_post_credit_recomputation.job_id,
                                                               'posting', slice_people);
    PERFORM account_lock(held.person_keys, held.account_ids, true)
       FROM (SELECT array_agg(account.person_key) AS person_keys, array_agg(account.account_id) AS account_ids
               FROM account WHERE account.person_key = ANY (slice.person_keys)) AS held;
    WITH outcome AS MATERIALIZED (
        SELECT o.*
          FROM credit_difference_post(job_post_credit_recomputation.job_id, approved_by, slice.person_keys,
                                      slice.pool_code, asked_plan_code, slice.from_month, slice.to_month,
                                      instant, hash_algorithm) AS o
    ), recorded AS (
        INSERT INTO audit_event (event_id, at, actor_kind, action, object_id, pool_code, detail)
        SELECT person_id_at(0, person_id_tick()), clock_timestamp(), 'system', 'post_credit_recomputation',
               job_post_credit_recomputation.job_id, slice.pool_code,
               jsonb_build_object('proposal_id', approved_by, 'people', count(DISTINCT o.person_key),
                                  'net_fen', sum(o.gross_fen - o.deduction_fen),
                                  'receivable_fen', sum(o.receivable_fen))
          FROM outcome AS o
         WHERE o.status = 'posted'
        HAVING count(*) > 0
    )
    SELECT array_agg(o.person_key) AS person_keys, array_agg(o.plan_code) AS plan_codes, array_agg(o.reason) AS reasons,
           array_agg(o.status) AS statuses, array_agg(o.gross_fen) AS gross_fens,
           array_agg(o.deduction_fen) AS deduction_fens,
           array_agg(o.receivable_fen) AS receivable_fens
      INTO posted
      FROM outcome AS o;
    PERFORM credit_difference_count(job_post_credit_recomputation.job_id, 'posting', slice.pool_code,
                                    posted.person_keys, posted.plan_codes, posted.reasons, posted.statuses,
                                    posted.gross_fens, posted.deduction_fens, posted.receivable_fens);
    RETURN QUERY SELECT slice.done, slice.total, slice.is_over;
END
$$;
COMMENT ON FUNCTION job_post_credit_recomputation(uuid, timestamptz, text) IS
    'One slice of a recomputation''s posting; how far it is';
