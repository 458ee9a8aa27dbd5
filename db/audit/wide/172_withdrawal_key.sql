-- I7: a key of a step of a withdrawal names the withdrawal that its principal changed, with the answer that was given;
-- a refusal names nothing.
-- SPDX-License-Identifier: Apache-2.0
-- Matched as in wide/102_idempotency_key. Keys are kept for 7 days of real time: what is recorded in the log and
-- younger than 6 has its key. Which operation takes which step is the auditor's own list.
WITH operation (operation, events) AS (VALUES
    ('create_withdrawal', '{submit}'::text[]), ('decide_withdrawal', '{review,approve,refuse}'),
    ('cancel_withdrawal', '{cancel}'), ('change_withdrawal_bank_account', '{change_bank_account}'),
    ('return_withdrawal', '{give_up}'), ('pay_withdrawal_at_window', '{pay_at_window}')
), answered AS (
    SELECT stored.*, concat_ws('/', stored.principal_id, stored.operation, stored.key) AS row_key
    FROM (SELECT operation.events, key.operation, key.principal_id, key.key, key.status, key.object_id, key.outcome,
                 CASE WHEN key.outcome ->> 'changed_at' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d:\d\d$'
                      THEN (key.outcome ->> 'changed_at')::timestamptz END AS changed_at,
                 coalesce(('x' || right(replace(key.object_id::text, '-', ''), 16))::bit(64)::bigint
                          & 4611686018427387903, 0) AS object_key
          FROM idempotency_key AS key
          JOIN operation ON operation.operation = key.operation) AS stored
    WHERE stored.object_key BETWEEN $1::bigint AND $2::bigint
), step AS (
    SELECT object_id, actor_id, event, to_state, at
    FROM state_change
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND machine = 'withdrawal'
)
SELECT 'idempotency_key', answered.row_key, fault.column_name, fault.expected, fault.found
FROM answered
CROSS JOIN LATERAL (
    SELECT 'object_id', CASE answered.status WHEN 'done' THEN 'a withdrawal' ELSE 'null: it was refused' END,
           coalesce(answered.object_id::text, 'null')
    WHERE (answered.object_id IS NOT NULL) <> (answered.status = 'done')
    UNION ALL
    SELECT 'principal_id', 'who took the step', answered.principal_id::text
    WHERE answered.object_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM step
                      WHERE step.object_id = answered.object_id AND step.event = ANY (answered.events)
                        AND step.actor_id = answered.principal_id)
    UNION ALL
    SELECT 'outcome', 'state and instant of the step',
           concat_ws(' ', answered.outcome ->> 'state', answered.outcome ->> 'changed_at')
    WHERE answered.object_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM step
                      WHERE step.object_id = answered.object_id AND step.event = ANY (answered.events)
                        AND step.to_state = answered.outcome ->> 'state'
                        AND step.at = answered.changed_at)
    UNION ALL
    SELECT 'object_id', 'what no other key of this step names', 'another one does'
    WHERE EXISTS (SELECT FROM answered AS other
                  WHERE other.object_id = answered.object_id AND other.row_key <> answered.row_key
                    AND other.operation = answered.operation
                    AND other.changed_at = answered.changed_at
                    AND other.outcome ->> 'state' = answered.outcome ->> 'state')
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'withdrawal', event.object_id::text, 'withdrawal_id', 'an idempotency key of ' || event.action, 'none'
FROM (SELECT audit_event.object_id, audit_event.actor_id, audit_event.action
      FROM audit_event
      JOIN operation ON operation.operation = audit_event.action
      WHERE at > now() - interval '6 days' AND detail -> 'refused' IS NULL
        AND person_key BETWEEN $1::bigint AND $2::bigint) AS event
WHERE NOT EXISTS (SELECT FROM answered
                  WHERE answered.object_id = event.object_id AND answered.principal_id = event.actor_id
                    AND answered.operation = event.action)
