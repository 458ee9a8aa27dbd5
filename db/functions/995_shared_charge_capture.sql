-- Captures holds over several payers in full or part, each with its idempotency key and audit events.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: those of charge_capture. Locks: those of shared_charge_claim.
-- Outcomes: those of charge_capture, with the payers as the provider may see them. What is not captured is released.
CREATE OR REPLACE FUNCTION shared_charge_capture(
    provider_ids uuid[], person_keys bigint[], charge_ids uuid[], amounts_fen bigint[], business_dates date[],
    instants timestamptz[], keys text[], content_hashes bytea[], current_year_entry_ids uuid[],
    carried_over_entry_ids uuid[], event_ids uuid[], request_ids text[], real_instants timestamptz[],
    hash_algorithms text[], waits boolean[])
RETURNS TABLE (ord bigint, status text, is_replayed boolean, outcome jsonb)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    many integer := cardinality(charge_ids);
    instant timestamptz;
    claimed record;
    judged record;
    statuses text[];
    balances bigint[] := array_fill(NULL::bigint, ARRAY[many]);
    charges charge[] := array_fill(NULL::charge, ARRAY[many]);
    shares charge_share[] := ARRAY[]::charge_share[];
    tick bigint;
    outcomes jsonb[];
BEGIN
    SELECT array_agg(c.verdict ORDER BY c.ord) AS verdicts, array_agg(c.stored_status ORDER BY c.ord) AS statuses,
           array_agg(c.stored_outcome ORDER BY c.ord) AS outcomes
      INTO claimed
      FROM shared_charge_claim('capture_charge', provider_ids, person_keys, charge_ids, NULL, keys, content_hashes,
                               waits[1] AND many = 1) AS c;
    instant := charge_instant(claimed.verdicts, person_keys, charge_ids, instants);
    tick := person_id_tick();
    FOR i IN 1 .. many LOOP
        statuses[i] := claimed.verdicts[i];
        CONTINUE WHEN statuses[i] <> 'locked';
        SELECT * INTO judged
          FROM shared_charge_capture_judge(
                   person_keys[i], charge_ids[i], amounts_fen[i], business_dates[i], instant, tick,
                   current_year_entry_ids[i], carried_over_entry_ids[i]);
        statuses[i] := judged.status;
        CONTINUE WHEN statuses[i] <> 'good';
        tick := tick + 3 * (1 + cardinality(judged.shares));
        charges[i] := judged.charges[1];
        shares := shares || judged.shares;
        balances[i] := judged.balance_after_fen;
    END LOOP;
    PERFORM shared_hold_release(charges, shares);
    SELECT * INTO charges, shares FROM shared_charge_post(charges, shares, instant, hash_algorithms[1]);
    PERFORM shared_hold_end(charges, shares, 'voided');
    outcomes := ARRAY(
        SELECT CASE s.status WHEN 'good' THEN jsonb_build_object(
                   'captured_fen', charge.captured_fen, 'current_year_fen', charge.current_year_fen,
                   'carried_over_fen', charge.carried_over_fen, 'captured_on', charge.captured_on,
                   'changed_at', charge.changed_at, 'balance_after_fen', balances[s.ord],
                   'payers', charge_payers_view(charge.person_key, charge.charge_id, false))
               WHEN 'replayed' THEN claimed.outcomes[s.ord] END
          FROM unnest(statuses, person_keys, charge_ids) WITH ORDINALITY AS s (status, person_key, charge_id, ord)
          LEFT JOIN charge ON s.status = 'good' AND charge.person_key = s.person_key AND charge.charge_id = s.charge_id
         ORDER BY s.ord);
    PERFORM charge_answer(
        'capture_charge', 'captured', statuses, provider_ids, person_keys, charge_ids, charge_ids,
        ARRAY(SELECT c.pool_code FROM unnest(charges) WITH ORDINALITY AS c ORDER BY c.ordinality), amounts_fen,
        outcomes, keys, content_hashes, event_ids, request_ids, real_instants);
    PERFORM charge_payer_events('capture_charge', charges, shares, request_ids, real_instants);
    RETURN QUERY
    SELECT s.ord, CASE s.status WHEN 'good' THEN 'captured' WHEN 'replayed' THEN claimed.statuses[s.ord]
                       ELSE s.status END, s.status = 'replayed', outcomes[s.ord]
      FROM unnest(statuses) WITH ORDINALITY AS s (status, ord)
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION shared_charge_capture(uuid[], bigint[], uuid[], bigint[], date[], timestamptz[], text[], bytea[],
    uuid[], uuid[], uuid[], text[], timestamptz[], text[], boolean[]) IS
    'Captures holds over several payers; one status row for each member: captured, or why not';
