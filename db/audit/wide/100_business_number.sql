-- I7: each charge and refund has exactly the number that it says, and each number is that of one of them.
-- SPDX-License-Identifier: Apache-2.0
-- Numbers are keyed by who gave them, so they are matched by the id of what has them: its low 62 bits are a key.
WITH named AS (
    SELECT number.*
    FROM (SELECT scope_id, kind, number, object_id,
                 ('x' || right(replace(object_id::text, '-', ''), 16))::bit(64)::bigint
                 & 4611686018427387903 AS object_key
          FROM business_number) AS number
    WHERE number.object_key BETWEEN $1::bigint AND $2::bigint
), object AS (
    SELECT 'charge' AS kind, charge_id AS object_id, provider_id, charge_no AS number
    FROM charge WHERE person_key BETWEEN $1::bigint AND $2::bigint
    UNION ALL
    SELECT 'refund', refund_id, provider_id, refund_no
    FROM charge_refund WHERE person_key BETWEEN $1::bigint AND $2::bigint
), paired AS (
    SELECT named.scope_id, named.kind, named.number, named.object_id AS named_id, object.object_id, object.provider_id,
           object.kind AS object_kind, object.number AS object_number,
           count(named.number) OVER (PARTITION BY object.kind, object.object_id) AS numbers
    FROM named
    FULL JOIN object ON object.kind = named.kind AND object.object_id = named.object_id
)
SELECT 'business_number', concat_ws('/', scope_id, kind, number), fault.column_name, fault.expected, fault.found
FROM paired
CROSS JOIN LATERAL (
    SELECT 'object_id', 'a ' || kind, 'none' WHERE object_id IS NULL
    UNION ALL
    SELECT 'scope_id', provider_id::text, scope_id::text WHERE scope_id <> provider_id
    UNION ALL
    SELECT 'number', object_number, number WHERE number <> object_number
    UNION ALL
    SELECT 'object_id', 'what has no other number', numbers || ' numbers' WHERE object_id IS NOT NULL AND numbers > 1
) AS fault (column_name, expected, found)
WHERE named_id IS NOT NULL
UNION ALL
SELECT CASE object_kind WHEN 'charge' THEN 'charge' ELSE 'charge_refund' END, object_id::text, object_kind || '_no',
       'a row of business_number', object_number
FROM paired
WHERE named_id IS NULL
