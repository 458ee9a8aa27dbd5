-- Whose everything is: each row's person exists, can be found by a number, and is the one whose key its ids end with.
-- SPDX-License-Identifier: Apache-2.0
-- The key is in account_id and so in every hash: an account given to somebody else breaks its chain or is found here.
-- Stands in for the foreign keys that the hot tables do not have.
WITH someone AS (
    SELECT person_key, person_id, pool_code FROM person WHERE person_key BETWEEN $1::bigint AND $2::bigint
), number AS (
    SELECT person_key, person_id, kind FROM person_identifier WHERE person_key BETWEEN $1::bigint AND $2::bigint
), owned (table_name, id_name, id, person_key, pool_code) AS (
    SELECT 'person', 'person_id', person_id, person_key, pool_code FROM someone
    UNION ALL
    SELECT 'account', 'account_id', account_id, person_key, pool_code
    FROM account WHERE person_key BETWEEN $1::bigint AND $2::bigint
    UNION ALL
    SELECT 'enrolment', 'enrolment_id', enrolment_id, person_key, pool_code
    FROM enrolment WHERE person_key BETWEEN $1::bigint AND $2::bigint
    UNION ALL
    SELECT 'contribution', 'contribution_id', contribution_id, person_key, pool_code
    FROM contribution WHERE person_key BETWEEN $1::bigint AND $2::bigint
), keyed AS (
    SELECT owned.*, ('x' || right(replace(id::text, '-', ''), 16))::bit(64)::bigint & 4611686018427387903 AS id_key
    FROM owned
)
SELECT keyed.table_name, keyed.id::text, fault.column_name, fault.expected, fault.found
FROM keyed
LEFT JOIN someone ON someone.person_key = keyed.person_key
LEFT JOIN pool ON pool.pool_code = keyed.pool_code
CROSS JOIN LATERAL (
    SELECT keyed.id_name, 'an id of person ' || keyed.person_key, 'one of ' || keyed.id_key
    WHERE keyed.id_key <> keyed.person_key
    UNION ALL
    SELECT 'person_key', 'a person', 'none' WHERE someone.person_key IS NULL
    UNION ALL
    SELECT 'pool_code', 'a pool', keyed.pool_code
    WHERE keyed.pool_code IS NOT NULL AND pool.pool_code IS NULL
      AND (keyed.table_name, keyed.pool_code) <> ('account', '000000') -- a wallet
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'account', account.account_id::text, 'person_id', someone.person_id::text, account.person_id::text
FROM account JOIN someone USING (person_key)
WHERE account.person_id <> someone.person_id
UNION ALL
SELECT 'person_identifier', coalesce(number.person_key, someone.person_key)::text, 'person_id',
       coalesce(someone.person_id::text, 'a person'), coalesce(number.person_id::text, 'no citizen number')
FROM (SELECT * FROM number WHERE kind = 'citizen_number') AS number
FULL JOIN someone USING (person_key)
WHERE number.person_id IS DISTINCT FROM someone.person_id
  AND NOT (number.person_key IS NULL -- corrected to the number of a record that was merged into this one
           AND EXISTS (SELECT FROM person_alias
                       JOIN person_identifier ON person_identifier.person_key = person_alias.person_key
                                             AND person_identifier.kind = 'citizen_number'
                       LEFT JOIN person_alias AS own ON own.person_key = someone.person_key
                       WHERE person_alias.current_person_key = coalesce(own.current_person_key, someone.person_key)
                         AND person_alias.person_key <> someone.person_key))
UNION ALL
SELECT 'person_identifier', number.person_key::text, 'person_id', coalesce(someone.person_id::text, 'a person'),
       number.person_id::text
FROM number LEFT JOIN someone USING (person_key)
WHERE number.kind <> 'citizen_number' AND number.person_id IS DISTINCT FROM someone.person_id
UNION ALL
SELECT 'enrolment', enrolment_id::text, 'account_mode', 'an account in pool ' || pool_code, 'none'
FROM enrolment
WHERE person_key BETWEEN $1::bigint AND $2::bigint AND scheme = 'employee' AND account_mode = 'with_account'
  AND NOT EXISTS (SELECT FROM account
                  WHERE account.person_key = enrolment.person_key AND account.pool_code = enrolment.pool_code)
