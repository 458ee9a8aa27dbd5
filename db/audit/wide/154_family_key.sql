-- I7: a key of a request about a family member names what its principal did with it; a refusal names nothing.
-- SPDX-License-Identifier: Apache-2.0
-- Matched as in wide/102_idempotency_key. Keys are kept for 7 days of real time: what is recorded in the log and
-- younger than 6 has its key. Limits may be set again and again, all else happens once.
WITH success (operation, status, event) AS (VALUES
    ('create_family_member', 'created', 'invite'), ('accept_family_member', 'done', 'accept'),
    ('refuse_family_member', 'done', 'decline'), ('cancel_family_member', 'done', 'cancel'),
    ('set_family_limits', 'done', 'change'), ('end_family_member', 'done', 'end')
), answered AS (
    SELECT stored.*, success.event, success.status = stored.status AS is_success,
           concat_ws('/', stored.principal_id, stored.operation, stored.key) AS row_key,
           count(*) OVER (PARTITION BY stored.operation, stored.object_id) AS keys
    FROM (SELECT principal_id, operation, key, status, object_id,
                 coalesce(('x' || right(replace(object_id::text, '-', ''), 16))::bit(64)::bigint
                          & 4611686018427387903, 0) AS object_key
          FROM idempotency_key
          WHERE operation IN (SELECT operation FROM success)) AS stored
    JOIN success USING (operation)
    WHERE stored.object_key BETWEEN $1::bigint AND $2::bigint
), step AS (
    SELECT object_id, event, array_agg(actor_id) AS actor_ids, count(*) AS steps
    FROM state_change
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND machine = 'family_member'
    GROUP BY object_id, event
)
SELECT 'idempotency_key', answered.row_key, fault.column_name, fault.expected, fault.found
FROM answered
LEFT JOIN step ON step.object_id = answered.object_id AND step.event = answered.event
CROSS JOIN LATERAL (
    SELECT 'object_id', CASE WHEN is_success THEN 'what was made or changed' ELSE 'null: it was refused' END,
           coalesce(answered.object_id::text, 'null')
    WHERE (answered.object_id IS NOT NULL) <> is_success
    UNION ALL
    SELECT 'object_id', 'a family member with that step', 'none'
    WHERE answered.object_id IS NOT NULL AND step.object_id IS NULL
    UNION ALL
    SELECT 'principal_id', array_to_string(step.actor_ids, ' or '), answered.principal_id::text
    WHERE NOT answered.principal_id = ANY (step.actor_ids)
    UNION ALL
    SELECT 'object_id', 'what ' || step.steps || ' keys of ' || answered.operation || ' name', answered.keys || ' keys'
    WHERE answered.keys > step.steps
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'family_member', told.object_id::text, 'family_member_id', 'an idempotency key of ' || told.action, 'none'
FROM audit_event AS told
WHERE told.action IN (SELECT operation FROM success) AND told.at > now() - interval '6 days'
  AND told.detail -> 'refused' IS NULL AND told.person_key BETWEEN $1::bigint AND $2::bigint
  AND told.person_key = ('x' || right(replace(told.object_id::text, '-', ''), 16))::bit(64)::bigint
                        & 4611686018427387903
  AND NOT EXISTS (SELECT FROM answered
                  WHERE answered.operation = told.action AND answered.object_id = told.object_id
                    AND answered.principal_id = told.actor_id)
