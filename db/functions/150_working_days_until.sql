-- How many working days are left from a day until another, which itself counts; less than 0 when it has passed.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. 0: it is that day, or only days off lie between. The counterpart of working_day_after: from a day
-- until the working day n after it there are n.
CREATE OR REPLACE FUNCTION working_days_until(from_day date, until_day date)
RETURNS integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN sign(until_day - from_day) * (
        SELECT count(*)
          FROM (SELECT least(from_day, until_day) + i AS day
                  FROM generate_series(1, abs(until_day - from_day)) AS i) AS later
          LEFT JOIN working_day ON working_day.day = later.day
         WHERE coalesce(working_day.kind = 'workday', extract(isodow FROM later.day) < 6));
END
$$;
COMMENT ON FUNCTION working_days_until(date, date) IS
    'How many working days are left from a day until another, which itself counts; negative when it has passed';
