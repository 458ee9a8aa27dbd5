-- I7: a key about a wallet names what its principal opened, sent or ended, as no other does; a refusal names nothing.
-- SPDX-License-Identifier: Apache-2.0
-- Matched as in wide/102_idempotency_key. Keys are kept for 7 days of real time: what is recorded in the log and
-- younger than 6 has its key.
WITH success (operation, status, event) AS (VALUES
    ('open_wallet', 'created', NULL), ('create_wallet_transfer', 'created', 'create'),
    ('accept_wallet_transfer', 'done', 'accept'), ('decline_wallet_transfer', 'done', 'decline'),
    ('cancel_wallet_transfer', 'done', 'cancel')
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
    SELECT object_id, event, actor_id
    FROM state_change
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND machine = 'wallet_transfer'
)
SELECT 'idempotency_key', answered.row_key, fault.column_name, fault.expected, fault.found
FROM answered
LEFT JOIN step ON step.object_id = answered.object_id AND step.event = answered.event
LEFT JOIN account AS wallet ON answered.operation = 'open_wallet' AND wallet.person_key = answered.object_key
     AND wallet.account_id = answered.object_id AND wallet.pool_code = '000000'
CROSS JOIN LATERAL (
    SELECT 'object_id', CASE WHEN is_success THEN 'what was made or changed' ELSE 'null: it was refused' END,
           coalesce(answered.object_id::text, 'null')
    WHERE (answered.object_id IS NOT NULL) <> is_success
    UNION ALL
    SELECT 'object_id', CASE WHEN answered.event IS NULL THEN 'a wallet' ELSE 'a transfer with that step' END, 'none'
    WHERE answered.object_id IS NOT NULL
      AND CASE WHEN answered.event IS NULL THEN wallet.account_id IS NULL ELSE step.object_id IS NULL END
    UNION ALL
    SELECT 'principal_id', step.actor_id::text, answered.principal_id::text
    WHERE answered.principal_id <> step.actor_id
    UNION ALL
    SELECT 'object_id', 'what no other key of ' || answered.operation || ' names', answered.keys || ' keys'
    WHERE answered.object_id IS NOT NULL AND answered.keys > 1
) AS fault (column_name, expected, found)
UNION ALL
SELECT CASE told.action WHEN 'open_wallet' THEN 'account' ELSE 'wallet_transfer' END, told.object_id::text,
       CASE told.action WHEN 'open_wallet' THEN 'account_id' ELSE 'wallet_transfer_id' END,
       'an idempotency key of ' || told.action, 'none'
FROM audit_event AS told
WHERE told.action IN (SELECT operation FROM success) AND told.at > now() - interval '6 days'
  AND told.detail -> 'refused' IS NULL AND told.person_key BETWEEN $1::bigint AND $2::bigint
  AND NOT EXISTS (SELECT FROM answered
                  WHERE answered.operation = told.action AND answered.object_id = told.object_id
                    AND answered.principal_id = told.actor_id)
