-- Reads one page of a monthly run's lines: of each pool, plan and phase the tiers, then the reasons; or one empty row.
-- SPDX-License-Identifier: Apache-2.0
-- `line` sorts tiers by age in front of reasons: 000 to 150, then words.
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: visible text
-- param: job_id uuid
-- param: after_pool_code text
-- param: after_plan_code text
-- param: after_phase text
-- param: after_line text
-- param: row_limit int8
-- column: job_id uuid
-- column: pool_code text
-- column: name text
-- column: plan_code text
-- column: policy_id uuid
-- column: phase text
-- column: line text
-- column: min_age int8
-- column: reason text
-- column: people int8
-- column: gross_fen int8
-- column: deduction_fen int8
-- column: net_fen int8
SELECT run.job_id, page.pool_code, coalesce(pool.name, page.pool_code), page.plan_code, pinned.policy_id, page.phase,
       page.line, page.min_age, page.reason, page.people, page.gross_fen, page.deduction_fen,
       page.gross_fen - page.deduction_fen
  FROM credit_run AS run
  JOIN job ON job.job_id = run.job_id
  LEFT JOIN LATERAL (
       SELECT every.*
         FROM (SELECT tier.pool_code, tier.plan_code, tier.phase, lpad(tier.min_age::text, 3, '0') AS line,
                      tier.min_age::bigint AS min_age, NULL AS reason, tier.people, tier.gross_fen::bigint AS gross_fen,
                      tier.deduction_fen::bigint AS deduction_fen
                 FROM credit_run_tier AS tier
                WHERE tier.job_id = run.job_id
                UNION ALL
               SELECT skip.pool_code, skip.plan_code, skip.phase, skip.reason, NULL, skip.reason, skip.people, 0, 0
                 FROM credit_run_skip AS skip
                WHERE skip.job_id = run.job_id) AS every
        WHERE (every.pool_code COLLATE "C", every.plan_code COLLATE "C", every.phase COLLATE "C",
               every.line COLLATE "C")
              > ($3, $4, $5, $6)
        ORDER BY every.pool_code COLLATE "C", every.plan_code COLLATE "C", every.phase COLLATE "C",
                 every.line COLLATE "C"
        LIMIT $7) AS page ON true
  LEFT JOIN pool ON pool.pool_code = page.pool_code
  LEFT JOIN credit_run_pool AS pinned ON pinned.job_id = run.job_id AND pinned.pool_code = page.pool_code
                                     AND pinned.plan_code = page.plan_code
 WHERE run.job_id = $2 AND run.kind = 'credit_run' AND job_is_visible(job.pool_codes, job.regions, $1)
 ORDER BY page.pool_code COLLATE "C", page.plan_code COLLATE "C", page.phase COLLATE "C", page.line COLLATE "C"
