-- Names that clients gave.
-- SPDX-License-Identifier: Apache-2.0
-- place: consent_request 16 looked refused hash_name
-- scan
SELECT consent_request_id::text, name_hash
  FROM consent_request
 WHERE ctid >= $1::tid AND ctid < $2::tid AND name_version = $4::smallint AND $3::text = 'hash_name'
-- lock
FOR NO KEY UPDATE
-- store
UPDATE consent_request SET name_hash = new.hash, name_version = $4::smallint + 1
  FROM unnest($1::text[], $2::bytea[]) AS new (id, hash)
 WHERE consent_request_id = new.id::uuid AND name_version = $4 AND $3::text = 'hash_name'
