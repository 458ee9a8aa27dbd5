-- Ends invitations and memberships by the system: they ran out, or nothing can be shared any more.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each, each once; events expire or close; instant in business time.
-- Locks: the caller has locked the accounts. Outcomes: how many took the step; those that cannot are left as they are.
CREATE OR REPLACE FUNCTION family_member_finish(
    person_keys bigint[], family_member_ids uuid[], events text[], reason_codes text[], instant timestamptz,
    real_instant timestamptz)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    tick bigint := person_id_tick();
    done record;
BEGIN
    SELECT array_agg('good'::text) AS statuses, array_agg(f.person_key) AS person_keys,
           array_agg(f.member_person_key) AS member_keys, array_agg(f.family_member_id) AS ids,
           array_agg(f.pool_code) AS pools, array_agg(a.event) AS events, array_agg(f.state) AS states,
           array_agg(a.reason_code) AS reasons, array_fill('system'::text, ARRAY[count(*)::integer]) AS systems,
           array_fill(NULL::uuid, ARRAY[count(*)::integer]) AS nobody,
           array_fill(NULL::text, ARRAY[count(*)::integer]) AS nothing,
           array_fill(instant, ARRAY[count(*)::integer]) AS instants
      INTO done
      FROM unnest(person_keys, family_member_ids, events, reason_codes) AS a (person_key, id, event, reason_code)
      JOIN family_member AS f ON f.person_key = a.person_key AND f.family_member_id = a.id
     WHERE state_next('family_member', f.state, a.event) IS NOT NULL;
    IF done.statuses IS NULL THEN
        RETURN 0;
    END IF;
    UPDATE family_member AS f
       SET state = state_next('family_member', f.state, a.event), changed_at = greatest(f.changed_at, instant),
           ended_at = greatest(f.changed_at, instant)
      FROM unnest(done.person_keys, done.ids, done.events) AS a (person_key, id, event)
     WHERE f.person_key = a.person_key AND f.family_member_id = a.id;
    PERFORM state_record('family_member', done.statuses, done.person_keys, done.ids, done.pools, done.events,
                         done.states, done.systems, done.systems, done.nobody, done.reasons,
                         done.nothing, done.instants);
    INSERT INTO audit_event (event_id, at, actor_kind, action, person_key, object_id, pool_code)
    SELECT person_id_at(side.key, tick + e.ord), real_instant, 'system', e.event || '_family_member', side.key, e.id,
           e.pool_code
      FROM unnest(done.person_keys, done.member_keys, done.ids, done.pools, done.events) WITH ORDINALITY
           AS e (person_key, member_key, id, pool_code, event, ord)
     CROSS JOIN LATERAL unnest(ARRAY[e.person_key, e.member_key]) AS side (key);
    RETURN cardinality(done.statuses);
END
$$;
COMMENT ON FUNCTION family_member_finish(bigint[], uuid[], text[], text[], timestamptz, timestamptz) IS
    'Ends invitations and memberships by the system; how many';
