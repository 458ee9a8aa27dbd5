-- First day of the month after a day's.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: null for null. A plain expression, so that the planner inlines it.
CREATE OR REPLACE FUNCTION month_after(day date) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (date_trunc('month', day::timestamp) + interval '1 month')::date;
COMMENT ON FUNCTION month_after(date) IS 'First day of the month after a day''s';
