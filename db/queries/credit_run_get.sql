-- Reads one monthly run with its sums; tiers and skipped as JSON arrays.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- param: visible text
-- param: job_id uuid
-- column: job_id uuid
-- column: region_code text
-- column: month date
-- column: dry_run bool
-- column: state text
-- column: phase text
-- column: reason text
-- column: created_by uuid
-- column: created_at instant
-- column: finished_at instant
-- column: proposal_id uuid
-- column: failure text
-- column: due_people int8
-- column: due_gross_fen int8
-- column: due_deduction_fen int8
-- column: due_net_fen int8
-- column: posted_people int8
-- column: posted_gross_fen int8
-- column: posted_deduction_fen int8
-- column: posted_net_fen int8
-- column: tiers text
-- column: skipped text
SELECT job.job_id, run.region_code, run.from_month, (job.parameters ->> 'dry_run')::boolean, job.state, job.phase,
       job.parameters ->> 'reason', job.created_by, job.created_at, job.finished_at, job.proposal_id,
       job.result ->> 'failure', due.*, posted.*,
       (SELECT coalesce(json_agg(json_build_object(
                   'phase', one.phase, 'plan_code', one.plan_code, 'min_age', one.min_age, 'people', one.people,
                   'gross_fen', one.gross_fen, 'deduction_fen', one.deduction_fen,
                   'net_fen', one.gross_fen - one.deduction_fen)
                   ORDER BY one.phase, one.plan_code, one.min_age), '[]')::text
          FROM (SELECT tier.phase, tier.plan_code, tier.min_age, sum(tier.people) AS people,
                       sum(tier.gross_fen) AS gross_fen, sum(tier.deduction_fen) AS deduction_fen
                  FROM credit_run_tier AS tier
                 WHERE tier.job_id = run.job_id
                 GROUP BY tier.phase, tier.plan_code, tier.min_age) AS one),
       (SELECT coalesce(json_agg(json_build_object('phase', one.phase, 'reason', one.reason, 'people', one.people)
                                 ORDER BY one.phase, one.reason), '[]')::text
          FROM (SELECT skip.phase, skip.reason, sum(skip.people) AS people
                  FROM credit_run_skip AS skip
                 WHERE skip.job_id = run.job_id
                 GROUP BY skip.phase, skip.reason) AS one)
  FROM credit_run AS run
  JOIN job ON job.job_id = run.job_id
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(tier.people), 0)::bigint, coalesce(sum(tier.gross_fen), 0)::bigint,
              coalesce(sum(tier.deduction_fen), 0)::bigint,
              coalesce(sum(tier.gross_fen - tier.deduction_fen), 0)::bigint
         FROM credit_run_tier AS tier
        WHERE tier.job_id = run.job_id AND tier.phase = 'checking') AS due
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(tier.people), 0)::bigint, coalesce(sum(tier.gross_fen), 0)::bigint,
              coalesce(sum(tier.deduction_fen), 0)::bigint,
              coalesce(sum(tier.gross_fen - tier.deduction_fen), 0)::bigint
         FROM credit_run_tier AS tier
        WHERE tier.job_id = run.job_id AND tier.phase = 'posting') AS posted
 WHERE run.job_id = $2 AND run.kind = 'credit_run' AND job_is_visible(job.pool_codes, job.regions, $1)
