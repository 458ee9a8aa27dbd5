-- The instant at which a day is over, in Shanghai; null without a day.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. A plain expression, so that it is inlined.
CREATE OR REPLACE FUNCTION pending_end(last_day date)
RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN (last_day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai';
COMMENT ON FUNCTION pending_end(date) IS 'The instant at which a day is over, in Shanghai; null without a day';
