-- Hashes that proposals will store when they are approved, or have stored.
-- SPDX-License-Identifier: Apache-2.0
-- place: proposal 16 announced leaving hash_citizen_number hash_card_number hash_phone hash_name
-- scan
SELECT proposal.proposal_id::text, item.hash
  FROM proposal
 CROSS JOIN LATERAL hash_items(decode(proposal.payload -> 'hashes' ->> substr($3::text, 6), 'hex')) AS item
 WHERE proposal.ctid >= $1::tid AND proposal.ctid < $2::tid AND item.key_version = $4::smallint
-- lock
FOR NO KEY UPDATE OF proposal
-- store
UPDATE proposal
   SET payload = jsonb_set(was.payload, ARRAY['hashes', substr($3::text, 6)],
                           to_jsonb(encode(int2send($4::smallint) || old.hash
                                           || int2send(($4 + 1)::smallint) || new.hash, 'hex')))
  FROM unnest($1::text[], $2::bytea[]) AS new (id, hash), proposal AS was
 CROSS JOIN LATERAL hash_items(decode(was.payload -> 'hashes' ->> substr($3, 6), 'hex')) AS old
 WHERE was.proposal_id = new.id::uuid AND proposal.proposal_id = was.proposal_id AND old.key_version = $4
   AND hash_other(decode(was.payload -> 'hashes' ->> substr($3, 6), 'hex')) IS NULL
-- drop
UPDATE proposal
   SET payload = jsonb_set(payload, ARRAY['hashes', substr($3::text, 6)],
                           to_jsonb(encode(int2send(($4::smallint + 1)::smallint) || new.hash, 'hex')))
  FROM unnest($1::text[], $2::bytea[]) AS new (id, hash)
 WHERE proposal.proposal_id = new.id::uuid
