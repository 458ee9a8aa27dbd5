-- Reads one page of what an account was credited as a pensioner's, newest period first;
-- one row without a credit when the page is empty.
-- SPDX-License-Identifier: Apache-2.0
-- The page is one backward range of the primary key (person_key, period_start, plan_code, revision): its cost does not
-- grow with the history. The sort on top only orders the page's own rows. A yearly credit belongs to a span that any
-- month of its year is in.
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: account_id uuid
-- param: before_period date
-- param: before_plan_code text
-- param: before_revision int8
-- param: from_month date
-- param: from_year date
-- param: to_month date
-- param: plan_code text
-- param: row_limit int8
-- column: person_id uuid
-- column: account_pool_code text
-- column: credit_id uuid
-- column: pool_code text
-- column: plan_code text
-- column: period text
-- column: period_shown text
-- column: period_start date
-- column: months int8
-- column: gross_fen int8
-- column: deduction_fen int8
-- column: net_fen int8
-- column: receivable_fen int8
-- column: revision int8
-- column: reason text
-- column: first_credit_id uuid
-- column: origin_credit_id uuid
-- column: policy_id uuid
-- column: business_date date
-- column: posted_at instant
SELECT account.person_id, account.pool_code, page.credit_id, page.pool_code, page.plan_code, page.period,
       to_char(page.period_start, CASE page.period WHEN 'month' THEN 'YYYY-MM' ELSE 'YYYY' END), page.period_start,
       page.months::bigint, page.gross_fen, page.deduction_fen, page.gross_fen - page.deduction_fen,
       page.receivable_fen, page.revision::bigint, page.reason, page.first_credit_id, page.origin_credit_id,
       page.policy_id, page.business_date,
       page.posted_at
  FROM account
  LEFT JOIN LATERAL (SELECT credit.*
                       FROM pensioner_credit AS credit
                      WHERE credit.person_key = $1 AND credit.account_id = $2
                        AND (credit.period_start, credit.plan_code, credit.revision) < ($3::date, $4::text, $5::bigint)
                        AND credit.period_start BETWEEN $7::date AND $8::date
                        AND (credit.period = 'year' OR credit.period_start >= $6::date)
                        AND ($9::text IS NULL OR credit.plan_code = $9)
                      ORDER BY credit.period_start DESC, credit.plan_code DESC, credit.revision DESC
                      LIMIT $10) AS page ON true
 WHERE account.person_key = $1 AND account.account_id = $2
 ORDER BY page.period_start DESC, page.plan_code DESC, page.revision DESC
