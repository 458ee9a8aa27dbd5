-- Applies approved proposals of kind post_credit_recomputation: their jobs go back into the queue, to be posted.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: as every proposal_apply_<kind> (docs/proposals.md). The caller holds the locks of the proposals.
-- Locks: the jobs' rows, in the order of their ids.
-- Outcomes: one row for each proposal. status: applied; or conflict, when its job does not wait for it any more.
CREATE OR REPLACE FUNCTION proposal_apply_post_credit_recomputation(
    proposal_ids uuid[], instant timestamptz, actors uuid[], request_ids text[])
RETURNS TABLE (proposal_id uuid, status text, outcome jsonb)
LANGUAGE sql VOLATILE
AS $$
WITH locked AS MATERIALIZED (
    SELECT job.job_id, job.proposal_id
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
  LEFT JOIN released ON released.proposal_id = asked.proposal_id
$$;
COMMENT ON FUNCTION proposal_apply_post_credit_recomputation(uuid[], timestamptz, uuid[], text[]) IS
    'Puts the jobs of approved recomputations back into the queue; one row for each proposal: applied or conflict';
