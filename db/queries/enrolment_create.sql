-- Enters active enrolments by hand and opens their accounts.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: person_key int8
-- param: person_id uuid
-- param: visible text
-- param: enrolment_id uuid
-- param: account_id uuid
-- param: pool_code text
-- param: scheme text
-- param: account_mode text
-- param: payer_kind text
-- param: employer_code text
-- param: employer_code_valid bool
-- param: started_on date
-- param: opened_at instant
-- param: event_id uuid
-- param: at instant
-- param: actor_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
-- column: pool_name text
SELECT created.ord, created.status, pool.name
  FROM enrolment_create($1::bigint[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[],
                        $8::text[], $9::text[], $10::text[], $11::boolean[], $12::date[], $13::timestamptz[],
                        $14::uuid[], $15::timestamptz[], $16::uuid[], $17::text[]) AS created
  LEFT JOIN pool ON pool.pool_code = ($6::text[])[created.ord::int]
 ORDER BY created.ord
