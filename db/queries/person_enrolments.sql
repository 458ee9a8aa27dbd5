-- Lists the enrolments of persons, the one that started last first; one row without an enrolment where there is none.
-- SPDX-License-Identifier: Apache-2.0
-- No row at all when the person is absent or has nothing in the visible pools.
-- mode: set
-- lane: read
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: person_id uuid
-- param: visible text
-- column: ord int8
-- column: enrolment_id uuid
-- column: person_id uuid
-- column: pool_code text
-- column: pool_name text
-- column: scheme text
-- column: status text
-- column: account_mode text
-- column: payer_kind text
-- column: employer_code text
-- column: started_on date
-- column: ended_on date
-- column: retired_on date
SELECT asked.ord, enrolment.enrolment_id, asked.person_id, enrolment.pool_code,
       coalesce(pool.name, enrolment.pool_code), enrolment.scheme, enrolment.status, enrolment.account_mode,
       enrolment.payer_kind, enrolment.employer_code, enrolment.started_on, enrolment.ended_on, enrolment.retired_on
  FROM unnest($1::bigint[], $2::uuid[], $3::text[]) WITH ORDINALITY AS asked (person_key, person_id, visible, ord)
  JOIN person ON person.person_key = asked.person_key AND person.person_id = asked.person_id
  LEFT JOIN enrolment ON enrolment.person_key = asked.person_key
       AND (asked.visible IS NULL OR enrolment.pool_code LIKE ANY (string_to_array(asked.visible, ',')))
  LEFT JOIN pool ON pool.pool_code = enrolment.pool_code
 WHERE asked.visible IS NULL OR person_is_visible(asked.person_key, asked.visible)
 ORDER BY asked.ord, enrolment.started_on DESC, enrolment.enrolment_id DESC
