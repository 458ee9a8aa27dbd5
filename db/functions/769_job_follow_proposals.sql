-- Cancels the jobs whose proposal was rejected or withdrawn.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: the jobs' rows. Outcomes: how many.
CREATE OR REPLACE FUNCTION job_follow_proposals(instant timestamptz)
RETURNS bigint
LANGUAGE sql VOLATILE
AS $$
WITH cancelled AS (
    UPDATE job
       SET state = 'cancelled', finished_at = job_follow_proposals.instant
      FROM proposal
     WHERE job.state = 'awaiting_approval' AND proposal.proposal_id = job.proposal_id
       AND proposal.state IN ('rejected', 'withdrawn')
    RETURNING 1
)
SELECT count(*) FROM cancelled
$$;
COMMENT ON FUNCTION job_follow_proposals(timestamptz) IS
    'Cancels jobs whose proposal was rejected or withdrawn; returns how many';
