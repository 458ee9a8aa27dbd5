-- Numbers that clients asked for.
-- SPDX-License-Identifier: Apache-2.0
-- place: consent_request 16 looked refused hash_citizen_number
-- scan
SELECT consent_request_id::text, number_hash
  FROM consent_request
 WHERE ctid >= $1::tid AND ctid < $2::tid AND number_version = $4::smallint AND $3::text = 'hash_citizen_number'
-- lock
FOR NO KEY UPDATE
-- store
UPDATE consent_request SET number_hash = new.hash, number_version = $4::smallint + 1
  FROM unnest($1::text[], $2::bytea[]) AS new (id, hash)
 WHERE consent_request_id = new.id::uuid AND number_version = $4 AND $3::text = 'hash_citizen_number'
