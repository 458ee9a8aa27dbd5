-- Takes steps of family members, each with its idempotency key: accept, decline, cancel, change or end.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; person_keys: owners, in the ids. asker_keys and visibles as
-- family_parts has them; limits and usages (comma-joined) for change alone, else null; instants in business time.
-- Locks: keys (tried); to accept the members' records; then the accounts, under whose locks alone family members are
-- written. Only a member that is alone waits, and others are deferred.
-- Outcomes: one row for each member, in order. status, by precedence: deferred, idempotency_key_reused,
-- request_in_progress; not_found (there is none, or whoever asks is a stranger to it); those of family_step_fault;
-- done. outcome: family_member_now of what was done, state_possible of not_possible_now.
CREATE OR REPLACE FUNCTION family_member_step(
    asked_operation text, asked_event text, asker_keys bigint[], visibles text[], person_keys bigint[],
    family_member_ids uuid[], charge_limits_fen bigint[], month_limits_fen bigint[], year_limits_fen bigint[],
    usages text[], principal_ids uuid[], instants timestamptz[], real_instants timestamptz[], keys text[],
    content_hashes bytea[], event_ids uuid[], request_ids text[], waits boolean[])
RETURNS TABLE (ord bigint, status text, is_replayed boolean, outcome jsonb)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    size integer := cardinality(keys);
    is_waiting boolean := waits[1] AND cardinality(waits) = 1;
    tick bigint := person_id_tick();
    statuses text[];
    stored_statuses text[];
    outcomes jsonb[];
    things record;
    locked bigint[];
    thing family_member;
    parts text[];
    day date;
    froms text[] := array_fill(''::text, ARRAY[size]);
    whos text[] := array_fill(''::text, ARRAY[size]);
    kinds text[] := ARRAY(SELECT CASE WHEN k IS NULL THEN 'staff' ELSE 'citizen' END
                            FROM unnest(asker_keys) WITH ORDINALITY AS a (k, ord) ORDER BY a.ord);
    nothing text[] := array_fill(NULL::text, ARRAY[size]);
BEGIN
    SELECT array_agg(CASE WHEN c.verdict <> 'new' THEN c.verdict
                          WHEN f.account_id IS NULL
                               OR family_parts(asker_keys[c.ord], visibles[c.ord], f,
                                               (instants[c.ord] AT TIME ZONE 'Asia/Shanghai')::date) = '{}'
                               THEN 'not_found' ELSE 'new' END ORDER BY c.ord),
           array_agg(c.status ORDER BY c.ord), array_agg(c.outcome ORDER BY c.ord)
      INTO statuses, stored_statuses, outcomes
      FROM idempotency_claim(principal_ids, asked_operation, keys, content_hashes) AS c
      LEFT JOIN family_member AS f ON f.person_key = person_keys[c.ord]
                                  AND f.family_member_id = family_member_ids[c.ord];
    SELECT array_agg(f.account_id ORDER BY a.ord) AS account_ids, array_agg(f.pool_code ORDER BY a.ord) AS pools,
           array_agg(f.member_person_key ORDER BY a.ord) AS member_keys,
           array_agg(CASE asked_event WHEN 'accept' THEN f.member_person_key END ORDER BY a.ord) AS lock_keys
      INTO things
      FROM unnest(person_keys, family_member_ids) WITH ORDINALITY AS a (person_key, id, ord)
      LEFT JOIN family_member AS f ON statuses[a.ord] = 'new' AND f.person_key = a.person_key
           AND f.family_member_id = a.id;
    locked := family_person_lock(things.lock_keys, is_waiting);
    SELECT array_agg(CASE WHEN statuses[c.ord] <> 'new' THEN statuses[c.ord]
                          WHEN c.verdict <> 'locked'
                               OR (things.lock_keys[c.ord] IS NOT NULL AND things.lock_keys[c.ord] <> ALL (locked))
                               THEN 'deferred' ELSE 'locked' END ORDER BY c.ord)
      INTO statuses
      FROM account_claim(person_keys, things.account_ids, is_waiting) AS c;
    PERFORM family_invitations_expire(
        ARRAY(SELECT person_keys[s.ord] FROM unnest(statuses) WITH ORDINALITY AS s (status, ord)
               WHERE s.status = 'locked' ORDER BY s.ord),
        ARRAY(SELECT things.account_ids[s.ord] FROM unnest(statuses) WITH ORDINALITY AS s (status, ord)
               WHERE s.status = 'locked' ORDER BY s.ord), max(i), max(real_instants[1]))
       FROM unnest(instants) AS i;
    FOR i IN 1 .. size LOOP
        CONTINUE WHEN statuses[i] <> 'locked';
        day := (instants[i] AT TIME ZONE 'Asia/Shanghai')::date;
        SELECT * INTO thing FROM family_member AS f
         WHERE f.person_key = person_keys[i] AND f.family_member_id = family_member_ids[i];
        parts := family_parts(asker_keys[i], visibles[i], thing, day);
        statuses[i] := coalesce(
            family_step_fault(thing, asked_event, parts, asker_keys[i] IS NULL, principal_ids[i],
                              string_to_array(usages[i], ','), day), 'good');
        froms[i] := thing.state;
        outcomes[i] := CASE statuses[i] WHEN 'not_possible_now' THEN state_possible('family_member', thing.state) END;
        CONTINUE WHEN statuses[i] <> 'good';
        whos[i] := (SELECT who.part FROM state_step AS step, unnest(step.who) WITH ORDINALITY AS who (part, place)
                     WHERE step.machine = 'family_member' AND step.state = thing.state AND step.event = asked_event
                       AND who.part = ANY (parts)
                     ORDER BY who.place LIMIT 1);
        outcomes[i] := family_member_move(thing, asked_event, charge_limits_fen[i], month_limits_fen[i],
                                          year_limits_fen[i], string_to_array(usages[i], ','), instants[i]);
    END LOOP;
    PERFORM state_record('family_member', statuses, person_keys, family_member_ids, things.pools,
                         array_fill(asked_event, ARRAY[size]), froms, whos, kinds, principal_ids, nothing, nothing,
                         instants);
    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, pool_code, request_id)
    SELECT person_id_at(things.member_keys[s.ord], tick + s.ord), real_instants[s.ord], kinds[s.ord],
           principal_ids[s.ord], asked_operation, things.member_keys[s.ord], family_member_ids[s.ord],
           things.pools[s.ord], request_ids[s.ord]
      FROM unnest(statuses) WITH ORDINALITY AS s (status, ord)
     WHERE s.status = 'good';
    PERFORM state_answer(asked_operation, 'done', statuses, principal_ids, kinds, person_keys, family_member_ids,
                         things.pools, array_fill(NULL::jsonb, ARRAY[size]), outcomes, keys, content_hashes, event_ids,
                         request_ids, real_instants);
    RETURN QUERY
    SELECT s.ord, CASE s.status WHEN 'replayed' THEN stored_statuses[s.ord] WHEN 'good' THEN 'done' ELSE s.status END,
           s.status = 'replayed', outcomes[s.ord]
      FROM unnest(statuses) WITH ORDINALITY AS s (status, ord)
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION family_member_step(text, text, bigint[], text[], bigint[], uuid[], bigint[], bigint[], bigint[],
    text[], uuid[], timestamptz[], timestamptz[], text[], bytea[], uuid[], text[], boolean[]) IS
    'Takes steps of family members; one status row for each member: done, or why not';
