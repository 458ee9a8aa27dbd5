-- Applies approved proposals of kind post_interest: their yearly runs go back into the queue, to be posted.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: as every proposal_apply_<kind> (docs/proposals.md). Locks and outcomes: those of proposal_release_jobs.
CREATE OR REPLACE FUNCTION proposal_apply_post_interest(
    proposal_ids uuid[], instant timestamptz, actors uuid[], request_ids text[])
RETURNS TABLE (proposal_id uuid, status text, outcome jsonb)
LANGUAGE sql VOLATILE
AS $$
SELECT released.proposal_id, released.status, released.outcome FROM proposal_release_jobs(proposal_ids) AS released
$$;
COMMENT ON FUNCTION proposal_apply_post_interest(uuid[], timestamptz, uuid[], text[]) IS
    'Puts the jobs of approved yearly runs back into the queue; one row for each proposal: applied or conflict';
