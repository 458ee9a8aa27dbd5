-- Numbers that found people until a correction.
-- SPDX-License-Identifier: Apache-2.0
-- place: person_identifier_former 16 written refused hash_citizen_number hash_card_number
-- scan
SELECT encode(hash, 'hex'), hash
  FROM person_identifier_former
 WHERE ctid >= $1::tid AND ctid < $2::tid AND kind = substr($3::text, 6) AND key_version = $4::smallint
-- lock
FOR KEY SHARE
-- store
INSERT INTO person_identifier_former (kind, hash, person_key, person_id, key_version, retired_at, proposal_id)
SELECT old.kind, new.hash, old.person_key, old.person_id, ($4::smallint + 1)::smallint, old.retired_at, old.proposal_id
  FROM unnest($1::text[], $2::bytea[]) AS new (id, hash)
  JOIN person_identifier_former AS old ON old.kind = substr($3::text, 6) AND old.hash = decode(new.id, 'hex')
    ON CONFLICT DO NOTHING
-- drop
DELETE FROM person_identifier_former
 USING unnest($1::text[], $2::bytea[]) AS new (id, hash)
 WHERE person_identifier_former.kind = substr($3::text, 6) AND person_identifier_former.hash = decode(new.id, 'hex')
   AND person_identifier_former.key_version = $4::smallint
