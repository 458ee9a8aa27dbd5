-- Who is meant by a citizen number, a card number, or both; nobody who has died.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays of keyed hashes with one element for each request; null where a number was not given. Two numbers
-- must be of one person.
-- Locks: none.
-- Outcomes: one row for each member, in order; person_key is null when it is nobody.
CREATE OR REPLACE FUNCTION sign_in_person(citizen_hashes bytea[], card_hashes bytea[])
RETURNS TABLE (ord bigint, person_key bigint, person_id uuid)
LANGUAGE sql STABLE
AS $$
SELECT asked.ord, person.person_key, person.person_id
  FROM unnest(citizen_hashes, card_hashes) WITH ORDINALITY AS asked (citizen_hash, card_hash, ord)
  LEFT JOIN current_identifier AS by_number
    ON by_number.kind = 'citizen_number' AND by_number.hash = asked.citizen_hash
  LEFT JOIN current_identifier AS by_card
    ON by_card.kind = 'card_number' AND by_card.hash = asked.card_hash
  LEFT JOIN person
    ON person.person_key = coalesce(by_number.person_key, by_card.person_key)
   AND (asked.citizen_hash IS NULL OR person.person_key = by_number.person_key)
   AND (asked.card_hash IS NULL OR person.person_key = by_card.person_key)
   AND person.deceased_on IS NULL
 ORDER BY asked.ord
$$;
COMMENT ON FUNCTION sign_in_person(bytea[], bytea[]) IS
    'Whom a citizen number, a card number or both together mean; null when nobody, or when they have died';
