-- Reads the open sessions of a person, newest first.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: read
-- repeatable: yes
-- param: person_key int8
-- param: token_id uuid
-- param: instant instant
-- column: ord int8
-- column: session_id uuid
-- column: method text
-- column: created_at instant
-- column: used_at instant
-- column: idle_at instant
-- column: expires_at instant
-- column: is_current bool
SELECT asked.ord, open.session_id, open.method, open.created_at, open.used_at, open.idle_at, open.expires_at,
       coalesce(open.session_id = own.session_id, false)
  FROM unnest($1::bigint[], $2::uuid[], $3::timestamptz[]) WITH ORDINALITY AS asked (person_key, token_id, instant, ord)
  LEFT JOIN token AS own ON own.token_id = asked.token_id
 CROSS JOIN LATERAL (
       SELECT session.*
         FROM session
        WHERE session.person_key = asked.person_key AND session.ended_at IS NULL AND session.idle_at > asked.instant
        ORDER BY session.session_id DESC
        LIMIT 100) AS open
 ORDER BY asked.ord, open.session_id DESC
