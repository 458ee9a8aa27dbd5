-- One slice of a yearly run's check: what its accounts would bear, summed by pool, and why others are passed over.
-- SPDX-License-Identifier: Apache-2.0
-- As every job_check_<kind> (job_step). Locks: the run's row and those of its sums. Nothing is posted.
-- A closed account is counted only where interest would be due: it was not settled before.
CREATE OR REPLACE FUNCTION job_check_interest(job_id uuid, instant timestamptz)
RETURNS TABLE (done bigint, total bigint, is_over boolean)
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    slice record;
BEGIN
    SELECT * INTO STRICT slice
      FROM interest_run_slice(job_check_interest.job_id, 'checking', (instant AT TIME ZONE 'Asia/Shanghai')::date, 500);
    WITH judged AS MATERIALIZED (
        SELECT slice.person_keys[j.ord] AS person_key, slice.account_ids[j.ord] AS account_id, j.*,
               row_number() OVER (ORDER BY j.ord) AS place
          FROM interest_year_judge(slice.person_keys, slice.account_ids, slice.interest_year) AS j
         WHERE j.status <> 'no_entries'
    ), wanted AS MATERIALIZED (
        SELECT judged.*, row_number() OVER (ORDER BY judged.place) AS wanted_ord
          FROM judged WHERE judged.status IN ('due', 'account_closed')
    ), sized AS MATERIALIZED (
        SELECT one.*
          FROM (SELECT array_agg(w.person_key ORDER BY w.place) AS person_keys,
                array_agg(w.account_id ORDER BY w.place) AS account_ids,
                       array_agg(w.year_start ORDER BY w.place) AS year_starts,
                       array_agg(w.from_day ORDER BY w.place) AS from_days,
                       array_agg(w.to_day ORDER BY w.place) AS to_days
                  FROM wanted AS w) AS all_of,
               interest_size(all_of.person_keys, all_of.account_ids, all_of.year_starts,
                             all_of.from_days, all_of.to_days) AS one
    ), outcome AS MATERIALIZED (
        SELECT judged.pool_code,
               CASE WHEN judged.status = 'due' THEN coalesce(sized.refusal, 'due') ELSE judged.status END AS status,
               sized.current_year_interest_fen, sized.carried_over_interest_fen, sized.carried_fen
          FROM judged
          LEFT JOIN wanted ON wanted.place = judged.place
          LEFT JOIN sized ON sized.ord = wanted.wanted_ord
         WHERE judged.status <> 'account_closed'
            OR EXISTS (SELECT FROM interest_reckon(ARRAY[judged.person_key], ARRAY[judged.account_id],
                                                   ARRAY[judged.pool_code], ARRAY[judged.year_start],
                                                   ARRAY[judged.from_day], ARRAY[judged.to_day]) AS lost
                        WHERE lost.current_year_interest_fen + lost.carried_over_interest_fen > 0)
    ), summed AS (
        UPDATE interest_run_pool AS pool
           SET due_accounts = pool.due_accounts + found.accounts,
               due_current_year_fen = pool.due_current_year_fen + found.current_year_fen,
               due_carried_over_fen = pool.due_carried_over_fen + found.carried_over_fen,
               due_carried_fen = pool.due_carried_fen + found.carried_fen
          FROM (SELECT outcome.pool_code, count(*) AS accounts,
                sum(outcome.current_year_interest_fen) AS current_year_fen,
                       sum(outcome.carried_over_interest_fen) AS carried_over_fen,
                       sum(outcome.carried_fen) AS carried_fen
                  FROM outcome WHERE outcome.status = 'due' GROUP BY outcome.pool_code) AS found
         WHERE pool.job_id = job_check_interest.job_id AND pool.pool_code = found.pool_code
    )
    INSERT INTO interest_run_skip AS skip (job_id, phase, pool_code, reason, accounts)
    SELECT job_check_interest.job_id, 'checking', outcome.pool_code, outcome.status, count(*)
      FROM outcome WHERE outcome.status <> 'due'
     GROUP BY outcome.pool_code, outcome.status
        ON CONFLICT (job_id, phase, pool_code, reason) DO UPDATE SET accounts = skip.accounts + excluded.accounts;
    RETURN QUERY SELECT slice.done, slice.total, slice.is_over;
END
$$;
COMMENT ON FUNCTION job_check_interest(uuid, timestamptz) IS
    'One slice of a yearly run''s check: sums by pool of what its accounts would bear; how far it is';
