-- Reads one page of what a recomputation found, by pool, person, period and plan;
-- one row without a difference when there are no more.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- param: visible text
-- param: job_id uuid
-- param: reason text
-- param: status text
-- param: after_pool_code text
-- param: after_person_key int8
-- param: after_period_start date
-- param: after_plan_code text
-- param: row_limit int8
-- column: job_id uuid
-- column: person_id uuid
-- column: account_id uuid
-- column: pool_code text
-- column: plan_code text
-- column: period_start date
-- column: credited_gross_fen int8
-- column: credited_deduction_fen int8
-- column: due_gross_fen int8
-- column: due_deduction_fen int8
-- column: gross_fen int8
-- column: deduction_fen int8
-- column: net_fen int8
-- column: policy_id uuid
-- column: age_years int8
-- column: reason text
-- column: status text
-- column: credit_id uuid
SELECT run.job_id, page.person_id, page.account_id, page.pool_code, page.plan_code, page.period_start,
       page.credited_gross_fen, page.credited_deduction_fen, page.due_gross_fen, page.due_deduction_fen,
       page.due_gross_fen - page.credited_gross_fen,
       page.due_deduction_fen - page.credited_deduction_fen,
       page.due_gross_fen - page.credited_gross_fen - page.due_deduction_fen + page.credited_deduction_fen,
       page.policy_id, page.age_years::bigint, page.reason, page.status, page.credit_id
  FROM credit_run AS run
  JOIN job ON job.job_id = run.job_id
  LEFT JOIN LATERAL (
       SELECT d.*
         FROM credit_difference AS d
        WHERE d.job_id = run.job_id AND (d.pool_code, d.person_key, d.period_start, d.plan_code) > ($5, $6, $7, $8)
          AND ($3::text IS NULL OR d.reason = $3) AND ($4::text IS NULL OR d.status = $4)
        ORDER BY d.pool_code, d.person_key, d.period_start, d.plan_code
        LIMIT $9) AS page ON true
 WHERE run.job_id = $2 AND run.kind = 'credit_recomputation' AND job_is_visible(job.pool_codes, job.regions, $1)
 ORDER BY page.pool_code, page.person_key, page.period_start, page.plan_code
