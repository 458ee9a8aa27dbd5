-- Reads the records of persons, and what a record that was merged or corrected away now stands for.
-- SPDX-License-Identifier: Apache-2.0
-- No row when the person is absent or not in reach.
-- mode: set
-- lane: read
-- repeatable: yes
-- param: person_key int8
-- param: person_id uuid
-- param: visible text
-- column: ord int8
-- column: person_id uuid
-- column: current_person_id uuid
-- column: certificate_kind text
-- column: citizen_number_sealed bytea
-- column: name_sealed bytea
-- column: phone_sealed bytea
-- column: bank_card_sealed bytea
-- column: birth_date date
-- column: sex text
-- column: deceased_on date
-- column: pool_code text
-- column: created_at instant
SELECT asked.ord, person.person_id, person_alias.current_person_id, person.certificate_kind,
       person.citizen_number_sealed, person.name_sealed, person.phone_sealed, person.bank_card_sealed,
       person.birth_date, person.sex, person.deceased_on, person.pool_code, person.created_at
  FROM unnest($1::bigint[], $2::uuid[], $3::text[]) WITH ORDINALITY AS asked (person_key, person_id, visible, ord)
  JOIN person ON person.person_key = asked.person_key AND person.person_id = asked.person_id
  LEFT JOIN person_alias ON person_alias.person_key = asked.person_key
 WHERE asked.visible IS NULL OR person_is_visible(asked.person_key, asked.visible)
 ORDER BY asked.ord
