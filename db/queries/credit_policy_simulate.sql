-- Reckons what versions of credit policies would credit somebody who is made up.
-- SPDX-License-Identifier: Apache-2.0
-- What is active is public; drafts show to those whose regions cover theirs: no row for others. The status is
-- before_policy, or what a run of the month would say of such a person (credit_entitle), or posting_month_not_reached
-- where no run would look.
-- mode: set
-- lane: read
-- repeatable: yes
-- param: policy_id uuid
-- param: visible text
-- param: birth_date date
-- param: retired_on date
-- param: deceased_on date
-- param: month date
-- column: ord int8
-- column: status text
-- column: policy_id uuid
-- column: month text
-- column: first_month text
-- column: last_month text
-- column: period text
-- column: period_from text
-- column: period_months int4
-- column: months int4
-- column: age_on date
-- column: age_years int4
-- column: min_age int2
-- column: gross_fen int8
-- column: deduction_fen int8
-- column: net_fen int8
-- column: plan_kind text
-- column: base_fen int8
-- column: ratio_bp int4
-- column: amount_fen int8
-- column: dividend int8
-- column: divisor int8
-- column: deducted_fen int8
-- column: rounding text
SELECT asked.ord, said.status, p.policy_id, to_char(asked.month, 'YYYY-MM'), to_char(span.first_month, 'YYYY-MM'),
       to_char(span.last_month, 'YYYY-MM'), p.period, to_char(reckoned.period_start, 'YYYY-MM'), span.period_months,
       CASE WHEN said.is_due THEN reckoned.months END, reckoned.age_on, reckoned.age_years, reckoned.min_age,
       CASE WHEN said.is_due THEN reckoned.gross_fen END, CASE WHEN said.is_due THEN reckoned.deduction_fen END,
       CASE WHEN said.is_due THEN reckoned.gross_fen - reckoned.deduction_fen END, p.plan_kind, p.base_fen,
            tier.ratio_bp, tier.amount_fen,
       coalesce(p.base_fen * tier.ratio_bp, tier.amount_fen) * reckoned.months,
       (CASE p.plan_kind WHEN 'ratio' THEN 10000 ELSE 1 END * span.period_months)::bigint,
       coalesce((SELECT sum(d.amount_fen) FROM credit_policy_deduction AS d
                 WHERE d.policy_id = p.policy_id), 0)::bigint, p.rounding
  FROM unnest($1::uuid[], $2::text[], $3::date[], $4::date[], $5::date[], $6::date[]) WITH ORDINALITY
       AS asked (policy_id, visible, birth_date, retired_on, deceased_on, month, ord)
  JOIN credit_policy AS p ON p.policy_id = asked.policy_id
       AND (p.activated_at IS NOT NULL OR asked.visible IS NULL
            OR p.region_code LIKE ANY (string_to_array(asked.visible, ',')))
 CROSS JOIN LATERAL (
       SELECT (date_trunc('month', asked.retired_on::timestamp) + interval '1 month')::date AS first_month,
              date_trunc('month', asked.deceased_on::timestamp)::date AS last_month,
              CASE p.period WHEN 'year' THEN 12 ELSE 1 END AS period_months,
              CASE p.period WHEN 'year' THEN make_date(extract(year FROM asked.month)::int, p.posting_month, 1)
                            ELSE asked.month END AS posted_from) AS span
 CROSS JOIN LATERAL credit_reckon(ARRAY[p.policy_id], ARRAY[asked.birth_date], ARRAY[asked.month],
                                  ARRAY[span.first_month], ARRAY[span.last_month]) AS reckoned
 CROSS JOIN LATERAL (
       SELECT CASE WHEN asked.month < p.effective_from THEN 'before_policy'
                   WHEN asked.month < span.posted_from THEN 'posting_month_not_reached'
                   WHEN asked.month < span.first_month THEN 'not_retired'
                   WHEN span.last_month < greatest(span.posted_from,
                                                   CASE p.period WHEN 'year' THEN span.first_month END)
                        OR reckoned.status = 'not_entitled' THEN 'deceased'
                   ELSE reckoned.status END AS status) AS word
 CROSS JOIN LATERAL (SELECT word.status, word.status IN ('due', 'nothing_due') AS is_due) AS said
  LEFT JOIN credit_policy_tier AS tier ON tier.policy_id = p.policy_id AND tier.min_age = reckoned.min_age
                                      AND said.is_due
 ORDER BY asked.ord
