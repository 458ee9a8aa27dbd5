-- The rates of one kind that hold in a pool over some days, each with the days it holds.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. Outcomes: spans that follow each other without a gap from from_day to before to_day, neighbours of
-- different rates; rate_ppm is null where no level has a row in force. No row when to_day is not after from_day.
CREATE OR REPLACE FUNCTION interest_rate_spans(asked_pool_code text, asked_rate_kind text, from_day date, to_day date)
RETURNS TABLE (starts_on date, ends_before date, rate_ppm integer)
LANGUAGE sql STABLE
AS $$
WITH level AS (
    SELECT 1 AS nearness, asked_pool_code AS region_code
    UNION ALL
    SELECT 2, pool.policy_parent_code FROM pool WHERE pool.pool_code = asked_pool_code
    UNION ALL
    SELECT 3, pool.province_code FROM pool WHERE pool.pool_code = asked_pool_code
    UNION ALL
    SELECT 4, '000000'
), row_of AS MATERIALIZED (
    SELECT level.nearness, rate.effective_from, rate.rate_ppm
      FROM level
      JOIN interest_rate AS rate ON rate.region_code = level.region_code AND rate.rate_kind = asked_rate_kind
), change AS (
    SELECT from_day AS day WHERE to_day > from_day
    UNION
    SELECT row_of.effective_from FROM row_of WHERE row_of.effective_from > from_day AND row_of.effective_from < to_day
), rated AS (
    SELECT change.day, held.rate_ppm, lag(held.rate_ppm) OVER in_time AS before_ppm, row_number() OVER in_time AS place
      FROM change
      LEFT JOIN LATERAL (SELECT row_of.rate_ppm
                           FROM row_of
                          WHERE row_of.effective_from <= change.day
                          ORDER BY row_of.nearness, row_of.effective_from DESC
                          LIMIT 1) AS held ON true
    WINDOW in_time AS (ORDER BY change.day)
)
SELECT rated.day, coalesce(lead(rated.day) OVER (ORDER BY rated.day), to_day), rated.rate_ppm
  FROM rated
 WHERE rated.place = 1 OR rated.rate_ppm IS DISTINCT FROM rated.before_ppm
$$;
COMMENT ON FUNCTION interest_rate_spans(text, text, date, date) IS
    'The rates of one kind that hold in a pool over some days, each with the days it holds; null where there is none';
