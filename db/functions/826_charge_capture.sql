-- Captures holds in full or part, each with its idempotency key and audit event; what is not captured is released.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; person_keys are the keys in charge_ids; amounts_fen null: all
-- that is held. instants and business_dates in business time, real_instants in real time. Entry ids come from the
-- caller, as does that of the audit event. hash_algorithms and waits: that of the first member holds for all; wait only
-- in a batch of one.
-- Locks: those of charge_claim.
-- Outcomes: one row for each member, in order. status is `captured`, `deferred` (ask again), a verdict of charge_claim
-- or a refusal of charge_capture_judge. is_replayed: it was answered before. A final refusal is kept with the key.
CREATE OR REPLACE FUNCTION charge_capture(
    provider_ids uuid[], person_keys bigint[], charge_ids uuid[], amounts_fen bigint[], business_dates date[],
    instants timestamptz[], keys text[], content_hashes bytea[], current_year_entry_ids uuid[],
    carried_over_entry_ids uuid[], event_ids uuid[], request_ids text[], real_instants timestamptz[],
    hash_algorithms text[], waits boolean[])
RETURNS TABLE (ord bigint, status text, is_replayed boolean, captured_fen bigint, current_year_fen bigint,
               carried_over_fen bigint, captured_on date, changed_at timestamptz, balance_after_fen bigint)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    instant timestamptz;
    verdicts text[];
    stored_statuses text[];
    outcomes jsonb[];
    statuses text[];
    account_ids uuid[];
    pools text[];
    charge_nos text[];
    helds bigint[];
    captureds bigint[];
    current_years bigint[];
    carried_overs bigint[];
    balances bigint[];
    posted_ats timestamptz[];
BEGIN
    SELECT array_agg(c.verdict ORDER BY c.ord), array_agg(c.stored_status ORDER BY c.ord),
           array_agg(c.stored_outcome ORDER BY c.ord)
      INTO verdicts, stored_statuses, outcomes
      FROM charge_claim('capture_charge', provider_ids, person_keys, charge_ids, NULL, keys, content_hashes,
                        waits[1] AND cardinality(waits) = 1) AS c;
    instant := charge_instant(verdicts, person_keys, charge_ids, instants);
    SELECT array_agg(j.status ORDER BY j.ord), array_agg(j.account_id ORDER BY j.ord),
           array_agg(j.pool_code ORDER BY j.ord), array_agg(j.charge_no ORDER BY j.ord),
           array_agg(CASE j.status WHEN 'good' THEN j.held_fen END ORDER BY j.ord),
           array_agg(j.captured_fen ORDER BY j.ord), array_agg(j.current_year_fen ORDER BY j.ord),
           array_agg(j.carried_over_fen ORDER BY j.ord), array_agg(j.balance_after_fen ORDER BY j.ord)
      INTO statuses, account_ids, pools, charge_nos, helds, captureds, current_years, carried_overs, balances
      FROM charge_capture_judge(verdicts, provider_ids, person_keys, charge_ids, amounts_fen, business_dates, instant)
          AS j;
    PERFORM hold_release(person_keys, account_ids, helds);
    posted_ats := charge_post(
        statuses, charge_ids, provider_ids, person_keys, account_ids, pools, charge_nos, current_years, carried_overs,
        business_dates, current_year_entry_ids, carried_over_entry_ids, instant, hash_algorithms[1]);
    PERFORM hold_end(
        statuses, person_keys, charge_ids, 'voided', captureds, current_years, carried_overs, current_year_entry_ids,
        carried_over_entry_ids, business_dates, posted_ats);
    SELECT array_agg(CASE s.status WHEN 'good' THEN jsonb_build_object(
               'captured_fen', charge.captured_fen, 'current_year_fen', charge.current_year_fen,
               'carried_over_fen', charge.carried_over_fen, 'captured_on', charge.captured_on,
               'changed_at', charge.changed_at, 'balance_after_fen', balances[s.ord])
               ELSE outcomes[s.ord] END ORDER BY s.ord)
      INTO outcomes
      FROM unnest(statuses, person_keys, charge_ids) WITH ORDINALITY AS s (status, person_key, charge_id, ord)
      LEFT JOIN charge ON s.status = 'good' AND charge.person_key = s.person_key AND charge.charge_id = s.charge_id;
    PERFORM charge_answer(
        'capture_charge', 'captured', statuses, provider_ids, person_keys, charge_ids, charge_ids, pools, captureds,
        outcomes, keys, content_hashes, event_ids, request_ids, real_instants);
    RETURN QUERY
    SELECT s.ord, CASE s.status WHEN 'good' THEN 'captured' WHEN 'replayed' THEN stored_statuses[s.ord]
                       ELSE s.status END,
           s.status = 'replayed', (s.outcome -> 'captured_fen')::bigint, (s.outcome -> 'current_year_fen')::bigint,
           (s.outcome -> 'carried_over_fen')::bigint, (s.outcome ->> 'captured_on')::date,
           (s.outcome ->> 'changed_at')::timestamptz, (s.outcome ->> 'balance_after_fen')::bigint
      FROM unnest(statuses, outcomes) WITH ORDINALITY AS s (status, outcome, ord)
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION charge_capture(uuid[], bigint[], uuid[], bigint[], date[], timestamptz[], text[], bytea[], uuid[],
    uuid[], uuid[], text[], timestamptz[], text[], boolean[]) IS
    'Captures holds in full or part; one status row for each member: captured, or why not';
