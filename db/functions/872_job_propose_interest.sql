-- Opens the proposal of a yearly run whose check is over, with what would be posted, and its audit event.
-- SPDX-License-Identifier: Apache-2.0
-- As every job_propose_<kind> (job_step); real time. Locks: the new rows. Outcomes: false when no account is due.
-- Who may decide: staff who see the whole region of the run.
CREATE OR REPLACE FUNCTION job_propose_interest(job_id uuid, proposal_id uuid, instant timestamptz)
RETURNS boolean
    LANGUAGE sql VOLATILE AS $$
WITH sums AS MATERIALIZED (
    SELECT run.region_code, run.interest_year, job.created_by, job.parameters ->> 'reason' AS reason, due.*,
           (SELECT coalesce(sum(skip.accounts), 0) FROM interest_run_skip AS skip
             WHERE skip.job_id = run.job_id AND skip.phase = 'checking' AND skip.reason <> 'already_posted') AS skipped
      FROM interest_run AS run
      JOIN job ON job.job_id = run.job_id
     CROSS JOIN LATERAL (
           SELECT sum(pool.due_accounts) AS accounts, sum(pool.due_current_year_fen) AS current_year_fen,
                  sum(pool.due_carried_over_fen) AS carried_over_fen, sum(pool.due_carried_fen) AS carried_fen
             FROM interest_run_pool AS pool
            WHERE pool.job_id = run.job_id) AS due
     WHERE run.job_id = job_propose_interest.job_id AND due.accounts > 0
), proposed AS (
    INSERT INTO proposal (proposal_id, kind, object_id, pool_code, payload, reason, proposed_by, proposed_at)
    SELECT job_propose_interest.proposal_id, 'post_interest', job_propose_interest.job_id,
           nullif(sums.region_code, '000000'),
           jsonb_build_object('job_id', job_propose_interest.job_id, 'changes', (
               SELECT jsonb_agg(jsonb_build_object('field', one.field, 'before', NULL,
                                                   'after', one.value) ORDER BY one.ord)
                 FROM (VALUES (1, 'interest_year', sums.interest_year::text), (2, 'accounts', sums.accounts::text),
                              (3, 'current_year_interest_fen', sums.current_year_fen::text),
                              (4, 'carried_over_interest_fen', sums.carried_over_fen::text),
                              (5, 'carried_fen', sums.carried_fen::text), (6, 'skipped', sums.skipped::text)
                      ) AS one (ord, field, value))),
           sums.reason, sums.created_by, job_propose_interest.instant
      FROM sums
    RETURNING proposal.proposal_id, proposal.object_id, proposal.pool_code
), recorded AS (
    INSERT INTO audit_event (event_id, at, actor_kind, action, object_id, pool_code, detail)
    SELECT proposed.proposal_id, job_propose_interest.instant, 'system', 'propose_post_interest', proposed.object_id,
           proposed.pool_code, jsonb_build_object('proposal_id', proposed.proposal_id)
      FROM proposed
)
SELECT EXISTS (SELECT FROM sums)
$$;
COMMENT ON FUNCTION job_propose_interest(uuid, uuid, timestamptz) IS
    'Opens the proposal of a yearly run whose check is over; false when no account is due';
