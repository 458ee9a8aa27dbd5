-- Ends the lease of a job whose slice failed, or whose worker stops.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: real time. failure: a code, and the job has failed; null: whoever comes after next_attempt_at tries again.
-- Locks: the job's row. Outcomes: the state it is in now; no row when the lease was lost. A cancellation that was asked
-- for before anything was posted wins.
CREATE OR REPLACE FUNCTION job_give_up(
    job_id uuid, fencing bigint, instant timestamptz, next_attempt_at timestamptz, failure text)
RETURNS TABLE (state text)
LANGUAGE sql VOLATILE
AS $$
WITH held AS MATERIALIZED (
    SELECT j.job_id, CASE WHEN j.is_cancel_wanted AND j.phase IS DISTINCT FROM 'posting' THEN 'cancelled'
                          WHEN failure IS NULL THEN 'waiting'
                          ELSE 'failed' END AS next_state
      FROM job AS j
     WHERE j.job_id = job_give_up.job_id AND j.fencing = job_give_up.fencing AND j.state = 'running'
       AND j.kind <> 'import'
       FOR NO KEY UPDATE
)
UPDATE job AS j
   SET state = held.next_state, lease_owner = NULL, lease_until = NULL,
       next_attempt_at = CASE held.next_state WHEN 'waiting' THEN job_give_up.next_attempt_at END,
       result = CASE held.next_state WHEN 'failed' THEN jsonb_build_object('failure', failure) END,
       finished_at = CASE WHEN held.next_state <> 'waiting' THEN job_give_up.instant END
  FROM held
 WHERE j.job_id = held.job_id
RETURNING j.state
$$;
COMMENT ON FUNCTION job_give_up(uuid, bigint, timestamptz, timestamptz, text) IS
    'Ends the lease of a job: it has failed, or is tried again later; its state, or no row when the lease was lost';
