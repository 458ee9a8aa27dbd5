-- How long desks may take over transfers, and what each region lets withdraw, of transfer_rules.csv.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: rows that differ. Outcomes: the number of rows inserted or updated.
INSERT INTO transfer_rule (region_code, effective_from, check_days, out_review_days, in_review_days,
                           remind_days_before, withdraws_on_resident, source)
SELECT region, effective_from::date, check_days::integer, out_review_days::integer, in_review_days::integer,
       remind_days_before::integer, withdraws_on_resident::boolean, source
  FROM loaded
    ON CONFLICT (region_code, effective_from) DO UPDATE
   SET check_days = excluded.check_days, out_review_days = excluded.out_review_days,
       in_review_days = excluded.in_review_days, remind_days_before = excluded.remind_days_before,
       withdraws_on_resident = excluded.withdraws_on_resident, source = excluded.source
 WHERE transfer_rule IS DISTINCT FROM excluded
