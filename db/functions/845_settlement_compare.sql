-- Compares a provider's list and totals of a day with our side,
-- and stores the settlement with its pools and differences.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none; the caller has the day to itself. The differences of the attempt before are removed.
-- Of a number that is listed several times the first line counts, and the others are differences.
CREATE OR REPLACE FUNCTION settlement_compare(
    settlement_id uuid, provider_id uuid, business_date date, attempt integer, stated_charges_count bigint,
    stated_charges_fen bigint, stated_refunds_count bigint, stated_refunds_fen bigint, items text, instant timestamptz)
RETURNS void
    LANGUAGE sql VOLATILE AS $$
WITH listed AS MATERIALIZED (
    SELECT line.item, line.number, line.amount_fen,
           row_number() OVER (PARTITION BY line.item, line.number ORDER BY line.place) AS time
      FROM settlement_items(items) AS line
), ours AS MATERIALIZED (
    SELECT * FROM settlement_day(provider_id, business_date)
), compared AS MATERIALIZED (
    SELECT coalesce(theirs.item, ours.item) AS item, coalesce(theirs.number, ours.number) AS number,
           theirs.amount_fen AS their_fen, ours.amount_fen AS our_fen, ours.pool_code,
           CASE WHEN ours.number IS NULL THEN 'missing_here' WHEN theirs.number IS NULL THEN 'missing_there'
                WHEN theirs.amount_fen <> ours.amount_fen THEN 'amount_differs' END AS kind
      FROM (SELECT * FROM listed WHERE listed.time = 1) AS theirs
      FULL JOIN ours ON ours.item = theirs.item AND ours.number = theirs.number
), different AS MATERIALIZED (
    SELECT kind, item, number, their_fen, our_fen, pool_code FROM compared WHERE kind IS NOT NULL
    UNION ALL
    SELECT 'listed_twice', item, number, amount_fen, NULL, NULL FROM listed WHERE time > 1
), removed AS (
    DELETE FROM settlement_difference
     USING settlement AS earlier
     WHERE earlier.provider_id = settlement_compare.provider_id
       AND earlier.business_date = settlement_compare.business_date
       AND settlement_difference.settlement_id = earlier.settlement_id
), kept AS (
    INSERT INTO settlement_difference (settlement_id, place, kind, item, number, their_fen, our_fen, pool_code)
    SELECT settlement_compare.settlement_id, row_number() OVER (ORDER BY kind, item, number, their_fen), kind, item,
           number, their_fen, our_fen, pool_code
      FROM different
), by_pool AS (
    INSERT INTO settlement_pool (settlement_id, pool_code, charges_count, charges_fen, refunds_count, refunds_fen)
    SELECT settlement_compare.settlement_id, pool_code,
           count(DISTINCT number) FILTER (WHERE item = 'charge'),
           coalesce(sum(amount_fen) FILTER (WHERE item = 'charge'), 0),
           count(DISTINCT number) FILTER (WHERE item = 'refund'),
           coalesce(sum(amount_fen) FILTER (WHERE item = 'refund'), 0)
      FROM settlement_parts(provider_id, business_date)
     GROUP BY pool_code
), found AS (
    SELECT theirs.*, mine.*, sides.*
      FROM (SELECT count(*) FILTER (WHERE item = 'charge') AS charges,
                   coalesce(sum(amount_fen) FILTER (WHERE item = 'charge'), 0) AS charges_fen,
                   count(*) FILTER (WHERE item = 'refund') AS refunds,
                   coalesce(sum(amount_fen) FILTER (WHERE item = 'refund'), 0) AS refunds_fen,
                   count(*) FILTER (WHERE time > 1) AS twice
              FROM listed) AS theirs
      CROSS JOIN (SELECT count(*) FILTER (WHERE item = 'charge') AS our_charges,
                         coalesce(sum(amount_fen) FILTER (WHERE item = 'charge'), 0) AS our_charges_fen,
                         count(*) FILTER (WHERE item = 'refund') AS our_refunds,
                         coalesce(sum(amount_fen) FILTER (WHERE item = 'refund'), 0) AS our_refunds_fen
                    FROM ours) AS mine
      CROSS JOIN (SELECT count(*) FILTER (WHERE kind IS NULL) AS matched,
                         count(*) FILTER (WHERE kind = 'missing_here') AS missing_here,
                         count(*) FILTER (WHERE kind = 'missing_there') AS missing_there,
                         count(*) FILTER (WHERE kind = 'amount_differs') AS amount_differs
                    FROM compared) AS sides
)
INSERT INTO settlement (
       settlement_id, provider_id, business_date, attempt, state, stated_charges_count, stated_charges_fen,
       stated_refunds_count, stated_refunds_fen, listed_charges_count, listed_charges_fen, listed_refunds_count,
       listed_refunds_fen, our_charges_count, our_charges_fen, our_refunds_count, our_refunds_fen, matched_count,
       missing_here_count, missing_there_count, amount_differs_count, listed_twice_count, created_at)
SELECT settlement_id, provider_id, business_date, attempt,
       CASE WHEN found.missing_here + found.missing_there + found.amount_differs + found.twice = 0
                 AND (stated_charges_count, stated_charges_fen, stated_refunds_count, stated_refunds_fen)
                     = (found.our_charges, found.our_charges_fen, found.our_refunds, found.our_refunds_fen)
            THEN 'agreed' ELSE 'differs' END,
       stated_charges_count, stated_charges_fen, stated_refunds_count, stated_refunds_fen, found.charges,
       found.charges_fen, found.refunds, found.refunds_fen, found.our_charges, found.our_charges_fen, found.our_refunds,
       found.our_refunds_fen, found.matched, found.missing_here, found.missing_there, found.amount_differs, found.twice,
       instant
  FROM found
$$;
COMMENT ON FUNCTION settlement_compare(uuid, uuid, date, integer, bigint, bigint, bigint, bigint, text, timestamptz) IS
    'Compares a provider''s list and totals of a day with ours and stores what came of it';
