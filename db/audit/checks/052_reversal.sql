-- I1: each reversed contribution has one entry that takes its own back, and each such entry its reversed contribution.
-- SPDX-License-Identifier: Apache-2.0
WITH entry AS (
    SELECT person_key, account_id, seq, entry_id, operation_id, linked_entry_id, kind, part, direction, amount_fen
    FROM ledger_entry
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
      AND kind IN ('contribution', 'contribution_refund', 'contribution_reversal')
), undone AS (
    SELECT back.person_key, back.account_id, back.seq, given.operation_id,
           (back.part, back.amount_fen) = (given.part, given.amount_fen) AND back.direction <> given.direction
               AND given.kind <> 'contribution_reversal' AND given.seq < back.seq AS fits
    FROM entry AS back
    LEFT JOIN entry AS given ON given.person_key = back.person_key AND given.account_id = back.account_id
                            AND given.entry_id = back.linked_entry_id
    WHERE back.kind = 'contribution_reversal'
), reversed AS (
    SELECT person_key, operation_id, contribution_id
    FROM contribution
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND status = 'reversed'
)
SELECT 'ledger_entry', undone.account_id || '/' || undone.seq, 'linked_entry_id', 'the entry of a reversed contribution',
       CASE WHEN undone.fits THEN 'one that is not' ELSE 'none that fits' END
FROM undone
LEFT JOIN reversed ON reversed.person_key = undone.person_key AND reversed.operation_id = undone.operation_id
WHERE undone.fits IS NOT TRUE OR reversed.person_key IS NULL
UNION ALL
SELECT 'contribution', reversed.contribution_id::text, 'status', '1 reversal', count(undone.seq)::text
FROM reversed
LEFT JOIN undone ON undone.person_key = reversed.person_key AND undone.operation_id = reversed.operation_id
GROUP BY reversed.person_key, reversed.contribution_id
HAVING count(undone.seq) <> 1
