-- Reads one page of a yearly run's pools, by code; one row without a pool when there are no more.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: visible text
-- param: job_id uuid
-- param: after_code text
-- param: row_limit int8
-- column: job_id uuid
-- column: pool_code text
-- column: name text
-- column: from_day date
-- column: to_day date
-- column: posts_from date
-- column: due_accounts int8
-- column: due_current_year_fen int8
-- column: due_carried_over_fen int8
-- column: due_carried_fen int8
-- column: posted_accounts int8
-- column: posted_current_year_fen int8
-- column: posted_carried_over_fen int8
-- column: posted_carried_fen int8
-- column: already_posted int8
-- column: earlier_year_open int8
-- column: account_closed int8
-- column: year_not_over int8
-- column: no_rule int8
-- column: no_rate int8
-- column: rules_changed int8
-- column: balance_overflow int8
SELECT run.job_id, page.pool_code, coalesce(pool.name, page.pool_code), page.starts_on, page.ends_before - 1,
       page.posts_from, page.due_accounts, page.due_current_year_fen, page.due_carried_over_fen, page.due_carried_fen,
       page.posted_accounts, page.posted_current_year_fen, page.posted_carried_over_fen, page.posted_carried_fen,
       coalesce(skip.already_posted, 0)::bigint, coalesce(skip.earlier_year_open, 0)::bigint,
       coalesce(skip.account_closed, 0)::bigint, coalesce(skip.year_not_over, 0)::bigint,
       coalesce(skip.no_rule, 0)::bigint, coalesce(skip.no_rate, 0)::bigint, coalesce(skip.rules_changed, 0)::bigint,
       coalesce(skip.balance_overflow, 0)::bigint
  FROM interest_run AS run
  JOIN job ON job.job_id = run.job_id
  LEFT JOIN LATERAL (
       SELECT found.*
         FROM interest_run_pool AS found
        WHERE found.job_id = run.job_id AND found.pool_code > $3
        ORDER BY found.pool_code
        LIMIT $4) AS page ON true
  LEFT JOIN pool ON pool.pool_code = page.pool_code
  LEFT JOIN LATERAL (
       SELECT sum(passed.accounts) FILTER (WHERE passed.reason = 'already_posted') AS already_posted,
              sum(passed.accounts) FILTER (WHERE passed.reason = 'earlier_year_open') AS earlier_year_open,
              sum(passed.accounts) FILTER (WHERE passed.reason = 'account_closed') AS account_closed,
              sum(passed.accounts) FILTER (WHERE passed.reason = 'year_not_over') AS year_not_over,
              sum(passed.accounts) FILTER (WHERE passed.reason = 'no_rule') AS no_rule,
              sum(passed.accounts) FILTER (WHERE passed.reason = 'no_rate') AS no_rate,
              sum(passed.accounts) FILTER (WHERE passed.reason = 'rules_changed') AS rules_changed,
              sum(passed.accounts) FILTER (WHERE passed.reason = 'balance_overflow') AS balance_overflow
         FROM interest_run_skip AS passed
        WHERE passed.job_id = run.job_id AND passed.pool_code = page.pool_code
          AND passed.phase = run.phase) AS skip ON true
 WHERE run.job_id = $2 AND job_is_visible(job.pool_codes, job.regions, $1)
 ORDER BY page.pool_code
