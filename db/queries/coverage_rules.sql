-- Reads the rules of coverage of a person's two pools, each on the day asked about and on the day of the payment.
-- SPDX-License-Identifier: Apache-2.0
-- lane: read
-- repeatable: yes
-- replica: yes
-- param: employee_pool_code text
-- param: resident_pool_code text
-- param: on_day date
-- param: payment_day date
-- column: scheme text
-- column: is_of_payment bool
-- column: pool_code text
-- column: effective_from date
-- column: payment_deadline_day int2
-- column: benefits_grace_months int2
-- column: usable_while_suspended bool
-- column: back_payable_gap_months int2
-- column: waiting_months int2
-- column: bridge_min_continuous_months int2
-- column: deemed_record_months int2
-- column: retirement_years_male int2
-- column: retirement_years_female int2
-- column: first_counted_year int2
-- column: fixed_wait_months int2
-- column: variable_wait_months int2
-- column: repaired_wait_months int2
-- column: long_break_years int2
-- column: long_break_wait_months int2
-- column: newborn_days int2
-- column: switch_gap_months int2
-- column: exempt_groups text
-- column: window_opens_month int2
-- column: window_opens_day int2
-- column: window_closes_month int2
-- column: window_closes_day int2
-- column: source text
SELECT asked.scheme, asked.is_of_payment, rule.pool_code, rule.effective_from, rule.payment_deadline_day,
       rule.benefits_grace_months, rule.usable_while_suspended, rule.back_payable_gap_months, rule.waiting_months,
       rule.bridge_min_continuous_months, rule.deemed_record_months, rule.retirement_years_male,
       rule.retirement_years_female, rule.first_counted_year, rule.fixed_wait_months, rule.variable_wait_months,
       rule.repaired_wait_months, rule.long_break_years, rule.long_break_wait_months, rule.newborn_days,
       rule.switch_gap_months, array_to_string(rule.exempt_groups, ','), rule.window_opens_month,
       rule.window_opens_day, rule.window_closes_month, rule.window_closes_day, rule.source
  FROM (VALUES ('employee', $1::text, false, $3::date), ('employee', $1, true, $4::date),
               ('resident', $2::text, false, $3), ('resident', $2, true, $4))
       AS asked (scheme, pool_code, is_of_payment, day)
 CROSS JOIN LATERAL coverage_rule_at(asked.pool_code, asked.scheme, asked.day) AS rule
 ORDER BY asked.scheme, asked.is_of_payment
