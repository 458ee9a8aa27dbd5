-- Sets the password or PIN of somebody who is signed in.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: person_key int8
-- param: person_id uuid
-- param: kind text
-- param: proof_salt bytea
-- param: proof_hash bytea
-- param: challenge_id uuid
-- param: code_hash bytea
-- param: subject bytea
-- param: source bytea
-- param: attempt_id uuid
-- param: is_ready bool
-- param: salt bytea
-- param: hash bytea
-- param: log2_n int2
-- param: block_size int2
-- param: parallel int2
-- param: token_id uuid
-- param: instant instant
-- param: event_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
-- column: retry_after_s int4
SELECT done.ord, done.status, done.retry_after_s
  FROM credential_set($1::bigint[], $2::uuid[], $3::text[], $4::bytea[], $5::bytea[], $6::uuid[], $7::bytea[],
                      $8::bytea[], $9::bytea[], $10::uuid[], $11::boolean[], $12::bytea[], $13::bytea[],
                      $14::smallint[], $15::smallint[], $16::smallint[], $17::uuid[], $18::timestamptz[],
                      $19::uuid[], $20::text[]) AS done
 ORDER BY done.ord
