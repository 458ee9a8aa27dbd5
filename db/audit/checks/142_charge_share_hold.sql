-- I1, I2: what is reserved of other payers of a charge is what the events of their holds say.
-- SPDX-License-Identifier: Apache-2.0
-- The hold has the id of the share. It is open while the share is held, and nothing of it is open after.
WITH hold AS (
    SELECT person_key, account_id, hold_id, max(expires_at) AS expires_at, max(posted_at) AS last_posted_at,
           min(reference) FILTER (WHERE kind = 'opened') AS reference,
           max(posted_at) FILTER (WHERE kind = 'opened') AS opened_at,
           coalesce(sum(amount_fen) FILTER (WHERE kind = 'opened'), 0) AS opened_fen,
           coalesce(sum(amount_fen) FILTER (WHERE kind = 'captured'), 0) AS captured_fen,
           CASE WHEN bool_or(kind = 'captured') THEN 'captured' WHEN bool_or(kind = 'expired') THEN 'expired'
                WHEN bool_or(kind = 'voided') THEN 'voided' ELSE 'held' END AS state,
           sum(CASE kind WHEN 'opened' THEN amount_fen ELSE -amount_fen END) AS open_fen,
           min(posted_at) FILTER (WHERE kind = 'expired') AS expired_at,
           max(posted_at) FILTER (WHERE kind = 'captured') AS captured_at
    FROM hold_event
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
    GROUP BY person_key, account_id, hold_id
)
SELECT 'charge_share', share.share_id::text, fault.column_name, fault.expected, fault.found
FROM charge_share AS share
LEFT JOIN hold ON hold.person_key = share.person_key AND hold.hold_id = share.share_id
LEFT JOIN charge ON charge.person_key = share.charge_person_key AND charge.charge_id = share.charge_id
CROSS JOIN LATERAL (
    SELECT 'expires_at', coalesce(hold.expires_at::text, 'null: nothing was held'),
           coalesce(share.expires_at::text, 'null')
    WHERE share.expires_at IS DISTINCT FROM hold.expires_at
    UNION ALL
    SELECT 'account_id', hold.account_id::text, share.account_id::text WHERE share.account_id <> hold.account_id
    UNION ALL
    SELECT 'amount_fen', hold.opened_fen::text, share.amount_fen::text WHERE share.amount_fen <> hold.opened_fen
    UNION ALL
    SELECT 'captured_fen', hold.captured_fen::text, share.captured_fen::text
    WHERE share.captured_fen <> hold.captured_fen
    UNION ALL
    SELECT 'state', hold.state, share.state WHERE share.state <> hold.state
    UNION ALL
    SELECT 'state', 'held: ' || hold.open_fen || ' fen are open', share.state
    WHERE share.state <> 'held' AND hold.open_fen <> 0
    UNION ALL
    SELECT 'created_at', hold.opened_at::text, share.created_at::text WHERE share.created_at <> hold.opened_at
    UNION ALL
    SELECT 'changed_at', 'not before ' || hold.last_posted_at, share.changed_at::text
    WHERE share.changed_at < hold.last_posted_at
    UNION ALL
    SELECT 'expires_at', 'after ' || hold.captured_at, share.expires_at::text WHERE hold.captured_at >= share.expires_at
    UNION ALL
    SELECT 'expires_at', 'not after ' || hold.expired_at, share.expires_at::text
    WHERE hold.expired_at < share.expires_at
    UNION ALL
    SELECT 'charge_id', 'the charge with number ' || hold.reference, 'the one with ' || charge.charge_no
    WHERE charge.charge_no <> hold.reference
) AS fault (column_name, expected, found)
WHERE share.person_key BETWEEN $1::bigint AND $2::bigint
