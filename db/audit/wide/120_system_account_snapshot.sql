-- I1: each snapshot of a system account is the sum of the entries that were posted before it; none is missing.
-- SPDX-License-Identifier: Apache-2.0
-- Concerns nobody in particular: looked at with the person of key 0, who does not exist. Each entry is counted at the
-- first cut behind it, and a system account has a row wherever some were.
-- What was posted since the last cut is in none.
WITH closed AS (
    SELECT array_agg(one.cut_at ORDER BY one.cut_at) AS cuts
    FROM (SELECT cut_at FROM system_account_snapshot UNION SELECT cut_at FROM ledger_close) AS one
    WHERE 0 BETWEEN $1::bigint AND $2::bigint
), counted AS (
    SELECT entry.system_account, width_bucket(entry.posted_at, closed.cuts) + 1 AS place, count(*) AS number,
           sum(CASE entry.direction WHEN 'debit' THEN entry.amount_fen ELSE -entry.amount_fen END) AS fen
    FROM closed
    JOIN ledger_entry AS entry ON entry.posted_at < closed.cuts[cardinality(closed.cuts)]
    GROUP BY 1, 2
), due AS (
    SELECT counted.system_account, closed.cuts[counted.place] AS cut_at,
           sum(counted.fen) OVER in_time AS fen, sum(counted.number) OVER in_time AS number
    FROM counted, closed
    WINDOW in_time AS (PARTITION BY counted.system_account ORDER BY counted.place)
), kept AS (
    SELECT * FROM system_account_snapshot WHERE 0 BETWEEN $1::bigint AND $2::bigint
), paired AS (
    SELECT coalesce(due.system_account, kept.system_account) AS system_account,
           coalesce(due.cut_at, kept.cut_at) AS cut_at, due.fen, due.number, kept.balance_fen, kept.entries
    FROM due
    FULL JOIN kept ON kept.system_account = due.system_account AND kept.cut_at = due.cut_at
)
SELECT 'system_account_snapshot', system_account || '/' || (cut_at AT TIME ZONE 'UTC'), fault.column_name,
       fault.expected, fault.found
FROM paired
CROSS JOIN LATERAL (
    SELECT 'cut_at', 'a row: entries were posted before it', 'none' WHERE entries IS NULL
    UNION ALL
    SELECT 'cut_at', 'no row: nothing was posted since the one before', 'one' WHERE number IS NULL
    UNION ALL
    SELECT 'balance_fen', fen::text, balance_fen::text WHERE balance_fen <> fen
    UNION ALL
    SELECT 'entries', number::text, entries::text WHERE entries <> number
) AS fault (column_name, expected, found)
