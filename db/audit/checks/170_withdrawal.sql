-- I8: each withdrawal says what its timeline says: who reviewed it, when it ended, how and when it was paid,
-- and why it bounced.
-- SPDX-License-Identifier: Apache-2.0
-- Both reviews are by different people, neither of whom applied. Each step of somebody has one audit event, but for
-- those that come with a payout file, whose own event is that of the file.
-- The lists of reasons and ends are the auditor's own.
WITH told AS (
    SELECT person_key, object_id, min(at) FILTER (WHERE seq = 1) AS begun_at, max(at) AS newest_at,
           max(actor_id::text) FILTER (WHERE seq = 1) AS applied_by,
           max(actor_id::text) FILTER (WHERE event = 'review') AS reviewed_by,
           max(actor_id::text) FILTER (WHERE event = 'approve') AS approved_by,
           bool_or(event = 'confirm') AS is_confirmed,
           (array_agg(reason_code ORDER BY seq DESC) FILTER (WHERE event = 'bounce'))[1] AS bounce_code,
           count(*) FILTER (WHERE event NOT IN ('instruct', 'confirm', 'bounce', 'take_over')) AS steps
    FROM state_change
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND machine = 'withdrawal'
    GROUP BY person_key, object_id
), recorded AS (
    SELECT person_key, object_id, count(*) AS events
    FROM audit_event
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND detail -> 'refused' IS NULL
      AND action IN ('create_withdrawal', 'decide_withdrawal', 'cancel_withdrawal', 'change_withdrawal_bank_account',
                     'return_withdrawal', 'pay_withdrawal_at_window')
    GROUP BY person_key, object_id
), line AS (
    SELECT person_key, withdrawal_id, (array_agg(payout_file_id ORDER BY payout_file_id::text DESC))[1] AS newest_id
    FROM payout_line WHERE person_key BETWEEN $1::bigint AND $2::bigint
    GROUP BY person_key, withdrawal_id
)
SELECT 'withdrawal', w.withdrawal_id::text, fault.column_name, fault.expected, fault.found
FROM withdrawal AS w
LEFT JOIN told ON told.person_key = w.person_key AND told.object_id = w.withdrawal_id
LEFT JOIN recorded ON recorded.person_key = w.person_key AND recorded.object_id = w.withdrawal_id
LEFT JOIN line ON line.person_key = w.person_key AND line.withdrawal_id = w.withdrawal_id
LEFT JOIN account ON account.person_key = w.person_key AND account.account_id = w.account_id
LEFT JOIN person ON person.person_key = w.person_key
LEFT JOIN transfer ON transfer.person_key = w.person_key AND transfer.transfer_id = w.transfer_id
CROSS JOIN LATERAL (
    SELECT ('x' || right(replace(w.withdrawal_id::text, '-', ''), 16))::bit(64)::bigint & 4611686018427387903 AS id_key,
           w.state IN ('paid', 'returned', 'rejected', 'cancelled') AS is_over,
           CASE WHEN w.state IN ('bounced', 'returned') THEN told.bounce_code END AS bounce_code) AS true_value
