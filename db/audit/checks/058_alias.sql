-- Merged people: an alias stands for somebody who is none, and keeps no account and no enrolment open.
-- SPDX-License-Identifier: Apache-2.0
WITH alias AS (
    SELECT * FROM person_alias WHERE person_key BETWEEN $1::bigint AND $2::bigint
)
SELECT fault.table_name, fault.key, fault.column_name, fault.expected, fault.found
FROM alias
LEFT JOIN person AS own ON own.person_key = alias.person_key
LEFT JOIN person AS current ON current.person_key = alias.current_person_key
CROSS JOIN LATERAL (
    SELECT 'person_alias', alias.person_id::text, 'person_id', coalesce(own.person_id::text, 'a person'),
           alias.person_id::text
    WHERE alias.reason = 'merged' AND own.person_id IS DISTINCT FROM alias.person_id
    UNION ALL
    SELECT 'person_alias', alias.person_id::text, 'current_person_id', coalesce(current.person_id::text, 'a person'),
           alias.current_person_id::text
    WHERE current.person_id IS DISTINCT FROM alias.current_person_id
    UNION ALL
    SELECT 'person_alias', alias.person_id::text, 'current_person_key', 'a person who is no alias',
           alias.current_person_key::text
    WHERE EXISTS (SELECT FROM person_alias AS next WHERE next.person_key = alias.current_person_key)
    UNION ALL
    SELECT 'account', account.account_id::text, 'status', 'closed', account.status
    FROM account
    WHERE alias.reason = 'merged' AND account.person_key = alias.person_key AND account.status <> 'closed'
    UNION ALL
    SELECT 'enrolment', enrolment.enrolment_id::text, 'status', 'ended', enrolment.status
    FROM enrolment
    WHERE alias.reason = 'merged' AND enrolment.person_key = alias.person_key AND enrolment.status <> 'ended'
    UNION ALL
    SELECT 'enrolment', enrolment.enrolment_id::text, 'person_key', 'one like it at the current person', 'none'
    FROM enrolment
    WHERE alias.reason = 'merged' AND enrolment.person_key = alias.person_key
      AND NOT EXISTS (SELECT FROM enrolment AS copied
                      WHERE copied.person_key = alias.current_person_key AND copied.pool_code = enrolment.pool_code
                        AND copied.scheme = enrolment.scheme AND copied.started_on = enrolment.started_on)
) AS fault (table_name, key, column_name, expected, found)
