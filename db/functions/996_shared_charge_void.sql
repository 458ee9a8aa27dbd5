-- Voids holds over several payers, each with its idempotency key and audit events: all is available again.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: those of charge_void. Locks: those of shared_charge_claim. Outcomes: those of charge_void,
-- with the payers.
CREATE OR REPLACE FUNCTION shared_charge_void(
    provider_ids uuid[], person_keys bigint[], charge_ids uuid[], instants timestamptz[], keys text[],
    content_hashes bytea[], event_ids uuid[], request_ids text[], real_instants timestamptz[], waits boolean[])
RETURNS TABLE (ord bigint, status text, is_replayed boolean, outcome jsonb)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    many integer := cardinality(charge_ids);
    instant timestamptz;
    claimed record;
    statuses text[];
    one charge;
    charges charge[] := array_fill(NULL::charge, ARRAY[many]);
    shares charge_share[] := ARRAY[]::charge_share[];
    outcomes jsonb[];
BEGIN
    SELECT array_agg(c.verdict ORDER BY c.ord) AS verdicts, array_agg(c.stored_status ORDER BY c.ord) AS statuses,
           array_agg(c.stored_outcome ORDER BY c.ord) AS outcomes
      INTO claimed
      FROM shared_charge_claim('void_charge', provider_ids, person_keys, charge_ids, NULL, keys, content_hashes,
                               waits[1] AND many = 1) AS c;
    instant := charge_instant(claimed.verdicts, person_keys, charge_ids, instants);
    FOR i IN 1 .. many LOOP
        statuses[i] := claimed.verdicts[i];
        CONTINUE WHEN statuses[i] <> 'locked';
        SELECT * INTO one FROM charge WHERE charge.person_key = person_keys[i] AND charge.charge_id = charge_ids[i];
        statuses[i] := CASE WHEN one.state = 'expired' OR (one.state = 'held' AND one.expires_at <= instant)
                                 THEN 'hold_expired'
                            WHEN one.state <> 'held' THEN 'charge_not_held' ELSE 'good' END;
        CONTINUE WHEN statuses[i] <> 'good';
        one.state := 'voided';
        one.changed_at := instant;
        charges[i] := one;
    END LOOP;
    shares := charge_shares_ended(charges);
    PERFORM shared_hold_release(charges, shares);
    PERFORM shared_hold_end(charges, shares, 'voided');
    outcomes := ARRAY(
        SELECT CASE s.status WHEN 'good' THEN jsonb_build_object(
                   'changed_at', charges[s.ord].changed_at,
                   'payers', charge_payers_view(charges[s.ord].person_key, charges[s.ord].charge_id, false))
               WHEN 'replayed' THEN claimed.outcomes[s.ord] END
          FROM unnest(statuses) WITH ORDINALITY AS s (status, ord) ORDER BY s.ord);
    PERFORM charge_answer(
        'void_charge', 'voided', statuses, provider_ids, person_keys, charge_ids, charge_ids,
        ARRAY(SELECT c.pool_code FROM unnest(charges) WITH ORDINALITY AS c ORDER BY c.ordinality),
        ARRAY(SELECT c.amount_fen FROM unnest(charges) WITH ORDINALITY AS c ORDER BY c.ordinality), outcomes, keys,
        content_hashes, event_ids, request_ids, real_instants);
    PERFORM charge_payer_events('void_charge', charges, shares, request_ids, real_instants);
    RETURN QUERY
    SELECT s.ord, CASE s.status WHEN 'good' THEN 'voided' WHEN 'replayed' THEN claimed.statuses[s.ord]
                       ELSE s.status END,
           s.status = 'replayed', outcomes[s.ord]
      FROM unnest(statuses) WITH ORDINALITY AS s (status, ord)
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION shared_charge_void(uuid[], bigint[], uuid[], timestamptz[], text[], bytea[], uuid[], text[],
    timestamptz[], boolean[]) IS
    'Voids holds over several payers; one status row for each member: voided, or why not';
