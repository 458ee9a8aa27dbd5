-- What has states: each step is one that the state machines have and follows the one before;
-- each thing is in the state of its newest.
-- SPDX-License-Identifier: Apache-2.0
-- For family members, wallet transfers, transfers, withdrawals and grants to look at accounts alike.
WITH change AS MATERIALIZED (
    SELECT stored.*, lag(seq) OVER steps AS before_seq, lag(to_state) OVER steps AS before_state,
           lag(at) OVER steps AS before_at, lag(machine) OVER steps AS before_machine,
           lead(seq) OVER steps IS NULL AS is_newest
    FROM state_change AS stored
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
    WINDOW steps AS (PARTITION BY person_key, object_id ORDER BY seq)
), thing (table_name, object_id, person_key, machine, state) AS MATERIALIZED (
    SELECT 'family_member', family_member_id, person_key, 'family_member', state
    FROM family_member WHERE person_key BETWEEN $1::bigint AND $2::bigint
    UNION ALL
    SELECT 'wallet_transfer', wallet_transfer_id, person_key, 'wallet_transfer', state
    FROM wallet_transfer WHERE person_key BETWEEN $1::bigint AND $2::bigint
    UNION ALL
    SELECT 'transfer', transfer_id, person_key, machine, state
    FROM transfer WHERE person_key BETWEEN $1::bigint AND $2::bigint
    UNION ALL
    SELECT 'withdrawal', withdrawal_id, person_key, 'withdrawal', state
    FROM withdrawal WHERE person_key BETWEEN $1::bigint AND $2::bigint
    UNION ALL
    SELECT 'view_grant', view_grant_id, person_key, 'view_grant', state
    FROM view_grant WHERE person_key BETWEEN $1::bigint AND $2::bigint
)
SELECT 'state_change', change.object_id || '/' || change.seq, fault.column_name, fault.expected, fault.found
FROM change
LEFT JOIN thing USING (person_key, object_id)
LEFT JOIN state_step AS step ON step.machine = change.machine AND step.state = change.from_state
                            AND step.event = change.event
CROSS JOIN LATERAL (
    SELECT 'seq', (coalesce(before_seq, 0) + 1)::text, seq::text WHERE seq <> coalesce(before_seq, 0) + 1
    UNION ALL
    SELECT 'from_state', coalesce(before_state, 'empty: it begins'), from_state
    WHERE from_state <> coalesce(before_state, '') AND seq = coalesce(before_seq, 0) + 1
    UNION ALL
    SELECT 'at', 'not before ' || before_at, at::text WHERE at < before_at
    UNION ALL
    SELECT 'machine', coalesce(before_machine, thing.machine), change.machine
    WHERE change.machine <> coalesce(before_machine, thing.machine)
    UNION ALL
    SELECT 'event', 'one that is possible in state ' || from_state, change.event WHERE step.machine IS NULL
    UNION ALL
    SELECT 'to_state', step.next_state, to_state WHERE to_state <> step.next_state
    UNION ALL
    SELECT 'who', array_to_string(step.who, ' or '), change.who WHERE NOT change.who = ANY (step.who)
    UNION ALL
    SELECT 'actor_kind', 'system: it plays its own part', actor_kind
    WHERE (change.who = 'system') <> (actor_kind = 'system')
    UNION ALL
    SELECT 'object_id', 'something of person ' || change.person_key || ' that has states', 'none'
    WHERE thing.object_id IS NULL AND is_newest
) AS fault (column_name, expected, found)
UNION ALL
SELECT thing.table_name, thing.object_id::text, 'state',
       coalesce(change.to_state, 'one that a step has led to'), thing.state
FROM thing
LEFT JOIN change ON change.person_key = thing.person_key AND change.object_id = thing.object_id AND change.is_newest
WHERE thing.state IS DISTINCT FROM change.to_state
