-- Reads whether somebody is credited as a pensioner for a month, plan by plan, and why not;
-- the columns of account_credit_eligibility.
-- SPDX-License-Identifier: Apache-2.0
-- No row when the person is absent or has nothing in the visible pools. Without a pool that the reader sees it is about
-- none: who is enrolled is so elsewhere.
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: person_id uuid
-- param: visible text
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
SELECT person.person_id, account.account_id, pool.code, o.plan_code, o.status, told.is_eligible, o.period,
       to_char(o.period_start, CASE o.period WHEN 'month' THEN 'YYYY-MM' ELSE 'YYYY' END), o.policy_id,
       o.policy_region_code, entitled.months::bigint, entitled.age_years::bigint, entitled.min_age::bigint,
       entitled.gross_fen, entitled.deduction_fen, entitled.gross_fen - entitled.deduction_fen,
       CASE WHEN o.status <> 'enrolled_elsewhere' THEN o.first_month END, -- that one is the other pool's to tell
       o.last_month, o.posting_month::bigint, o.lowest_age::bigint,
       coalesce(o.period_start, o.asked_month)
  FROM person
 CROSS JOIN LATERAL (SELECT credit_pool_of(person.person_key, $3, $4::date) AS code) AS pool
  LEFT JOIN account ON account.person_key = person.person_key AND account.pool_code = pool.code
 CROSS JOIN LATERAL credit_outlook(person.person_key, coalesce(pool.code, ''), ARRAY[$4::date]) AS o
 CROSS JOIN LATERAL (SELECT o.status IN ('due', 'already_credited', 'posting_month_not_reached') AS is_eligible) AS told
  LEFT JOIN LATERAL (SELECT o.months, o.age_years, o.min_age, o.gross_fen, o.deduction_fen
                      WHERE told.is_eligible OR o.status = 'no_account'
                         OR o.status LIKE 'account\_%') AS entitled ON true
 WHERE person.person_key = $1 AND person.person_id = $2
   AND ($3::text IS NULL OR person_is_visible($1, $3))
 ORDER BY o.plan_code
