-- Who did it: each charge, capture, voiding, expiry and refund has exactly one audit event of who did it.
-- SPDX-License-Identifier: Apache-2.0
-- An event of what was refused says so and counts for nothing here.
WITH done AS (
    SELECT person_key, person_key AS account_person_key, charge_id AS object_id, provider_id,
           'charge' AS table_name, action
    FROM charge
    CROSS JOIN LATERAL (SELECT 'create_charge' UNION ALL
                        SELECT CASE state WHEN 'captured' THEN 'capture_charge' WHEN 'voided' THEN 'void_charge'
                                          ELSE 'expire_charge' END
                        WHERE expires_at IS NOT NULL AND state IN ('captured', 'voided', 'expired')) AS one (action)
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
    UNION ALL
    SELECT person_key, account_person_key, refund_id, provider_id, 'charge_refund', 'create_refund'
    FROM charge_refund
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
), event AS (
    SELECT object_id, action, actor_id, event_id
    FROM audit_event
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND detail -> 'refused' IS NULL
      AND action IN ('create_charge', 'capture_charge', 'void_charge', 'expire_charge', 'create_refund')
    UNION ALL
    -- Of a refund to the current person of a merged record.
    SELECT event.object_id, event.action, event.actor_id, event.event_id
    FROM done
    JOIN audit_event AS event ON event.person_key = done.account_person_key AND event.object_id = done.object_id
                             AND event.action = done.action AND event.detail -> 'refused' IS NULL
    WHERE done.account_person_key NOT BETWEEN $1::bigint AND $2::bigint
)
SELECT table_name, done.object_id::text, CASE table_name WHEN 'charge' THEN 'charge_id' ELSE 'refund_id' END,
       '1 audit event ' || done.action, count(event.event_id)::text
FROM done
LEFT JOIN event ON event.object_id = done.object_id AND event.action = done.action
GROUP BY table_name, done.object_id, done.action
HAVING count(event.event_id) <> 1
UNION ALL
SELECT table_name, done.object_id::text, 'provider_id',
       coalesce(event.actor_id::text, 'nobody') || ', who did ' || done.action, done.provider_id::text
FROM done
JOIN event ON event.object_id = done.object_id AND event.action = done.action
WHERE event.actor_id IS DISTINCT FROM CASE done.action WHEN 'expire_charge' THEN NULL ELSE done.provider_id END
