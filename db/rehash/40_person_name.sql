-- Names that are compared with those given.
-- SPDX-License-Identifier: Apache-2.0
-- place: person 16 looked refused hash_name
-- scan
SELECT person_key::text, name_hash
  FROM person
 WHERE ctid >= $1::tid AND ctid < $2::tid AND name_hash IS NOT NULL AND $3::text = 'hash_name'
   AND coalesce(name_version, 1) = $4::smallint
-- lock
FOR NO KEY UPDATE
-- store
UPDATE person SET name_hash = new.hash, name_version = $4::smallint + 1
  FROM unnest($1::text[], $2::bytea[]) AS new (id, hash)
 WHERE person_key = new.id::bigint AND coalesce(name_version, 1) = $4 AND $3::text = 'hash_name'
