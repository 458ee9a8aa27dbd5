-- I2, I3: each account is the sum of its entries and open holds, ends where its entries end, and is not below zero.
-- SPDX-License-Identifier: Apache-2.0
WITH entries AS (
    SELECT person_key, account_id, max(seq) AS last_seq,
           sum(CASE WHEN part = 'current_year' THEN signed_fen ELSE 0 END) AS current_year_fen,
           sum(CASE WHEN part = 'carried_over' THEN signed_fen ELSE 0 END) AS carried_over_fen
    FROM (SELECT person_key, account_id, seq, part,
                 CASE direction WHEN 'credit' THEN amount_fen ELSE -amount_fen END AS signed_fen
          FROM ledger_entry WHERE person_key BETWEEN $1::bigint AND $2::bigint) AS signed
    GROUP BY person_key, account_id
), holds AS (
    SELECT person_key, account_id,
           sum(CASE kind WHEN 'opened' THEN amount_fen ELSE -amount_fen END) AS held_fen
    FROM hold_event WHERE person_key BETWEEN $1::bigint AND $2::bigint
    GROUP BY person_key, account_id
), stored AS (
    SELECT * FROM account WHERE person_key BETWEEN $1::bigint AND $2::bigint
)
SELECT 'account', account_id::text, fault.column_name, fault.expected, fault.found
FROM stored
FULL JOIN entries USING (person_key, account_id)
FULL JOIN holds USING (person_key, account_id)
LEFT JOIN LATERAL (
    SELECT newest.hash, newest.posted_at
    FROM ledger_entry AS newest
    WHERE newest.person_key = entries.person_key AND newest.account_id = entries.account_id
      AND newest.seq = entries.last_seq
) AS newest ON true
CROSS JOIN LATERAL (
    SELECT 'account_id', 'a row', 'none' WHERE stored.version IS NULL
    UNION ALL
    SELECT 'current_year_fen', coalesce(entries.current_year_fen, 0)::text, stored.current_year_fen::text
    WHERE stored.current_year_fen <> coalesce(entries.current_year_fen, 0)
    UNION ALL
    SELECT 'carried_over_fen', coalesce(entries.carried_over_fen, 0)::text, stored.carried_over_fen::text
    WHERE stored.carried_over_fen <> coalesce(entries.carried_over_fen, 0)
    UNION ALL
    SELECT 'held_fen', coalesce(holds.held_fen, 0)::text, stored.held_fen::text
    WHERE stored.held_fen <> coalesce(holds.held_fen, 0)
    UNION ALL
    SELECT 'last_seq', coalesce(entries.last_seq, 0)::text, stored.last_seq::text
    WHERE stored.last_seq <> coalesce(entries.last_seq, 0)
    UNION ALL
    SELECT 'last_hash', encode(coalesce(newest.hash, '\x'), 'hex'), encode(stored.last_hash, 'hex')
    WHERE stored.last_hash <> coalesce(newest.hash, decode(repeat('00', 32), 'hex'))
    UNION ALL
    SELECT 'last_posted_at', newest.posted_at::text, stored.last_posted_at::text
    WHERE stored.version IS NOT NULL AND stored.last_posted_at IS DISTINCT FROM newest.posted_at
    UNION ALL
    SELECT 'current_year_fen', 'at least 0', stored.current_year_fen::text WHERE stored.current_year_fen < 0
    UNION ALL
    SELECT 'carried_over_fen', 'at least 0', stored.carried_over_fen::text WHERE stored.carried_over_fen < 0
    UNION ALL
    SELECT 'status', 'not closed with a balance', stored.status
    WHERE stored.status = 'closed' AND stored.current_year_fen + stored.carried_over_fen <> 0
    UNION ALL
    SELECT 'held_fen', 'from 0 to the balance', stored.held_fen::text
    WHERE stored.held_fen < 0 OR stored.held_fen > stored.current_year_fen + stored.carried_over_fen
) AS fault (column_name, expected, found)
