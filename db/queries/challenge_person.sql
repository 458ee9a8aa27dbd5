-- Reads who may redeem a code, to hold a new password against their own data; never shown.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: read
-- repeatable: yes
-- param: challenge_id uuid
-- column: ord int8
-- column: person_id uuid
-- column: citizen_number_sealed bytea
-- column: name_sealed bytea
-- column: phone_sealed bytea
SELECT asked.ord, person.person_id, person.citizen_number_sealed, person.name_sealed, person.phone_sealed
  FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (challenge_id, ord)
  LEFT JOIN challenge ON challenge.challenge_id = asked.challenge_id
  LEFT JOIN person ON person.person_key = challenge.person_key AND person.person_id = challenge.person_id
 ORDER BY asked.ord
