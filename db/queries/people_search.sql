-- Finds people by number, with the pools in reach that they have something to do with; records every search.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: kind text
-- param: hash bytea
-- param: visible text
-- param: event_id uuid
-- param: at instant
-- param: actor_id uuid
-- param: request_id text
-- column: ord int8
-- column: matched_by text
-- column: person_id uuid
-- column: certificate_kind text
-- column: citizen_number_sealed bytea
-- column: name_sealed bytea
-- column: phone_sealed bytea
-- column: birth_date date
-- column: deceased_on date
-- column: pools text
SELECT found.ord, found.matched_by, person.person_id, person.certificate_kind, person.citizen_number_sealed,
       person.name_sealed, person.phone_sealed, person.birth_date, person.deceased_on, reach.pools
  FROM people_find($1::text[], $2::bytea[], $3::text[], $4::uuid[], $5::timestamptz[], $6::uuid[], $7::text[])
       AS found
  JOIN person ON person.person_key = found.person_key
 CROSS JOIN LATERAL (
       SELECT coalesce(string_agg(DISTINCT home.pool_code, ',' ORDER BY home.pool_code), '') AS pools
         FROM (SELECT person.pool_code
               UNION ALL
               SELECT enrolment.pool_code FROM enrolment WHERE enrolment.person_key = person.person_key
               UNION ALL
               SELECT account.pool_code FROM account WHERE account.person_key = person.person_key) AS home
        WHERE ($3::text[])[found.ord::int] IS NULL
           OR home.pool_code LIKE ANY (string_to_array(($3::text[])[found.ord::int], ','))) AS reach
 ORDER BY found.ord
