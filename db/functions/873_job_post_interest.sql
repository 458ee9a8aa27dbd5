-- One slice of a yearly run's posting: its accounts are locked, judged again, and posted unless they are already.
-- SPDX-License-Identifier: Apache-2.0
-- As every job_post_<kind> (job_step). Locks: the run's row, the slice's accounts in id order, then the sums.
-- Runs that overlap post once: who comes second finds the posting under the account's lock.
CREATE OR REPLACE FUNCTION job_post_interest(job_id uuid, instant timestamptz, hash_algorithm text)
RETURNS TABLE (done bigint, total bigint, is_over boolean)
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    slice record;
    approved_by uuid := (SELECT job.proposal_id FROM job WHERE job.job_id = job_post_interest.job_id);
BEGIN
    SELECT * INTO STRICT slice
      FROM interest_run_slice(job_post_interest.job_id, 'posting', (instant AT TIME ZONE 'Asia/Shanghai')::date, 300);
    PERFORM FROM account_lock(slice.person_keys, slice.account_ids, true);
    WITH judged AS MATERIALIZED (
        SELECT slice.person_keys[j.ord] AS person_key, slice.account_ids[j.ord] AS account_id, j.*,
               row_number() OVER (PARTITION BY j.status = 'due' ORDER BY j.ord) AS place
          FROM interest_year_judge(slice.person_keys, slice.account_ids, slice.interest_year) AS j
         WHERE j.status NOT IN ('no_entries', 'account_closed')
    ), posted AS MATERIALIZED (
        SELECT one.*
          FROM (SELECT array_agg(d.person_key ORDER BY d.place) AS person_keys,
                array_agg(d.account_id ORDER BY d.place) AS account_ids,
                       array_agg(d.year_start ORDER BY d.place) AS year_starts,
                       array_agg(d.from_day ORDER BY d.place) AS from_days,
                       array_agg(d.to_day ORDER BY d.place) AS to_days
                  FROM judged AS d WHERE d.status = 'due') AS due,
               interest_post(due.person_keys, due.account_ids, due.year_starts, due.from_days, due.to_days,
                             job_post_interest.job_id, approved_by, instant, hash_algorithm) AS one
         WHERE due.person_keys IS NOT NULL
    ), outcome AS MATERIALIZED (
        SELECT judged.pool_code, coalesce(posted.status, judged.status) AS status, posted.current_year_interest_fen,
               posted.carried_over_interest_fen, posted.carried_fen
          FROM judged
          LEFT JOIN posted ON judged.status = 'due' AND posted.ord = judged.place
    ), summed AS (
        UPDATE interest_run_pool AS pool
           SET posted_accounts = pool.posted_accounts + found.accounts,
               posted_current_year_fen = pool.posted_current_year_fen + found.current_year_fen,
               posted_carried_over_fen = pool.posted_carried_over_fen + found.carried_over_fen,
               posted_carried_fen = pool.posted_carried_fen + found.carried_fen
          FROM (SELECT outcome.pool_code, count(*) AS accounts,
                sum(outcome.current_year_interest_fen) AS current_year_fen,
                       sum(outcome.carried_over_interest_fen) AS carried_over_fen,
                       sum(outcome.carried_fen) AS carried_fen
                  FROM outcome WHERE outcome.status = 'posted' GROUP BY outcome.pool_code) AS found
         WHERE pool.job_id = job_post_interest.job_id AND pool.pool_code = found.pool_code
    ), recorded AS (
        INSERT INTO audit_event (event_id, at, actor_kind, action, object_id, detail)
        SELECT person_id_at(0, person_id_tick()), clock_timestamp(),
               'system', 'post_interest', job_post_interest.job_id,
               jsonb_build_object('proposal_id', approved_by, 'accounts', count(*), 'interest_fen',
                                  sum(outcome.current_year_interest_fen + outcome.carried_over_interest_fen))
          FROM outcome
         WHERE outcome.status = 'posted'
        HAVING count(*) > 0
    )
    INSERT INTO interest_run_skip AS skip (job_id, phase, pool_code, reason, accounts)
    SELECT job_post_interest.job_id, 'posting', outcome.pool_code, outcome.status, count(*)
      FROM outcome WHERE outcome.status <> 'posted'
     GROUP BY outcome.pool_code, outcome.status
        ON CONFLICT (job_id, phase, pool_code, reason) DO UPDATE SET accounts = skip.accounts + excluded.accounts;
    RETURN QUERY SELECT slice.done, slice.total, slice.is_over;
END
$$;
COMMENT ON FUNCTION job_post_interest(uuid, timestamptz, text) IS
    'One slice of a yearly run''s posting; how far it is';
