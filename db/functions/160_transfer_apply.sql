-- Applies for transfers, each with its idempotency key: judges each and stores it.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. visibles:
-- comma-joined LIKE patterns, null for citizens and for who sees all; whos: person or staff; actor_kinds of the
-- principals; bank_cards_sealed: null where none was given, and not kept where no money is paid out. instants in
-- business time; waits: wait for the one person. Ids come from the caller.
-- Locks: those of transfer_claim; then rows of the persons' enrolments.
-- Outcomes: one row for each member, in order. status, by precedence:
--   deferred, idempotency_key_reused, request_in_progress   of transfer_claim
--   malformed   the region is none that somebody can move to
--   not_found   no such person, or out of the caller's reach
--   a refusal of transfer_plan, the first one
--   created     it is there now
-- is_replayed: it was answered before, with status and transfer_id as they were.
CREATE OR REPLACE FUNCTION transfer_apply(
    transfer_ids uuid[], person_keys bigint[], person_ids uuid[], visibles text[], to_region_codes text[],
    to_schemes text[], bank_cards_sealed bytea[], whos text[], actor_kinds text[], principal_ids uuid[],
    business_dates date[], instants timestamptz[], keys text[], content_hashes bytea[], event_ids uuid[],
    request_ids text[], real_instants timestamptz[], waits boolean[])
RETURNS TABLE (ord bigint, status text, is_replayed boolean, transfer_id uuid)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    verdicts text[];
    stored_statuses text[];
    stored_ids uuid[];
    statuses text[];
    plans jsonb[];
BEGIN
    SELECT array_agg(c.verdict ORDER BY c.ord), array_agg(c.stored_status ORDER BY c.ord),
           array_agg(c.stored_id ORDER BY c.ord)
      INTO verdicts, stored_statuses, stored_ids
      FROM transfer_claim('create_transfer', principal_ids, person_keys, keys, content_hashes,
                          waits[1] AND cardinality(waits) = 1) AS c;
    SELECT array_agg(CASE
               WHEN verdicts[a.ord] <> 'locked' THEN verdicts[a.ord]
               WHEN pool.code IS NULL THEN 'malformed'
               WHEN person.person_id IS NULL
                    OR NOT transfer_is_in_reach(a.person_key, a.visible, plan.from_pool_code, pool.code)
                    THEN 'not_found'
               ELSE coalesce(plan.refusals[1], 'good') END ORDER BY a.ord),
           array_agg(to_jsonb(plan) || jsonb_build_object('to_pool_code', pool.code, 'person_id', person.person_id)
                     ORDER BY a.ord)
      INTO statuses, plans
      FROM unnest(person_keys, person_ids, visibles, to_region_codes, to_schemes, bank_cards_sealed, business_dates)
           WITH ORDINALITY AS a (person_key, person_id, visible, region_code, scheme, card, today, ord)
      LEFT JOIN person ON person.person_key = a.person_key AND person.person_id = a.person_id
     CROSS JOIN LATERAL (SELECT transfer_pool_of(a.region_code) AS code) AS pool
      LEFT JOIN LATERAL transfer_plan(a.person_key, pool.code, a.scheme, a.card IS NOT NULL, a.today) AS plan
        ON verdicts[a.ord] = 'locked' AND pool.code IS NOT NULL;
    PERFORM transfer_store(statuses, plans, transfer_ids, person_keys, to_schemes, bank_cards_sealed, whos,
                           actor_kinds, principal_ids, business_dates, instants);
    PERFORM state_answer(
        'create_transfer', 'created', statuses, principal_ids, actor_kinds, person_keys, transfer_ids,
        ARRAY(SELECT coalesce(p.plan ->> 'from_pool_code', p.plan ->> 'to_pool_code')
                FROM unnest(plans) WITH ORDINALITY AS p (plan, ord) ORDER BY p.ord),
        ARRAY(SELECT jsonb_build_object('way', p.plan -> 'way', 'to_pool_code', p.plan -> 'to_pool_code')
                FROM unnest(plans) WITH ORDINALITY AS p (plan, ord) ORDER BY p.ord),
        array_fill(NULL::jsonb, ARRAY[cardinality(keys)]), keys, content_hashes, event_ids, request_ids, real_instants);
    RETURN QUERY
    SELECT s.ord,
           CASE s.status WHEN 'good' THEN 'created' WHEN 'replayed' THEN stored_statuses[s.ord] ELSE s.status END,
           s.status = 'replayed',
           CASE s.status WHEN 'good' THEN transfer_ids[s.ord] WHEN 'replayed' THEN stored_ids[s.ord] END
      FROM unnest(statuses) WITH ORDINALITY AS s (status, ord)
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION transfer_apply(uuid[], bigint[], uuid[], text[], text[], text[], bytea[], text[], text[], uuid[],
    date[], timestamptz[], text[], bytea[], uuid[], text[], timestamptz[], boolean[]) IS
    'Applies for transfers, each with its idempotency key; one status row for each member, created or a refusal';
