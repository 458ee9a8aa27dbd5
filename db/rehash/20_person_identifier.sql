-- Numbers that find people.
-- SPDX-License-Identifier: Apache-2.0
-- place: person_identifier 16 written refused hash_citizen_number hash_card_number
-- scan
SELECT encode(hash, 'hex'), hash
  FROM person_identifier
 WHERE ctid >= $1::tid AND ctid < $2::tid AND kind = substr($3::text, 6) AND key_version = $4::smallint
-- lock
FOR KEY SHARE
-- store
INSERT INTO person_identifier (kind, hash, person_key, person_id, key_version)
SELECT old.kind, new.hash, old.person_key, old.person_id, ($4::smallint + 1)::smallint
  FROM unnest($1::text[], $2::bytea[]) AS new (id, hash)
  JOIN person_identifier AS old ON old.kind = substr($3::text, 6) AND old.hash = decode(new.id, 'hex')
 ORDER BY new.hash
    ON CONFLICT DO NOTHING
-- drop
DELETE FROM person_identifier
 USING unnest($1::text[], $2::bytea[]) AS new (id, hash)
 WHERE person_identifier.kind = substr($3::text, 6) AND person_identifier.hash = decode(new.id, 'hex')
   AND person_identifier.key_version = $4::smallint
