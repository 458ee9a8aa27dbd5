-- Judges the PIN of a caller of the hotline, and counts it when it is wrong.
-- SPDX-License-Identifier: Apache-2.0
-- Ids come from the caller: executing it again counts nothing twice.
-- mode: set
-- lane: write
-- repeatable: yes
-- param: attempt_id uuid
-- param: subject bytea
-- param: source bytea
-- param: source_kind text
-- param: person_key int8
-- param: is_right bool
-- param: at instant
-- column: ord int8
-- column: status text
-- column: retry_after_s int4
SELECT settled.ord, settled.status, settled.retry_after_s
  FROM attempt_settle($1::uuid[], array_fill('pin'::text, ARRAY[cardinality($1::uuid[])]), $2::bytea[], $2::bytea[],
                      $3::bytea[], $4::text[], $5::bigint[], array_fill(false, ARRAY[cardinality($1::uuid[])]),
                      $6::boolean[], $7::timestamptz[]) AS settled
 ORDER BY settled.ord
