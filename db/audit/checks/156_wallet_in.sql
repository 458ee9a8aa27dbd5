-- I8: what arrived in a wallet was sent to its person and accepted, once and whole; a wallet never becomes active.
-- SPDX-License-Identifier: Apache-2.0
-- Looked at with the receiver. Each entry wallet_out of an accepted transfer is answered by one wallet_in of the same
-- amount, into the carried-over part of the receiver's account of pool 000000. Senders may be in other slices.
WITH entry AS MATERIALIZED (
    SELECT person_key, account_id, seq, entry_id, operation_id, linked_entry_id, part, amount_fen, posted_at,
           ('x' || right(replace(operation_id::text, '-', ''), 16))::bit(64)::bigint & 4611686018427387903 AS sender_key
    FROM ledger_entry
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND kind = 'wallet_in'
), accepted AS MATERIALIZED (
    SELECT * FROM wallet_transfer
    WHERE receiver_person_key BETWEEN $1::bigint AND $2::bigint AND state = 'accepted'
), took AS (
    SELECT person_key, operation_id, sum(amount_fen) AS amount_fen FROM entry GROUP BY person_key, operation_id
)
SELECT 'wallet_transfer', accepted.wallet_transfer_id::text, fault.column_name, fault.expected, fault.found
FROM accepted
LEFT JOIN took ON took.person_key = accepted.receiver_person_key AND took.operation_id = accepted.wallet_transfer_id
LEFT JOIN account AS wallet ON wallet.person_key = accepted.receiver_person_key
     AND wallet.account_id = accepted.wallet_account_id AND wallet.pool_code = '000000'
CROSS JOIN LATERAL (
    SELECT 'wallet_account_id', 'the wallet of person ' || accepted.receiver_person_key,
           coalesce(accepted.wallet_account_id::text, 'null')
    WHERE wallet.account_id IS NULL
    UNION ALL
    SELECT 'amount_fen', 'what arrived: ' || coalesce(took.amount_fen, 0), accepted.amount_fen::text
    WHERE coalesce(took.amount_fen, 0) <> accepted.amount_fen
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'ledger_entry', entry.account_id || '/' || entry.seq, fault.column_name, fault.expected, fault.found
FROM entry
LEFT JOIN wallet_transfer AS sent ON sent.person_key = entry.sender_key AND sent.wallet_transfer_id = entry.operation_id
     AND sent.receiver_person_key = entry.person_key AND sent.state = 'accepted'
LEFT JOIN LATERAL (
    SELECT out.entry_id, out.amount_fen
    FROM ledger_entry AS out
    WHERE out.person_key = sent.person_key AND out.account_id = sent.account_id AND out.posted_at = sent.created_at
      AND out.entry_id = entry.linked_entry_id AND out.kind = 'wallet_out' AND out.operation_id = entry.operation_id
    ) AS gave ON true
CROSS JOIN LATERAL (
    SELECT 'operation_id', 'an accepted transfer to this person', 'none' WHERE sent.wallet_transfer_id IS NULL
    UNION ALL
    SELECT 'account_id', sent.wallet_account_id::text, entry.account_id::text
    WHERE entry.account_id <> sent.wallet_account_id
    UNION ALL
    SELECT 'posted_at', sent.ended_at::text, entry.posted_at::text WHERE entry.posted_at <> sent.ended_at
    UNION ALL
    SELECT 'part', 'carried_over', entry.part WHERE entry.part <> 'carried_over'
    UNION ALL
    SELECT 'linked_entry_id', 'a wallet_out of the transfer', coalesce(entry.linked_entry_id::text, 'null')
    WHERE gave.entry_id IS NULL AND sent.wallet_transfer_id IS NOT NULL
    UNION ALL
    SELECT 'amount_fen', gave.amount_fen::text, entry.amount_fen::text WHERE entry.amount_fen <> gave.amount_fen
    UNION ALL
    SELECT 'linked_entry_id', 'a wallet_out that arrived once', entry.linked_entry_id::text
    WHERE EXISTS (SELECT FROM entry AS other
                  WHERE other.person_key = entry.person_key AND other.linked_entry_id = entry.linked_entry_id
                    AND other.entry_id <> entry.entry_id)
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'account', account_id::text, 'status', 'one that receives no contributions: it is a wallet', status
FROM account
WHERE person_key BETWEEN $1::bigint AND $2::bigint AND pool_code = '000000' AND status = 'active'
