-- Cancels jobs that have not begun to post, and closes their proposals, with one audit event each.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. visible: comma-joined LIKE patterns of region codes; null: every
-- job may be seen. Instants in real time.
-- Locks: proposals, then jobs, each in the order of their ids, as the approval of a proposal does.
-- Outcomes: one row for each member, in order. status, by precedence:
--   absent     there is no such job, or it is not the caller's to see
--   conflict   it has begun to post, or is over (and not cancelled)
--   cancelled  it is, or will be as soon as who checks its file notices
-- A proposal is withdrawn when who made it cancels, else rejected: nobody decides what is their own.
CREATE OR REPLACE FUNCTION job_cancel(
    job_ids uuid[], visibles text[], actors uuid[], instants timestamptz[], event_ids uuid[], request_ids text[])
RETURNS TABLE (ord bigint, status text)
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
    PERFORM FROM proposal
      WHERE proposal.proposal_id IN (SELECT job.proposal_id FROM job WHERE job.job_id = ANY (job_ids))
      ORDER BY proposal.proposal_id
        FOR NO KEY UPDATE;
    PERFORM FROM job WHERE job.job_id = ANY (job_ids) ORDER BY job.job_id FOR NO KEY UPDATE;
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT a.*
          FROM unnest(job_ids, visibles, actors, instants, event_ids, request_ids) WITH ORDINALITY
               AS a (job_id, visible, actor, instant, event_id, request_id, ord)
    ), judged AS MATERIALIZED (
        SELECT asked.*, job.proposal_id, job.state,
               CASE WHEN job.job_id IS NULL THEN 'absent'
                    WHEN job.state = 'cancelled' OR job.is_cancel_wanted THEN 'cancelled'
                    WHEN job.state IN ('done', 'failed') THEN 'conflict'
                    WHEN job.phase = 'posting' AND job.started_at IS NOT NULL AND job.state <> 'awaiting_approval'
                        THEN 'conflict'
                    ELSE 'cancelled' END AS status,
               job.state IN ('waiting', 'running', 'awaiting_approval') AND NOT job.is_cancel_wanted AS is_open
          FROM asked
          LEFT JOIN job ON job.job_id = asked.job_id
                       AND job_is_visible(job.pool_codes, job.regions, asked.visible)
    ), first AS MATERIALIZED (
        SELECT DISTINCT ON (judged.job_id) judged.*
          FROM judged
         WHERE judged.status = 'cancelled' AND judged.is_open
         ORDER BY judged.job_id, judged.ord
    ), changed AS (
        UPDATE job
           SET is_cancel_wanted = true,
               state = CASE WHEN job.state = 'running' THEN job.state ELSE 'cancelled' END,
               finished_at = CASE WHEN job.state = 'running' THEN NULL ELSE first.instant END
          FROM first
         WHERE job.job_id = first.job_id
    ), closed AS (
        UPDATE proposal
           SET state = CASE WHEN proposal.proposed_by = first.actor THEN 'withdrawn' ELSE 'rejected' END,
               decided_by = first.actor, decided_at = first.instant
          FROM first
         WHERE proposal.proposal_id = first.proposal_id AND proposal.state = 'open'
    ), recorded AS (
        INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, object_id, request_id)
        SELECT first.event_id, first.instant, 'staff', first.actor, 'cancel_job', first.job_id, first.request_id
          FROM first
    )
    SELECT judged.ord, judged.status FROM judged ORDER BY judged.ord;
END
$$;
COMMENT ON FUNCTION job_cancel(uuid[], text[], uuid[], timestamptz[], uuid[], text[]) IS
    'Cancels jobs that have not begun to post; one status row for each member: absent, conflict or cancelled';
