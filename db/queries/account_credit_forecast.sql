-- Reads the pensioner credits to come on an account; one row without a month where nothing is left to say.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: account_id uuid
-- param: this_month date
-- param: months int8
-- column: person_id uuid
-- column: account_id uuid
-- column: pool_code text
-- column: from_month date
-- column: to_month date
-- column: gross_sum_fen int8
-- column: deduction_sum_fen int8
-- column: net_sum_fen int8
-- column: plan_code text
-- column: month date
-- column: period text
-- column: period_shown text
-- column: status text
-- column: policy_id uuid
-- column: months int8
-- column: age_years int8
-- column: min_age int8
-- column: gross_fen int8
-- column: deduction_fen int8
-- column: net_fen int8
-- column: posting_month int8
-- column: lowest_age int8
-- column: first_month date
-- column: last_month date
-- column: period_start date
-- column: is_first bool
-- column: tier_month date
-- column: tier_min_age int8
-- column: tier_gross_fen int8
-- column: tier_deduction_fen int8
-- column: tier_net_fen int8
SELECT account.person_id, account.account_id, account.pool_code, min(f.asked_month) OVER (), max(f.asked_month) OVER (),
       coalesce(sum(due.gross_fen) OVER (), 0)::bigint, coalesce(sum(due.deduction_fen) OVER (), 0)::bigint,
       coalesce(sum(due.gross_fen - due.deduction_fen) OVER (), 0)::bigint, f.plan_code, f.asked_month, f.period,
       to_char(f.period_start, CASE f.period WHEN 'month' THEN 'YYYY-MM' ELSE 'YYYY' END), f.status, f.policy_id,
       due.months::bigint, due.age_years::bigint, due.min_age::bigint, due.gross_fen, due.deduction_fen,
       due.gross_fen - due.deduction_fen, f.posting_month::bigint, f.lowest_age::bigint, f.first_month, f.last_month,
       coalesce(f.period_start, f.asked_month), f.is_first, f.tier_month, f.tier_min_age::bigint, f.tier_gross_fen,
       f.tier_deduction_fen, f.tier_gross_fen - f.tier_deduction_fen
  FROM account
  LEFT JOIN LATERAL credit_forecast(account.person_key, account.pool_code, $3::date, $4::int) AS f ON true
  LEFT JOIN LATERAL (SELECT f.months, f.age_years, f.min_age, f.gross_fen, f.deduction_fen
                     WHERE f.status = 'due') AS due ON true
 WHERE account.person_key = $1 AND account.account_id = $2
 ORDER BY f.asked_month, f.plan_code
