-- Tells what presented tokens stand for: no row for one that is unknown, revoked, or of a person or client who is gone.
-- SPDX-License-Identifier: Apache-2.0
-- Expiry is returned, not judged: the caller compares it with real time for as long as it believes the answer. The
-- epoch is of the same snapshot: while it stands, so does the rest of the row (docs/adr/0002).
-- mode: set
-- lane: read
-- repeatable: yes
-- param: token_hash bytea
-- column: ord int8
-- column: token_id uuid
-- column: kind text
-- column: subject_id uuid
-- column: roles text
-- column: regions text
-- column: expires_at instant
-- column: epoch int8
-- column: client_kind text
SELECT asked.ord, token.token_id, token.kind, token.subject_id,
       array_to_string(token.roles, ','), array_to_string(coalesce(client.regions, token.regions), ','),
       token.expires_at, token_epoch.version, client.kind
  FROM unnest($1::bytea[]) WITH ORDINALITY AS asked (token_hash, ord)
  JOIN token ON token.token_hash = asked.token_hash
  JOIN token_epoch ON token_epoch.bucket = get_byte(asked.token_hash, 0)
  LEFT JOIN client ON token.kind = 'client' AND client.client_id = token.subject_id AND client.state = 'active'
 WHERE token.revoked_at IS NULL
   AND (token.kind <> 'citizen'
        OR EXISTS (SELECT FROM person
                    WHERE person.person_key = token.person_key AND person.person_id = token.subject_id
                      AND person.deceased_on IS NULL)
           AND NOT EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = token.person_key))
   AND (token.kind <> 'client' OR client.client_id IS NOT NULL)
 ORDER BY asked.ord
