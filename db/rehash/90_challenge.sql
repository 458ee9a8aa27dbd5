-- Codes that are out.
-- SPDX-License-Identifier: Apache-2.0
-- place: challenge 16 looked refused hash_code
-- scan
SELECT challenge_id::text, code_hash
  FROM challenge
 WHERE ctid >= $1::tid AND ctid < $2::tid AND code_version = $4::smallint AND $3::text = 'hash_code'
-- lock
FOR NO KEY UPDATE
-- store
UPDATE challenge SET code_hash = new.hash, code_version = $4::smallint + 1
  FROM unnest($1::text[], $2::bytea[]) AS new (id, hash)
 WHERE challenge_id = new.id::uuid AND code_version = $4 AND $3::text = 'hash_code'
