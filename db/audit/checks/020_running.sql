-- I2, I3: each entry follows the one before it: its number, its instant, both balances after. None is below zero.
-- SPDX-License-Identifier: Apache-2.0
-- Held against the entry before, so a fault shows where it is and not on everything behind it.
WITH followed AS (
    SELECT account_id, seq, part, amount_fen, current_year_after_fen, carried_over_after_fen, posted_at,
           CASE direction WHEN 'credit' THEN amount_fen ELSE -amount_fen END AS signed_fen,
           lag(seq, 1, 0::bigint) OVER before AS seq_before,
           lag(posted_at) OVER before AS posted_before,
           lag(current_year_after_fen, 1, 0::bigint) OVER before AS current_year_before_fen,
           lag(carried_over_after_fen, 1, 0::bigint) OVER before AS carried_over_before_fen
    FROM ledger_entry
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
    WINDOW before AS (PARTITION BY person_key, account_id ORDER BY seq)
)
SELECT 'ledger_entry', account_id || '/' || seq, fault.column_name, fault.expected, fault.found
FROM (SELECT *,
             current_year_before_fen + CASE part WHEN 'current_year' THEN signed_fen ELSE 0 END AS current_year_fen,
             carried_over_before_fen + CASE part WHEN 'carried_over' THEN signed_fen ELSE 0 END AS carried_over_fen
      FROM followed) AS computed
CROSS JOIN LATERAL (
    SELECT 'seq', (seq_before + 1)::text, seq::text WHERE seq <> seq_before + 1
    UNION ALL
    SELECT 'amount_fen', 'above 0', amount_fen::text WHERE amount_fen <= 0
    UNION ALL
    SELECT 'posted_at', 'not before ' || posted_before, posted_at::text WHERE posted_at < posted_before
    UNION ALL
    SELECT 'current_year_after_fen', current_year_fen::text, current_year_after_fen::text
    WHERE current_year_fen <> current_year_after_fen
    UNION ALL
    SELECT 'carried_over_after_fen', carried_over_fen::text, carried_over_after_fen::text
    WHERE carried_over_fen <> carried_over_after_fen
    UNION ALL
    SELECT 'current_year_after_fen', 'at least 0', current_year_after_fen::text WHERE current_year_after_fen < 0
    UNION ALL
    SELECT 'carried_over_after_fen', 'at least 0', carried_over_after_fen::text WHERE carried_over_after_fen < 0
) AS fault (column_name, expected, found)
