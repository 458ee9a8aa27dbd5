-- Takes one job that is done in slices into a lease, for who wants to do just that one (`yibaod credits run`).
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: real time. As job_lease_sliced, but the job is named, and nobody waits for a pause after a failure.
-- Locks: the row, unless somebody else is taking it or doing a slice of it. Outcomes: no row, or the fencing number of
-- the lease.
CREATE OR REPLACE FUNCTION job_lease_one(asked_job_id uuid, instant timestamptz, owner text, lease_until timestamptz)
RETURNS TABLE (fencing bigint)
LANGUAGE sql VOLATILE
AS $$
WITH free AS MATERIALIZED (
    SELECT j.job_id
      FROM job AS j
     WHERE j.job_id = asked_job_id AND j.kind <> 'import'
       AND (j.state = 'waiting' OR (j.state = 'running' AND j.lease_until <= instant))
       FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE job AS j
   SET state = 'running', lease_owner = owner, lease_until = job_lease_one.lease_until, fencing = j.fencing + 1,
       attempts = j.attempts + 1, next_attempt_at = NULL, started_at = coalesce(j.started_at, instant)
  FROM free
 WHERE j.job_id = free.job_id
RETURNING j.fencing
$$;
COMMENT ON FUNCTION job_lease_one(uuid, timestamptz, text, timestamptz) IS
    'Takes one job that is done in slices into a lease; no row when somebody else has it or it does not wait';
