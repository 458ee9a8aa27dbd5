-- Stores the card numbers that the enrolments of a slice bring.
-- SPDX-License-Identifier: Apache-2.0
-- Before any account is locked, as corrections of people claim numbers before they lock accounts.
SELECT count(claimed.place)
FROM (SELECT array_agg('card_number'::text) AS kinds, array_agg(card.card_given) AS givens,
             array_agg(card.known_key) AS person_keys, array_agg(card.known_id) AS person_ids
      FROM (SELECT DISTINCT card_given, known_key, known_id
            FROM import_checked JOIN import_row USING (line)
            WHERE position > $1 AND position <= $2 AND is_ready AND card_given IS NOT NULL) AS card) AS asked
CROSS JOIN LATERAL identifiers_claim(asked.kinds, asked.givens, asked.person_keys, asked.person_ids) AS claimed
