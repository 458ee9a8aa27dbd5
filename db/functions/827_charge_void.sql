-- Voids holds, each with its idempotency key and audit event: what they reserved is available again.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request, as charge_capture has them.
-- Locks: those of charge_claim.
-- Outcomes: one row for each member, in order. status is `voided`, `deferred` (ask again), one of charge_claim, or
--   hold_expired      it is past its time, swept or not: the sweep releases it
--   charge_not_held   it was captured or voided before
-- No status of an account stands against it: nobody loses by it. is_replayed: it was answered before.
CREATE OR REPLACE FUNCTION charge_void(
    provider_ids uuid[], person_keys bigint[], charge_ids uuid[], instants timestamptz[], keys text[],
    content_hashes bytea[], event_ids uuid[], request_ids text[], real_instants timestamptz[], waits boolean[])
RETURNS TABLE (ord bigint, status text, is_replayed boolean, changed_at timestamptz)
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
    amounts bigint[];
    nothing bigint[] := array_fill(0::bigint, ARRAY[cardinality(charge_ids)]);
BEGIN
    SELECT array_agg(c.verdict ORDER BY c.ord), array_agg(c.stored_status ORDER BY c.ord),
           array_agg(c.stored_outcome ORDER BY c.ord)
      INTO verdicts, stored_statuses, outcomes
      FROM charge_claim('void_charge', provider_ids, person_keys, charge_ids, NULL, keys, content_hashes,
                        waits[1] AND cardinality(waits) = 1) AS c;
    instant := charge_instant(verdicts, person_keys, charge_ids, instants);
    SELECT array_agg(CASE WHEN verdicts[a.ord] <> 'locked' THEN verdicts[a.ord]
                          WHEN charge.state = 'expired' OR (charge.state = 'held' AND charge.expires_at <= instant)
                               THEN 'hold_expired'
                          WHEN charge.state <> 'held' THEN 'charge_not_held' ELSE 'good' END ORDER BY a.ord),
           array_agg(charge.account_id ORDER BY a.ord), array_agg(charge.pool_code ORDER BY a.ord),
           array_agg(charge.amount_fen ORDER BY a.ord)
      INTO statuses, account_ids, pools, amounts
      FROM unnest(person_keys, charge_ids) WITH ORDINALITY AS a (person_key, charge_id, ord)
      LEFT JOIN charge ON verdicts[a.ord] = 'locked' AND charge.person_key = a.person_key
          AND charge.charge_id = a.charge_id;
    PERFORM hold_release(person_keys, account_ids, ARRAY(
        SELECT CASE statuses[h.ord] WHEN 'good' THEN h.fen END
          FROM unnest(amounts) WITH ORDINALITY AS h (fen, ord) ORDER BY h.ord));
    PERFORM hold_end(
        statuses, person_keys, charge_ids, 'voided', nothing, nothing, nothing, NULL, NULL, NULL,
        array_fill(instant, ARRAY[cardinality(charge_ids)]));
    SELECT array_agg(CASE s.status WHEN 'good' THEN jsonb_build_object('changed_at', charge.changed_at)
                          ELSE outcomes[s.ord] END ORDER BY s.ord)
      INTO outcomes
      FROM unnest(statuses, person_keys, charge_ids) WITH ORDINALITY AS s (status, person_key, charge_id, ord)
      LEFT JOIN charge ON s.status = 'good' AND charge.person_key = s.person_key AND charge.charge_id = s.charge_id;
    PERFORM charge_answer(
        'void_charge', 'voided', statuses, provider_ids, person_keys, charge_ids, charge_ids, pools, amounts, outcomes,
        keys, content_hashes, event_ids, request_ids, real_instants);
    RETURN QUERY
    SELECT s.ord, CASE s.status WHEN 'good' THEN 'voided' WHEN 'replayed' THEN stored_statuses[s.ord] ELSE s.status END,
           s.status = 'replayed', (s.outcome ->> 'changed_at')::timestamptz
      FROM unnest(statuses, outcomes) WITH ORDINALITY AS s (status, outcome, ord)
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION charge_void(uuid[], bigint[], uuid[], timestamptz[], text[], bytea[], uuid[], text[],
    timestamptz[], boolean[]) IS
    'Voids holds; one status row for each member: voided, or why not';
