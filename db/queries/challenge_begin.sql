-- Asks for a code by text message.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: challenge_id uuid
-- param: purpose text
-- param: citizen_hash bytea
-- param: card_hash bytea
-- param: name_hash bytea
-- param: signed_in_key int8
-- param: subject bytea
-- param: target bytea
-- param: source bytea
-- param: code_hash bytea
-- param: tries_left int2
-- param: expires_at instant
-- param: instant instant
-- param: attempt_id uuid
-- param: outbox_id uuid
-- param: payload bytea
-- column: ord int8
-- column: status text
-- column: retry_after_s int4
SELECT done.ord, done.status, done.retry_after_s
  FROM challenge_begin($1::uuid[], $2::text[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bigint[], $7::bytea[],
                       $8::bytea[], $9::bytea[], $10::bytea[], $11::smallint[], $12::timestamptz[],
                       $13::timestamptz[], $14::uuid[], $15::uuid[], $16::bytea[]) AS done
 ORDER BY done.ord
