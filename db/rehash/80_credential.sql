-- Passwords and PINs.
-- SPDX-License-Identifier: Apache-2.0
-- place: credential 16 looked refused pepper_credential
-- scan
SELECT person_key || '/' || kind, hash
  FROM credential
 WHERE ctid >= $1::tid AND ctid < $2::tid AND pepper_version = $4::smallint AND $3::text = 'pepper_credential'
-- lock
FOR NO KEY UPDATE
-- store
UPDATE credential SET hash = new.hash, pepper_version = $4::smallint + 1
  FROM unnest($1::text[], $2::bytea[]) AS new (id, hash)
 WHERE person_key = split_part(new.id, '/', 1)::bigint AND kind = split_part(new.id, '/', 2) AND pepper_version = $4
   AND $3::text = 'pepper_credential'
