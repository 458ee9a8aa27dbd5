-- Records employers by hand, or renames them.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes
-- param: employer_code text
-- param: name text
-- param: code_valid bool
-- param: seen_at instant
-- param: event_id uuid
-- param: at instant
-- param: actor_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
-- column: employer_code text
-- column: name text
-- column: check_digit_valid bool
-- column: first_seen_at instant
SELECT put.ord, put.status, ($1::text[])[put.ord::int], ($2::text[])[put.ord::int], put.check_digit_valid,
       put.first_seen_at
  FROM employer_put($1::text[], $2::text[], $3::boolean[], $4::timestamptz[], $5::uuid[], $6::timestamptz[],
                    $7::uuid[], $8::text[]) AS put
 ORDER BY put.ord
