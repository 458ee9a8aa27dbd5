-- I7: a key of a proposal to adjust names what its principal proposed, and no other key does; a refusal names nothing.
-- SPDX-License-Identifier: Apache-2.0
-- Matched as in wide/102_idempotency_key. Keys are kept for 7 days of real time: what is recorded in the log and
-- younger than 6 has its key.
WITH answered AS (
    SELECT stored.*, concat_ws('/', stored.principal_id, 'propose_adjustment', stored.key) AS row_key,
           count(*) OVER (PARTITION BY stored.object_id) AS keys
    FROM (SELECT principal_id, key, status, object_id,
                 coalesce(('x' || right(replace(object_id::text, '-', ''), 16))::bit(64)::bigint & 4611686018427387903,
                          0) AS object_key
          FROM idempotency_key
          WHERE operation = 'propose_adjustment') AS stored
    WHERE stored.object_key BETWEEN $1::bigint AND $2::bigint
)
SELECT 'idempotency_key', answered.row_key, fault.column_name, fault.expected, fault.found
FROM answered
LEFT JOIN proposal ON proposal.proposal_id = answered.object_id AND proposal.kind = 'post_adjustment'
CROSS JOIN LATERAL (
    SELECT 'object_id', CASE answered.status WHEN 'proposed' THEN 'a proposal' ELSE 'null: it was refused' END,
           coalesce(answered.object_id::text, 'null')
    WHERE (answered.object_id IS NOT NULL) <> (answered.status = 'proposed')
    UNION ALL
    SELECT 'object_id', 'a proposal to adjust', 'none'
    WHERE answered.object_id IS NOT NULL AND proposal.proposal_id IS NULL
    UNION ALL
    SELECT 'principal_id', proposal.proposed_by::text, answered.principal_id::text
    WHERE answered.principal_id <> proposal.proposed_by
    UNION ALL
    SELECT 'object_id', 'what no other key names', answered.keys || ' keys'
    WHERE answered.object_id IS NOT NULL AND answered.keys > 1
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'proposal', event.proposal_id::text, 'proposal_id', 'an idempotency key of propose_adjustment', 'none'
FROM (SELECT (detail ->> 'proposal_id')::uuid AS proposal_id, actor_id, person_key
      FROM audit_event
      WHERE action = 'propose_adjustment' AND at > now() - interval '6 days' AND detail ? 'proposal_id'
        AND person_key BETWEEN $1::bigint AND $2::bigint) AS event
WHERE NOT EXISTS (SELECT FROM answered
                  WHERE answered.object_id = event.proposal_id AND answered.principal_id = event.actor_id)
