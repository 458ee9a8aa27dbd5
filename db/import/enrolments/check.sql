-- Finds the person and stored enrolment of every staged row, and numbers the rows by person.
-- SPDX-License-Identifier: Apache-2.0
-- A slice of positions holds whole persons: position is the number of the person.
INSERT INTO import_checked
SELECT found.*, clean.is_clean, clean.is_clean AND NOT found.is_stored, clean.is_clean AND found.is_stored
FROM (
    SELECT dense_rank() OVER (ORDER BY owner.id),
           import_row.line,
           first_value(import_row.line) OVER same_record AS other_line,
           identifier.person_key AS known_key,
           identifier.person_id AS known_id,
           stored.enrolment_id IS NOT NULL AND content.is_same
               AND (import_row.card_hash IS NULL OR card.person_key IS NOT NULL) AS is_stored,
           coalesce(first_value(import_row.line) OVER same_record < import_row.line
               AND (import_row.citizen_hash, import_row.pool_code, import_row.scheme, import_row.started_on)
                   IS NOT NULL, false) AS is_duplicate,
           import_row.pool_code IS NOT NULL AND pool.pool_code IS NULL AS is_pool_unknown,
           coalesce(NOT coalesce(hash_is(person.name_hash, import_row.name_hash),
                                 first_value(import_row.name_hash) OVER same_person = import_row.name_hash), false)
               AND former.is_named_so IS NOT TRUE AS is_name_different,
           coalesce(card.person_key <> identifier.person_key, card.person_key IS NOT NULL)
               OR (import_row.card_hash IS NOT NULL
                   AND first_value(owner.id) OVER same_card <> owner.id) AS is_card_taken,
           import_row.is_valid AND stored.enrolment_id IS NOT NULL AND NOT content.is_same AS is_conflict,
           active.is_active AND stored.enrolment_id IS NULL
               AND (first_value(import_row.line) OVER same_active < import_row.line
                    OR EXISTS (SELECT FROM enrolment
                               WHERE enrolment.person_key = identifier.person_key AND enrolment.scheme = 'employee'
                                 AND enrolment.status = 'active')) AS is_active_twice,
           CASE WHEN active.is_active THEN first_value(import_row.line) OVER same_active END AS active_line
    FROM import_row
    LEFT JOIN current_identifier AS identifier
           ON identifier.kind = 'citizen_number' AND identifier.hash = import_row.citizen_hash
    LEFT JOIN current_identifier AS card ON card.kind = 'card_number' AND card.hash = import_row.card_hash
    LEFT JOIN person ON person.person_key = identifier.person_key
    -- Several numbers may be one person's, of records that were merged.
    CROSS JOIN LATERAL (
        SELECT coalesce(int8send(identifier.person_key), import_row.citizen_hash) AS id
    ) AS owner
    CROSS JOIN LATERAL (
        SELECT identifier.recorded_person_key <> identifier.person_key
           AND EXISTS (SELECT FROM person AS merged
                       WHERE merged.person_key = identifier.recorded_person_key
                         AND hash_is(merged.name_hash, import_row.name_hash)) AS is_named_so
    ) AS former
    LEFT JOIN pool ON pool.pool_code = import_row.pool_code
    LEFT JOIN enrolment AS stored
           ON stored.person_key = identifier.person_key AND stored.pool_code = import_row.pool_code
          AND stored.scheme = import_row.scheme AND stored.started_on = import_row.started_on
    -- What is closing because a transfer is under way stands in the agency's files as it was before.
    LEFT JOIN transfer AS moving
           ON stored.status = 'closing' AND import_row.status <> 'closing' AND moving.person_key = stored.person_key
          AND moving.from_enrolment_id = stored.enrolment_id AND moving.ended_at IS NULL
    CROSS JOIN LATERAL (
        SELECT (coalesce(moving.from_enrolment_status, stored.status), stored.account_mode, stored.payer_kind,
                stored.employer_code, stored.ended_on, stored.retired_on)
                   IS NOT DISTINCT FROM (import_row.status, import_row.account_mode, import_row.payer_kind,
                                         import_row.employer_code, import_row.ended_on,
                                         import_row.retired_on) AS is_same
    ) AS content
    CROSS JOIN LATERAL (
        SELECT import_row.is_valid AND import_row.scheme = 'employee' AND import_row.status = 'active' AS is_active
    ) AS active
    WINDOW same_person AS (PARTITION BY owner.id
                           ORDER BY import_row.name_hash IS NULL, import_row.line),
           same_card AS (PARTITION BY import_row.card_hash ORDER BY import_row.line),
           same_active AS (PARTITION BY owner.id, active.is_active ORDER BY import_row.line),
           same_record AS (PARTITION BY owner.id,
                               CASE WHEN stored.enrolment_id IS NOT NULL THEN identifier.recorded_person_key END,
                               import_row.pool_code, import_row.scheme,
                               import_row.started_on
                           ORDER BY import_row.line)
) AS found
JOIN import_row USING (line)
CROSS JOIN LATERAL (
    SELECT import_row.is_valid AND NOT (found.is_duplicate OR found.is_pool_unknown OR found.is_name_different
        OR found.is_card_taken OR found.is_conflict OR found.is_active_twice) AS is_clean
) AS clean
