-- Finds person, account and earlier posting of every staged opening balance, and numbers the rows by person.
-- SPDX-License-Identifier: Apache-2.0
INSERT INTO import_checked
SELECT found.*, clean.is_clean AND NOT found.is_stored, clean.is_clean AND found.is_stored
FROM (
    SELECT row_number() OVER in_order,
           import_row.line,
           first_value(import_row.line) OVER same_record AS first_line,
           identifier.person_key,
           account.account_id,
           import_row.pool_code, import_row.as_of, import_row.current_year_fen, import_row.carried_over_fen,
           import_row.source_document, import_row.operation_time, import_row.current_year_entry_time,
           import_row.carried_over_entry_time,
           stored.person_key IS NOT NULL AND content.is_same AS is_stored,
           import_row.is_valid,
           coalesce(first_value(import_row.line) OVER same_record < import_row.line
               AND (import_row.citizen_hash, import_row.pool_code, import_row.source_document) IS NOT NULL, false)
               AS is_duplicate,
           import_row.pool_code IS NOT NULL AND pool.pool_code IS NULL AS is_pool_unknown,
           import_row.citizen_hash IS NOT NULL AND identifier.person_key IS NULL AS is_person_unknown,
           coalesce(NOT hash_is(person.name_hash, import_row.name_hash), false)
               AND former.is_named_so IS NOT TRUE AS is_name_different,
           import_row.is_valid AND stored.person_key IS NOT NULL AND NOT content.is_same AS is_conflict,
           account.account_id IS NULL AND identifier.person_key IS NOT NULL AND pool.pool_code IS NOT NULL
               AS is_account_missing,
           account.account_id IS NOT NULL AND rule.allowed IS NOT TRUE
               AND stored.person_key IS NULL AS is_account_closed,
           import_row.is_valid AND account.account_id IS NOT NULL AND stored.person_key IS NULL
               AND EXISTS (SELECT FROM contribution
                           WHERE contribution.person_key = account.person_key AND contribution.scheme = 'employee'
                             AND contribution.pool_code = account.pool_code AND contribution.status = 'posted'
                             AND import_made_on(contribution.kind, contribution.period, contribution.paid_on)
                                 < import_row.as_of) AS is_already_posted,
           stored.person_key IS NULL
               AND coalesce(account.current_year_fen + account.carried_over_fen + import_row.current_year_fen
                   + import_row.carried_over_fen > 9007199254740991, false) AS is_overflowing
    FROM import_row
    LEFT JOIN current_identifier AS identifier
           ON identifier.kind = 'citizen_number' AND identifier.hash = import_row.citizen_hash
    LEFT JOIN person ON person.person_key = identifier.person_key AND import_row.name_hash IS NOT NULL
    LEFT JOIN pool ON pool.pool_code = import_row.pool_code
    LEFT JOIN account ON account.person_key = identifier.person_key AND account.pool_code = import_row.pool_code
    LEFT JOIN account_status_rule AS rule ON rule.operation = 'import' AND rule.status = account.status
    -- What was stored for a record before it was merged stays there, and its money has come over.
    LEFT JOIN account AS merged
           ON identifier.recorded_person_key <> identifier.person_key
           AND merged.person_key = identifier.recorded_person_key
          AND merged.pool_code = import_row.pool_code
    LEFT JOIN LATERAL (
        SELECT opening_balance.*
        FROM opening_balance
        WHERE opening_balance.person_key IN (account.person_key, merged.person_key)
          AND opening_balance.account_id IN (account.account_id, merged.account_id)
          AND opening_balance.source_document = import_row.source_document
        ORDER BY opening_balance.person_key = merged.person_key DESC
        LIMIT 1
    ) AS stored ON true
    CROSS JOIN LATERAL (
        SELECT identifier.recorded_person_key <> identifier.person_key
           AND EXISTS (SELECT FROM person AS merged
                       WHERE merged.person_key = identifier.recorded_person_key
                         AND hash_is(merged.name_hash, import_row.name_hash)) AS is_named_so
    ) AS former
    CROSS JOIN LATERAL (
        SELECT (stored.as_of, stored.current_year_fen, stored.carried_over_fen)
                   IS NOT DISTINCT FROM (import_row.as_of, import_row.current_year_fen, import_row.carried_over_fen)
                   AS is_same
    ) AS content
    WINDOW same_record AS (
               PARTITION BY identifier.person_key,
                   CASE WHEN stored.person_key IS NOT NULL THEN identifier.recorded_person_key END,
                   CASE WHEN identifier.person_key IS NULL THEN import_row.citizen_hash END,
                   import_row.pool_code COLLATE "C", import_row.source_document COLLATE "C"
               ORDER BY import_row.line),
           in_order AS (
               ORDER BY identifier.person_key,
                   CASE WHEN identifier.person_key IS NULL THEN import_row.citizen_hash END,
                   import_row.pool_code COLLATE "C", import_row.source_document COLLATE "C", import_row.line)
) AS found
CROSS JOIN LATERAL (
    SELECT found.is_valid AND NOT (found.is_duplicate OR found.is_pool_unknown OR found.is_person_unknown
        OR found.is_name_different OR found.is_conflict OR found.is_account_missing OR found.is_account_closed
        OR found.is_already_posted OR found.is_overflowing) AS is_clean
) AS clean
