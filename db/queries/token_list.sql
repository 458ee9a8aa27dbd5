-- Reads one page of tokens, newest first (their ids grow with time).
-- SPDX-License-Identifier: Apache-2.0
-- Three ways in, of which the parameters leave one or two: of a subject by its index; those of staff and clients by the
-- partial index that holds no others, so that millions of citizens' tokens are never walked through to find a few; and
-- citizens' tokens, only for who sees every region.
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
    (SELECT fitting.*
       FROM fitting
      WHERE fitting.subject_id = $4
        AND ($1::text IS NULL OR token_is_visible(fitting.kind, fitting.managed_in, $1))
      ORDER BY fitting.token_id DESC
      LIMIT $7)
    UNION ALL
    (SELECT fitting.*
       FROM fitting
      WHERE $4::uuid IS NULL AND $3::text IS DISTINCT FROM 'citizen' AND fitting.kind <> 'citizen'
        AND ($1::text IS NULL OR token_is_visible(fitting.kind, fitting.managed_in, $1))
      ORDER BY fitting.token_id DESC
      LIMIT $7)
    UNION ALL
    (SELECT fitting.*
       FROM fitting
      WHERE $4::uuid IS NULL AND coalesce($3::text, 'citizen') = 'citizen' AND fitting.kind = 'citizen'
        AND $1::text IS NULL
      ORDER BY fitting.token_id DESC
      LIMIT $7)
)
SELECT found.token_id, found.kind, found.subject_id, found.label, array_to_string(found.roles, ','),
       array_to_string(found.regions, ','), found.created_at, found.expires_at, found.revoked_at
  FROM found
 ORDER BY found.token_id DESC
 LIMIT $7
