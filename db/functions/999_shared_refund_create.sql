-- Gives money of charges with several payers back, each with its idempotency key, business number and audit events.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: those of charge_refund_create. Locks: those of shared_charge_claim.
-- Outcomes: those of charge_refund_create, with the payers as the provider may see them. current_year_fen and
-- carried_over_fen are what the parts of the account that was charged received.
CREATE OR REPLACE FUNCTION shared_refund_create(
    refund_ids uuid[], provider_ids uuid[], person_keys bigint[], charge_ids uuid[], refund_nos text[],
    amounts_fen bigint[], reasons text[], business_dates date[], instants timestamptz[], keys text[],
    content_hashes bytea[], current_year_entry_ids uuid[], carried_over_entry_ids uuid[], event_ids uuid[],
    request_ids text[], real_instants timestamptz[], hash_algorithms text[], waits boolean[])
RETURNS TABLE (ord bigint, status text, is_replayed boolean, refund_id uuid, outcome jsonb)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    many integer := cardinality(charge_ids);
    instant timestamptz;
    claimed record;
    asked charge_refund;
    judged record;
    current_key bigint;
    statuses text[];
    refunds charge_refund[] := array_fill(NULL::charge_refund, ARRAY[many]);
    parts charge_share_refund[] := ARRAY[]::charge_share_refund[];
    links uuid[] := array_fill(NULL::uuid, ARRAY[2 * many]);
    tick bigint;
    outcomes jsonb[];
BEGIN
    SELECT array_agg(c.verdict ORDER BY c.ord) AS verdicts, array_agg(c.stored_status ORDER BY c.ord) AS statuses,
           array_agg(c.stored_id ORDER BY c.ord) AS refund_ids,
           array_agg(to_jsonb(c.account_ids) ORDER BY c.ord) AS account_ids,
           array_agg(c.stored_outcome ORDER BY c.ord) AS outcomes
      INTO claimed
      FROM shared_charge_claim('create_refund', provider_ids, person_keys, charge_ids, refund_nos, keys, content_hashes,
                               waits[1] AND many = 1) AS c;
    instant := charge_instant(claimed.verdicts, person_keys, charge_ids, instants);
    tick := person_id_tick();
    FOR i IN 1 .. many LOOP
        statuses[i] := claimed.verdicts[i];
        CONTINUE WHEN statuses[i] <> 'locked';
        IF EXISTS (SELECT FROM charge_accounts(ARRAY[person_keys[i]], ARRAY[charge_ids[i]]) AS payer
                    WHERE NOT claimed.account_ids[i] ? payer.account_id::text) THEN
            statuses[i] := 'deferred'; -- somebody was merged since the accounts were looked up
            CONTINUE;
        END IF;
        asked := NULL;
        asked.person_key := person_keys[i];
        asked.refund_id := refund_ids[i];
        asked.charge_id := charge_ids[i];
        asked.provider_id := provider_ids[i];
        asked.refund_no := refund_nos[i];
        asked.reason := reasons[i];
        asked.amount_fen := amounts_fen[i];
        asked.business_date := business_dates[i];
        current_key := coalesce((SELECT alias.current_person_key FROM person_alias AS alias
                                  WHERE alias.person_key = person_keys[i]), person_keys[i]);
        SELECT * INTO judged
          FROM shared_refund_judge(asked, tick, id_of_person(current_year_entry_ids[i], current_key),
                                   id_of_person(carried_over_entry_ids[i], current_key));
        statuses[i] := judged.status;
        CONTINUE WHEN statuses[i] <> 'good';
        refunds[i] := judged.refunds[1];
        parts := parts || judged.parts;
        links[2 * i - 1 : 2 * i] := judged.links;
        tick := tick + 400;
    END LOOP;
    SELECT * INTO refunds, parts FROM shared_refund_post(refunds, parts, links, instant, hash_algorithms[1]);
    outcomes := ARRAY(
        SELECT CASE s.status WHEN 'good' THEN jsonb_build_object(
                   'amount_fen', refund.amount_fen, 'current_year_fen', received.fen,
                   'carried_over_fen', refund.amount_fen - refund.shared_fen - received.fen,
                   'created_at', refund.created_at, 'business_date', refund.business_date,
                   'payers', refund_payers_view(refund.person_key, refund.refund_id, false))
               WHEN 'replayed' THEN claimed.outcomes[s.ord] END
          FROM unnest(statuses) WITH ORDINALITY AS s (status, ord)
          LEFT JOIN charge_refund AS refund ON s.status = 'good' AND refund.person_key = person_keys[s.ord]
               AND refund.refund_id = refund_ids[s.ord]
         CROSS JOIN LATERAL (SELECT CASE refund.current_year_into WHEN 'current_year' THEN refund.current_year_fen
                                         ELSE 0 END) AS received (fen)
         ORDER BY s.ord);
    PERFORM charge_answer(
        'create_refund', 'created', statuses, provider_ids, person_keys, charge_ids, refund_ids,
        ARRAY(SELECT r.pool_code FROM unnest(refunds) WITH ORDINALITY AS r ORDER BY r.ordinality), amounts_fen,
        outcomes, keys, content_hashes, event_ids, request_ids, real_instants);
    PERFORM refund_payer_events(refunds, parts, request_ids, real_instants);
    RETURN QUERY
    SELECT s.ord, CASE s.status WHEN 'good' THEN 'created' WHEN 'replayed' THEN claimed.statuses[s.ord]
                       ELSE s.status END, s.status = 'replayed',
           CASE s.status WHEN 'good' THEN refund_ids[s.ord] WHEN 'replayed' THEN claimed.refund_ids[s.ord] END,
           outcomes[s.ord]
      FROM unnest(statuses) WITH ORDINALITY AS s (status, ord)
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION shared_refund_create(uuid[], uuid[], bigint[], uuid[], text[], bigint[], text[], date[],
    timestamptz[], text[], bytea[], uuid[], uuid[], uuid[], text[], timestamptz[], text[], boolean[]) IS
    'Gives money of charges with several payers back; one status row for each member: created, or why not';
