-- Makes the records of people whom staff enter by hand.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: person_key int8
-- param: person_id uuid
-- param: pool_code text
-- param: certificate_kind text
-- param: number_hash bytea
-- param: number_sealed bytea
-- param: name_sealed bytea
-- param: name_hash bytea
-- param: phone_sealed bytea
-- param: phone_hash bytea
-- param: bank_card_sealed bytea
-- param: card_hash bytea
-- param: birth_date date
-- param: sex text
-- param: created_at instant
-- param: event_id uuid
-- param: at instant
-- param: actor_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
SELECT created.ord, created.status
  FROM person_create($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::bytea[], $7::bytea[],
                     $8::bytea[], $9::bytea[], $10::bytea[], $11::bytea[], $12::bytea[], $13::date[], $14::text[],
                     $15::timestamptz[], $16::uuid[], $17::timestamptz[], $18::uuid[], $19::text[]) AS created
 ORDER BY created.ord
