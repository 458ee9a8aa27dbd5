-- Lets somebody look at an account, each with its idempotency key.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request, by the owner of the account; the viewer by family_member_ids, or
-- by number_hashes and name_hashes. instants in real time: as consents, grants hold in it. Ids come from the caller.
-- failures_max: that of the first member holds for all. waits only in a batch of one.
-- Locks: keys and owners (advisory, tried; owners are waited for when waits says so), then grants past their last day.
-- Outcomes: one row for each member, in order. status is `created`, a verdict of idempotency_claim or a refusal of
-- view_grant_judge; state and possible go with not_possible_now. is_replayed: it was answered before. Too many attempts
-- leave no key behind.
CREATE OR REPLACE FUNCTION view_grant_create(
    view_grant_ids uuid[], owner_keys bigint[], owner_ids uuid[], account_ids uuid[], family_member_ids uuid[],
    number_hashes bytea[], name_hashes bytea[], scopes text[], expire_ons date[], instants timestamptz[], keys text[],
    content_hashes bytea[], event_ids uuid[], request_ids text[], failures_max integer[], waits boolean[])
RETURNS TABLE (ord bigint, status text, is_replayed boolean, view_grant_id uuid, state text, possible text,
               retry_after_s integer)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    size integer := cardinality(view_grant_ids);
    verdicts text[];
    stored_statuses text[];
    stored_ids uuid[];
    outcomes jsonb[];
    are_mine boolean[];
    stale_locked uuid[];
    statuses text[];
    pools text[];
    viewer_keys bigint[];
    viewer_ids uuid[];
    stale_ids uuid[];
    retries integer[];
BEGIN
    SELECT array_agg(c.verdict ORDER BY c.ord), array_agg(c.status ORDER BY c.ord),
           array_agg(c.object_id ORDER BY c.ord), array_agg(c.outcome ORDER BY c.ord)
      INTO verdicts, stored_statuses, stored_ids, outcomes
      FROM idempotency_claim(owner_ids, 'create_view_grant', keys, content_hashes) AS c;
    IF waits[1] AND size = 1 THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('view_grant ' || owner_keys[1], 1));
        are_mine := '{true}';
    ELSE
        SELECT array_agg(a.place = 1 AND pg_try_advisory_xact_lock(hashtextextended('view_grant ' || a.owner_key, 1))
                         ORDER BY a.ord)
          INTO are_mine
          FROM (SELECT asked.owner_key, asked.ord,
                       row_number() OVER (PARTITION BY asked.owner_key ORDER BY asked.ord) AS place
                  FROM unnest(owner_keys) WITH ORDINALITY AS asked (owner_key, ord)) AS a;
    END IF;
    stale_locked := ARRAY(
        SELECT old.view_grant_id
          FROM view_grant AS old
         WHERE old.person_key = ANY (owner_keys) AND old.account_id = ANY (account_ids) AND old.state = 'granted'
           AND old.expires_on < (instants[1] AT TIME ZONE 'Asia/Shanghai')::date
         ORDER BY old.view_grant_id
           FOR NO KEY UPDATE SKIP LOCKED);
    SELECT array_agg(j.status ORDER BY j.ord), array_agg(j.pool_code ORDER BY j.ord),
           array_agg(j.viewer_key ORDER BY j.ord), array_agg(j.viewer_id ORDER BY j.ord),
           array_agg(CASE j.status WHEN 'not_possible_now' THEN j.possible
                                   WHEN 'replayed' THEN outcomes[j.ord] END ORDER BY j.ord),
           array_agg(CASE j.status WHEN 'good' THEN j.stale_id END ORDER BY j.ord),
           array_agg(CASE j.status WHEN 'too_many_attempts' THEN j.retry_after_s END ORDER BY j.ord)
      INTO statuses, pools, viewer_keys, viewer_ids, outcomes, stale_ids, retries
      FROM view_grant_judge(verdicts, are_mine, owner_keys, owner_ids, account_ids, family_member_ids, number_hashes,
                            name_hashes, scopes, expire_ons, instants, stale_locked, failures_max[1]) AS j;
    PERFORM view_grant_end(
        ARRAY(SELECT CASE WHEN s.id IS NOT NULL THEN 'good' ELSE 'none' END
                FROM unnest(stale_ids) WITH ORDINALITY AS s (id, ord) ORDER BY s.ord),
        owner_keys, stale_ids, pools, array_fill('expire'::text, ARRAY[size]), array_fill('system'::text, ARRAY[size]),
        array_fill('system'::text, ARRAY[size]), array_fill(NULL::uuid, ARRAY[size]), instants);
    INSERT INTO view_grant (person_key, viewer_person_key, granted_at, expires_on, view_grant_id, account_id, viewer_id,
                            family_member_id, pool_code, scope, state)
    SELECT a.owner_key, a.viewer_key, a.instant, a.expires_on, a.view_grant_id, a.account_id, a.viewer_id,
           a.family_member_id, a.pool_code, a.scope, state_next('view_grant', '', 'grant')
      FROM unnest(statuses, owner_keys, viewer_keys, instants, expire_ons, view_grant_ids, account_ids, viewer_ids,
                  family_member_ids, pools, scopes)
           AS a (status, owner_key, viewer_key, instant, expires_on, view_grant_id, account_id, viewer_id,
                 family_member_id, pool_code, scope)
     WHERE a.status = 'good';
    PERFORM state_record(
        'view_grant', statuses, owner_keys, view_grant_ids, pools, array_fill('grant'::text, ARRAY[size]),
        array_fill(''::text, ARRAY[size]), array_fill('owner'::text, ARRAY[size]),
        array_fill('citizen'::text, ARRAY[size]), owner_ids, array_fill(NULL::text, ARRAY[size]),
        array_fill(NULL::text, ARRAY[size]), instants);
    PERFORM state_answer(
        'create_view_grant', 'created',
        ARRAY(SELECT CASE s.status WHEN 'too_many_attempts' THEN 'not_found' ELSE s.status END
                FROM unnest(statuses) WITH ORDINALITY AS s (status, ord) ORDER BY s.ord),
        owner_ids, array_fill('citizen'::text, ARRAY[size]), owner_keys, view_grant_ids, pools,
        array_fill(NULL::jsonb, ARRAY[size]), outcomes, keys, content_hashes, event_ids, request_ids, instants);
    RETURN QUERY
    SELECT s.ord, CASE s.status WHEN 'good' THEN 'created' WHEN 'replayed' THEN stored_statuses[s.ord]
                       ELSE s.status END,
           s.status = 'replayed',
           CASE s.status WHEN 'good' THEN view_grant_ids[s.ord] WHEN 'replayed' THEN stored_ids[s.ord] END,
           s.outcome ->> 'state', s.outcome ->> 'possible', retries[s.ord]
      FROM unnest(statuses, outcomes) WITH ORDINALITY AS s (status, outcome, ord)
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION view_grant_create(uuid[], bigint[], uuid[], uuid[], uuid[], bytea[], bytea[], text[], date[],
    timestamptz[], text[], bytea[], uuid[], text[], integer[], boolean[]) IS
    'Lets somebody look at an account, each with its idempotency key; one status row for each member: created, or why '
    'not';
