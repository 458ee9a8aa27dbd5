-- Makes `people` persons, each with an employee enrolment and an account that has money; see people.py for their ids.
-- SPDX-License-Identifier: Apache-2.0
-- The last twelve digits of every id are decimal, the key's bits are the same digits read as hexadecimal.
CREATE TEMPORARY TABLE made AS
SELECT n, 100000000000 + n AS node, ('x0000' || 100000000000 + n)::bit(64)::bigint AS person_key,
       ('01900000-0000-7000-8000-' || 100000000000 + n)::uuid AS person_id
  FROM generate_series(1, :people) AS n;

INSERT INTO person (person_key, person_id, birth_date, sex, citizen_number_sealed, name_sealed, name_hash, created_at)
SELECT person_key, person_id, date '1950-01-01' + (n % 20000)::integer, CASE n % 2 WHEN 0 THEN 'female' ELSE 'male' END,
       decode(repeat('00', 49), 'hex'), decode(repeat('00', 40), 'hex'), sha256(n::text::bytea),
       timestamptz '2025-01-01 00:00+08'
  FROM made;

INSERT INTO enrolment (person_key, enrolment_id, pool_code, scheme, status, account_mode, payer_kind, started_on)
SELECT person_key, ('01900000-0003-7000-8000-' || node)::uuid, '620500', 'employee', 'active', 'with_account',
       'employer', date '2004-01-01'
  FROM made;

INSERT INTO account (person_key, account_id, person_id, pool_code, status, current_year_fen, carried_over_fen, held_fen,
                     version, last_seq, last_posted_at, opened_at)
SELECT person_key, ('01900000-0001-7000-8000-' || node)::uuid, person_id, '620500', 'active',
       10000 + n % 7777, 250000 + n % 99991, n % 1000, 12, 12, timestamptz '2025-12-20 10:00+08',
       timestamptz '2025-01-01 00:00+08'
  FROM made
 ORDER BY hashint8(n); -- an account's neighbours in the table are strangers, as they are in a real one

VACUUM (FREEZE, ANALYZE) person;
VACUUM (FREEZE, ANALYZE) enrolment;
VACUUM (FREEZE, ANALYZE) account;
