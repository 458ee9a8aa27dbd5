-- Texts of messages that are not sent yet.
-- SPDX-License-Identifier: Apache-2.0
-- scan: outbox 16
SELECT 'outbox.payload' AS name, outbox_id, payload_sealed, 0::bigint AS person_key, outbox_id AS object_id,
       true AS is_free
  FROM outbox
 WHERE outbox.ctid >= $2::tid AND outbox.ctid < $3::tid
   AND get_byte(payload_sealed, 1) * 256 + get_byte(payload_sealed, 2) <> $1::integer
-- store
UPDATE outbox SET payload_sealed = $2::bytea
 WHERE outbox_id = $5::uuid AND payload_sealed = $1::bytea AND $3::text IS NOT NULL AND $4::bigint IS NOT NULL
