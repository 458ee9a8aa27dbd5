-- I2: the events of a hold follow each other, in time too, and never release more than was reserved.
-- SPDX-License-Identifier: Apache-2.0
WITH followed AS (
    SELECT account_id, hold_id, seq, kind, posted_at, lag(posted_at) OVER before AS posted_before,
           lag(seq, 1, 0::smallint) OVER before AS seq_before,
           sum(CASE kind WHEN 'opened' THEN amount_fen ELSE -amount_fen END) OVER before AS open_fen
    FROM hold_event
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
    WINDOW before AS (PARTITION BY person_key, account_id, hold_id ORDER BY seq)
)
SELECT 'hold_event', hold_id || '/' || seq, fault.column_name, fault.expected, fault.found
FROM followed
CROSS JOIN LATERAL (VALUES
    ('seq', (seq_before + 1)::text, seq::text, seq = seq_before + 1),
    ('kind', CASE seq WHEN 1 THEN 'opened' ELSE 'not opened' END, kind, (seq = 1) = (kind = 'opened')),
    ('posted_at', 'not before ' || posted_before, posted_at::text, posted_before IS NULL OR posted_at >= posted_before),
    ('amount_fen', 'no more than is open', open_fen::text, open_fen >= 0)
) AS fault (column_name, expected, found, holds)
WHERE NOT fault.holds
