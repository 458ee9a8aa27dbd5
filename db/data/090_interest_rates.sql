-- Rates of interest, of interest_rates.csv.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: rows that differ. Outcomes: the number of rows inserted or updated.
INSERT INTO interest_rate (region_code, rate_kind, effective_from, rate_ppm, source)
SELECT region, rate_kind, effective_from::date, rate_ppm::integer, source FROM loaded
    ON CONFLICT (region_code, rate_kind, effective_from) DO UPDATE
   SET rate_ppm = excluded.rate_ppm, source = excluded.source
 WHERE interest_rate IS DISTINCT FROM excluded
