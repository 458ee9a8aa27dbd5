-- Redeems a code for a session.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: challenge_id uuid
-- param: purpose text
-- param: code_hash bytea
-- param: source bytea
-- param: attempt_id uuid
-- param: is_ready bool
-- param: salt bytea
-- param: hash bytea
-- param: log2_n int2
-- param: block_size int2
-- param: parallel int2
-- param: session_id uuid
-- param: token_hash bytea
-- param: token_id uuid
-- param: refresh_hash bytea
-- param: access_expires_at instant
-- param: idle_at instant
-- param: expires_at instant
-- param: instant instant
-- param: event_id uuid
-- param: action text
-- param: request_id text
-- column: ord int8
-- column: status text
-- column: retry_after_s int4
-- column: session_id uuid
-- column: person_id uuid
SELECT done.ord, done.status, done.retry_after_s, done.session_id, done.person_id
  FROM challenge_redeem($1::uuid[], $2::text[], $3::bytea[], $4::bytea[], $5::uuid[], $6::boolean[], $7::bytea[],
                        $8::bytea[], $9::smallint[], $10::smallint[], $11::smallint[], $12::uuid[], $13::bytea[],
                        $14::uuid[], $15::bytea[], $16::timestamptz[], $17::timestamptz[], $18::timestamptz[],
                        $19::timestamptz[], $20::uuid[], $21::text[], $22::text[]) AS done
 ORDER BY done.ord
