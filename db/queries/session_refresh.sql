-- Exchanges a refresh token for a new one.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: refresh_hash bytea
-- param: new_refresh_hash bytea
-- param: token_hash bytea
-- param: token_id uuid
-- param: access_expires_at instant
-- param: idle_at instant
-- param: grace_s int4
-- param: repeats_max int2
-- param: instant instant
-- param: event_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
-- column: retry_after_s int4
-- column: session_id uuid
-- column: person_id uuid
-- column: access_expires_at instant
-- column: refresh_expires_at instant
SELECT done.ord, done.status, done.retry_after_s, done.session_id, done.person_id, done.access_expires_at,
       done.refresh_expires_at
  FROM session_refresh($1::bytea[], $2::bytea[], $3::bytea[], $4::uuid[], $5::timestamptz[], $6::timestamptz[],
                       $7::integer[], $8::smallint[], $9::timestamptz[], $10::uuid[], $11::text[]) AS done
 ORDER BY done.ord
