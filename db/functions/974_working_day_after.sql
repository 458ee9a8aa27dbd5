-- The working day that is so many working days after a day: deadlines of desks.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. The day itself does not count, whether it is one or not; 0 days after is the day itself. Working days are
-- Monday to Friday but for the exceptions of working_day, which ends with the newest notice of the State Council.
CREATE OR REPLACE FUNCTION working_day_after(asked_day date, days integer)
RETURNS date
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF days = 0 THEN
        RETURN asked_day;
    END IF;
    RETURN (
        SELECT later.day
          FROM (SELECT asked_day + i AS day FROM generate_series(1, days * 2 + 40) AS i) AS later
          LEFT JOIN working_day ON working_day.day = later.day
         WHERE coalesce(working_day.kind = 'workday', extract(isodow FROM later.day) < 6)
         ORDER BY later.day
         OFFSET days - 1
         LIMIT 1);
END
$$;
COMMENT ON FUNCTION working_day_after(date, integer) IS
    'The working day that is so many working days after a day, which does not count itself';
