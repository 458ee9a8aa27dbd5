-- Opens the proposal of a recomputation whose check is over, with what would be posted, and its audit event.
-- SPDX-License-Identifier: Apache-2.0
-- As every job_propose_<kind> (job_step); real time. Locks: the new rows. Outcomes: false when no difference can be
-- posted. Who may decide: staff who see the whole region of the run.
CREATE OR REPLACE FUNCTION job_propose_credit_recomputation(job_id uuid, proposal_id uuid, instant timestamptz)
RETURNS boolean
    LANGUAGE sql VOLATILE AS $$
WITH sums AS MATERIALIZED (
    SELECT run.region_code, run.from_month, run.to_month, job.created_by, job.parameters ->> 'reason' AS reason,
           job.parameters ->> 'plan_code' AS plan_code, found.*,
           (SELECT coalesce(sum(skip.people), 0) FROM credit_run_skip AS skip
             WHERE skip.job_id = run.job_id AND skip.phase = 'checking') AS passed
      FROM credit_run AS run
      JOIN job ON job.job_id = run.job_id
     CROSS JOIN LATERAL (
           SELECT sum(s.differences) FILTER (WHERE s.status = 'due') AS differences,
                  sum(s.people_up) FILTER (WHERE s.status = 'due') AS people_up,
                  sum(s.people_down) FILTER (WHERE s.status = 'due') AS people_down,
                  sum(s.gross_up_fen) FILTER (WHERE s.status = 'due') AS gross_up_fen,
                  sum(s.gross_down_fen) FILTER (WHERE s.status = 'due') AS gross_down_fen,
                  sum(s.deduction_fen) FILTER (WHERE s.status = 'due') AS deduction_fen,
                  sum(s.net_up_fen) FILTER (WHERE s.status = 'due') AS net_up_fen,
                  sum(s.net_down_fen) FILTER (WHERE s.status = 'due') AS net_down_fen,
                  coalesce(sum(s.people) FILTER (WHERE s.status <> 'due'), 0) AS stopped
             FROM credit_difference_sum AS s
            WHERE s.job_id = run.job_id AND s.phase = 'checking') AS found
     WHERE run.job_id = job_propose_credit_recomputation.job_id AND found.differences > 0
), proposed AS (
    INSERT INTO proposal (proposal_id, kind, object_id, pool_code, payload, reason, proposed_by, proposed_at)
    SELECT job_propose_credit_recomputation.proposal_id,
           'post_credit_recomputation', job_propose_credit_recomputation.job_id,
           nullif(sums.region_code, '000000'),
           jsonb_build_object('job_id', job_propose_credit_recomputation.job_id, 'changes', (
               SELECT jsonb_agg(jsonb_build_object('field', one.field, 'before', NULL,
                                                   'after', one.value) ORDER BY one.ord)
                 FROM (VALUES (1, 'from_month', to_char(sums.from_month, 'YYYY-MM')),
                       (2, 'to_month', to_char(sums.to_month, 'YYYY-MM')),
                              (3, 'plan_code', sums.plan_code), (4, 'people_up', sums.people_up::text),
                              (5, 'people_down', sums.people_down::text), (6, 'gross_up_fen', sums.gross_up_fen::text),
                              (7, 'gross_down_fen', sums.gross_down_fen::text),
                              (8, 'deduction_fen', sums.deduction_fen::text),
                              (9, 'net_up_fen', sums.net_up_fen::text), (10, 'net_down_fen', sums.net_down_fen::text),
                              (11, 'cannot', (sums.stopped + sums.passed)::text)) AS one (ord, field, value)
                WHERE one.value IS NOT NULL)),
           sums.reason, sums.created_by, job_propose_credit_recomputation.instant
      FROM sums
    RETURNING proposal.proposal_id, proposal.object_id, proposal.pool_code
), recorded AS (
    INSERT INTO audit_event (event_id, at, actor_kind, action, object_id, pool_code, detail)
    SELECT proposed.proposal_id, job_propose_credit_recomputation.instant,
           'system', 'propose_post_credit_recomputation',
           proposed.object_id, proposed.pool_code, jsonb_build_object('proposal_id', proposed.proposal_id)
      FROM proposed
)
SELECT EXISTS (SELECT FROM sums)
$$;
COMMENT ON FUNCTION job_propose_credit_recomputation(uuid, uuid, timestamptz) IS
    'Opens the proposal of a recomputation whose check is over; false when no difference can be posted';
