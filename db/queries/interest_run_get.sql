-- Reads one yearly run with its sums, one row for each reason of what it passed over, or one without.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- param: visible text
-- param: job_id uuid
-- column: job_id uuid
-- column: region_code text
-- column: year int8
-- column: state text
-- column: phase text
-- column: reason text
-- column: created_by uuid
-- column: created_at instant
-- column: finished_at instant
-- column: proposal_id uuid
-- column: failure text
-- column: due_accounts int8
-- column: due_current_year_fen int8
-- column: due_carried_over_fen int8
-- column: due_carried_fen int8
-- column: posted_accounts int8
-- column: posted_current_year_fen int8
-- column: posted_carried_over_fen int8
-- column: posted_carried_fen int8
-- column: skip_phase text
-- column: skip_reason text
-- column: skip_accounts int8
SELECT job.job_id, run.region_code, run.interest_year::bigint, job.state, job.phase, job.parameters ->> 'reason',
       job.created_by, job.created_at, job.finished_at, job.proposal_id, job.result ->> 'failure', sums.*, skip.phase,
       skip.reason,
       skip.accounts
  FROM interest_run AS run
  JOIN job ON job.job_id = run.job_id
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(pool.due_accounts), 0)::bigint, coalesce(sum(pool.due_current_year_fen), 0)::bigint,
              coalesce(sum(pool.due_carried_over_fen), 0)::bigint, coalesce(sum(pool.due_carried_fen), 0)::bigint,
              coalesce(sum(pool.posted_accounts), 0)::bigint, coalesce(sum(pool.posted_current_year_fen), 0)::bigint,
              coalesce(sum(pool.posted_carried_over_fen), 0)::bigint, coalesce(sum(pool.posted_carried_fen), 0)::bigint
         FROM interest_run_pool AS pool
        WHERE pool.job_id = run.job_id) AS sums
  LEFT JOIN LATERAL (
       SELECT passed.phase, passed.reason, sum(passed.accounts)::bigint AS accounts
         FROM interest_run_skip AS passed
        WHERE passed.job_id = run.job_id
        GROUP BY passed.phase, passed.reason) AS skip ON true
 WHERE run.job_id = $2 AND job_is_visible(job.pool_codes, job.regions, $1)
 ORDER BY skip.phase, skip.reason