CROSS JOIN LATERAL (
    SELECT 'withdrawal_id', 'an id of person ' || w.person_key, 'one of ' || id_key WHERE id_key <> w.person_key
    UNION ALL
    SELECT 'withdrawal_id', told.steps || ' audit events', coalesce(recorded.events, 0)::text
    WHERE told.steps <> coalesce(recorded.events, 0)
    UNION ALL
    SELECT 'person_id', coalesce(person.person_id::text, 'a person'), w.person_id::text
    WHERE person.person_id IS DISTINCT FROM w.person_id
    UNION ALL
    SELECT 'account_id', 'an account of the person', w.account_id::text WHERE account.account_id IS NULL
    UNION ALL
    SELECT 'pool_code', account.pool_code, w.pool_code WHERE account.pool_code <> w.pool_code
    UNION ALL
    SELECT 'created_at', told.begun_at::text, w.created_at::text
    WHERE w.created_at > told.begun_at OR (w.created_at <> told.begun_at AND w.transfer_id IS NULL)
    UNION ALL
    SELECT 'changed_at', told.newest_at::text, w.changed_at::text WHERE told.newest_at <> w.changed_at
    UNION ALL
    SELECT 'ended_at', CASE WHEN is_over THEN w.changed_at::text ELSE 'null: it goes on' END,
           coalesce(w.ended_at::text, 'null')
    WHERE w.ended_at IS DISTINCT FROM CASE WHEN is_over THEN w.changed_at END
    UNION ALL
    SELECT 'paid_on', CASE w.state WHEN 'paid' THEN 'a day up to ' || (w.changed_at AT TIME ZONE 'Asia/Shanghai')::date
                                   ELSE 'null' END, coalesce(w.paid_on::text, 'null')
    WHERE (w.paid_on IS NOT NULL) <> (w.state = 'paid') OR w.paid_on > (w.changed_at AT TIME ZONE 'Asia/Shanghai')::date
    UNION ALL
    SELECT 'paid_by', CASE WHEN w.state <> 'paid' THEN 'null' WHEN told.is_confirmed THEN 'bank' ELSE 'window' END,
           coalesce(w.paid_by, 'null')
    WHERE w.paid_by IS DISTINCT FROM CASE WHEN w.state = 'paid' THEN CASE WHEN told.is_confirmed THEN 'bank'
                                                                          ELSE 'window' END END
    UNION ALL
    SELECT 'bounce_code', coalesce(true_value.bounce_code, 'null'), coalesce(w.bounce_code, 'null')
    WHERE w.bounce_code IS DISTINCT FROM true_value.bounce_code
    UNION ALL
    SELECT 'reviewed_by', coalesce(told.reviewed_by, 'null'), coalesce(w.reviewed_by::text, 'null')
    WHERE w.reviewed_by::text IS DISTINCT FROM told.reviewed_by
    UNION ALL
    SELECT 'approved_by', coalesce(told.approved_by, 'null'), coalesce(w.approved_by::text, 'null')
    WHERE w.approved_by::text IS DISTINCT FROM told.approved_by
    UNION ALL
    SELECT 'reviewed_by', 'neither who applied nor who approved', told.reviewed_by
    WHERE told.reviewed_by IN (told.applied_by, told.approved_by)
    UNION ALL
    SELECT 'approved_by', 'not who applied', told.approved_by WHERE told.approved_by = told.applied_by
    UNION ALL
    SELECT 'payout_file_id', coalesce(line.newest_id::text, 'null'), coalesce(w.payout_file_id::text, 'null')
    WHERE w.payout_file_id IS DISTINCT FROM line.newest_id
    UNION ALL
    SELECT 'reason', 'one of six', w.reason
    WHERE w.reason NOT IN ('death', 'emigration', 'foreigner_leaving', 'destination_not_connected', 'resettled_retiree',
                           'resident_scheme')
    UNION ALL
    SELECT 'reason', 'destination_not_connected: it belongs to a transfer', w.reason
    WHERE w.transfer_id IS NOT NULL AND w.reason <> 'destination_not_connected'
    UNION ALL
    SELECT 'payee_kind', CASE w.reason WHEN 'death' THEN 'heir' ELSE 'person' END, w.payee_kind
    WHERE w.payee_kind <> CASE w.reason WHEN 'death' THEN 'heir' ELSE 'person' END
    UNION ALL
    SELECT 'transfer_id', 'a transfer from this account with this withdrawal',
           coalesce(transfer.withdrawal_id::text, 'none')
    WHERE w.transfer_id IS NOT NULL
      AND (transfer.withdrawal_id IS DISTINCT FROM w.withdrawal_id OR transfer.from_account_id <> w.account_id)
    UNION ALL
    SELECT 'bank_card_sealed', 'that of the transfer', 'another one'
    WHERE w.bank_card_of = 'transfer' AND w.bank_card_sealed IS DISTINCT FROM transfer.bank_card_sealed
    UNION ALL
    SELECT 'bank_card_of', 'transfer: nobody has corrected it', w.bank_card_of
    WHERE w.bank_card_of = 'withdrawal' AND w.bank_card_sealed = transfer.bank_card_sealed
    UNION ALL
    SELECT 'payee_name_of', CASE WHEN w.transfer_id IS NULL THEN 'withdrawal' ELSE 'person' END, w.payee_name_of
    WHERE w.payee_name_of <> CASE WHEN w.transfer_id IS NULL THEN 'withdrawal' ELSE 'person' END
) AS fault (column_name, expected, found)
WHERE w.person_key BETWEEN $1::bigint AND $2::bigint
