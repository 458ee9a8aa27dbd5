-- I8: money sent to a wallet left once and is pending, arrived or back, exactly once, as the sender's entries say.
-- SPDX-License-Identifier: Apache-2.0
-- What leaves is one entry wallet_out of each part of the sender's account. When the transfer is declined, cancelled or
-- returned, each of them is answered by one wallet_return into the part that gave; but current-year money of an account
-- year that has ended goes to the carried-over part. What arrived is looked at with the receiver (156_wallet_in).
WITH entry AS MATERIALIZED (
    SELECT person_key, account_id, seq, entry_id, operation_id, linked_entry_id, kind, part, amount_fen, posted_at,
           business_date
    FROM ledger_entry
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND kind IN ('wallet_out', 'wallet_return')
), sent AS MATERIALIZED (
    SELECT wallet_transfer.*, coalesce(pool.account_year_starts_month, 1) AS starts_month,
           ('x' || right(replace(wallet_transfer_id::text, '-', ''), 16))::bit(64)::bigint
           & 4611686018427387903 AS id_key,
           ('x' || right(replace(receiver_id::text, '-', ''), 16))::bit(64)::bigint
           & 4611686018427387903 AS receiver_key
    FROM wallet_transfer
    LEFT JOIN pool USING (pool_code)
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
), summed AS (
    SELECT person_key, operation_id AS wallet_transfer_id,
           coalesce(sum(amount_fen) FILTER (WHERE kind = 'wallet_out' AND part = 'current_year'), 0)
               AS current_year_fen,
           coalesce(sum(amount_fen) FILTER (WHERE kind = 'wallet_out' AND part = 'carried_over'), 0)
               AS carried_over_fen,
           coalesce(sum(amount_fen) FILTER (WHERE kind = 'wallet_return'), 0) AS returned_fen,
           min(posted_at) FILTER (WHERE kind = 'wallet_out') AS left_at,
           max(posted_at) FILTER (WHERE kind = 'wallet_return') AS back_at,
           min(business_date) FILTER (WHERE kind = 'wallet_out') AS business_date
    FROM entry
    GROUP BY person_key, operation_id
), step AS (
    SELECT person_key, object_id, min(at) AS began_at, max(at) FILTER (WHERE seq > 1) AS ended_at
    FROM state_change
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND machine = 'wallet_transfer'
    GROUP BY person_key, object_id
)
SELECT 'wallet_transfer', sent.wallet_transfer_id::text, fault.column_name, fault.expected, fault.found
FROM sent
LEFT JOIN summed USING (person_key, wallet_transfer_id)
LEFT JOIN step ON step.person_key = sent.person_key AND step.object_id = sent.wallet_transfer_id
LEFT JOIN account ON account.person_key = sent.person_key AND account.account_id = sent.account_id
LEFT JOIN person AS receiver ON receiver.person_key = sent.receiver_person_key AND receiver.person_id = sent.receiver_id
LEFT JOIN family_member AS member ON member.person_key = sent.person_key
     AND member.family_member_id = sent.family_member_id AND member.account_id = sent.account_id
     AND member.member_person_key = sent.receiver_person_key
