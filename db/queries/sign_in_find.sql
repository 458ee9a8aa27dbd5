-- Reads whom the numbers mean, what their password is checked with, and whether it may be tried at all.
-- SPDX-License-Identifier: Apache-2.0
-- One row in any case, null where there is nobody or no password: the caller then does the same work with a decoy.
-- mode: set
-- lane: read
-- repeatable: yes
-- param: citizen_hash bytea
-- param: card_hash bytea
-- param: subject bytea
-- param: target bytea
-- param: source bytea
-- param: instant instant
-- column: ord int8
-- column: retry_after_s int4
-- column: person_key int8
-- column: salt bytea
-- column: log2_n int2
-- column: block_size int2
-- column: parallel int2
WITH found AS MATERIALIZED (
    SELECT meant.ord, meant.person_key FROM sign_in_person($1::bytea[], $2::bytea[]) AS meant
)
SELECT found.ord, verdict.retry_after_s, found.person_key, credential.salt, credential.log2_n, credential.block_size,
       credential.parallel
  FROM found
  JOIN attempt_judge(ARRAY(SELECT 'password' FROM found), $3::bytea[], $4::bytea[], $5::bytea[],
                     ARRAY(SELECT found.person_key FROM found ORDER BY found.ord), ARRAY(SELECT false FROM found),
                     $6::timestamptz[]) AS verdict ON verdict.ord = found.ord
  LEFT JOIN credential ON credential.person_key = found.person_key AND credential.kind = 'password'
 ORDER BY found.ord
