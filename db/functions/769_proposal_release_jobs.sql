-- Puts jobs that wait for the approval of their proposals back into the queue, to be posted.
-- SPDX-License-Identifier: Apache-2.0
-- What proposal_apply_post_<kind> does for every kind of job. The caller holds the locks of the proposals.
-- Locks: the jobs' rows, in the order of their ids.
-- Outcomes: one row for each proposal. status: applied; or conflict, when its job does not wait for it any more.
CREATE OR REPLACE FUNCTION proposal_release_jobs(proposal_ids uuid[])
RETURNS TABLE (proposal_id uuid, status text, outcome jsonb)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH locked AS MATERIALIZED (
        SELECT job.job_id
          FROM job
         WHERE job.proposal_id = ANY (proposal_ids) AND job.state = 'awaiting_approval'
         ORDER BY job.job_id
           FOR NO KEY UPDATE
    ), released AS (
        UPDATE job SET state = 'waiting', started_at = NULL
          FROM locked
         WHERE job.job_id = locked.job_id
        RETURNING job.proposal_id, job.job_id
    )
    SELECT asked.proposal_id,
           CASE WHEN released.job_id IS NULL THEN 'conflict' ELSE 'applied' END,
           CASE WHEN released.job_id IS NOT NULL THEN jsonb_build_object('job_id', released.job_id) END
      FROM unnest(proposal_ids) AS asked (proposal_id)
      LEFT JOIN released ON released.proposal_id = asked.proposal_id;
END
$$;
COMMENT ON FUNCTION proposal_release_jobs(uuid[]) IS
    'Puts jobs whose proposals are approved back into the queue; one row for each proposal: applied or conflict';
