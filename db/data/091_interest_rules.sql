-- How accounts bear interest, of interest_rules.csv.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: rows that differ. Outcomes: the number of rows inserted or updated.
INSERT INTO interest_rule (region_code, effective_from, current_year_rate, carried_over_rate, day_count_basis, rounding,
                           posting_month, posting_day, source)
SELECT region, effective_from::date, current_year_rate, carried_over_rate, day_count_basis::smallint, rounding,
       posting_month::smallint, posting_day::smallint, source
  FROM loaded
    ON CONFLICT (region_code, effective_from) DO UPDATE
   SET current_year_rate = excluded.current_year_rate, carried_over_rate = excluded.carried_over_rate,
       day_count_basis = excluded.day_count_basis, rounding = excluded.rounding,
       posting_month = excluded.posting_month, posting_day = excluded.posting_day, source = excluded.source
 WHERE interest_rule IS DISTINCT FROM excluded
