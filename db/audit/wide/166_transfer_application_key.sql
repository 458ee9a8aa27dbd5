-- I7: a key of an application for a transfer or of a cancellation names the transfer; a refusal names nothing.
-- SPDX-License-Identifier: Apache-2.0
-- Matched as in wide/102_idempotency_key. Keys are kept for 7 days of real time: what is recorded in the log and
-- younger than 6 has its key. Words of success are the auditor's own list.
WITH success (operation, status, event) AS (VALUES
    ('create_transfer', 'created', 'submit'), ('cancel_transfer', 'done', 'cancel')
), answered AS (
    SELECT stored.*, success.event, stored.status = success.status AS is_success,
           concat_ws('/', stored.principal_id, stored.operation, stored.key) AS row_key
    FROM (SELECT principal_id, operation, key, status, object_id, outcome,
                 coalesce(('x' || right(replace(object_id::text, '-', ''), 16))::bit(64)::bigint & 4611686018427387903,
                          0) AS object_key
          FROM idempotency_key
          WHERE operation IN ('create_transfer', 'cancel_transfer')) AS stored
    JOIN success ON success.operation = stored.operation
    WHERE stored.object_key BETWEEN $1::bigint AND $2::bigint
), change AS (
    SELECT object_id, actor_id, event
    FROM state_change
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND machine IN ('transfer', 'transfer_payout')
      AND event IN ('submit', 'cancel')
), recent AS (
    SELECT action, actor_id, object_id
    FROM audit_event
    WHERE action IN ('create_transfer', 'cancel_transfer') AND at > now() - interval '6 days'
      AND object_id IS NOT NULL AND detail -> 'refused' IS NULL
      AND ('x' || right(replace(object_id::text, '-', ''), 16))::bit(64)::bigint & 4611686018427387903
          BETWEEN $1::bigint AND $2::bigint
)
SELECT 'idempotency_key', answered.row_key, fault.column_name, fault.expected, fault.found
FROM answered
CROSS JOIN LATERAL (
    SELECT 'object_id', CASE WHEN is_success THEN 'a transfer' ELSE 'null: it was refused' END,
           coalesce(object_id::text, 'null')
    WHERE (object_id IS NOT NULL) <> is_success
    UNION ALL
    SELECT 'principal_id', 'who took the step ' || event, principal_id::text
    WHERE is_success
      AND NOT EXISTS (SELECT FROM change
                      WHERE change.object_id = answered.object_id AND change.event = answered.event
                        AND change.actor_id = answered.principal_id)
    UNION ALL
    SELECT 'object_id', 'what no other key of ' || operation || ' names', 'another one does'
    WHERE EXISTS (SELECT FROM answered AS other
                  WHERE other.object_id = answered.object_id AND other.operation = answered.operation
                    AND other.row_key <> answered.row_key)
    UNION ALL
    SELECT 'outcome', CASE status WHEN 'not_possible_now' THEN 'the state and what was possible' ELSE 'null' END,
           coalesce(outcome::text, 'null')
    WHERE (outcome IS NOT NULL) <> (status = 'not_possible_now')
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'transfer', recent.object_id::text, 'transfer_id', 'an idempotency key of ' || recent.action, 'none'
FROM recent
WHERE NOT EXISTS (SELECT FROM answered
                  WHERE answered.operation = recent.action AND answered.object_id = recent.object_id
                    AND answered.principal_id = recent.actor_id)
