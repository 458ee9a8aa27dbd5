-- One charge by the function that the server calls, with arrays of one; `accounts` of them are charged.
-- SPDX-License-Identifier: Apache-2.0
\set n random(1, :accounts)
\set node 100000000000 + :n
\set low (:n % 10) + 16 * (:n / 10 % 10) + 256 * (:n / 100 % 10) + 4096 * (:n / 1000 % 10)
\set person_key 17592186044416 + :low + 65536 * (:n / 10000 % 10) + 1048576 * (:n / 100000 % 10)
\set provider random(1, 8)
\set number random(1, 9000000000000000000)
SELECT charge.status
  FROM (SELECT now() AS instant, ('01900000-0006-7000-8000-' || (100000000000 + :provider))::uuid AS provider_id,
               :number::text AS number) AS given,
       LATERAL charge_create(
           ARRAY[bench_id(:person_key)], ARRAY[given.provider_id], ARRAY[:person_key::bigint],
           ARRAY[('01900000-0001-7000-8000-' || :node)::uuid], ARRAY['CH' || given.number], ARRAY['medicine'],
           ARRAY['bench item'], ARRAY[100::bigint], ARRAY[NULL::timestamptz],
           ARRAY[(given.instant AT TIME ZONE 'Asia/Shanghai')::date], ARRAY[given.instant],
           ARRAY['key-' || given.number], ARRAY[sha256(given.number::bytea)], ARRAY[bench_id(:person_key)],
           ARRAY[bench_id(:person_key)], ARRAY[bench_id(:person_key)], ARRAY['0123456789abcdef0123456789abcdef'],
           ARRAY[given.instant], ARRAY['sha256'], ARRAY[true]) AS charge;
