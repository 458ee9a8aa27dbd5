-- Ends grants to look at accounts, with a step of their timelines each.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each grant; those whose status is not `good` are left out. events: revoke or
-- expire. whos: the part that the actor plays. Instants in real time. A grant may stand there once.
-- Locks: the caller has locked the grants, and knows that they are in force.
CREATE OR REPLACE FUNCTION view_grant_end(
    statuses text[], person_keys bigint[], view_grant_ids uuid[], pools text[], events text[], whos text[],
    actor_kinds text[], actor_ids uuid[], instants timestamptz[])
RETURNS void
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    UPDATE view_grant
       SET state = state_next('view_grant', view_grant.state, a.event),
           ended_at = greatest(view_grant.granted_at, a.instant)
      FROM unnest(statuses, person_keys, view_grant_ids, events, instants)
           AS a (status, person_key, view_grant_id, event, instant)
     WHERE a.status = 'good' AND view_grant.person_key = a.person_key AND view_grant.view_grant_id = a.view_grant_id;
    PERFORM state_record(
        'view_grant', statuses, person_keys, view_grant_ids, pools, events,
        array_fill('granted'::text, ARRAY[cardinality(statuses)]), whos, actor_kinds, actor_ids,
        array_fill(NULL::text, ARRAY[cardinality(statuses)]), array_fill(NULL::text, ARRAY[cardinality(statuses)]),
        instants);
END
$$;
COMMENT ON FUNCTION view_grant_end(text[], bigint[], uuid[], text[], text[], text[], text[], uuid[], timestamptz[]) IS
    'Ends grants to look at accounts, with a step of their timelines each';
