-- Reads one page of what an import found wrong, by line; one row with ord null when there is nothing.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- param: visible text
-- param: job_id uuid
-- param: after_ord int8
-- param: row_limit int8
-- column: job_id uuid
-- column: ord int8
-- column: line int8
-- column: field text
-- column: code text
-- column: other_line int8
SELECT job.job_id, fault.ord::bigint, fault.line::bigint, fault.field, fault.code, fault.other_line::bigint
  FROM job
  LEFT JOIN LATERAL (
      SELECT f.*
        FROM job_fault AS f
       WHERE f.job_id = job.job_id AND f.ord > $3
       ORDER BY f.ord
       LIMIT $4
  ) AS fault ON true
 WHERE job.job_id = $2 AND job_is_visible(job.pool_codes, job.regions, $1)
 ORDER BY fault.ord
