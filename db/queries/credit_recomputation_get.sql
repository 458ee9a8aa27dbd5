-- Reads one recomputation with its sums, one row for each of them and for each reason of what it could not judge,
-- or one without.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- param: visible text
-- param: job_id uuid
-- column: job_id uuid
-- column: region_code text
-- column: from_month date
-- column: to_month date
-- column: plan_code text
-- column: state text
-- column: phase text
-- column: reason text
-- column: created_by uuid
-- column: created_at instant
-- column: finished_at instant
-- column: proposal_id uuid
-- column: failure text
-- column: sum_of text
-- column: sum_reason text
-- column: sum_status text
-- column: people int8
-- column: people_up int8
-- column: people_down int8
-- column: differences int8
-- column: gross_up_fen int8
-- column: gross_down_fen int8
-- column: deduction_fen int8
-- column: net_up_fen int8
-- column: net_down_fen int8
-- column: receivable_fen int8
SELECT job.job_id, run.region_code, run.from_month, run.to_month, job.parameters ->> 'plan_code', job.state, job.phase,
       job.parameters ->> 'reason', job.created_by, job.created_at, job.finished_at, job.proposal_id,
       job.result ->> 'failure', one.*
  FROM credit_run AS run
  JOIN job ON job.job_id = run.job_id
  LEFT JOIN LATERAL (
       SELECT s.phase, s.reason, s.status, sum(s.people)::bigint, sum(s.people_up)::bigint, sum(s.people_down)::bigint,
              sum(s.differences)::bigint, sum(s.gross_up_fen)::bigint, sum(s.gross_down_fen)::bigint,
              sum(s.deduction_fen)::bigint, sum(s.net_up_fen)::bigint, sum(s.net_down_fen)::bigint,
              sum(s.receivable_fen)::bigint
         FROM credit_difference_sum AS s
        WHERE s.job_id = run.job_id
        GROUP BY s.phase, s.reason, s.status
        UNION ALL
       SELECT 'not_judged', skip.reason, NULL, sum(skip.people)::bigint, 0, 0, 0, 0, 0, 0, 0, 0, 0
         FROM credit_run_skip AS skip
        WHERE skip.job_id = run.job_id AND skip.phase = 'checking'
        GROUP BY skip.reason) AS one (sum_of, sum_reason, sum_status, people, people_up, people_down, differences,
                                      gross_up_fen, gross_down_fen, deduction_fen, net_up_fen,
                                      net_down_fen, receivable_fen) ON true
 WHERE run.job_id = $2 AND run.kind = 'credit_recomputation' AND job_is_visible(job.pool_codes, job.regions, $1)
 ORDER BY one.sum_of, one.sum_reason, one.sum_status
