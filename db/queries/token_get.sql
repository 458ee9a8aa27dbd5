-- Reads what is known about tokens; never the token itself, of which only a hash exists.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: slow
-- repeatable: yes
-- param: token_id uuid
-- param: visible text
-- column: ord int8
-- column: token_id uuid
-- column: kind text
-- column: subject_id uuid
-- column: label text
-- column: roles text
-- column: regions text
-- column: created_at instant
-- column: expires_at instant
-- column: revoked_at instant
SELECT asked.ord, token.token_id, token.kind, token.subject_id, token.label, array_to_string(token.roles, ','),
       array_to_string(token.regions, ','), token.created_at, token.expires_at, token.revoked_at
  FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS asked (token_id, visible, ord)
  JOIN token ON token.token_id = asked.token_id
  LEFT JOIN client ON token.kind = 'client' AND client.client_id = token.subject_id
 WHERE asked.visible IS NULL
    OR token_is_visible(token.kind, coalesce(client.regions, token.regions), asked.visible)
 ORDER BY asked.ord
