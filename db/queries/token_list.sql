-- Reads one page of tokens, newest first (their ids grow with time).
-- SPDX-License-Identifier: Apache-2.0
-- Three ways in, of which the parameters leave one or two: of a subject by its index; those of staff and clients by the
-- partial index that holds no others, so that millions of citizens' tokens are never walked through to find a few; and
-- citizens' tokens, only for who sees every region: of those an index alone tells which have ended.
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
WITH fitting AS NOT MATERIALIZED (
    SELECT token.*, coalesce(client.regions, token.regions) AS managed_in
      FROM token
      LEFT JOIN client ON token.kind = 'client' AND client.client_id = token.subject_id
     WHERE token.token_id < $2
       AND ($3::text IS NULL OR token.kind = $3)
       AND ($5::boolean IS NULL
            OR $5 = (token.revoked_at IS NULL AND coalesce(token.expires_at > $6::timestamptz, true)))
), found AS (
    (SELECT fitting.token_id
       FROM fitting
      WHERE fitting.subject_id = $4
        AND ($1::text IS NULL OR token_is_visible(fitting.kind, fitting.managed_in, $1))
      ORDER BY fitting.token_id DESC
      LIMIT $7)
    UNION ALL
    (SELECT fitting.token_id
       FROM fitting
      WHERE $4::uuid IS NULL AND $3::text IS DISTINCT FROM 'citizen' AND fitting.kind <> 'citizen'
        AND ($1::text IS NULL OR token_is_visible(fitting.kind, fitting.managed_in, $1))
      ORDER BY fitting.token_id DESC
      LIMIT $7)
    UNION ALL
    (SELECT token.token_id
       FROM token
      WHERE $4::uuid IS NULL AND coalesce($3::text, 'citizen') = 'citizen' AND token.kind = 'citizen'
        AND $1::text IS NULL
        AND token.token_id < $2
        AND ($5::boolean IS NULL
             OR $5 = (token.revoked_at IS NULL AND coalesce(token.expires_at > $6::timestamptz, true)))
      ORDER BY token.token_id DESC
      LIMIT $7)
)
SELECT token.token_id, token.kind, token.subject_id, token.label, array_to_string(token.roles, ','),
       array_to_string(token.regions, ','), token.created_at, token.expires_at, token.revoked_at
  FROM (SELECT found.token_id FROM found ORDER BY found.token_id DESC LIMIT $7) AS shown
  JOIN token ON token.token_id = shown.token_id
 ORDER BY token.token_id DESC
