-- Rules of coverage, of coverage_rules.csv.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: rows that differ. Outcomes: the number of rows inserted or updated.
INSERT INTO coverage_rule (
    pool_code, scheme, effective_from, payment_deadline_day, benefits_grace_months, usable_while_suspended,
    back_payable_gap_months, waiting_months, bridge_min_continuous_months, deemed_record_months, retirement_years_male,
    retirement_years_female, first_counted_year, fixed_wait_months, variable_wait_months, repaired_wait_months,
    long_break_years, long_break_wait_months, newborn_days, switch_gap_months, exempt_groups, window_opens_month,
    window_opens_day, window_closes_month, window_closes_day, source)
SELECT pool, scheme, effective_from::date, payment_deadline_day::smallint, benefits_grace_months::smallint,
       usable_while_suspended::boolean, back_payable_gap_months::smallint, waiting_months::smallint,
       bridge_min_continuous_months::smallint, deemed_record_months::smallint, retirement_years_male::smallint,
       retirement_years_female::smallint, first_counted_year::smallint, fixed_wait_months::smallint,
       variable_wait_months::smallint, repaired_wait_months::smallint, long_break_years::smallint,
       long_break_wait_months::smallint, newborn_days::smallint, switch_gap_months::smallint,
       CASE WHEN scheme = 'resident' THEN string_to_array(coalesce(exempt_groups, ''), ';') END,
       window_opens_month::smallint, window_opens_day::smallint, window_closes_month::smallint,
       window_closes_day::smallint, source
  FROM loaded
    ON CONFLICT (pool_code, scheme, effective_from) DO UPDATE
   SET payment_deadline_day = excluded.payment_deadline_day, benefits_grace_months = excluded.benefits_grace_months,
       usable_while_suspended = excluded.usable_while_suspended,
       back_payable_gap_months = excluded.back_payable_gap_months, waiting_months = excluded.waiting_months,
       bridge_min_continuous_months = excluded.bridge_min_continuous_months,
       deemed_record_months = excluded.deemed_record_months, retirement_years_male = excluded.retirement_years_male,
       retirement_years_female = excluded.retirement_years_female, first_counted_year = excluded.first_counted_year,
       fixed_wait_months = excluded.fixed_wait_months, variable_wait_months = excluded.variable_wait_months,
       repaired_wait_months = excluded.repaired_wait_months, long_break_years = excluded.long_break_years,
       long_break_wait_months = excluded.long_break_wait_months, newborn_days = excluded.newborn_days,
       switch_gap_months = excluded.switch_gap_months, exempt_groups = excluded.exempt_groups,
       window_opens_month = excluded.window_opens_month, window_opens_day = excluded.window_opens_day,
       window_closes_month = excluded.window_closes_month, window_closes_day = excluded.window_closes_day,
       source = excluded.source
 WHERE coverage_rule IS DISTINCT FROM excluded
