-- Reads what a citizen proves themselves with, and what a new secret is held against.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: read
-- repeatable: yes
-- param: person_key int8
-- param: person_id uuid
-- param: kind text
-- param: subject bytea
-- param: source bytea
-- param: instant instant
-- column: ord int8
-- column: retry_after_s int4
-- column: salt bytea
-- column: log2_n int2
-- column: block_size int2
-- column: parallel int2
-- column: citizen_number_sealed bytea
-- column: name_sealed bytea
-- column: phone_sealed bytea
SELECT asked.ord, verdict.retry_after_s, credential.salt, credential.log2_n, credential.block_size,
       credential.parallel, person.citizen_number_sealed, person.name_sealed, person.phone_sealed
  FROM unnest($1::bigint[], $2::uuid[]) WITH ORDINALITY AS asked (person_key, person_id, ord)
  JOIN attempt_judge($3::text[], $4::bytea[], $4::bytea[], $5::bytea[], $1::bigint[],
                     ARRAY(SELECT false FROM unnest($1::bigint[])), $6::timestamptz[]) AS verdict
    ON verdict.ord = asked.ord
  JOIN person ON person.person_key = asked.person_key AND person.person_id = asked.person_id
             AND person.deceased_on IS NULL
  LEFT JOIN credential ON credential.person_key = asked.person_key AND credential.kind = 'password'
 ORDER BY asked.ord
