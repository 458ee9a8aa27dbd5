-- The day that says whether a contribution is in an opening balance: its month; for what is made up,
-- adjusted or given back
-- for a month of the past, the day of payment where it is known and later.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: null when the period is. A plain expression, so that the planner inlines it.
CREATE OR REPLACE FUNCTION import_made_on(kind text, period date, paid_on date) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN kind = 'regular' THEN period ELSE greatest(period, paid_on) END;
