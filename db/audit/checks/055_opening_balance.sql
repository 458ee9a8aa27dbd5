-- I1: each part of an opening balance has exactly its one entry, each such entry its record;
-- the latest sets the cut-over.
-- SPDX-License-Identifier: Apache-2.0
-- After a merge the cut-over day of the current person's account is the latest of all merged records in that pool; one
-- that was merged has its own, or a later one of a record that was merged into it before.
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
), family (person_key, current_key) AS (
    SELECT person_key, current_person_key FROM person_alias
    UNION
    SELECT current_person_key, current_person_key FROM person_alias
), together AS (
    SELECT mine.person_key, mine.account_id, max(balance.as_of) AS as_of, array_agg(balance.as_of) AS all_of
    FROM account AS mine
    JOIN family ON family.person_key = mine.person_key
    JOIN family AS other ON other.current_key = family.current_key
    JOIN account ON account.person_key = other.person_key AND account.pool_code = mine.pool_code
    JOIN opening_balance AS balance ON balance.person_key = account.person_key
                                   AND balance.account_id = account.account_id
    WHERE mine.person_key BETWEEN $1::bigint AND $2::bigint
    GROUP BY mine.person_key, mine.account_id
), judged AS (
    SELECT account.account_id, account.cut_over_on, family.person_key = family.current_key AS is_current,
           CASE WHEN family.person_key = family.current_key THEN together.as_of ELSE latest.as_of END AS as_of,
           together.all_of
    FROM account
    LEFT JOIN latest USING (person_key, account_id)
    LEFT JOIN together USING (person_key, account_id)
    LEFT JOIN family USING (person_key)
    WHERE account.person_key BETWEEN $1::bigint AND $2::bigint
)
SELECT 'opening_balance', account_id || '/' || source_document, part || '_fen',
       coalesce(entry.amount_fen::text, 'no ledger entry'), coalesce(reported.amount_fen::text, 'no record')
FROM reported
FULL JOIN entry USING (person_key, account_id, operation_id, source_document, part)
WHERE reported.amount_fen IS DISTINCT FROM entry.amount_fen
UNION ALL
SELECT 'account', account_id::text, 'cut_over_on', coalesce(as_of::text, 'null'), coalesce(cut_over_on::text, 'null')
FROM judged
WHERE cut_over_on IS DISTINCT FROM as_of
  AND NOT (is_current IS FALSE AND coalesce(cut_over_on = ANY (all_of)
                                            AND cut_over_on >= coalesce(as_of, cut_over_on), false))
UNION ALL
SELECT 'account', latest.account_id::text, 'cut_over_on', 'an account', 'none'
FROM latest
WHERE NOT EXISTS (SELECT FROM account WHERE account.person_key = latest.person_key
                  AND account.account_id = latest.account_id)
