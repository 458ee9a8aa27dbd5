-- I1: each part of an opening balance has exactly its one entry, each such entry its record; the latest sets the cut-over.
-- SPDX-License-Identifier: Apache-2.0
WITH stored AS (
    SELECT * FROM opening_balance WHERE person_key BETWEEN $1::bigint AND $2::bigint
), reported AS (
    SELECT stored.person_key, stored.account_id, stored.operation_id, stored.source_document, one.part, one.amount_fen
    FROM stored
    CROSS JOIN LATERAL (VALUES ('current_year', current_year_fen), ('carried_over', carried_over_fen))
        AS one (part, amount_fen)
    WHERE one.amount_fen > 0
), entry AS (
    SELECT person_key, account_id, operation_id, reference AS source_document, part, sum(amount_fen) AS amount_fen
    FROM ledger_entry
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND kind = 'opening_balance'
    GROUP BY person_key, account_id, operation_id, reference, part
), latest AS (
    SELECT person_key, account_id, max(as_of) AS as_of FROM stored GROUP BY person_key, account_id
)
SELECT 'opening_balance', account_id || '/' || source_document, part || '_fen',
       coalesce(entry.amount_fen::text, 'no ledger entry'), coalesce(reported.amount_fen::text, 'no record')
FROM reported
FULL JOIN entry USING (person_key, account_id, operation_id, source_document, part)
WHERE reported.amount_fen IS DISTINCT FROM entry.amount_fen
UNION ALL
SELECT 'account', account_id::text, 'cut_over_on', coalesce(latest.as_of::text, 'null'),
       coalesce(account.cut_over_on::text, 'null')
FROM latest
FULL JOIN (SELECT person_key, account_id, cut_over_on FROM account
           WHERE person_key BETWEEN $1::bigint AND $2::bigint) AS account USING (person_key, account_id)
WHERE latest.as_of IS DISTINCT FROM account.cut_over_on
