-- Reads whether an account is credited as a pensioner's for a month, plan by plan, and why not.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: account_id uuid
-- param: this_month date
-- column: person_id uuid
-- column: account_id uuid
-- column: pool_code text
-- column: plan_code text
-- column: status text
-- column: is_eligible bool
-- column: period text
-- column: period_shown text
-- column: policy_id uuid
-- column: policy_region_code text
-- column: months int8
-- column: age_years int8
-- column: min_age int8
-- column: gross_fen int8
-- column: deduction_fen int8
-- column: net_fen int8
-- column: first_month date
-- column: last_month date
-- column: posting_month int8
-- column: lowest_age int8
-- column: period_start date
SELECT account.person_id, account.account_id, account.pool_code, o.plan_code, o.status, told.is_eligible, o.period,
       to_char(o.period_start, CASE o.period WHEN 'month' THEN 'YYYY-MM' ELSE 'YYYY' END), o.policy_id,
       o.policy_region_code, entitled.months::bigint, entitled.age_years::bigint, entitled.min_age::bigint,
       entitled.gross_fen, entitled.deduction_fen, entitled.gross_fen - entitled.deduction_fen,
       CASE WHEN o.status <> 'enrolled_elsewhere' THEN o.first_month END, -- that one is the other pool's to tell
       o.last_month, o.posting_month::bigint, o.lowest_age::bigint,
       coalesce(o.period_start, o.asked_month)
  FROM account
 CROSS JOIN LATERAL credit_outlook(account.person_key, account.pool_code, ARRAY[$3::date]) AS o
 CROSS JOIN LATERAL (SELECT o.status IN ('due', 'already_credited', 'posting_month_not_reached') AS is_eligible) AS told
  LEFT JOIN LATERAL (SELECT o.months, o.age_years, o.min_age, o.gross_fen, o.deduction_fen
                      WHERE told.is_eligible OR o.status = 'no_account'
                         OR o.status LIKE 'account\_%') AS entitled ON true
 WHERE account.person_key = $1 AND account.account_id = $2
 ORDER BY o.plan_code
