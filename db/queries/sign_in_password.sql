-- Opens a session for whoever gave the right password.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: person_key int8
-- param: salt bytea
-- param: hash bytea
-- param: subject bytea
-- param: target bytea
-- param: source bytea
-- param: attempt_id uuid
-- param: session_id uuid
-- param: token_hash bytea
-- param: token_id uuid
-- param: refresh_hash bytea
-- param: access_expires_at instant
-- param: idle_at instant
-- param: expires_at instant
-- param: instant instant
-- param: event_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
-- column: retry_after_s int4
-- column: session_id uuid
-- column: person_id uuid
SELECT done.ord, done.status, done.retry_after_s, done.session_id, done.person_id
  FROM sign_in_password($1::bigint[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[], $7::uuid[],
                        $8::uuid[], $9::bytea[], $10::uuid[], $11::bytea[], $12::timestamptz[], $13::timestamptz[],
                        $14::timestamptz[], $15::timestamptz[], $16::uuid[], $17::text[]) AS done
 ORDER BY done.ord
