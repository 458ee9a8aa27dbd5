-- Invites relatives to share accounts, each with its idempotency key: looks them up, judges,
-- and stores the invitations.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. asker_keys: the owner who asks, null for staff; visibles: LIKE
-- patterns of a staff member's regions, null for every pool; guardian_hashes null where none is named; sources: by whom
-- guesses are counted; usages comma-joined, null: all that the region allows; instants in business time.
-- Locks: keys (tried), those of attempt_settle (waited for, before anything else is locked), the relatives' records,
-- then the accounts; but for the attempts only a member that is alone waits, and others are deferred.
-- Outcomes: one row for each member, in order. status, by precedence: deferred, idempotency_key_reused,
-- request_in_progress; not_found (no such account, or not the caller's); too_many_attempts, to be tried again in
-- retry_after_s; a fault of family_invite_judge; too_many_attempts (family_invitation_wait); created. outcome:
-- family_member_now of what was created. Who was looked up has an audit event of it, also where it was refused.
CREATE OR REPLACE FUNCTION family_member_invite(
    family_member_ids uuid[], person_keys bigint[], account_ids uuid[], asker_keys bigint[], visibles text[],
    relations text[], number_hashes bytea[], name_hashes bytea[], guardian_hashes bytea[], guardian_name_hashes bytea[],
    charge_limits_fen bigint[], month_limits_fen bigint[], year_limits_fen bigint[], usages text[], sources bytea[],
    principal_ids uuid[], instants timestamptz[], real_instants timestamptz[], keys text[], content_hashes bytea[],
    event_ids uuid[], request_ids text[], waits boolean[])
RETURNS TABLE (
    ord bigint, status text, is_replayed boolean, family_member_id uuid, retry_after_s integer, outcome jsonb)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    size integer := cardinality(keys);
    is_waiting boolean := waits[1] AND cardinality(waits) = 1;
    tick bigint := person_id_tick();
    statuses text[];
    stored_statuses text[];
    ids uuid[];
    outcomes jsonb[];
    pools text[];
    looked record;
    locked bigint[];
    waits_s integer[];
    judged record;
    kinds text[] := ARRAY(SELECT CASE WHEN k IS NULL THEN 'staff' ELSE 'citizen' END
                            FROM unnest(asker_keys) WITH ORDINALITY AS a (k, ord) ORDER BY a.ord);
    nothing text[] := array_fill(NULL::text, ARRAY[size]);
BEGIN
    SELECT array_agg(CASE WHEN c.verdict <> 'new' THEN c.verdict WHEN account.account_id IS NULL THEN 'not_found'
                          ELSE 'new' END ORDER BY c.ord),
           array_agg(c.status ORDER BY c.ord), array_agg(c.object_id ORDER BY c.ord),
           array_agg(c.outcome ORDER BY c.ord), array_agg(account.pool_code ORDER BY c.ord)
      INTO statuses, stored_statuses, ids, outcomes, pools
      FROM idempotency_claim(principal_ids, 'create_family_member', keys, content_hashes) AS c
      LEFT JOIN account ON account.person_key = person_keys[c.ord] AND account.account_id = account_ids[c.ord]
           AND (asker_keys[c.ord] IS NOT NULL OR visibles[c.ord] IS NULL
                OR account.pool_code LIKE ANY (string_to_array(visibles[c.ord], ',')));
    SELECT array_agg(l.member_key ORDER BY l.ord) AS keys, array_agg(l.is_named ORDER BY l.ord) AS named,
           array_agg(l.guardian_key ORDER BY l.ord) AS guardians,
           array_agg(l.is_guardian_named ORDER BY l.ord) AS g_named,
           array_agg(l.retry_after_s ORDER BY l.ord) AS waits_s
      INTO looked
      FROM family_look_up(
               ARRAY(SELECT s.status = 'new' FROM unnest(statuses) WITH ORDINALITY AS s (status, ord) ORDER BY s.ord),
               ARRAY(SELECT k IS NOT NULL FROM unnest(asker_keys) WITH ORDINALITY AS a (k, ord) ORDER BY a.ord),
               family_member_ids, number_hashes, name_hashes, guardian_hashes, guardian_name_hashes, sources, instants,
               real_instants) AS l;
    waits_s := looked.waits_s;
    locked := family_person_lock(looked.keys, is_waiting);
    SELECT array_agg(CASE WHEN statuses[c.ord] <> 'new' THEN statuses[c.ord]
                          WHEN looked.waits_s[c.ord] > 0 THEN 'too_many_attempts'
                          WHEN c.verdict <> 'locked'
                               OR (looked.keys[c.ord] IS NOT NULL AND looked.keys[c.ord] <> ALL (locked))
                               THEN 'deferred' ELSE 'locked' END ORDER BY c.ord)
      INTO statuses
      FROM account_claim(person_keys, ARRAY(
               SELECT CASE statuses[a.ord] WHEN 'new' THEN a.id END
                 FROM unnest(account_ids) WITH ORDINALITY AS a (id, ord) ORDER BY a.ord), is_waiting) AS c;
    PERFORM family_invitations_expire(
        ARRAY(SELECT person_keys[s.ord] FROM unnest(statuses) WITH ORDINALITY AS s (status, ord)
               WHERE s.status = 'locked' ORDER BY s.ord),
        ARRAY(SELECT account_ids[s.ord] FROM unnest(statuses) WITH ORDINALITY AS s (status, ord)
               WHERE s.status = 'locked' ORDER BY s.ord), max(i), max(real_instants[1]))
       FROM unnest(instants) AS i;
    FOR i IN 1 .. size LOOP
        CONTINUE WHEN statuses[i] <> 'locked';
        SELECT * INTO judged
          FROM family_invite_judge(
                   person_keys[i], account_ids[i], relations[i], string_to_array(usages[i], ','), looked.keys[i],
                   looked.named[i], guardian_hashes[i] IS NOT NULL, looked.guardians[i], looked.g_named[i],
                   (instants[i] AT TIME ZONE 'Asia/Shanghai')::date);
        waits_s[i] := CASE WHEN judged.fault IS NULL THEN family_invitation_wait(person_keys[i], instants[i]) END;
        statuses[i] := coalesce(judged.fault, CASE WHEN waits_s[i] > 0 THEN 'too_many_invitations' END, 'good');
        CONTINUE WHEN statuses[i] <> 'good';
        ids[i] := family_member_ids[i];
        outcomes[i] := family_member_insert(
            ids[i], person_keys[i], account_ids[i], looked.keys[i], looked.guardians[i], relations[i], judged.way,
            string_to_array(usages[i], ','), charge_limits_fen[i], month_limits_fen[i], year_limits_fen[i],
            instants[i]);
    END LOOP;
    PERFORM state_record('family_member', statuses, person_keys, ids, pools, array_fill('invite'::text, ARRAY[size]),
                         array_fill(''::text, ARRAY[size]), array_fill('owner'::text, ARRAY[size]), kinds,
                         principal_ids, nothing, nothing, instants);
    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, pool_code, request_id,
                             detail)
    SELECT person_id_at(found.key, tick + s.ord), real_instants[s.ord], kinds[s.ord], principal_ids[s.ord],
           'look_up_relative', found.key, CASE s.status WHEN 'good' THEN ids[s.ord] END, pools[s.ord],
           request_ids[s.ord], CASE WHEN s.status <> 'good' THEN jsonb_build_object('refused', s.status) END
      FROM unnest(statuses) WITH ORDINALITY AS s (status, ord)
     CROSS JOIN LATERAL (SELECT DISTINCT k FROM unnest(ARRAY[looked.keys[s.ord], looked.guardians[s.ord]]) AS k
                          WHERE k IS NOT NULL AND k IS DISTINCT FROM asker_keys[s.ord]) AS found (key)
     WHERE s.status NOT IN ('deferred', 'too_many_attempts');
    PERFORM state_answer(
        'create_family_member', 'created',
        ARRAY(SELECT CASE WHEN s.status IN ('oneself', 'too_many_attempts', 'too_many_invitations') THEN 'malformed'
                          ELSE s.status END
                FROM unnest(statuses) WITH ORDINALITY AS s (status, ord) ORDER BY s.ord),
        principal_ids, kinds, person_keys, ids, pools, array_fill(NULL::jsonb, ARRAY[size]), outcomes, keys,
        content_hashes, event_ids, request_ids, real_instants);
    RETURN QUERY
    SELECT s.ord, CASE s.status WHEN 'replayed' THEN stored_statuses[s.ord] WHEN 'good' THEN 'created'
                       WHEN 'too_many_invitations' THEN 'too_many_attempts' ELSE s.status END,
           s.status = 'replayed', ids[s.ord], waits_s[s.ord], outcomes[s.ord]
      FROM unnest(statuses) WITH ORDINALITY AS s (status, ord)
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION family_member_invite(uuid[], bigint[], uuid[], bigint[], text[], text[], bytea[], bytea[], bytea[],
    bytea[], bigint[], bigint[], bigint[], text[], bytea[], uuid[], timestamptz[], timestamptz[], text[], bytea[],
    uuid[], text[], boolean[]) IS
    'Invites relatives to share accounts; one status row for each member: created, or why not';
