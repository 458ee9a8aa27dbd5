-- Digests of payout files.
-- SPDX-License-Identifier: Apache-2.0
-- scan: payout_file 16
SELECT 'payout_file.content_hash' AS name, payout_file_id, content_hash_sealed, 0::bigint AS person_key,
       payout_file_id AS object_id, true AS is_free
  FROM payout_file
 WHERE payout_file.ctid >= $2::tid AND payout_file.ctid < $3::tid
   AND get_byte(content_hash_sealed, 1) * 256 + get_byte(content_hash_sealed, 2) <> $1::integer
-- store
UPDATE payout_file SET content_hash_sealed = $2::bytea
 WHERE payout_file_id = $5::uuid AND content_hash_sealed = $1::bytea AND $3::text IS NOT NULL AND $4::bigint IS NOT NULL
