-- Takes steps of withdrawals, each with its idempotency key: decided, cancelled, corrected, paid, returned.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. events: of machine withdrawal; `approve` is the first review or
-- the second, by the state. visibles: comma-joined LIKE patterns of pool codes, null for citizens and for who sees all.
-- actor_kinds: citizen or staff. return_ids, bank_cards, paid_ons: as withdrawal_step_do has them. instants in business
-- time, real_instants in real time. Ids come from the caller.
-- Locks: those of withdrawal_claim.
-- Outcomes: one row for each member, in order. status is `done`, `deferred` (ask again), one of withdrawal_claim or of
-- withdrawal_step_fault. outcome: withdrawal_outcome, or of not_possible_now state_possible. is_replayed: it was
-- answered before, with status and outcome as they were.
CREATE OR REPLACE FUNCTION withdrawal_step(
    asked_operation text, events text[], principal_ids uuid[], actor_kinds text[], visibles text[],
    person_keys bigint[], withdrawal_ids uuid[], return_ids uuid[], bank_cards bytea[], paid_ons date[],
    reason_codes text[], notes text[], instants timestamptz[], keys text[], content_hashes bytea[], event_ids uuid[],
    request_ids text[], real_instants timestamptz[], hash_algorithms text[], waits boolean[])
RETURNS TABLE (ord bigint, status text, is_replayed boolean, withdrawal_id uuid, outcome jsonb)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    statuses text[];
    stored_statuses text[];
    outcomes jsonb[];
    steps text[] := events;
    befores text[] := array_fill(''::text, ARRAY[cardinality(events)]);
    whos text[] := befores;
    pools text[] := befores;
    changed_ats timestamptz[] := instants;
    w withdrawal;
    holding account;
BEGIN
    SELECT array_agg(c.verdict ORDER BY c.ord), array_agg(c.stored_status ORDER BY c.ord),
           array_agg(c.stored_outcome ORDER BY c.ord)
      INTO statuses, stored_statuses, outcomes
      FROM withdrawal_claim(asked_operation, principal_ids, visibles, person_keys, withdrawal_ids, keys, content_hashes,
                            waits[1] AND cardinality(waits) = 1) AS c;
    FOR i IN 1 .. cardinality(events)
    LOOP
        CONTINUE WHEN statuses[i] <> 'locked';
        SELECT * INTO STRICT w FROM withdrawal AS one
         WHERE one.person_key = person_keys[i] AND one.withdrawal_id = withdrawal_ids[i];
        SELECT * INTO STRICT holding FROM account AS one
         WHERE one.person_key = w.person_key AND one.account_id = w.account_id;
        pools[i] := w.pool_code;
        befores[i] := w.state;
        steps[i] := CASE WHEN events[i] = 'approve' AND w.state = 'submitted' THEN 'review' ELSE events[i] END;
        whos[i] := CASE WHEN actor_kinds[i] = 'citizen' THEN 'person'
                        WHEN steps[i] = 'review' OR (steps[i] = 'refuse' AND w.state = 'submitted') THEN 'reviewer'
                        WHEN steps[i] IN ('approve', 'refuse') THEN 'second_reviewer' ELSE 'staff' END;
        statuses[i] := withdrawal_step_fault(w, holding, steps[i], principal_ids[i],
                                             (instants[i] AT TIME ZONE 'Asia/Shanghai')::date);
        IF statuses[i] = 'good' THEN
            w := withdrawal_step_do(w, steps[i], principal_ids[i], return_ids[i], bank_cards[i], paid_ons[i], NULL,
                                    instants[i], hash_algorithms[i]);
            changed_ats[i] := w.changed_at;
            outcomes[i] := withdrawal_outcome(w);
        ELSIF statuses[i] = 'not_possible_now' THEN
            outcomes[i] := state_possible('withdrawal', w.state);
        END IF;
    END LOOP;
    PERFORM state_record('withdrawal', statuses, person_keys, withdrawal_ids, pools, steps, befores, whos, actor_kinds,
                         principal_ids, reason_codes, notes, changed_ats);
    PERFORM state_answer(
        asked_operation, 'done', statuses, principal_ids, actor_kinds, person_keys, withdrawal_ids, pools,
        ARRAY(SELECT jsonb_strip_nulls(jsonb_build_object('event', s.step, 'reason_code', reason_codes[s.ord]))
                FROM unnest(steps) WITH ORDINALITY AS s (step, ord) ORDER BY s.ord),
        outcomes, keys, content_hashes, event_ids, request_ids, real_instants);
    RETURN QUERY
    SELECT s.ord, CASE s.status WHEN 'good' THEN 'done' WHEN 'replayed' THEN stored_statuses[s.ord] ELSE s.status END,
           s.status = 'replayed', withdrawal_ids[s.ord], outcomes[s.ord]
      FROM unnest(statuses) WITH ORDINALITY AS s (status, ord)
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION withdrawal_step(text, text[], uuid[], text[], text[], bigint[], uuid[], uuid[], bytea[], date[],
    text[], text[], timestamptz[], text[], bytea[], uuid[], text[], timestamptz[], text[], boolean[]) IS
    'Takes steps of withdrawals; one status row for each member: done, or why not';
