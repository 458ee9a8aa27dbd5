-- I1: each posted contribution has exactly its one entry, each such entry its contribution, and both say the same.
-- SPDX-License-Identifier: Apache-2.0
-- A copy that a merge made has none of its own: 057_copy holds it against the record that has.
WITH entry AS (
    SELECT entry.person_key, entry.operation_id, entry.account_id, entry.seq, entry.kind, entry.amount_fen,
           entry.reference, account.pool_code
    FROM ledger_entry AS entry
    LEFT JOIN account ON account.person_key = entry.person_key AND account.account_id = entry.account_id
    WHERE entry.person_key BETWEEN $1::bigint AND $2::bigint
      AND entry.kind IN ('contribution', 'contribution_refund')
), record AS (
    SELECT person_key, operation_id, contribution_id, pool_code, status, personal_fen, source_document,
           CASE kind WHEN 'refund' THEN 'contribution_refund' ELSE 'contribution' END AS entry_kind,
           origin_contribution_id IS NULL AND status IN ('posted', 'reversed') AS has_entry,
           count(*) OVER (PARTITION BY person_key, operation_id) AS sharing,
           count(*) OVER (PARTITION BY person_key, contribution_id) AS copies
    FROM contribution
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
), paired AS (
    SELECT record.*, entry.account_id, entry.seq, entry.kind AS found_kind, entry.amount_fen,
           entry.pool_code AS found_pool_code, entry.reference,
           count(entry.seq) OVER (PARTITION BY record.person_key, record.contribution_id) AS entries
    FROM record
    LEFT JOIN entry ON entry.person_key = record.person_key AND entry.operation_id = record.operation_id
)
SELECT 'contribution', contribution_id::text, fault.column_name, fault.expected, fault.found
FROM paired
CROSS JOIN LATERAL (
    SELECT 'operation_id', CASE WHEN has_entry THEN '1 ledger entry' ELSE 'no ledger entry' END, entries::text
    WHERE entries <> has_entry::int
    UNION ALL
    SELECT 'operation_id', '1 contribution', sharing::text WHERE sharing <> 1
    UNION ALL
    SELECT 'contribution_id', '1 contribution', copies::text WHERE copies <> 1
    UNION ALL
    SELECT 'personal_fen', amount_fen::text, personal_fen::text WHERE amount_fen <> personal_fen
    UNION ALL
    SELECT 'kind', entry_kind, found_kind WHERE entry_kind <> found_kind
    UNION ALL
    SELECT 'pool_code', found_pool_code, pool_code WHERE found_pool_code <> pool_code
    UNION ALL
    SELECT 'source_document', reference, source_document WHERE reference <> source_document
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'ledger_entry', entry.account_id || '/' || entry.seq, 'operation_id', 'a contribution', 'none'
FROM entry
WHERE NOT EXISTS (SELECT FROM record
                  WHERE record.person_key = entry.person_key AND record.operation_id = entry.operation_id)
