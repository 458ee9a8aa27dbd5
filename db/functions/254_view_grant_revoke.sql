-- Takes grants to look at accounts back, by either side or at a window, each with its idempotency key.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; person_keys are the keys in view_grant_ids. visibles:
-- comma-joined LIKE patterns of pool codes of staff, null for every pool; citizens only as owner or viewer. instants in
-- real time. waits only in a batch of one.
-- Locks: keys (advisory, tried), then the grants in the order of their ids; waited for when waits says so.
-- Outcomes: one row for each member, in order. status, by precedence:
--   a verdict of idempotency_claim
--   not_found         there is no such grant, or it is neither theirs nor in their reach
--   deferred          somebody else has it: ask again
--   not_possible_now  it is over; state says how
--   done              ended_at says when
-- is_replayed: it was answered before.
CREATE OR REPLACE FUNCTION view_grant_revoke(
    principal_ids uuid[], actor_kinds text[], person_keys bigint[], view_grant_ids uuid[], visibles text[],
    instants timestamptz[], keys text[], content_hashes bytea[], event_ids uuid[], request_ids text[], waits boolean[])
RETURNS TABLE (ord bigint, status text, is_replayed boolean, state text, possible text, ended_at timestamptz)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    size integer := cardinality(view_grant_ids);
    verdicts text[];
    stored_statuses text[];
    outcomes jsonb[];
    locked uuid[];
    statuses text[];
    pools text[];
    whos text[];
BEGIN
    SELECT array_agg(c.verdict ORDER BY c.ord), array_agg(c.status ORDER BY c.ord), array_agg(c.outcome ORDER BY c.ord)
      INTO verdicts, stored_statuses, outcomes
      FROM idempotency_claim(principal_ids, 'revoke_view_grant', keys, content_hashes) AS c;
    IF waits[1] AND size = 1 THEN
        PERFORM FROM view_grant AS held
          WHERE held.person_key = person_keys[1] AND held.view_grant_id = view_grant_ids[1]
            FOR NO KEY UPDATE;
        locked := view_grant_ids;
    ELSE
        locked := ARRAY(
            SELECT held.view_grant_id
              FROM view_grant AS held
             WHERE (held.person_key, held.view_grant_id) IN (SELECT * FROM unnest(person_keys, view_grant_ids))
             ORDER BY held.view_grant_id
               FOR NO KEY UPDATE SKIP LOCKED);
    END IF;
    -- In a statement of its own, which sees what was committed before the locks were got.
    SELECT array_agg(CASE
               WHEN verdicts[a.ord] <> 'new' THEN verdicts[a.ord]
               WHEN side.who IS NULL THEN 'not_found'
               WHEN a.place > 1 OR NOT a.view_grant_id = ANY (locked) THEN 'deferred'
               WHEN state_next('view_grant', given.state, 'revoke') IS NULL THEN 'not_possible_now'
               ELSE 'good' END ORDER BY a.ord),
           array_agg(given.pool_code ORDER BY a.ord), array_agg(side.who ORDER BY a.ord),
           array_agg(CASE WHEN verdicts[a.ord] <> 'new' THEN outcomes[a.ord]
                          WHEN state_next('view_grant', given.state, 'revoke') IS NULL
                              THEN state_possible('view_grant', given.state)
                          ELSE jsonb_build_object('ended_at', greatest(given.granted_at, a.instant)) END ORDER BY a.ord)
      INTO statuses, pools, whos, outcomes
      FROM (SELECT asked.*, row_number() OVER (PARTITION BY asked.view_grant_id, verdicts[asked.ord] = 'new'
                                                   ORDER BY asked.ord) AS place
              FROM unnest(principal_ids, actor_kinds, person_keys, view_grant_ids, visibles, instants) WITH ORDINALITY
                   AS asked (principal_id, actor_kind, person_key, view_grant_id, visible, instant, ord)) AS a
      LEFT JOIN view_grant AS given ON given.person_key = a.person_key AND given.view_grant_id = a.view_grant_id
     CROSS JOIN LATERAL (
           SELECT CASE WHEN given.view_grant_id IS NULL THEN NULL
                       WHEN a.actor_kind = 'staff'
                            AND (a.visible IS NULL OR given.pool_code LIKE ANY (string_to_array(a.visible, ',')))
                           THEN 'staff'
                       WHEN a.actor_kind = 'citizen' AND person_key_of(a.principal_id) = given.person_key THEN 'owner'
                       WHEN a.actor_kind = 'citizen' AND a.principal_id = given.viewer_id THEN 'viewer' END AS who)
           AS side;
    PERFORM view_grant_end(statuses, person_keys, view_grant_ids, pools, array_fill('revoke'::text, ARRAY[size]), whos,
                           actor_kinds, principal_ids, instants);
    PERFORM state_answer(
        'revoke_view_grant', 'done', statuses, principal_ids, actor_kinds, person_keys, view_grant_ids, pools,
        array_fill(NULL::jsonb, ARRAY[size]), outcomes, keys, content_hashes, event_ids, request_ids, instants);
    RETURN QUERY
    SELECT s.ord, CASE s.status WHEN 'good' THEN 'done' WHEN 'replayed' THEN stored_statuses[s.ord] ELSE s.status END,
           s.status = 'replayed', s.outcome ->> 'state', s.outcome ->> 'possible',
           (s.outcome ->> 'ended_at')::timestamptz
      FROM unnest(statuses, outcomes) WITH ORDINALITY AS s (status, outcome, ord)
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION view_grant_revoke(uuid[], text[], bigint[], uuid[], text[], timestamptz[], text[], bytea[], uuid[],
    text[], boolean[]) IS
    'Takes grants to look at accounts back; one status row for each member: done, or why not';
