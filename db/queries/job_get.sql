-- Reads one job with what its import found and did.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- param: visible text
-- param: job_id uuid
-- column: job_id uuid
-- column: kind text
-- column: state text
-- column: phase text
-- column: import_kind text
-- column: dry_run bool
-- column: skip_invalid bool
-- column: bytes int8
-- column: reason text
-- column: created_by uuid
-- column: created_at instant
-- column: started_at instant
-- column: finished_at instant
-- column: proposal_id uuid
-- column: progress_done int8
-- column: progress_total int8
-- column: failure text
-- column: rows_total int8
-- column: rows_invalid int8
-- column: rows_unchanged int8
-- column: warnings int8
-- column: rows_ready int8
-- column: due_fen int8
-- column: rows_stored int8
-- column: stored_fen int8
SELECT job.job_id,
       job.kind, job.state, job.phase, CASE job.kind WHEN 'import' THEN job.parameters ->> 'kind' END,
       coalesce((job.parameters ->> 'dry_run')::boolean, false), (job.parameters ->> 'skip_invalid')::boolean,
       (job.parameters ->> 'bytes')::bigint, job.parameters ->> 'reason',
       job.created_by, job.created_at, job.started_at, job.finished_at, job.proposal_id, job.progress_done,
       job.progress_total, job.result ->> 'failure', checked.rows_total, checked.rows_invalid, checked.rows_unchanged,
       checked.warnings, checked.rows_ready, checked.due_fen, posted.rows_posted, posted.amount_fen
  FROM job
  LEFT JOIN LATERAL (
      SELECT run.*
        FROM import_run AS run
       WHERE run.job_id = job.job_id AND run.dry_run AND run.state IN ('done', 'refused')
       ORDER BY run.started_at DESC
       LIMIT 1
  ) AS checked ON true
  LEFT JOIN LATERAL (
      SELECT sum(run.rows_posted)::bigint AS rows_posted, sum(run.amount_fen)::bigint AS amount_fen
        FROM import_run AS run
       WHERE run.job_id = job.job_id AND NOT run.dry_run
  ) AS posted ON true
 WHERE job.job_id = $2 AND job_is_visible(job.pool_codes, job.regions, $1)
