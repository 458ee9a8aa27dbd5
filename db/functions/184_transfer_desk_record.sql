-- Records decisions about transfers: the timeline of those that are good, and every answer with its key and audit event.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; before: the transfers as they were. An audit event is of the
-- pool whose desk decided.
CREATE OR REPLACE FUNCTION transfer_desk_record(
    statuses text[], before transfer[], events text[], desks text[], decisions text[], reason_codes text[],
    notes text[], actor_ids uuid[], instants timestamptz[], outcomes jsonb[], keys text[], content_hashes bytea[],
    event_ids uuid[], request_ids text[], real_instants timestamptz[])
RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    one_machine text;
    was record;
BEGIN
    SELECT array_agg(a.person_key) AS person_keys, array_agg(a.transfer_id) AS transfer_ids,
           array_agg(a.machine) AS machines, array_agg(a.state) AS states,
           array_agg(CASE desks[a.ord] WHEN 'out' THEN a.from_pool_code ELSE a.to_pool_code END) AS pools,
           array_agg(desks[a.ord] || '_desk') AS whos
      INTO was
      FROM (SELECT (before[i]).*, i AS ord FROM generate_subscripts(before, 1) AS i ORDER BY i) AS a;
    FOREACH one_machine IN ARRAY '{transfer,transfer_payout}'::text[] LOOP
        PERFORM state_record(
            one_machine,
            ARRAY(SELECT CASE WHEN was.machines[s.ord] = one_machine THEN s.status ELSE 'other' END
                    FROM unnest(statuses) WITH ORDINALITY AS s (status, ord) ORDER BY s.ord),
            was.person_keys, was.transfer_ids, was.pools, events, was.states, was.whos,
            array_fill('staff'::text, ARRAY[cardinality(statuses)]), actor_ids, reason_codes, notes,
            array_fill((SELECT max(i) FROM unnest(instants) AS i), ARRAY[cardinality(statuses)]));
    END LOOP;
    PERFORM state_answer(
        'decide_transfer', 'done', statuses, actor_ids, array_fill('staff'::text, ARRAY[cardinality(statuses)]),
        was.person_keys, was.transfer_ids, was.pools,
        ARRAY(SELECT jsonb_strip_nulls(jsonb_build_object(
                         'desk', d.desk, 'decision', d.decision, 'event', d.event, 'reason_code', d.reason_code))
                FROM unnest(desks, decisions, events, reason_codes) WITH ORDINALITY
                     AS d (desk, decision, event, reason_code, ord)
               ORDER BY d.ord),
        outcomes, keys, content_hashes, event_ids, request_ids, real_instants);
END
$$;
COMMENT ON FUNCTION transfer_desk_record(text[], transfer[], text[], text[], text[], text[], text[], uuid[],
    timestamptz[], jsonb[], text[], bytea[], uuid[], text[], timestamptz[]) IS
    'Records decisions about transfers: the timeline of those that are good, and every answer with its key and audit event';
