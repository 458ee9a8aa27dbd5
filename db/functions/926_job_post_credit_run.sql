-- One slice of a monthly run's posting: its pensioners' accounts are locked, judged again, and credited if still due.
-- SPDX-License-Identifier: Apache-2.0
-- As every job_post_<kind> (job_step). Locks: the run's row, all accounts of the slice's pensioners in id order, then
-- the sums.
-- All accounts, not only those of this pool: runs that overlap meet at one of them, also while somebody moves between
-- their pools, and who comes second finds the credit. Who had no locked account when the slice began is not credited by
-- it (changed_meanwhile): a later run does.
CREATE OR REPLACE FUNCTION job_post_credit_run(job_id uuid, instant timestamptz, hash_algorithm text)
RETURNS TABLE (done bigint, total bigint, is_over boolean)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    slice record;
    approved_by uuid := (SELECT job.proposal_id FROM job WHERE job.job_id = job_post_credit_run.job_id);
    keys bigint[];
    ids uuid[];
    pensioners bigint[];
    outcome record;
BEGIN
    SELECT * INTO STRICT slice FROM credit_run_slice(job_post_credit_run.job_id, 'posting', 2000);
    IF slice.refusal IS NULL THEN
        SELECT array_agg(account.person_key), array_agg(account.account_id),
               array_agg(account.person_key ORDER BY account.person_key)
                   FILTER (WHERE account.pool_code = slice.pool_code)
          INTO keys, ids, pensioners
          FROM account
         WHERE account.person_key = ANY (slice.retired_keys);
        PERFORM FROM account_lock(keys, ids, true);
    END IF;
    WITH posted AS MATERIALIZED (
        SELECT one.status, one.min_age, one.gross_fen, one.deduction_fen
          FROM credit_post(pensioners, slice.pool_code, slice.plan_code, slice.policy_id, slice.month,
                           job_post_credit_run.job_id, approved_by, instant, hash_algorithm) AS one
         WHERE pensioners IS NOT NULL
    ), recorded AS (
        INSERT INTO audit_event (event_id, at, actor_kind, action, object_id, pool_code, detail)
        SELECT person_id_at(0, person_id_tick()), clock_timestamp(), 'system', 'post_credit_run',
               job_post_credit_run.job_id, slice.pool_code,
               jsonb_build_object('proposal_id', approved_by, 'plan_code', slice.plan_code, 'people', count(*),
                                  'gross_fen', sum(posted.gross_fen), 'deduction_fen', sum(posted.deduction_fen))
          FROM posted
         WHERE posted.status = 'posted'
        HAVING count(*) > 0
    )
    SELECT array_agg(one.status) AS statuses, array_agg(one.min_age) AS min_ages,
           array_agg(one.gross_fen) AS gross_fens, array_agg(one.deduction_fen) AS deduction_fens
      INTO outcome
      FROM (SELECT posted.* FROM posted
             UNION ALL
            SELECT CASE rest.status WHEN 'due' THEN 'changed_meanwhile' ELSE rest.status END, rest.min_age,
                   rest.gross_fen, rest.deduction_fen
              FROM credit_run_judge(ARRAY(SELECT unnest(slice.person_keys) EXCEPT SELECT unnest(pensioners)),
                                    slice.pool_code, slice.plan_code, slice.policy_id, slice.month,
                                    slice.refusal) AS rest) AS one;
    PERFORM credit_run_count(job_post_credit_run.job_id, 'posting', slice.pool_code, slice.plan_code, outcome.statuses,
                             outcome.min_ages, outcome.gross_fens, outcome.deduction_fens)
      WHERE outcome.statuses IS NOT NULL;
    IF slice.is_over THEN
        PERFORM credit_run_announce(job_post_credit_run.job_id);
    END IF;
    RETURN QUERY SELECT slice.done, slice.total, slice.is_over;
END
$$;
COMMENT ON FUNCTION job_post_credit_run(uuid, timestamptz, text) IS
    'One slice of a monthly run''s posting; how far it is';
