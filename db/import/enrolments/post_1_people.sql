-- Makes the people of a slice who are not known yet, with the key and id proposed on their first good line.
-- SPDX-License-Identifier: Apache-2.0
-- Outcomes: whoever has the identifier is the person; a key proposed for somebody else's number is not used.
WITH newcomer AS MATERIALIZED (
    SELECT DISTINCT ON (import_row.citizen_hash) import_row.*
    FROM import_checked JOIN import_row USING (line)
    WHERE position > $1 AND position <= $2 AND is_ready AND known_key IS NULL
    ORDER BY import_row.citizen_hash, line
), claimed AS (
    INSERT INTO person_identifier (kind, hash, person_key, person_id)
    SELECT 'citizen_number', citizen_hash, person_key, person_id FROM newcomer ORDER BY citizen_hash
    ON CONFLICT DO NOTHING
    RETURNING person_key
)
INSERT INTO person (person_key, person_id, birth_date, sex, citizen_number_sealed, name_sealed, phone_sealed,
    bank_card_sealed, name_hash, phone_hash, created_at)
SELECT person_key, person_id, birth_date, sex, citizen_number_sealed, name_sealed, phone_sealed, bank_card_sealed,
       name_hash, phone_hash, $3
FROM newcomer JOIN claimed USING (person_key)
