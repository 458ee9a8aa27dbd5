-- I1: what a charge says of its other payers is what those say together, and so does each refund; relatives know of it.
-- SPDX-License-Identifier: Apache-2.0
-- Who paid last was given back first, but for who was passed over. Looked at with the person of the charge. A
-- relative's access log has each step: one event of it, of who did the charge's.
WITH charged AS (
    SELECT charge.*,
           coalesce(sum(share.amount_fen), 0) AS together_fen,
           coalesce(sum(share.captured_fen), 0) AS together_captured_fen,
           coalesce(sum(share.refunded_fen), 0) AS together_refunded_fen, count(share.share_id) AS payers,
           coalesce(max(share.position), 0) AS last_position, count(DISTINCT share.position) AS positions
    FROM charge
    LEFT JOIN charge_share AS share ON share.charge_id = charge.charge_id
    WHERE charge.person_key BETWEEN $1::bigint AND $2::bigint
    GROUP BY charge.person_key, charge.charge_id
), refunded AS (
    SELECT refund.refund_id, refund.shared_fen, coalesce(sum(part.amount_fen), 0) AS together_fen
    FROM charge_refund AS refund
    LEFT JOIN charge_share_refund AS part ON part.refund_id = refund.refund_id
    WHERE refund.person_key BETWEEN $1::bigint AND $2::bigint
    GROUP BY refund.person_key, refund.refund_id
), done AS (
    SELECT 'charge_share' AS table_name, 'share_id' AS column_name, share.person_key, share.share_id AS object_id,
           share.provider_id, step.action
    FROM charged
    JOIN charge_share AS share ON share.charge_id = charged.charge_id AND share.payer_kind = 'family'
    CROSS JOIN LATERAL (SELECT 'create_charge' UNION ALL
                        SELECT CASE charged.state WHEN 'captured' THEN 'capture_charge' WHEN 'voided' THEN 'void_charge'
                                                  ELSE 'expire_charge' END
                        WHERE charged.expires_at IS NOT NULL AND charged.state <> 'held') AS step (action)
    UNION ALL
    SELECT 'charge_share_refund', 'share_refund_id', part.person_key, part.share_refund_id, share.provider_id,
           'create_refund'
    FROM charge_refund AS refund
    JOIN charge_share_refund AS part ON part.refund_id = refund.refund_id
    JOIN charge_share AS share ON share.person_key = part.person_key AND share.share_id = part.share_id
                              AND share.payer_kind = 'family'
    WHERE refund.person_key BETWEEN $1::bigint AND $2::bigint
)
SELECT 'charge', charge_id::text, fault.column_name, fault.expected, fault.found
FROM charged
CROSS JOIN LATERAL (
    SELECT 'shared_fen', together_fen::text, shared_fen::text WHERE shared_fen <> together_fen
    UNION ALL
    SELECT 'shared_captured_fen', together_captured_fen::text, shared_captured_fen::text
    WHERE shared_captured_fen <> together_captured_fen
    UNION ALL
    SELECT 'shared_refunded_fen', together_refunded_fen::text, shared_refunded_fen::text
    WHERE shared_refunded_fen <> together_refunded_fen
    UNION ALL
    SELECT 'shared_fen', 'payers in places 1 to ' || payers, positions || ' places up to ' || last_position
    WHERE payers <> positions OR payers <> last_position
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'charge_refund', refund_id::text, 'shared_fen', together_fen::text, shared_fen::text
FROM refunded
WHERE shared_fen <> together_fen
UNION ALL
SELECT 'charge_share', late.share_id::text, 'position', 'all ' || late.captured_fen || ' back before who paid earlier',
       late.refunded_fen::text
FROM charged
JOIN charge_share AS late ON late.charge_id = charged.charge_id AND late.refunded_fen < late.captured_fen
WHERE (charged.refunded_fen > charged.shared_refunded_fen
       OR EXISTS (SELECT FROM charge_share AS early
                  WHERE early.charge_id = charged.charge_id AND early.position < late.position
                    AND early.refunded_fen > 0))
  AND NOT EXISTS (SELECT FROM charge_refund AS refund
                  WHERE refund.person_key = charged.person_key AND refund.charge_id = charged.charge_id
                    AND late.position = ANY (refund.passed_over))
UNION ALL
SELECT 'charge_refund', refund.refund_id::text, 'passed_over', 'places of other payers, who got nothing of it',
       place::text
FROM charged
JOIN charge_refund AS refund ON refund.person_key = charged.person_key AND refund.charge_id = charged.charge_id
CROSS JOIN LATERAL unnest(refund.passed_over) AS place
LEFT JOIN charge_share AS share ON share.charge_id = charged.charge_id AND share.position = place
WHERE share.share_id IS NULL
   OR EXISTS (SELECT FROM charge_share_refund AS part
              WHERE part.refund_id = refund.refund_id AND part.person_key = share.person_key
                AND part.share_id = share.share_id)
UNION ALL
SELECT done.table_name, done.object_id::text, done.column_name, '1 audit event ' || done.action || ' of who did it',
       count(event.event_id)::text
FROM done
LEFT JOIN audit_event AS event ON event.person_key = done.person_key AND event.object_id = done.object_id
      AND event.action = done.action AND event.detail -> 'refused' IS NULL
      AND event.actor_id IS NOT DISTINCT FROM CASE done.action WHEN 'expire_charge' THEN NULL ELSE done.provider_id END
GROUP BY done.table_name, done.object_id, done.column_name, done.action
HAVING count(event.event_id) <> 1
