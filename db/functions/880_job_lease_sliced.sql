-- Takes the oldest job that is done in slices into a lease.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: real time. A job that runs but whose lease is over was somebody's who is gone: it is taken over.
-- Locks: the one row, skipping those that another worker is taking or is doing a slice of.
-- Outcomes: no row, or the job with its fencing number, which every slice of it names, and how many leases there have
-- been since its last slice, with this one.
CREATE OR REPLACE FUNCTION job_lease_sliced(instant timestamptz, owner text, lease_until timestamptz)
RETURNS TABLE (job_id uuid, kind text, phase text, fencing bigint, attempts integer)
LANGUAGE sql VOLATILE
AS $$
WITH next AS MATERIALIZED (
    SELECT j.job_id
      FROM job AS j
     WHERE j.kind <> 'import'
       AND (j.state = 'waiting' OR (j.state = 'running' AND j.lease_until <= job_lease_sliced.instant))
       AND (j.next_attempt_at IS NULL OR j.next_attempt_at <= job_lease_sliced.instant)
     ORDER BY j.created_at
     LIMIT 1
       FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE job AS j
   SET state = 'running', lease_owner = owner, lease_until = job_lease_sliced.lease_until, fencing = j.fencing + 1,
       attempts = j.attempts + 1, next_attempt_at = NULL, started_at = coalesce(j.started_at, job_lease_sliced.instant)
  FROM next
 WHERE j.job_id = next.job_id
RETURNING j.job_id, j.kind, j.phase, j.fencing, j.attempts
$$;
COMMENT ON FUNCTION job_lease_sliced(timestamptz, text, timestamptz) IS
    'Takes the oldest waiting or abandoned job that is done in slices into a lease; no row when there is none';
