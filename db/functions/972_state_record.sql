-- Records the steps that things with states have taken, and leaves an event of each in the outbox.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each step; those whose status is not `good` are left out. whos: the part that
-- the actor plays; actor_ids null for the system. instants: business time. A thing may stand there once.
-- Locks: the caller has locked the things, so that nobody else numbers their steps.
-- The state's row of state_step must exist: whoever asks for a step that is none has not judged, and that is a bug.
-- The event has ids and no personal data, and lasts a week: {"event": "transfer.completed", "object_id": …,
-- "pool_code": …}.
CREATE OR REPLACE FUNCTION state_record(
    asked_machine text, statuses text[], person_keys bigint[], object_ids uuid[], pools text[], events text[],
    from_states text[], whos text[], actor_kinds text[], actor_ids uuid[], reason_codes text[], notes text[],
    instants timestamptz[])
RETURNS void
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    tick bigint := person_id_tick();
    salt bigint := floor(random() * 4611686018427387904)::bigint; -- others record at the same tick
    now timestamptz := clock_timestamp();
    missing text;
BEGIN
    SELECT format('%s: %s in %s by %s', asked_machine, a.event, a.from_state, a.who) INTO missing
      FROM unnest(statuses, events, from_states, whos) AS a (status, event, from_state, who)
     WHERE a.status = 'good'
       AND NOT EXISTS (SELECT FROM state_step AS step
                        WHERE step.machine = asked_machine AND step.state = a.from_state AND step.event = a.event
                          AND a.who = ANY (step.who));
    ASSERT missing IS NULL, 'a step that state_step does not have: ' || missing;
    WITH taken AS (
        INSERT INTO state_change (person_key, object_id, seq, machine, event, from_state, to_state, who, actor_kind,
                                  actor_id, at, reason_code, note)
        SELECT a.person_key, a.object_id, coalesce(newest.seq, 0) + 1, asked_machine, a.event, a.from_state,
               state_next(asked_machine, a.from_state, a.event), a.who, a.actor_kind, a.actor_id,
               greatest(a.instant, newest.at), a.reason_code, a.note
          FROM unnest(statuses, person_keys, object_ids, events, from_states, whos, actor_kinds, actor_ids,
                      reason_codes, notes, instants)
               AS a (status, person_key, object_id, event, from_state, who, actor_kind, actor_id, reason_code, note,
                     instant)
          LEFT JOIN LATERAL (
               SELECT change.seq, change.at
                 FROM state_change AS change
                WHERE change.person_key = a.person_key AND change.object_id = a.object_id
                ORDER BY change.seq DESC
                LIMIT 1) AS newest ON true
         WHERE a.status = 'good'
        RETURNING object_id, machine, to_state, at
    )
    INSERT INTO outbox (outbox_id, kind, event, next_attempt_at, created_at, expires_at)
    SELECT person_id_at(salt, tick + row_number() OVER (ORDER BY taken.object_id)), 'event',
           jsonb_build_object('event', taken.machine || '.' || taken.to_state, 'object_id', taken.object_id,
                              'pool_code', pools[array_position(object_ids, taken.object_id)], 'at', taken.at),
           now, now, now + interval '7 days'
      FROM taken;
END
$$;
COMMENT ON FUNCTION state_record(text, text[], bigint[], uuid[], text[], text[], text[], text[], text[], uuid[],
    text[], text[], timestamptz[]) IS
    'Records the steps that things with states have taken, and leaves an event of each in the outbox';
