-- Makes the people of a slice who are not known yet, with the key and id proposed on their first good line.
-- SPDX-License-Identifier: Apache-2.0
-- Outcomes: whoever has the identifier is the person; a key proposed for somebody else's number is not used.
WITH newcomer AS MATERIALIZED (
    SELECT DISTINCT ON (import_row.citizen_hash) import_row.*
    FROM import_checked JOIN import_row USING (line)
    WHERE position > $1 AND position <= $2 AND is_ready AND known_key IS NULL
    ORDER BY import_row.citizen_hash, line
), asked AS MATERIALIZED (
    SELECT array_agg('citizen_number'::text) AS kinds, array_agg(citizen_given) AS givens,
           array_agg(person_key) AS person_keys, array_agg(person_id) AS person_ids
    FROM newcomer
), claimed AS MATERIALIZED (
    SELECT asked.person_keys[c.place] AS person_key
    FROM asked CROSS JOIN LATERAL identifiers_claim(asked.kinds, asked.givens, asked.person_keys, asked.person_ids) AS c
)
INSERT INTO person (person_key, person_id, birth_date, sex, citizen_number_sealed, name_sealed, phone_sealed,
    bank_card_sealed, name_hash, name_version, phone_hash, phone_version, created_at)
SELECT person_key, person_id, birth_date, sex, citizen_number_sealed, name_sealed, phone_sealed, bank_card_sealed,
       hash_looked(name_hash), hash_version(name_hash), hash_looked(phone_hash),
       coalesce(hash_version(phone_hash), 1), $3
FROM newcomer JOIN claimed USING (person_key)
