-- I1, I2: the state of each charge is what the events of its hold say, and every hold is that of a charge.
-- SPDX-License-Identifier: Apache-2.0
-- The hold has the id of the charge, and is what its own account reserves. It is open while the charge is held, and
-- nothing of it is open after: captured once, before its end, with the rest voided; or voided; or expired at its end or
-- later. What was charged at once was never held.
WITH charged AS (
    SELECT charge.*, entry.posted_at AS entry_posted_at
    FROM charge
    LEFT JOIN (SELECT person_key, operation_id, max(posted_at) AS posted_at FROM ledger_entry
               WHERE person_key BETWEEN $1::bigint AND $2::bigint AND kind = 'charge'
               GROUP BY person_key, operation_id) AS entry
        ON entry.person_key = charge.person_key AND entry.operation_id = charge.charge_id
    WHERE charge.person_key BETWEEN $1::bigint AND $2::bigint
), hold AS (
    SELECT person_key, account_id, hold_id, max(seq) AS last_seq, max(posted_at) AS last_posted_at,
           max(expires_at) AS expires_at, min(reference) FILTER (WHERE kind = 'opened') AS reference,
           max(posted_at) FILTER (WHERE kind = 'opened') AS opened_at,
           coalesce(sum(amount_fen) FILTER (WHERE kind = 'opened'), 0) AS opened_fen,
           coalesce(sum(amount_fen) FILTER (WHERE kind = 'captured'), 0) AS captured_fen,
           count(*) FILTER (WHERE kind = 'captured') AS captures,
           count(*) FILTER (WHERE kind = 'voided') AS voids,
           count(*) FILTER (WHERE kind = 'expired') AS expiries,
           sum(CASE kind WHEN 'opened' THEN amount_fen ELSE -amount_fen END) AS open_fen,
           max(posted_at) FILTER (WHERE kind = 'captured') AS captured_at,
           max(seq) FILTER (WHERE kind = 'captured') AS captured_seq,
           min(posted_at) FILTER (WHERE kind = 'expired') AS expired_at,
           max(seq) FILTER (WHERE kind = 'expired') AS expired_seq
    FROM hold_event
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
    GROUP BY person_key, account_id, hold_id
), paired AS (
    SELECT charged.*, hold.account_id AS hold_account_id, hold.expires_at AS hold_expires_at, hold.reference,
           hold.opened_at, hold.opened_fen, hold.captured_fen AS hold_captured_fen, hold.last_posted_at,
           CASE WHEN hold.captures > 0 THEN 'captured' WHEN hold.expiries > 0 THEN 'expired'
                WHEN hold.voids > 0 THEN 'voided' ELSE 'held' END AS hold_state
    FROM charged
    JOIN hold ON hold.person_key = charged.person_key AND hold.hold_id = charged.charge_id
)
SELECT 'charge', charge_id::text, fault.column_name, fault.expected, fault.found
FROM paired
CROSS JOIN LATERAL (
    SELECT 'expires_at', hold_expires_at::text, coalesce(expires_at::text, 'null')
    WHERE expires_at IS DISTINCT FROM hold_expires_at
    UNION ALL
    SELECT 'account_id', hold_account_id::text, account_id::text WHERE account_id <> hold_account_id
    UNION ALL
    SELECT 'amount_fen', (opened_fen + shared_fen)::text, amount_fen::text WHERE amount_fen <> opened_fen + shared_fen
    UNION ALL
    SELECT 'captured_fen', (hold_captured_fen + shared_captured_fen)::text, captured_fen::text
    WHERE captured_fen <> hold_captured_fen + shared_captured_fen
    UNION ALL
    SELECT 'state', hold_state, state
    WHERE CASE WHEN captured_fen > 0 AND captured_fen = shared_captured_fen THEN 'voided' ELSE state END <> hold_state
    UNION ALL
    SELECT 'created_at', opened_at::text, created_at::text WHERE created_at IS DISTINCT FROM opened_at
    UNION ALL
    SELECT 'changed_at', 'not before ' || last_posted_at, changed_at::text WHERE changed_at < last_posted_at
    UNION ALL
    SELECT 'charge_no', reference, charge_no WHERE charge_no <> reference
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'charge', charged.charge_id::text, 'expires_at', 'null: nothing was held', charged.expires_at::text
FROM charged
WHERE charged.expires_at IS NOT NULL AND charged.amount_fen > charged.shared_fen
  AND NOT EXISTS (SELECT FROM hold WHERE hold.person_key = charged.person_key AND hold.hold_id = charged.charge_id)
UNION ALL
SELECT 'hold_event', hold.hold_id || '/' || fault.seq, fault.column_name, fault.expected, fault.found
FROM hold
JOIN charged ON charged.person_key = hold.person_key AND charged.charge_id = hold.hold_id
CROSS JOIN LATERAL (
    SELECT last_seq, 'amount_fen', 'nothing left open by a charge that is ' || charged.state, open_fen::text
    WHERE charged.state <> 'held' AND open_fen <> 0
    UNION ALL
    SELECT last_seq, 'kind', 'one way to end',
           concat_ws(', ', captures || ' captured', voids || ' voided', expiries || ' expired')
    WHERE captures > 1 OR voids > 1 OR expiries > 1 OR (expiries > 0 AND captures + voids > 0)
    UNION ALL
    SELECT captured_seq, 'posted_at', 'before ' || hold.expires_at, captured_at::text
    WHERE captured_at >= hold.expires_at
    UNION ALL
    SELECT captured_seq, 'posted_at', 'not before ' || coalesce(entry_posted_at::text, 'that of a ledger entry'),
           captured_at::text
    WHERE captures > 0 AND (captured_at >= entry_posted_at) IS NOT TRUE
    UNION ALL
    SELECT expired_seq, 'posted_at', 'not before ' || hold.expires_at, expired_at::text
    WHERE expired_at < hold.expires_at
) AS fault (seq, column_name, expected, found)
UNION ALL
SELECT 'hold_event', hold.hold_id || '/1', 'hold_id', 'a charge', 'none'
FROM hold
WHERE NOT EXISTS (SELECT FROM charged WHERE charged.person_key = hold.person_key AND charged.charge_id = hold.hold_id)
  AND NOT EXISTS (SELECT FROM charge_share AS share -- 142 says what of it
                  WHERE share.person_key = hold.person_key AND share.share_id = hold.hold_id)
