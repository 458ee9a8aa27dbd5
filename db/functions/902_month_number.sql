-- Months as numbers that follow each other: 12 × year + month − 1, as server/clock.h counts them.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: null for null. A plain expression, so that the planner inlines it.
CREATE OR REPLACE FUNCTION month_number(day date) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (date_part('year', day) * 12 + date_part('month', day))::int - 1;
COMMENT ON FUNCTION month_number(date) IS 'The month of a day as a number: 12 × year + month − 1';
