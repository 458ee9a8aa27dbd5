-- Reads one page of tokens, newest first (their ids grow with time).
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- param: visible text
-- param: before_token_id uuid
-- param: kind text
-- param: subject_id uuid
-- param: is_active bool
-- param: at instant
-- param: row_limit int8
-- column: token_id uuid
-- column: kind text
-- column: subject_id uuid
-- column: label text
-- column: roles text
-- column: regions text
-- column: created_at instant
-- column: expires_at instant
-- column: revoked_at instant
SELECT token.token_id, token.kind, token.subject_id, token.label, array_to_string(token.roles, ','),
       array_to_string(token.regions, ','), token.created_at, token.expires_at, token.revoked_at
  FROM token
 WHERE token.token_id < $2
   AND ($1::text IS NULL OR token_is_visible(token.kind, token.regions, $1))
   AND ($3::text IS NULL OR token.kind = $3)
   AND ($4::uuid IS NULL OR token.subject_id = $4)
   AND ($5::boolean IS NULL
        OR $5 = (token.revoked_at IS NULL AND coalesce(token.expires_at > $6::timestamptz, true)))
 ORDER BY token.token_id DESC
 LIMIT $7
