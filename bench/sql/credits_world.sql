-- Makes people :first to :last of pool 620500 with an account each, of whom all but every twentieth are retired.
-- SPDX-License-Identifier: Apache-2.0
-- Keys are spread over 62 bits as random ones are,
-- so who follows whom by key has nothing to do with the place in a table.
CREATE TEMPORARY TABLE made AS
SELECT n, key, ('019000000001' || '7001' || ending)::uuid AS person_id,
       ('019000000001' || '7002' || ending)::uuid AS account_id,
       ('019000000001' || '7003' || ending)::uuid AS enrolment_id
  FROM (SELECT n, key, to_hex(key | (-9223372036854775808)::bigint) AS ending
          FROM (SELECT n, ('x' || left(md5(n::text), 16))::bit(64)::bigint & 4611686018427387903 AS key
                  FROM generate_series(:first::integer, :last::integer) AS n) AS keyed) AS spelled;

INSERT INTO person (person_key, person_id, birth_date, sex, citizen_number_sealed, name_sealed, name_hash, created_at)
SELECT key, person_id, date '1935-01-01' + n % 10000, 'female', decode(repeat('00', 49), 'hex'),
       decode(repeat('00', 40), 'hex'), sha256(n::text::bytea), timestamptz '2025-01-01 00:00+08'
  FROM made;

INSERT INTO enrolment (person_key, enrolment_id, pool_code, scheme, status, account_mode, payer_kind,
                       started_on, retired_on)
SELECT key, enrolment_id, '620500', 'employee', 'active', 'with_account', 'self', date '2004-01-01',
       CASE WHEN n % 20 > 0 THEN date '2022-06-15' END
  FROM made;

INSERT INTO account (person_key, account_id, person_id, pool_code, status, opened_at)
SELECT key, account_id, person_id, '620500', 'active', timestamptz '2025-01-01 00:00+08'
  FROM made;
