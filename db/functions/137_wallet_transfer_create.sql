-- Sends money to relatives' wallets, each with its idempotency key and audit event: it leaves at once, and waits.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; person_keys are the senders', the keys in account_ids.
-- business_dates and instants in business time, real_instants in real time. hash_algorithms and waits: that of the
-- first member holds for all; wait only in a batch of one.
-- Locks: those of wallet_transfer_begin.
-- Outcomes: one row for each member, in order. status is `created`, `deferred` (ask again), a verdict of
-- wallet_transfer_begin or a refusal of wallet_transfer_judge. is_replayed: it was answered before. possible: of
-- not_possible_now. A final refusal is kept with the key.
CREATE OR REPLACE FUNCTION wallet_transfer_create(
    transfer_ids uuid[], person_keys bigint[], account_ids uuid[], family_member_ids uuid[], amounts_fen bigint[],
    business_dates date[], instants timestamptz[], principal_ids uuid[], keys text[], content_hashes bytea[],
    event_ids uuid[], request_ids text[], real_instants timestamptz[], hash_algorithms text[], waits boolean[])
RETURNS TABLE (ord bigint, status text, is_replayed boolean, transfer_id uuid, possible jsonb)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    instant timestamptz := (SELECT max(i) FROM unnest(instants) AS i);
    stored record;
    judged record;
    posted_ats timestamptz[];
    citizens text[] := array_fill('citizen'::text, ARRAY[cardinality(keys)]);
BEGIN
    SELECT array_agg(c.verdict ORDER BY c.ord) AS verdicts, array_agg(c.stored_status ORDER BY c.ord) AS statuses,
           array_agg(c.stored_id ORDER BY c.ord) AS ids, array_agg(c.stored_outcome ORDER BY c.ord) AS outcomes
      INTO stored
      FROM wallet_transfer_begin(person_keys, account_ids, family_member_ids, amounts_fen, principal_ids, keys,
                                 content_hashes, waits[1] AND cardinality(waits) = 1) AS c;
    SELECT array_agg(j.status ORDER BY j.ord) AS statuses, array_agg(j.possible ORDER BY j.ord) AS possibles,
           array_agg(j.pool_code ORDER BY j.ord) AS pools, array_agg(j.receiver_key ORDER BY j.ord) AS receiver_keys,
           array_agg(j.receiver_id ORDER BY j.ord) AS receiver_ids,
           array_agg(j.current_year_fen ORDER BY j.ord) AS current_years,
           array_agg(j.carried_over_fen ORDER BY j.ord) AS carried_overs,
           array_agg(j.returns_time ORDER BY j.ord) AS returns_times
      INTO judged
      FROM wallet_transfer_judge(stored.verdicts, person_keys, account_ids, family_member_ids, amounts_fen,
                                 business_dates, instants) AS j;
    posted_ats := wallet_transfer_post(
        'wallet_out', judged.statuses, transfer_ids, person_keys, account_ids, judged.pools, business_dates,
        judged.current_years, judged.carried_overs, array_fill('current_year'::text, ARRAY[cardinality(keys)]),
        array_fill('carried_over'::text, ARRAY[cardinality(keys)]), NULL, NULL, instant, hash_algorithms[1]);
    INSERT INTO wallet_transfer (person_key, wallet_transfer_id, receiver_person_key, receiver_id, account_id,
                                 pool_code, family_member_id, amount_fen, current_year_fen, carried_over_fen,
                                 state, created_at, business_date, returns_at)
    SELECT a.person_key, a.transfer_id, a.receiver_key, a.receiver_id, a.account_id, a.pool_code, a.family_member_id,
           a.amount_fen, a.current_year_fen, a.carried_over_fen, 'pending', a.posted_at, a.business_date,
           ((a.posted_at AT TIME ZONE 'Asia/Shanghai')::date + 1 + a.returns_time) AT TIME ZONE 'Asia/Shanghai'
      FROM unnest(judged.statuses, person_keys, transfer_ids, judged.receiver_keys, judged.receiver_ids, account_ids,
                  judged.pools, family_member_ids, amounts_fen, judged.current_years, judged.carried_overs, posted_ats,
                  business_dates, judged.returns_times)
           AS a (status, person_key, transfer_id, receiver_key, receiver_id, account_id, pool_code, family_member_id,
                 amount_fen, current_year_fen, carried_over_fen, posted_at, business_date, returns_time)
     WHERE a.status = 'good';
    PERFORM state_record(
        'wallet_transfer', judged.statuses, person_keys, transfer_ids, judged.pools,
        array_fill('create'::text, ARRAY[cardinality(keys)]), array_fill(''::text, ARRAY[cardinality(keys)]),
        array_fill('sender'::text, ARRAY[cardinality(keys)]), citizens, principal_ids, NULL, NULL, posted_ats);
    PERFORM state_answer(
        'create_wallet_transfer', 'created', judged.statuses, principal_ids, citizens, person_keys,
        ARRAY(SELECT CASE a.status WHEN 'good' THEN a.transfer_id ELSE a.account_id END
                FROM unnest(judged.statuses, transfer_ids, account_ids) WITH ORDINALITY
                     AS a (status, transfer_id, account_id, ord)
               ORDER BY a.ord),
        judged.pools, ARRAY(SELECT jsonb_build_object('amount_fen', fen)
                              FROM unnest(amounts_fen) WITH ORDINALITY AS a (fen, ord) ORDER BY a.ord),
        judged.possibles, keys, content_hashes, event_ids, request_ids, real_instants);
    RETURN QUERY
    SELECT s.ord, CASE s.status WHEN 'good' THEN 'created' WHEN 'replayed' THEN stored.statuses[s.ord]
                       ELSE s.status END,
           s.status = 'replayed',
           CASE s.status WHEN 'good' THEN transfer_ids[s.ord] WHEN 'replayed' THEN stored.ids[s.ord] END,
           CASE s.status WHEN 'replayed' THEN stored.outcomes[s.ord] ELSE judged.possibles[s.ord] END
      FROM unnest(judged.statuses) WITH ORDINALITY AS s (status, ord)
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION wallet_transfer_create(uuid[], bigint[], uuid[], uuid[], bigint[], date[], timestamptz[], uuid[],
    text[], bytea[], uuid[], text[], timestamptz[], text[], boolean[]) IS
    'Sends money to relatives'' wallets; one status row for each member: created, or why not';
