-- Age in whole years on a day.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: someone born on 29 February is a year older on 1 March of common years (docs/rules.md 3).
-- Negative before birth. A plain expression, so that the planner inlines it; date_part,
-- because extract reckons in numeric: twice as slow.
CREATE OR REPLACE FUNCTION age_on(birth_date date, day date) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (date_part('year', day) - date_part('year', birth_date))::int
       - CASE WHEN date_part('month', day) * 100 + date_part('day', day)
                   < date_part('month', birth_date) * 100 + date_part('day', birth_date) THEN 1 ELSE 0 END;
COMMENT ON FUNCTION age_on(date, date) IS
    'Age in whole years on a day; born on 29 February, older on 1 March of common years';
