-- Ends the lease of a job: over, back in the queue, or before the person who must approve its posting.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: outcome is done, failed, cancelled, again (another process takes it up), or checked: then a proposal opens
-- (with the given id) unless nothing is to be stored. failure: a code, or null. Real time.
-- Locks: the job's row, then that of the new proposal.
-- Outcomes: the state the job is in now; no row when the lease was lost. A cancellation that was asked for meanwhile
-- wins over again and checked.
-- Who may decide: staff of the one pool of the file, of its province when all its pools lie in one, else of the nation.
CREATE OR REPLACE FUNCTION job_settle(job_id uuid, fencing bigint, instant timestamptz, outcome text, failure text,
                                      proposal_id uuid)
RETURNS TABLE (state text)
LANGUAGE sql VOLATILE
AS $$
WITH run AS MATERIALIZED (
    SELECT r.rows_total, r.rows_ready, r.rows_invalid, r.rows_unchanged, r.warnings, r.due_fen, r.pool_codes,
           r.file_sha256
      FROM import_run AS r
     WHERE r.job_id = job_settle.job_id AND r.dry_run
     ORDER BY r.started_at DESC
     LIMIT 1
), held AS MATERIALIZED (
    SELECT j.job_id, j.parameters, j.created_by,
           CASE WHEN j.is_cancel_wanted AND outcome IN ('again', 'checked') THEN 'cancelled'
                WHEN outcome = 'again' THEN 'waiting'
                WHEN outcome <> 'checked' THEN outcome
                WHEN (SELECT run.rows_ready FROM run) > 0 THEN 'awaiting_approval'
                ELSE 'done' END AS next_state
      FROM job AS j
     WHERE j.job_id = job_settle.job_id AND j.fencing = job_settle.fencing AND j.state = 'running'
       FOR NO KEY UPDATE
), proposed AS (
    INSERT INTO proposal (proposal_id, kind, object_id, pool_code, payload, reason, proposed_by, proposed_at)
    SELECT job_settle.proposal_id, 'post_import', held.job_id,
           CASE WHEN cardinality(run.pool_codes) = 1 THEN run.pool_codes[1]
                WHEN (SELECT count(DISTINCT left(code, 2)) FROM unnest(run.pool_codes) AS code) = 1
                    THEN left(run.pool_codes[1], 2) || '0000' END,
           jsonb_build_object('job_id', held.job_id, 'file_sha256', encode(run.file_sha256, 'hex'), 'changes', (
               SELECT jsonb_agg(jsonb_build_object('field', one.field, 'before', NULL,
                                                   'after', one.value) ORDER BY one.ord)
                 FROM (VALUES (1, 'import_kind', held.parameters ->> 'kind'), (2, 'rows', run.rows_ready::text),
                              (3, 'amount_fen', run.due_fen::text), (4, 'invalid', run.rows_invalid::text),
                              (5, 'unchanged', run.rows_unchanged::text), (6, 'warnings', run.warnings::text)
                      ) AS one (ord, field, value))),
           held.parameters ->> 'reason', held.created_by, job_settle.instant
      FROM held, run
     WHERE held.next_state = 'awaiting_approval'
    RETURNING proposal.proposal_id, proposal.object_id, proposal.pool_code
), recorded AS (
    INSERT INTO audit_event (event_id, at, actor_kind, action, object_id, pool_code, detail)
    SELECT proposed.proposal_id, job_settle.instant, 'system', 'propose_post_import', proposed.object_id,
           proposed.pool_code, jsonb_build_object('proposal_id', proposed.proposal_id)
      FROM proposed
), settled AS (
    UPDATE job AS j
       SET state = held.next_state,
           lease_owner = NULL, lease_until = NULL,
           phase = CASE held.next_state WHEN 'awaiting_approval' THEN 'posting' ELSE j.phase END,
           pool_codes = coalesce((SELECT run.pool_codes FROM run), j.pool_codes),
           proposal_id = CASE held.next_state WHEN 'awaiting_approval' THEN job_settle.proposal_id
                              ELSE j.proposal_id END,
           progress_done = coalesce((SELECT sum(r.rows_posted) FROM import_run AS r WHERE r.job_id = j.job_id), 0),
           progress_total = (SELECT run.rows_ready FROM run),
           result = CASE WHEN held.next_state IN ('done', 'failed', 'cancelled')
                         THEN jsonb_strip_nulls(jsonb_build_object('failure', failure)) END,
           finished_at = CASE WHEN held.next_state IN ('done', 'failed', 'cancelled') THEN job_settle.instant END
      FROM held
     WHERE j.job_id = held.job_id
    RETURNING j.state
)
SELECT settled.state FROM settled
$$;
COMMENT ON FUNCTION job_settle(uuid, bigint, timestamptz, text, text, uuid) IS
    'Ends a job''s lease with its outcome, and opens the proposal of an import whose check succeeded; the new state, '
    'or no row';
