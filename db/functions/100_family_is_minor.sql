-- Whether somebody is under age on a day: a guardian speaks for them.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. A plain SELECT, so that the planner inlines it. Of age from the eighteenth birthday on.
CREATE OR REPLACE FUNCTION family_is_minor(birth_date date, asked_day date)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
SELECT (birth_date + interval '18 years')::date > asked_day
$$;
COMMENT ON FUNCTION family_is_minor(date, date) IS 'Whether somebody born on a day is under eighteen on another';