CROSS JOIN LATERAL (
    SELECT 'wallet_transfer_id', 'an id of person ' || sent.person_key, 'one of ' || id_key
    WHERE id_key <> sent.person_key
    UNION ALL
    SELECT 'pool_code', coalesce(account.pool_code, 'that of an account'), sent.pool_code
    WHERE account.pool_code IS DISTINCT FROM sent.pool_code
    UNION ALL
    SELECT 'receiver_person_key', 'the person of receiver_id', sent.receiver_person_key::text
    WHERE receiver.person_id IS NULL OR receiver_key <> sent.receiver_person_key
    UNION ALL
    SELECT 'family_member_id', 'the receiver as a member of the account', 'none' WHERE member.family_member_id IS NULL
    UNION ALL
    SELECT 'amount_fen', (sent.current_year_fen + sent.carried_over_fen)::text, sent.amount_fen::text
    WHERE sent.amount_fen <> sent.current_year_fen + sent.carried_over_fen
    UNION ALL
    SELECT 'current_year_fen', coalesce(summed.current_year_fen, 0)::text, sent.current_year_fen::text
    WHERE coalesce(summed.current_year_fen, 0) <> sent.current_year_fen
    UNION ALL
    SELECT 'carried_over_fen', coalesce(summed.carried_over_fen, 0)::text, sent.carried_over_fen::text
    WHERE coalesce(summed.carried_over_fen, 0) <> sent.carried_over_fen
    UNION ALL
    SELECT 'created_at', concat_ws(', ', summed.left_at, step.began_at), sent.created_at::text
    WHERE sent.created_at IS DISTINCT FROM summed.left_at OR sent.created_at IS DISTINCT FROM step.began_at
    UNION ALL
    SELECT 'business_date', summed.business_date::text, sent.business_date::text
    WHERE summed.business_date <> sent.business_date
    UNION ALL
    SELECT 'returns_at', 'after it was sent', sent.returns_at::text WHERE sent.returns_at <= sent.created_at
    UNION ALL
    SELECT 'state', CASE WHEN coalesce(summed.returned_fen, 0) = 0 THEN 'pending or accepted'
                         ELSE 'one that gave it all back' END, sent.state
    WHERE coalesce(summed.returned_fen, 0)
          <> CASE WHEN sent.state IN ('declined', 'cancelled', 'returned') THEN sent.amount_fen ELSE 0 END
    UNION ALL
    SELECT 'ended_at', coalesce(step.ended_at::text, 'null'), coalesce(sent.ended_at::text, 'null')
    WHERE step.ended_at IS DISTINCT FROM sent.ended_at
    UNION ALL
    SELECT 'ended_at', summed.back_at::text, coalesce(sent.ended_at::text, 'null')
    WHERE summed.back_at IS DISTINCT FROM sent.ended_at AND summed.back_at IS NOT NULL
    UNION ALL
    SELECT 'ended_at', CASE sent.state WHEN 'accepted' THEN 'before ' ELSE 'not before ' END || sent.returns_at,
           sent.ended_at::text
    WHERE (sent.state = 'accepted' AND sent.ended_at >= sent.returns_at)
       OR (sent.state = 'returned' AND sent.ended_at < sent.returns_at)
    UNION ALL
    SELECT 'wallet_account_id', CASE sent.state WHEN 'accepted' THEN 'a wallet' ELSE 'null: it did not arrive' END,
           coalesce(sent.wallet_account_id::text, 'null')
    WHERE (sent.wallet_account_id IS NOT NULL) <> (sent.state = 'accepted')
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'ledger_entry', entry.account_id || '/' || entry.seq, fault.column_name, fault.expected, fault.found
FROM entry
LEFT JOIN sent ON sent.person_key = entry.person_key AND sent.wallet_transfer_id = entry.operation_id
LEFT JOIN entry AS gave ON gave.person_key = entry.person_key AND gave.entry_id = entry.linked_entry_id
     AND gave.kind = 'wallet_out' AND gave.operation_id = entry.operation_id
CROSS JOIN LATERAL (
    SELECT 'operation_id', 'a transfer to a wallet', 'none' WHERE sent.wallet_transfer_id IS NULL
    UNION ALL
    SELECT 'account_id', sent.account_id::text, entry.account_id::text WHERE entry.account_id <> sent.account_id
    UNION ALL
    SELECT 'linked_entry_id',
           CASE entry.kind WHEN 'wallet_out' THEN 'null' ELSE 'the wallet_out that it gives back' END,
           coalesce(entry.linked_entry_id::text, 'null')
    WHERE CASE entry.kind WHEN 'wallet_out' THEN entry.linked_entry_id IS NOT NULL ELSE gave.entry_id IS NULL END
    UNION ALL
    SELECT 'amount_fen', gave.amount_fen::text, entry.amount_fen::text WHERE entry.amount_fen <> gave.amount_fen
    UNION ALL
    SELECT 'linked_entry_id', 'a wallet_out that nothing else gives back', entry.linked_entry_id::text
    WHERE EXISTS (SELECT FROM entry AS other
                  WHERE other.person_key = entry.person_key AND other.linked_entry_id = entry.linked_entry_id
                    AND other.entry_id <> entry.entry_id)
    UNION ALL
    SELECT 'part', rightful.part, entry.part
    FROM (SELECT CASE WHEN gave.part = 'current_year'
                           AND extract(year FROM entry.business_date)
                               - (extract(month FROM entry.business_date) < sent.starts_month)::int
                               = extract(year FROM sent.business_date)
                                 - (extract(month FROM sent.business_date) < sent.starts_month)::int
                      THEN 'current_year' ELSE 'carried_over' END AS part) AS rightful
    WHERE gave.entry_id IS NOT NULL AND entry.part <> rightful.part
) AS fault (column_name, expected, found)
