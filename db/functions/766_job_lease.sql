-- Takes the oldest job that may run here into a lease.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: real time. A job that runs but whose lease is over was somebody's who is gone: it is taken over.
-- Locks: the one row, skipping those that another worker is taking.
-- Outcomes: no row, or the job with its fencing number: whatever is written about it names that number.
CREATE OR REPLACE FUNCTION job_lease(instant timestamptz, owner text, lease_until timestamptz, spool_id uuid)
RETURNS TABLE (job_id uuid, fencing bigint, phase text, parameters jsonb, regions text)
LANGUAGE sql VOLATILE
AS $$
WITH next AS MATERIALIZED (
    SELECT j.job_id
      FROM job AS j
     WHERE j.kind = 'import' AND j.spool_id = job_lease.spool_id
       AND (j.state = 'waiting' OR (j.state = 'running' AND j.lease_until <= job_lease.instant))
     ORDER BY j.created_at
     LIMIT 1
       FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE job AS j
   SET state = 'running', lease_owner = owner, lease_until = job_lease.lease_until, fencing = j.fencing + 1,
       started_at = coalesce(j.started_at, job_lease.instant)
  FROM next
 WHERE j.job_id = next.job_id
RETURNING j.job_id, j.fencing, j.phase, j.parameters, array_to_string(j.regions, ',')
$$;
COMMENT ON FUNCTION job_lease(timestamptz, text, timestamptz, uuid) IS
    'Takes the oldest waiting or abandoned import of a spool into a lease; no row when there is none';
