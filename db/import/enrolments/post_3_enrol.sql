-- Stores the enrolments of a slice, and the employers they bring.
-- SPDX-License-Identifier: Apache-2.0
WITH slice AS MATERIALIZED (
    SELECT known_key, known_id, import_row.*
    FROM import_checked JOIN import_row USING (line)
    WHERE position > $1 AND position <= $2 AND is_ready
), employers AS (
    INSERT INTO employer (employer_code, name, check_digit_valid, first_seen_at)
    SELECT DISTINCT ON (employer_code) employer_code, employer_name, employer_code_valid, $3
    FROM slice WHERE employer_code IS NOT NULL ORDER BY employer_code, employer_name IS NULL, line
    ON CONFLICT DO NOTHING
)
INSERT INTO enrolment (person_key, enrolment_id, pool_code, scheme, status, account_mode, payer_kind, employer_code,
    started_on, ended_on, retired_on)
SELECT known_key, import_id(enrolment_time, known_key), pool_code, scheme, status, account_mode, payer_kind,
       employer_code, started_on, ended_on, retired_on
FROM slice
ON CONFLICT DO NOTHING
