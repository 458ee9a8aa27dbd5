-- Gives money of charges back, in full or part, each with its idempotency key, business number and audit event.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; person_keys are the keys in charge_ids, which refund_ids have
-- too; amounts_fen null: all that is left. instants and business_dates in business time, real_instants in real time.
-- hash_algorithms and waits: that of the first member holds for all; wait for a locked account only in a batch of one.
-- Locks: those of charge_claim.
-- Outcomes: one row for each member, in order. status is `created`, `deferred` (ask again), a verdict of charge_claim
-- or a refusal of charge_refund_judge. is_replayed: it was answered before. After a merge the account of the current
-- person receives, and the entry ids get that person's key. current_year_fen and carried_over_fen: what each part of it
-- received.
CREATE OR REPLACE FUNCTION charge_refund_create(
    refund_ids uuid[], provider_ids uuid[], person_keys bigint[], charge_ids uuid[], refund_nos text[],
    amounts_fen bigint[], reasons text[], business_dates date[], instants timestamptz[], keys text[],
    content_hashes bytea[], current_year_entry_ids uuid[], carried_over_entry_ids uuid[], event_ids uuid[],
    request_ids text[], real_instants timestamptz[], hash_algorithms text[], waits boolean[])
RETURNS TABLE (ord bigint, status text, is_replayed boolean, refund_id uuid, amount_fen bigint, current_year_fen bigint,
               carried_over_fen bigint, created_at timestamptz, business_date date)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    instant timestamptz;
    claimed record;
    judged record;
    current_year_ids uuid[];
    carried_over_ids uuid[];
    posted_ats timestamptz[];
    outcomes jsonb[];
BEGIN
    SELECT array_agg(c.verdict ORDER BY c.ord) AS verdicts, array_agg(c.account_key ORDER BY c.ord) AS account_keys,
           array_agg(c.account_id ORDER BY c.ord) AS account_ids, array_agg(c.stored_status ORDER BY c.ord) AS statuses,
           array_agg(c.stored_id ORDER BY c.ord) AS refund_ids, array_agg(c.stored_outcome ORDER BY c.ord) AS outcomes
      INTO claimed
      FROM charge_claim('create_refund', provider_ids, person_keys, charge_ids, refund_nos, keys, content_hashes,
                        waits[1] AND cardinality(waits) = 1) AS c;
    instant := charge_instant(claimed.verdicts, person_keys, charge_ids, instants);
    SELECT array_agg(j.status ORDER BY j.ord) AS statuses, array_agg(j.pool_code ORDER BY j.ord) AS pools,
           array_agg(j.amount_fen ORDER BY j.ord) AS amounts,
           array_agg(j.current_year_fen ORDER BY j.ord) AS current_years,
           array_agg(j.carried_over_fen ORDER BY j.ord) AS carried_overs,
           array_agg(j.current_year_into ORDER BY j.ord) AS intos,
           array_agg(j.current_year_linked_id ORDER BY j.ord) AS current_year_linked_ids,
           array_agg(j.carried_over_linked_id ORDER BY j.ord) AS carried_over_linked_ids
      INTO judged
      FROM charge_refund_judge(claimed.verdicts, person_keys, charge_ids, claimed.account_keys, claimed.account_ids,
                               amounts_fen, business_dates) AS j;
    SELECT array_agg(id_of_person(a.current_year, a.key) ORDER BY a.ord),
           array_agg(id_of_person(a.carried_over, a.key) ORDER BY a.ord)
      INTO current_year_ids, carried_over_ids
      FROM unnest(current_year_entry_ids, carried_over_entry_ids, claimed.account_keys) WITH ORDINALITY
           AS a (current_year, carried_over, key, ord);
    posted_ats := charge_refund_post(
        judged.statuses, refund_ids, provider_ids, claimed.account_keys, claimed.account_ids, judged.pools, refund_nos,
        judged.current_years, judged.carried_overs, judged.intos, business_dates, current_year_ids, carried_over_ids,
        judged.current_year_linked_ids, judged.carried_over_linked_ids, instant, hash_algorithms[1]);
    PERFORM charge_refund_store(
        judged.statuses, refund_ids, provider_ids, person_keys, charge_ids, claimed.account_keys, claimed.account_ids,
        judged.pools, refund_nos, reasons, judged.amounts, judged.current_years, judged.carried_overs, judged.intos,
        current_year_ids, carried_over_ids, business_dates, posted_ats);
    SELECT array_agg(CASE s.status WHEN 'good' THEN jsonb_build_object(
               'amount_fen', s.amount_fen, 'current_year_fen', received.current_year_fen,
               'carried_over_fen', s.amount_fen - received.current_year_fen, 'created_at', s.posted_at,
               'business_date', s.business_date) ELSE claimed.outcomes[s.ord] END ORDER BY s.ord)
      INTO outcomes
      FROM unnest(judged.statuses, judged.amounts, judged.current_years, judged.intos, posted_ats, business_dates)
           WITH ORDINALITY AS s (status, amount_fen, current_year_fen, into_part, posted_at, business_date, ord)
     CROSS JOIN LATERAL (SELECT CASE s.into_part WHEN 'current_year' THEN s.current_year_fen ELSE 0 END)
         AS received (current_year_fen);
    PERFORM charge_answer(
        'create_refund', 'created', judged.statuses, provider_ids, person_keys, charge_ids, refund_ids, judged.pools,
        judged.amounts, outcomes, keys, content_hashes, event_ids, request_ids, real_instants);
    RETURN QUERY
    SELECT s.ord, CASE s.status WHEN 'good' THEN 'created' WHEN 'replayed' THEN claimed.statuses[s.ord]
                       ELSE s.status END,
           s.status = 'replayed',
           CASE s.status WHEN 'good' THEN refund_ids[s.ord] WHEN 'replayed' THEN claimed.refund_ids[s.ord] END,
           (s.outcome -> 'amount_fen')::bigint, (s.outcome -> 'current_year_fen')::bigint,
           (s.outcome -> 'carried_over_fen')::bigint, (s.outcome ->> 'created_at')::timestamptz,
           (s.outcome ->> 'business_date')::date
      FROM unnest(judged.statuses, outcomes) WITH ORDINALITY AS s (status, outcome, ord)
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION charge_refund_create(uuid[], uuid[], bigint[], uuid[], text[], bigint[], text[], date[],
    timestamptz[], text[], bytea[], uuid[], uuid[], uuid[], text[], timestamptz[], text[], boolean[]) IS
    'Gives money of charges back; one status row for each member: created, or why not';
