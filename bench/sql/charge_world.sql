-- Makes `people` persons with an account of 1,000,000.00 yuan each, whole enough for `yibaod audit`,
-- and providers to charge them.
-- SPDX-License-Identifier: Apache-2.0
-- The last twelve digits of every id are decimal, the key's bits are the same digits read as hexadecimal (people.py).
CREATE TEMPORARY TABLE made AS
SELECT n, 100000000000 + n AS node, ('x0000' || 100000000000 + n)::bit(64)::bigint AS person_key,
       ('01900000-0000-7000-8000-' || 100000000000 + n)::uuid AS person_id,
       ('01900000-0001-7000-8000-' || 100000000000 + n)::uuid AS account_id,
       ('01900000-0004-7000-8000-' || 100000000000 + n)::uuid AS operation_id,
       ('01900000-0005-7000-8000-' || 100000000000 + n)::uuid AS entry_id
  FROM generate_series(1, :people) AS n;

INSERT INTO person (person_key, person_id, birth_date, sex, citizen_number_sealed, name_sealed, name_hash, created_at)
SELECT person_key, person_id, date '1950-01-01' + (n % 20000)::integer, CASE n % 2 WHEN 0 THEN 'female' ELSE 'male' END,
       decode(repeat('00', 49), 'hex'), decode(repeat('00', 40), 'hex'), sha256(n::text::bytea),
       timestamptz '2025-01-01 00:00+08'
  FROM made;
INSERT INTO person_identifier (kind, hash, person_key, person_id)
SELECT 'citizen_number', sha256(('number ' || n)::bytea), person_key, person_id FROM made;
INSERT INTO enrolment (person_key, enrolment_id, pool_code, scheme, status, account_mode, payer_kind, started_on)
SELECT person_key, ('01900000-0003-7000-8000-' || node)::uuid, '620100', 'employee', 'active', 'with_account',
       'employer', date '2004-01-01'
  FROM made;
INSERT INTO account (person_key, account_id, person_id, pool_code, status, cut_over_on, opened_at)
SELECT person_key, account_id, person_id, '620100', 'active', date '2025-12-20', timestamptz '2025-01-01 00:00+08'
  FROM made
 ORDER BY hashint8(n); -- an account's neighbours in the table are strangers, as they are in a real one
INSERT INTO opening_balance (person_key, account_id, current_year_fen, carried_over_fen, recorded_at, as_of,
                             operation_id,
                             source_document)
SELECT person_key, account_id, 100000000, 0, timestamptz '2025-12-20 10:00+08', date '2025-12-20', operation_id, 'bench'
  FROM made;
SELECT count(*) FILTER (WHERE posted.status <> 'posted') AS not_posted
  FROM (SELECT array_agg(person_key) AS person_keys, array_agg(account_id) AS account_ids,
               array_agg(entry_id) AS entry_ids, array_agg(operation_id) AS operation_ids, count(*)::integer AS size
          FROM made GROUP BY n / 5000) AS slice
  CROSS JOIN LATERAL ledger_post(
       slice.person_keys, slice.account_ids, slice.entry_ids, slice.operation_ids,
       array_fill('opening_balance'::text, ARRAY[slice.size]), array_fill('current_year'::text, ARRAY[slice.size]),
       array_fill('credit'::text, ARRAY[slice.size]), array_fill(100000000::bigint, ARRAY[slice.size]),
       array_fill('opening_balance:620100'::text, ARRAY[slice.size]), array_fill(date '2025-12-20', ARRAY[slice.size]),
       array_fill('bench'::text, ARRAY[slice.size]), NULL, timestamptz '2025-12-20 10:00+08', 'sha256') AS posted;

INSERT INTO client (client_id, kind, name, regions, state, created_at, changed_at)
SELECT ('01900000-0006-7000-8000-' || 100000000000 + n)::uuid, 'provider', 'bench hospital ' || n, '{620000}', 'active',
       timestamptz '2025-01-01 00:00+08', timestamptz '2025-01-01 00:00+08'
  FROM generate_series(1, :providers) AS n;
INSERT INTO provider (provider_id, institution_code, institution_type)
SELECT ('01900000-0006-7000-8000-' || 100000000000 + n)::uuid, 'H' || 62010000000 + n, 'hospital'
  FROM generate_series(1, :providers) AS n;

INSERT INTO system_account (system_account, kind, pool_code, counterparty)
SELECT 'provider_payable:620100:' || provider_id, 'provider_payable', '620100', provider_id::text FROM provider;

-- An id as the server makes it: the time in front, the person's key at the end. For pgbench.
CREATE FUNCTION bench_id(person_key bigint) RETURNS uuid LANGUAGE sql VOLATILE
RETURN (lpad(to_hex(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
        || lpad(to_hex(floor(random() * 4096)::integer), 3, '0') || to_hex((-9223372036854775808) | person_key))::uuid;
GRANT EXECUTE ON FUNCTION bench_id(bigint) TO yibao_app;
VACUUM (FREEZE, ANALYZE);
