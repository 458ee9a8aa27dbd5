-- What accounts may pay for, of usage_rules.csv.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: rows that differ. Outcomes: the number of rows inserted or updated.
INSERT INTO usage_rule (region_code, institution_type, usage, allowed, source)
SELECT region, institution_type, usage, allowed::boolean, source
  FROM loaded
    ON CONFLICT (region_code, institution_type, usage) DO UPDATE
   SET allowed = excluded.allowed, source = excluded.source
 WHERE usage_rule IS DISTINCT FROM excluded
