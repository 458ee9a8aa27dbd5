-- Each step of a transfer to a wallet has one audit event of who took it, and each such event its step.
-- SPDX-License-Identifier: Apache-2.0
-- Those of refusals, which say so, and of what was only tried, count for nothing.
WITH step AS (
    SELECT person_key, object_id, event, actor_kind, actor_id, event || '_wallet_transfer' AS action
    FROM state_change
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND machine = 'wallet_transfer'
), told AS (
    SELECT person_key, object_id, action, actor_kind, actor_id
    FROM audit_event
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND detail -> 'refused' IS NULL
      AND action IN ('create_wallet_transfer', 'accept_wallet_transfer', 'decline_wallet_transfer',
                     'cancel_wallet_transfer', 'return_wallet_transfer')
)
SELECT 'wallet_transfer', step.object_id::text, 'wallet_transfer_id',
       'one audit event ' || step.action || ' of who did it',
       (SELECT count(*) FROM told
         WHERE (told.person_key, told.object_id, told.action) = (step.person_key, step.object_id, step.action))::text
FROM step
WHERE (SELECT count(*) FROM told
        WHERE (told.person_key, told.object_id, told.action, told.actor_kind)
              = (step.person_key, step.object_id, step.action, step.actor_kind)
          AND told.actor_id IS NOT DISTINCT FROM step.actor_id) <> 1
UNION ALL
SELECT 'wallet_transfer', told.object_id::text, 'wallet_transfer_id',
       'a step for the audit event ' || told.action, 'none'
FROM told
LEFT JOIN step USING (person_key, object_id, action)
WHERE step.object_id IS NULL
