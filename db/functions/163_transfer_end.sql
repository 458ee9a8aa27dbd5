-- Ends transfers that come to nothing: takes the effect of the step, writes state and timeline.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; those whose status is not `good` are left alone. effects: of
-- state_step, stay or return_money. asked_event: cancel or refuse. instants in business time.
-- Locks: the caller has locked persons, transfers and old accounts. Outcomes: the statuses: good as it was, or what
-- transfer_undo says against it, and then nothing was done to that one.
CREATE OR REPLACE FUNCTION transfer_end(
    statuses text[], effects text[], transfer_ids uuid[], person_keys bigint[], asked_event text, whos text[],
    actor_kinds text[], principal_ids uuid[], reason_codes text[], notes text[], instants timestamptz[],
    hash_algorithm text)
RETURNS text[]
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    answers text[] := statuses;
    moved text[] := ARRAY(SELECT CASE WHEN e.effect = 'return_money' THEN e.status ELSE 'another' END
                            FROM unnest(statuses, effects) WITH ORDINALITY AS e (status, effect, ord) ORDER BY e.ord);
    machines text[];
    states text[];
    pools text[];
    one record;
BEGIN
    SELECT array_agg(t.machine ORDER BY a.ord), array_agg(t.state ORDER BY a.ord),
           array_agg(t.from_pool_code ORDER BY a.ord)
      INTO machines, states, pools
      FROM unnest(transfer_ids, person_keys) WITH ORDINALITY AS a (transfer_id, person_key, ord)
      LEFT JOIN transfer AS t ON t.person_key = a.person_key AND t.transfer_id = a.transfer_id;
    PERFORM transfer_stay(transfer_ids, person_keys, ARRAY(
        SELECT CASE WHEN e.effect = 'stay' THEN e.status ELSE 'another' END
          FROM unnest(statuses, effects) WITH ORDINALITY AS e (status, effect, ord) ORDER BY e.ord));
    IF 'good' = ANY (moved) THEN
        moved := transfer_undo(transfer_ids, person_keys, moved, (SELECT max(i) FROM unnest(instants) AS i),
                               hash_algorithm);
        answers := ARRAY(SELECT CASE m.status WHEN 'another' THEN answers[m.ord] ELSE m.status END
                           FROM unnest(moved) WITH ORDINALITY AS m (status, ord) ORDER BY m.ord);
    END IF;
    FOR one IN
        SELECT DISTINCT m.machine FROM unnest(machines) AS m (machine) WHERE m.machine IS NOT NULL ORDER BY 1
    LOOP
        PERFORM state_record(
            one.machine, ARRAY(SELECT CASE WHEN machines[s.ord] = one.machine THEN s.status ELSE 'another' END
                                 FROM unnest(answers) WITH ORDINALITY AS s (status, ord) ORDER BY s.ord),
            person_keys, transfer_ids, pools, array_fill(asked_event, ARRAY[cardinality(statuses)]), states, whos,
            actor_kinds, principal_ids, reason_codes, notes, instants);
    END LOOP;
    UPDATE transfer
       SET state = state_next(transfer.machine, transfer.state, asked_event),
           entered_at = greatest(transfer.entered_at, a.instant), ended_at = greatest(transfer.entered_at, a.instant),
           due_on = NULL, reminded_on = NULL, overdue_noted_on = NULL
      FROM unnest(answers, transfer_ids, person_keys, instants) AS a (status, transfer_id, person_key, instant)
     WHERE a.status = 'good' AND transfer.person_key = a.person_key AND transfer.transfer_id = a.transfer_id;
    RETURN answers;
END
$$;
COMMENT ON FUNCTION transfer_end(text[], text[], uuid[], bigint[], text, text[], text[], uuid[], text[], text[],
    timestamptz[], text) IS
    'Ends transfers that come to nothing: takes the effect of the step, writes state and timeline';
