-- I8: each transfer is where its timeline says: steps of state_step one after the other, by whom they may be taken,
-- and both sides different people, who have not applied.
-- SPDX-License-Identifier: Apache-2.0
-- Deadlines stand while a desk has it, and reminders only with them. Each decision of a desk has one audit event of who
-- decided.
WITH transfer_now AS MATERIALIZED (
    SELECT *, ('x' || right(replace(transfer_id::text, '-', ''), 16))::bit(64)::bigint & 4611686018427387903 AS id_key
    FROM transfer WHERE person_key BETWEEN $1::bigint AND $2::bigint
), change AS MATERIALIZED (
    SELECT state_change.*, lag(to_state, 1, '') OVER in_order AS state_before, lag(at) OVER in_order AS at_before,
           row_number() OVER in_order AS place, lead(seq) OVER in_order IS NULL AS is_newest
    FROM state_change
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND machine IN ('transfer', 'transfer_payout')
    WINDOW in_order AS (PARTITION BY person_key, object_id ORDER BY seq)
), told AS (
    SELECT person_key, object_id, min(at) FILTER (WHERE place = 1) AS begun_at,
           max(to_state) FILTER (WHERE is_newest) AS state, max(at) FILTER (WHERE is_newest) AS newest_at,
           min(machine) AS machine, max(machine) AS other_machine,
           (array_agg(actor_id ORDER BY place))[1] AS applied_by,
           min(actor_id::text) FILTER (WHERE event = 'check_out') AS out_checked_by,
           min(actor_id::text) FILTER (WHERE event = 'check_in') AS in_checked_by,
           min(actor_id::text) FILTER (WHERE event = 'move_out') AS out_reviewed_by,
           min(actor_id::text) FILTER (WHERE event = 'take_in') AS in_reviewed_by,
           count(*) FILTER (WHERE who IN ('out_desk', 'in_desk')) AS decisions
    FROM change
    GROUP BY person_key, object_id
), desk AS (
    SELECT person_key, object_id, count(*) AS decisions
    FROM audit_event
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND action = 'decide_transfer' AND detail -> 'refused' IS NULL
    GROUP BY person_key, object_id
)
SELECT 'transfer', t.transfer_id::text, fault.column_name, fault.expected, fault.found
FROM transfer_now AS t
LEFT JOIN told ON told.person_key = t.person_key AND told.object_id = t.transfer_id
LEFT JOIN desk ON desk.person_key = t.person_key AND desk.object_id = t.transfer_id
LEFT JOIN person ON person.person_key = t.person_key
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM state_step AS step WHERE step.machine = t.machine AND step.state = t.state) AS goes_on,
           EXISTS (SELECT FROM state_step AS step
                   WHERE step.machine = t.machine AND step.state = t.state AND step.who && '{out_desk,in_desk}'::text[])
               AS has_desk
) AS possible
CROSS JOIN LATERAL (
    SELECT 'transfer_id', 'an id of person ' || t.person_key, 'one of ' || id_key WHERE id_key <> t.person_key
    UNION ALL
    SELECT 'person_id', coalesce(person.person_id::text, 'a person'), t.person_id::text
    WHERE person.person_id IS DISTINCT FROM t.person_id
    UNION ALL
    SELECT 'state', coalesce(told.state, 'a timeline'), t.state WHERE told.state IS DISTINCT FROM t.state
    UNION ALL
    SELECT 'machine', told.machine, t.machine WHERE told.machine <> t.machine OR told.other_machine <> t.machine
    UNION ALL
    SELECT 'created_at', told.begun_at::text, t.created_at::text WHERE told.begun_at <> t.created_at
    UNION ALL
    SELECT 'entered_at', told.newest_at::text, t.entered_at::text WHERE told.newest_at <> t.entered_at
    UNION ALL
    SELECT 'ended_at', CASE WHEN goes_on THEN 'null: it goes on' ELSE t.entered_at::text END,
           coalesce(t.ended_at::text, 'null')
    WHERE t.ended_at IS DISTINCT FROM CASE WHEN NOT goes_on THEN t.entered_at END
    UNION ALL
    SELECT 'due_on', CASE WHEN has_desk THEN 'a day: a desk has it' ELSE 'null: no desk has it' END,
           coalesce(t.due_on::text, 'null')
    WHERE (t.due_on IS NOT NULL) <> has_desk
    UNION ALL
    SELECT 'due_on', 'not before ' || (t.created_at AT TIME ZONE 'Asia/Shanghai')::date, t.due_on::text
    WHERE t.due_on < (t.created_at AT TIME ZONE 'Asia/Shanghai')::date
    UNION ALL
    SELECT 'reminded_on', 'a day since it is there, with a deadline', t.reminded_on::text
    WHERE t.reminded_on IS NOT NULL
      AND (t.due_on IS NULL OR t.reminded_on < (t.entered_at AT TIME ZONE 'Asia/Shanghai')::date)
    UNION ALL
    SELECT 'overdue_noted_on', 'a day after the deadline', t.overdue_noted_on::text
    WHERE t.overdue_noted_on IS NOT NULL AND (t.due_on IS NULL OR t.overdue_noted_on <= t.due_on)
    UNION ALL
    SELECT 'out_checked_by', coalesce(told.out_checked_by, 'null'), coalesce(t.out_checked_by::text, 'null')
    WHERE t.out_checked_by::text IS DISTINCT FROM told.out_checked_by
    UNION ALL
    SELECT 'in_checked_by', coalesce(told.in_checked_by, 'null'), coalesce(t.in_checked_by::text, 'null')
    WHERE t.in_checked_by::text IS DISTINCT FROM told.in_checked_by
    UNION ALL
    SELECT 'out_reviewed_by', coalesce(told.out_reviewed_by, 'null'), coalesce(t.out_reviewed_by::text, 'null')
    WHERE t.out_reviewed_by::text IS DISTINCT FROM told.out_reviewed_by
    UNION ALL
    SELECT 'in_reviewed_by', coalesce(told.in_reviewed_by, 'null'), coalesce(t.in_reviewed_by::text, 'null')
    WHERE t.in_reviewed_by::text IS DISTINCT FROM told.in_reviewed_by
    UNION ALL
    SELECT 'in_checked_by', 'somebody else than at the out desk', 'the same'
    WHERE array_remove(ARRAY[t.out_checked_by, t.out_reviewed_by], NULL)
          && array_remove(ARRAY[t.in_checked_by, t.in_reviewed_by], NULL)
    UNION ALL
    SELECT 'out_reviewed_by', 'somebody else than who checked the payout', 'the same'
    WHERE t.machine = 'transfer_payout' AND t.out_reviewed_by = t.out_checked_by
    UNION ALL
    SELECT 'out_checked_by', 'nobody who has applied decides', told.applied_by::text
    WHERE told.applied_by IN (t.out_checked_by, t.out_reviewed_by, t.in_checked_by, t.in_reviewed_by)
    UNION ALL
    SELECT 'transfer_id', told.decisions || ' audit events decide_transfer', coalesce(desk.decisions, 0)::text
    WHERE told.decisions <> coalesce(desk.decisions, 0)
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'state_change', change.object_id || '/' || change.seq, fault.column_name, fault.expected, fault.found
FROM change
LEFT JOIN state_step AS step ON step.machine = change.machine AND step.state = change.from_state
                            AND step.event = change.event
CROSS JOIN LATERAL (
    SELECT 'seq', change.place::text, change.seq::text WHERE change.seq <> change.place
    UNION ALL
    SELECT 'from_state', change.state_before, change.from_state WHERE change.from_state <> change.state_before
    UNION ALL
    SELECT 'event', 'one of state_step in ' || change.from_state, change.event WHERE step.event IS NULL
    UNION ALL
    SELECT 'to_state', step.next_state, change.to_state WHERE change.to_state <> step.next_state
    UNION ALL
    SELECT 'who', array_to_string(step.who, ' '), change.who WHERE change.who <> ALL (step.who)
    UNION ALL
    SELECT 'at', 'not before ' || change.at_before, change.at::text WHERE change.at < change.at_before
    UNION ALL
    SELECT 'actor_kind', CASE WHEN change.who = 'system' THEN 'system' ELSE 'staff' END, change.actor_kind
    WHERE (change.who = 'system') <> (change.actor_kind = 'system')
       OR (change.who IN ('out_desk', 'in_desk') AND change.actor_kind <> 'staff')
    UNION ALL
    SELECT 'reason_code', 'a reason of the refusal', 'null' WHERE change.event = 'refuse' AND change.reason_code IS NULL
    UNION ALL
    SELECT 'note', 'words for the refusal', 'null' WHERE change.event = 'refuse' AND change.note IS NULL
    UNION ALL
    SELECT 'object_id', 'a transfer of the person', 'none'
    WHERE NOT EXISTS (SELECT FROM transfer_now AS t
                      WHERE t.person_key = change.person_key AND t.transfer_id = change.object_id)
) AS fault (column_name, expected, found)
