-- Age in whole years on a day.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: someone born on 29 February is a year older on 1 March of common years (DOMAIN.md 3.3). Negative before
-- birth. A plain expression, so that the planner inlines it.
CREATE OR REPLACE FUNCTION age_on(birth_date date, day date) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (extract(year FROM day) - extract(year FROM birth_date))::int
       - CASE WHEN extract(month FROM day) * 100 + extract(day FROM day)
                   < extract(month FROM birth_date) * 100 + extract(day FROM birth_date) THEN 1 ELSE 0 END;
COMMENT ON FUNCTION age_on(date, date) IS 'Age in whole years on a day; born on 29 February, older on 1 March of common years';
