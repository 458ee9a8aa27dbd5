-- Renews the lease of a job that runs, and notes how far its import is.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: the one row. Outcomes: no row when the lease was lost; else whether the job is to be cancelled.
CREATE OR REPLACE FUNCTION job_heartbeat(job_id uuid, fencing bigint, lease_until timestamptz)
RETURNS TABLE (is_cancel_wanted boolean)
LANGUAGE sql VOLATILE
AS $$
UPDATE job AS j
   SET lease_until = job_heartbeat.lease_until,
       progress_done = coalesce(run.rows_posted, 0),
       progress_total = run.rows_ready
  FROM (SELECT sum(r.rows_posted)::bigint AS rows_posted,
               max(r.rows_ready) FILTER (WHERE r.dry_run) AS rows_ready
          FROM import_run AS r
         WHERE r.job_id = job_heartbeat.job_id) AS run
 WHERE j.job_id = job_heartbeat.job_id AND j.fencing = job_heartbeat.fencing AND j.state = 'running'
RETURNING j.is_cancel_wanted
$$;
COMMENT ON FUNCTION job_heartbeat(uuid, bigint, timestamptz) IS
    'Renews a lease; no row when it was lost, else whether the job is to be cancelled';
