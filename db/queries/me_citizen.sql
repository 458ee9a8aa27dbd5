-- Reads persons with their receiving account, one row for each enrolment (or one without), newest first.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: read
-- repeatable: yes
-- param: person_key int8
-- param: person_id uuid
-- column: ord int8
-- column: citizen_number_sealed bytea
-- column: name_sealed bytea
-- column: account_id uuid
-- column: enrolment_id uuid
-- column: pool_code text
-- column: pool_name text
-- column: scheme text
-- column: status text
-- column: started_on date
-- column: retired_on date
SELECT asked.ord, person.citizen_number_sealed, person.name_sealed, account.account_id, enrolment.enrolment_id,
       enrolment.pool_code, coalesce(pool.name, enrolment.pool_code), enrolment.scheme, enrolment.status,
       enrolment.started_on, enrolment.retired_on
  FROM unnest($1::bigint[], $2::uuid[]) WITH ORDINALITY AS asked (person_key, person_id, ord)
  JOIN person ON person.person_key = asked.person_key AND person.person_id = asked.person_id
  LEFT JOIN account ON account.person_key = asked.person_key AND account.status = 'active'
  LEFT JOIN enrolment ON enrolment.person_key = asked.person_key
  LEFT JOIN pool ON pool.pool_code = enrolment.pool_code
 ORDER BY asked.ord, enrolment.started_on DESC, enrolment.enrolment_id DESC
