-- Reads the sealed values that staff are to be shown in full, and records it with the purpose.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: person_key int8
-- param: person_id uuid
-- param: visible text
-- param: fields text
-- param: purpose text
-- param: note text
-- param: event_id uuid
-- param: at instant
-- param: actor_id uuid
-- param: request_id text
-- column: ord int8
-- column: certificate_kind text
-- column: citizen_number_sealed bytea
-- column: name_sealed bytea
-- column: phone_sealed bytea
-- column: bank_card_sealed bytea
SELECT shown.ord, person.certificate_kind, person.citizen_number_sealed, person.name_sealed, person.phone_sealed,
       person.bank_card_sealed
  FROM person_disclose($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[],
                       $8::timestamptz[], $9::uuid[], $10::text[]) AS shown
  JOIN person ON person.person_key = ($1::bigint[])[shown.ord::int]
 ORDER BY shown.ord
