-- Finds person, account and stored record of every staged contribution; numbers the rows by person,
-- credits before refunds.
-- SPDX-License-Identifier: Apache-2.0
-- Parameters as in cli/import/sql.h.
INSERT INTO import_checked
SELECT found.*, NULL, clean.is_clean AND NOT found.is_stored, clean.is_clean AND found.is_stored
FROM (
    SELECT row_number() OVER in_order,
           import_row.line,
           first_value(import_row.line) OVER same_record AS first_line,
           identifier.person_key,
           account.account_id,
           import_row.pool_code, import_row.scheme, import_row.period, import_row.kind, import_row.source_document,
           import_row.base_fen, import_row.personal_fen, import_row.employer_fen, import_row.subsidy_fen,
           import_row.paid_on, import_row.channel, import_row.employer_code, import_row.contribution_time,
           import_row.entry_time,
           CASE WHEN import_row.period >= import_account_year($4, pool.account_year_starts_month)
                THEN 'current_year' ELSE 'carried_over' END,
           money.is_due AND account.account_id IS NOT NULL
               AND (account.cut_over_on IS NULL OR account.cut_over_on
                    <= import_made_on(import_row.kind, import_row.period, import_row.paid_on)),
           account.current_year_fen + account.carried_over_fen > 4503599627370496,
           stored.person_key IS NOT NULL AND content.is_same AS is_stored,
           import_row.is_valid,
           coalesce(first_value(import_row.line) OVER same_record < import_row.line
               AND (import_row.citizen_hash, import_row.period, import_row.scheme, import_row.kind,
                    import_row.source_document) IS NOT NULL, false) AS is_duplicate,
           import_row.pool_code IS NOT NULL AND pool.pool_code IS NULL AS is_pool_unknown,
           import_row.citizen_hash IS NOT NULL AND identifier.person_key IS NULL AS is_person_unknown,
           coalesce(NOT hash_is(person.name_hash, import_row.name_hash), false)
               AND former.is_named_so IS NOT TRUE AS is_name_different,
           import_row.is_valid AND stored.person_key IS NOT NULL AND NOT content.is_same AS is_conflict,
           CASE WHEN money.is_due AND account.account_id IS NULL AND identifier.person_key IS NOT NULL
                     AND pool.pool_code IS NOT NULL
                THEN NOT EXISTS (SELECT FROM enrolment
                                 WHERE enrolment.person_key = identifier.person_key
                                   AND enrolment.pool_code = import_row.pool_code AND enrolment.scheme = 'employee'
                                   AND enrolment.account_mode = 'pooled_only')
                ELSE false END AS is_account_missing,
           money.is_due AND account.account_id IS NOT NULL AND rule.allowed IS NOT TRUE
               AND stored.person_key IS NULL AS is_account_closed
    FROM import_row
    LEFT JOIN current_identifier AS identifier
           ON identifier.kind = 'citizen_number' AND identifier.hash = import_row.citizen_hash
    LEFT JOIN person ON person.person_key = identifier.person_key AND import_row.name_hash IS NOT NULL
    LEFT JOIN pool ON pool.pool_code = import_row.pool_code
    LEFT JOIN account ON account.person_key = identifier.person_key AND account.pool_code = import_row.pool_code
    LEFT JOIN account_status_rule AS rule ON rule.operation = 'import' AND rule.status = account.status
    LEFT JOIN contribution AS stored
           ON stored.person_key = identifier.person_key AND stored.period = import_row.period
          AND stored.scheme = import_row.scheme AND stored.kind = import_row.kind
          AND stored.source_document = import_row.source_document
    CROSS JOIN LATERAL (
        SELECT coalesce(import_row.scheme = 'employee' AND import_row.kind <> 'deemed_years'
                        AND import_row.personal_fen > 0, false) AS is_due
    ) AS money
    CROSS JOIN LATERAL (
        SELECT identifier.recorded_person_key <> identifier.person_key
           AND EXISTS (SELECT FROM person AS merged
                       WHERE merged.person_key = identifier.recorded_person_key
                         AND hash_is(merged.name_hash, import_row.name_hash)) AS is_named_so
    ) AS former
    CROSS JOIN LATERAL (
        SELECT (stored.pool_code, stored.base_fen, stored.personal_fen, stored.employer_fen, stored.subsidy_fen)
                   IS NOT DISTINCT FROM (import_row.pool_code, import_row.base_fen, import_row.personal_fen,
                                         import_row.employer_fen, import_row.subsidy_fen)
           AND (stored.paid_on, stored.channel, stored.employer_code)
                   IS NOT DISTINCT FROM (import_row.paid_on, import_row.channel, import_row.employer_code) AS is_same
    ) AS content
    -- Of rows that are stored already, those of a merged record's number and of the person's own are no duplicates.
    WINDOW same_record AS (
               PARTITION BY identifier.person_key,
                   CASE WHEN stored.person_key IS NOT NULL THEN identifier.recorded_person_key END,
                   CASE WHEN identifier.person_key IS NULL THEN import_row.citizen_hash END,
                   import_row.kind = 'refund', import_row.period, import_row.scheme COLLATE "C",
                   import_row.kind COLLATE "C", import_row.source_document COLLATE "C"
               ORDER BY import_row.line),
           in_order AS (
               ORDER BY identifier.person_key,
                   CASE WHEN identifier.person_key IS NULL THEN import_row.citizen_hash END,
                   import_row.kind = 'refund', import_row.period, import_row.scheme COLLATE "C",
                   import_row.kind COLLATE "C", import_row.source_document COLLATE "C", import_row.line)
) AS found
CROSS JOIN LATERAL (
    SELECT found.is_valid AND NOT (found.is_duplicate OR found.is_pool_unknown OR found.is_person_unknown
        OR found.is_name_different OR found.is_conflict OR found.is_account_missing OR found.is_account_closed)
        AS is_clean
) AS clean
