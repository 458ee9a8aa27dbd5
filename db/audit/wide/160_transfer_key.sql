-- I7: a key of a desk's decision names the transfer that its principal decided about, with the answer that was given;
-- a refusal names nothing.
-- SPDX-License-Identifier: Apache-2.0
-- Matched as in wide/102_idempotency_key. Keys are kept for 7 days of real time: what is recorded in the log and
-- younger than 6 has its key.
WITH answered AS (
    SELECT stored.*, concat_ws('/', stored.principal_id, 'decide_transfer', stored.key) AS row_key
    FROM (SELECT principal_id, key, status, object_id, outcome,
                 coalesce(('x' || right(replace(object_id::text, '-', ''), 16))::bit(64)::bigint & 4611686018427387903,
                          0) AS object_key
          FROM idempotency_key
          WHERE operation = 'decide_transfer') AS stored
    WHERE stored.object_key BETWEEN $1::bigint AND $2::bigint
), change AS (
    SELECT object_id, actor_id, event, at
    FROM state_change
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND machine IN ('transfer', 'transfer_payout')
      AND who IN ('out_desk', 'in_desk')
)
SELECT 'idempotency_key', answered.row_key, fault.column_name, fault.expected, fault.found
FROM answered
CROSS JOIN LATERAL (
    SELECT 'object_id', CASE answered.status WHEN 'done' THEN 'a transfer' ELSE 'null: it was refused' END,
           coalesce(answered.object_id::text, 'null')
    WHERE (answered.object_id IS NOT NULL) <> (answered.status = 'done')
    UNION ALL
    SELECT 'principal_id', 'who decided ' || coalesce(answered.outcome ->> 'event', 'so'), answered.principal_id::text
    WHERE answered.object_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM change
                      WHERE change.object_id = answered.object_id AND change.actor_id = answered.principal_id
                        AND change.event = answered.outcome ->> 'event')
    UNION ALL
    SELECT 'outcome', 'the answer about ' || answered.object_id, coalesce(answered.outcome ->> 'transfer_id', 'null')
    WHERE answered.object_id IS NOT NULL AND answered.outcome ->> 'transfer_id'
          IS DISTINCT FROM answered.object_id::text
    UNION ALL
    SELECT 'object_id', 'what no other key of this event names', 'another one does'
    WHERE EXISTS (SELECT FROM answered AS other
                  WHERE other.object_id = answered.object_id AND other.row_key <> answered.row_key
                    AND other.outcome ->> 'event' = answered.outcome ->> 'event')
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'transfer', event.object_id::text, 'transfer_id', 'an idempotency key of decide_transfer', 'none'
FROM (SELECT object_id, actor_id, detail ->> 'event' AS event
      FROM audit_event
      WHERE action = 'decide_transfer' AND at > now() - interval '6 days' AND detail -> 'refused' IS NULL
        AND person_key BETWEEN $1::bigint AND $2::bigint) AS event
WHERE NOT EXISTS (SELECT FROM answered
                  WHERE answered.object_id = event.object_id AND answered.principal_id = event.actor_id
                    AND answered.outcome ->> 'event' = event.event)
