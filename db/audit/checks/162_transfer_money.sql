-- I8: money that left for a transfer is in transit, arrived or returned, exactly once:
-- each transfer is what its entries say, and the other way round.
-- SPDX-License-Identifier: Apache-2.0
-- What leaves is one entry transfer_out of each part of the old account. Each of them is answered by one transfer_in to
-- the new account when the transfer is completed, by one transfer_return to the old one when it is refused or
-- cancelled, and by none on the way. Current-year money may arrive or return as carried-over money. The money of a
-- payout is that of its withdrawal, and nothing is in transit.
WITH entry AS MATERIALIZED (
    SELECT person_key, account_id, seq, entry_id, operation_id, linked_entry_id, kind, part, direction, amount_fen,
           system_account, reference, posted_at, encode(hash, 'hex') AS hash_text
    FROM ledger_entry
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND kind IN ('transfer_out', 'transfer_in', 'transfer_return')
), moved AS MATERIALIZED (
    SELECT transfer.*,
           CASE WHEN machine = 'transfer' AND state = 'completed' THEN 'transfer_in'
                WHEN machine = 'transfer' AND state IN ('rejected', 'cancelled') THEN 'transfer_return' END AS answer
    FROM transfer WHERE person_key BETWEEN $1::bigint AND $2::bigint
), gone AS (
    SELECT person_key, operation_id AS transfer_id,
           coalesce(sum(amount_fen) FILTER (WHERE part = 'current_year'), 0) AS current_year_fen,
           coalesce(sum(amount_fen) FILTER (WHERE part = 'carried_over'), 0) AS carried_over_fen,
           (array_agg(hash_text ORDER BY seq DESC))[1] AS head
    FROM entry WHERE kind = 'transfer_out'
    GROUP BY person_key, operation_id
), paid AS (
    SELECT person_key, withdrawal_id, transfer_id, current_year_fen, carried_over_fen
    FROM withdrawal WHERE person_key BETWEEN $1::bigint AND $2::bigint
), answered AS (
    SELECT taken.*, given.operation_id AS transfer_id, given.amount_fen AS given_fen, given.part AS given_part,
           given.posted_at AS given_at
    FROM entry AS taken
    LEFT JOIN entry AS given ON given.person_key = taken.person_key AND given.entry_id = taken.linked_entry_id
                            AND given.kind = 'transfer_out'
    WHERE taken.kind <> 'transfer_out'
)
SELECT 'transfer', moved.transfer_id::text, fault.column_name, fault.expected, fault.found
FROM moved
LEFT JOIN gone ON gone.person_key = moved.person_key AND gone.transfer_id = moved.transfer_id
LEFT JOIN paid ON paid.person_key = moved.person_key AND paid.withdrawal_id = moved.withdrawal_id
              AND paid.transfer_id = moved.transfer_id
CROSS JOIN LATERAL (
    SELECT CASE moved.machine WHEN 'transfer' THEN coalesce(gone.current_year_fen, 0)
                              ELSE coalesce(paid.current_year_fen, 0) END AS current_year_fen,
           CASE moved.machine WHEN 'transfer' THEN coalesce(gone.carried_over_fen, 0)
                              ELSE coalesce(paid.carried_over_fen, 0) END AS carried_over_fen) AS true_sum
