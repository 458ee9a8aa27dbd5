-- Numbers, names, phones and bank cards of people; left alone while an open proposal holds what it has found there.
-- SPDX-License-Identifier: Apache-2.0
-- scan: person 16
SELECT v.name, person.person_id, v.sealed, person.person_key, person.person_id AS object_id,
       NOT EXISTS (SELECT FROM proposal WHERE proposal.state = 'open'
                   AND proposal.person_key = person.person_key) AS is_free
  FROM person
 CROSS JOIN LATERAL (VALUES ('person.citizen_number', citizen_number_sealed), ('person.name', name_sealed),
                            ('person.phone', phone_sealed), ('person.bank_card', bank_card_sealed)) AS v (name, sealed)
 WHERE person.ctid >= $2::tid AND person.ctid < $3::tid
   AND get_byte(v.sealed, 1) * 256 + get_byte(v.sealed, 2) <> $1::integer
-- store
UPDATE person
   SET citizen_number_sealed = CASE $3::text WHEN 'person.citizen_number' THEN $2::bytea ELSE citizen_number_sealed END,
       name_sealed = CASE $3 WHEN 'person.name' THEN $2 ELSE name_sealed END,
       phone_sealed = CASE $3 WHEN 'person.phone' THEN $2 ELSE phone_sealed END,
       bank_card_sealed = CASE $3 WHEN 'person.bank_card' THEN $2 ELSE bank_card_sealed END
 WHERE person_key = $4::bigint AND person_id = $5::uuid
   AND $1::bytea IN (citizen_number_sealed, name_sealed, phone_sealed, bank_card_sealed)
