-- Opens the proposal of a monthly run whose check is over, with what would be credited, and its audit event.
-- SPDX-License-Identifier: Apache-2.0
-- As every job_propose_<kind> (job_step); real time. Locks: the new rows. Outcomes: false when nobody is due.
-- Who may decide: staff who see the whole region of the run. `skipped` are pensioners who get nothing all the same: not
-- those who have it already, have died before, have left, or have not retired.
CREATE OR REPLACE FUNCTION job_propose_credit_run(job_id uuid, proposal_id uuid, instant timestamptz)
RETURNS boolean
    LANGUAGE sql VOLATILE AS $$
WITH sums AS MATERIALIZED (
    SELECT run.region_code, run.from_month, job.created_by, job.parameters ->> 'reason' AS reason, due.*,
           (SELECT coalesce(sum(skip.people), 0) FROM credit_run_skip AS skip
             WHERE skip.job_id = run.job_id AND skip.phase = 'checking'
               AND skip.reason NOT IN ('not_enrolled', 'enrolled_elsewhere', 'not_retired', 'deceased',
                                       'already_credited')) AS skipped
      FROM credit_run AS run
      JOIN job ON job.job_id = run.job_id
     CROSS JOIN LATERAL (
           SELECT sum(tier.people) AS people, sum(tier.gross_fen) AS gross_fen, sum(tier.deduction_fen) AS deduction_fen
             FROM credit_run_tier AS tier
            WHERE tier.job_id = run.job_id AND tier.phase = 'checking') AS due
     WHERE run.job_id = job_propose_credit_run.job_id AND due.people > 0
), proposed AS (
    INSERT INTO proposal (proposal_id, kind, object_id, pool_code, payload, reason, proposed_by, proposed_at)
    SELECT job_propose_credit_run.proposal_id, 'post_credit_run', job_propose_credit_run.job_id,
           nullif(sums.region_code, '000000'),
           jsonb_build_object('job_id', job_propose_credit_run.job_id, 'changes', (
               SELECT jsonb_agg(jsonb_build_object('field', one.field, 'before', NULL, 'after', one.value)
                                ORDER BY one.ord)
                 FROM (VALUES (1, 'month', to_char(sums.from_month, 'YYYY-MM')), (2, 'people', sums.people::text),
                              (3, 'gross_fen', sums.gross_fen::text), (4, 'deduction_fen', sums.deduction_fen::text),
                              (5, 'net_fen', (sums.gross_fen - sums.deduction_fen)::text),
                              (6, 'skipped', sums.skipped::text)
                      ) AS one (ord, field, value))),
           sums.reason, sums.created_by, job_propose_credit_run.instant
      FROM sums
    RETURNING proposal.proposal_id, proposal.object_id, proposal.pool_code
), recorded AS (
    INSERT INTO audit_event (event_id, at, actor_kind, action, object_id, pool_code, detail)
    SELECT proposed.proposal_id, job_propose_credit_run.instant, 'system', 'propose_post_credit_run',
           proposed.object_id, proposed.pool_code, jsonb_build_object('proposal_id', proposed.proposal_id)
      FROM proposed
)
SELECT EXISTS (SELECT FROM sums)
$$;
COMMENT ON FUNCTION job_propose_credit_run(uuid, uuid, timestamptz) IS
    'Opens the proposal of a monthly run whose check is over; false when nobody is due';