CROSS JOIN LATERAL (
    SELECT 'current_year_fen', true_sum.current_year_fen::text, moved.current_year_fen::text
    WHERE true_sum.current_year_fen <> moved.current_year_fen
    UNION ALL
    SELECT 'carried_over_fen', true_sum.carried_over_fen::text, moved.carried_over_fen::text
    WHERE true_sum.carried_over_fen <> moved.carried_over_fen
    UNION ALL
    SELECT 'amount_fen', (moved.current_year_fen + moved.carried_over_fen)::text, moved.amount_fen::text
    WHERE moved.amount_fen <> moved.current_year_fen + moved.carried_over_fen
    UNION ALL
    SELECT 'amount_fen', '0: nothing has left in ' || moved.state, moved.amount_fen::text
    WHERE moved.amount_fen > 0 AND moved.moves_on IS NULL
    UNION ALL
    SELECT 'way', 'one by which money moves', moved.way
    WHERE gone.transfer_id IS NOT NULL AND moved.way <> 'cross_province'
    UNION ALL
    SELECT 'take_in_id', CASE WHEN moved.answer = 'transfer_in' AND moved.amount_fen > 0 THEN 'an operation'
                              ELSE 'null' END,
           coalesce(moved.take_in_id::text, 'null')
    WHERE (moved.take_in_id IS NOT NULL) <> (moved.answer IS NOT DISTINCT FROM 'transfer_in' AND moved.amount_fen > 0)
    UNION ALL
    SELECT 'return_id',
           CASE WHEN moved.answer = 'transfer_return' AND moved.amount_fen > 0 THEN 'an operation' ELSE 'null' END,
           coalesce(moved.return_id::text, 'null')
    WHERE (moved.return_id IS NOT NULL) <> (moved.answer IS NOT DISTINCT FROM 'transfer_return'
                                            AND moved.amount_fen > 0)
    UNION ALL
    SELECT 'withdrawal_id', 'a withdrawal of this transfer', coalesce(moved.withdrawal_id::text, 'null')
    WHERE (moved.withdrawal_id IS NOT NULL AND paid.withdrawal_id IS NULL)
       OR (moved.withdrawal_id IS NULL AND (moved.state = 'paying' OR moved.machine = 'transfer_payout'
                                            AND moved.amount_fen > 0))
       OR (moved.withdrawal_id IS NOT NULL AND moved.machine <> 'transfer_payout')
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'ledger_entry', entry.account_id || '/' || entry.seq, fault.column_name, fault.expected, fault.found
FROM entry
LEFT JOIN moved ON moved.person_key = entry.person_key AND moved.transfer_id = entry.operation_id
LEFT JOIN (SELECT person_key, linked_entry_id, count(*) AS answers, min(kind) AS kind
           FROM entry WHERE kind <> 'transfer_out' GROUP BY person_key, linked_entry_id) AS back
       ON back.person_key = entry.person_key AND back.linked_entry_id = entry.entry_id
CROSS JOIN LATERAL (
    SELECT 'operation_id', 'a transfer of the person', 'none' WHERE moved.transfer_id IS NULL
    UNION ALL
    SELECT 'account_id', 'the old account of the transfer', entry.account_id::text
    WHERE entry.account_id IS DISTINCT FROM moved.from_account_id AND moved.transfer_id IS NOT NULL
    UNION ALL
    SELECT 'system_account', 'transit:' || moved.from_pool_code, entry.system_account
    WHERE entry.system_account <> 'transit:' || moved.from_pool_code
    UNION ALL
    SELECT 'reference', moved.to_pool_code, entry.reference WHERE entry.reference <> moved.to_pool_code
    UNION ALL
    SELECT 'posted_at', 'not before ' || moved.created_at, entry.posted_at::text
    WHERE entry.posted_at < moved.created_at
    UNION ALL
    SELECT 'entry_id', CASE WHEN moved.answer IS NULL THEN 'in transit: no answer' ELSE '1 ' || moved.answer END,
           coalesce(back.answers || ' ' || back.kind, '0')
    WHERE moved.transfer_id IS NOT NULL
      AND (coalesce(back.answers, 0) <> CASE WHEN moved.answer IS NULL THEN 0 ELSE 1 END OR back.kind <> moved.answer)
) AS fault (column_name, expected, found)
WHERE entry.kind = 'transfer_out'
UNION ALL
SELECT 'ledger_entry', answered.account_id || '/' || answered.seq, fault.column_name, fault.expected, fault.found
FROM answered
LEFT JOIN moved ON moved.person_key = answered.person_key AND moved.transfer_id = answered.transfer_id
LEFT JOIN gone ON gone.person_key = answered.person_key AND gone.transfer_id = answered.transfer_id
CROSS JOIN LATERAL (
    SELECT 'linked_entry_id', 'the transfer_out that it answers', coalesce(answered.linked_entry_id::text, 'null')
    WHERE moved.transfer_id IS NULL
    UNION ALL
    SELECT 'operation_id', CASE answered.kind WHEN 'transfer_in' THEN moved.take_in_id ELSE moved.return_id END::text,
           answered.operation_id::text
    WHERE moved.transfer_id IS NOT NULL AND answered.operation_id
          IS DISTINCT FROM CASE answered.kind WHEN 'transfer_in' THEN moved.take_in_id ELSE moved.return_id END
    UNION ALL
    SELECT 'account_id', CASE answered.kind WHEN 'transfer_in' THEN moved.to_account_id
                              ELSE moved.from_account_id END::text,
           answered.account_id::text
    WHERE moved.transfer_id IS NOT NULL AND answered.account_id
          IS DISTINCT FROM CASE answered.kind WHEN 'transfer_in' THEN moved.to_account_id ELSE moved.from_account_id END
    UNION ALL
    SELECT 'amount_fen', answered.given_fen::text, answered.amount_fen::text
    WHERE answered.amount_fen <> answered.given_fen
    UNION ALL
    SELECT 'part', answered.given_part, answered.part
    WHERE answered.part <> answered.given_part AND answered.part <> 'carried_over'
    UNION ALL
    SELECT 'posted_at', 'not before ' || answered.given_at, answered.posted_at::text
    WHERE answered.posted_at < answered.given_at
    UNION ALL
    SELECT 'system_account', pool.transit, answered.system_account
    FROM (SELECT 'transit:' || CASE answered.kind WHEN 'transfer_in' THEN moved.to_pool_code
                                    ELSE moved.from_pool_code END)
         AS pool (transit)
    WHERE answered.system_account <> pool.transit
    UNION ALL
    SELECT 'reference', gone.head, answered.reference
    WHERE answered.kind = 'transfer_in' AND answered.reference <> gone.head
) AS fault (column_name, expected, found)
