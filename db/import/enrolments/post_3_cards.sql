-- Stores the card numbers that the enrolments of a slice bring.
-- SPDX-License-Identifier: Apache-2.0
-- Before any account is locked, as corrections of people claim numbers before they lock accounts.
INSERT INTO person_identifier (kind, hash, person_key, person_id)
SELECT DISTINCT 'card_number', card_hash, known_key, known_id
FROM import_checked JOIN import_row USING (line)
WHERE position > $1 AND position <= $2 AND is_ready AND card_hash IS NOT NULL
ORDER BY 2
ON CONFLICT DO NOTHING
