-- The look-up of one balance with plain parameters, the fastest form for pgbench; ids as in people.sql.
-- SPDX-License-Identifier: Apache-2.0
\set n random(1, 100000)
\set node 100000000000 + :n
\set low (:n % 10) + 16 * (:n / 10 % 10) + 256 * (:n / 100 % 10) + 4096 * (:n / 1000 % 10)
\set person_key 17592186044416 + :low + 65536 * (:n / 10000 % 10) + 1048576 * (:n / 100000 % 10)
SELECT person_id, pool_code, current_year_fen, carried_over_fen, held_fen, version, coalesce(last_posted_at, opened_at)
  FROM account
 WHERE person_key = :person_key AND account_id = ('01900000-0001-7000-8000-' || :node)::uuid;
