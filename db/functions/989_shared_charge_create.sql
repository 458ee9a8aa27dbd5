-- Charges people who have several payers, or holds money on them, each with its idempotency key,
-- number and audit event.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: those of charge_create; account_ids null: the person has none, and others pay all.
-- Locks, in this order: keys and numbers (advisory, tried and never waited for), then the accounts of all that might
-- pay, in id order.
-- Outcomes: those of charge_create, with the payers as the provider may see them. A member is deferred where any of its
-- payers' accounts is somebody else's for the moment. A payer that cannot pay, or not all, leaves the rest to the next
-- (charge_payers_judge); insufficient_balance: all together do not suffice, and nothing was taken.
CREATE OR REPLACE FUNCTION shared_charge_create(
    charge_ids uuid[], provider_ids uuid[], person_keys bigint[], account_ids uuid[], charge_nos text[], usages text[],
    items text[], amounts_fen bigint[], expires_ats timestamptz[], business_dates date[], instants timestamptz[],
    keys text[], content_hashes bytea[], current_year_entry_ids uuid[], carried_over_entry_ids uuid[], event_ids uuid[],
    request_ids text[], real_instants timestamptz[], hash_algorithms text[], waits boolean[])
RETURNS TABLE (ord bigint, status text, is_replayed boolean, charge_id uuid, current_year_fen bigint,
               carried_over_fen bigint, created_at timestamptz, balance_after_fen bigint, account_id uuid,
               business_date date, payers jsonb)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    instant timestamptz := (SELECT max(i) FROM unnest(instants) AS i);
    many integer := cardinality(charge_ids);
    stored record;
    verdicts text[];
    found record;
    own record;
    tick bigint;
    one charge;
    paid charge_share[];
    charges charge[] := array_fill(NULL::charge, ARRAY[many]);
    shares charge_share[] := ARRAY[]::charge_share[];
    outcomes jsonb[];
BEGIN
    SELECT array_agg(c.verdict ORDER BY c.ord) AS verdicts, array_agg(c.status ORDER BY c.ord) AS statuses,
           array_agg(c.object_id ORDER BY c.ord) AS ids, array_agg(c.outcome ORDER BY c.ord) AS outcomes
      INTO stored
      FROM idempotency_claim(provider_ids, 'create_charge', keys, content_hashes) AS c;
    SELECT array_agg(CASE WHEN stored.verdicts[c.ord] <> 'new' THEN stored.verdicts[c.ord]
                          WHEN c.verdict = 'used' THEN 'charge_number_used' ELSE c.verdict END ORDER BY c.ord)
      INTO verdicts
      FROM business_number_claim(provider_ids, 'charge', ARRAY(
               SELECT CASE WHEN stored.verdicts[n.ord] = 'new' THEN n.charge_no END
                 FROM unnest(charge_nos) WITH ORDINALITY AS n (charge_no, ord) ORDER BY n.ord)) AS c;
    SELECT * INTO found
      FROM charge_payers_claim(verdicts, provider_ids, person_keys, account_ids, business_dates, waits[1] AND many = 1);
    -- In a statement of its own, which sees what was committed before the locks were got.
    SELECT array_agg(CASE WHEN verdicts[j.ord] = 'free' THEN j.status
                          ELSE verdicts[j.ord] END ORDER BY j.ord) AS statuses,
           array_agg(j.own_fen ORDER BY j.ord) AS amounts,
           array_agg(j.current_year_fen ORDER BY j.ord) AS current_years,
           array_agg(j.carried_over_fen ORDER BY j.ord) AS carried_overs,
           array_agg(j.balance_after_fen ORDER BY j.ord) AS balances, array_agg(j.pool_code ORDER BY j.ord) AS pools
      INTO own
      FROM charge_own_judge(found.claims, provider_ids, person_keys, account_ids, found.pools, usages, amounts_fen,
                            expires_ats, business_dates, instant) AS j;
    tick := person_id_tick();
    FOR i IN 1 .. many LOOP
        CONTINUE WHEN own.statuses[i] <> 'good';
        one := charge_asked(
            charge_ids[i], provider_ids[i], person_keys[i], account_ids[i], own.pools[i], charge_nos[i], usages[i],
            items[i], amounts_fen[i], expires_ats[i], business_dates[i], own.current_years[i], own.carried_overs[i],
            current_year_entry_ids[i], carried_over_entry_ids[i]);
        one.shared_fen := one.amount_fen - own.amounts[i];
        paid := charge_shares(
            one, one.shared_fen, found.kinds[found.firsts[i] : found.lasts[i]],
            found.person_keys[found.firsts[i] : found.lasts[i]], found.account_ids[found.firsts[i] : found.lasts[i]],
            found.family_member_ids[found.firsts[i] : found.lasts[i]], instant, tick);
        tick := tick + 3 * (2 + found.lasts[i] - found.firsts[i]);
        IF (SELECT coalesce(sum(share.amount_fen), 0) FROM unnest(paid) AS share) < one.shared_fen THEN
            own.statuses[i] := 'insufficient_balance';
        ELSE
            charges[i] := one;
            shares := shares || paid;
        END IF;
    END LOOP;
    SELECT * INTO charges, shares FROM shared_charge_post(charges, shares, instant, hash_algorithms[1]);
    PERFORM shared_charge_store(charges, shares);
    outcomes := ARRAY(
        SELECT CASE s.status WHEN 'good' THEN jsonb_build_object(
                   'current_year_fen', charges[s.ord].current_year_fen,
                   'carried_over_fen', charges[s.ord].carried_over_fen, 'created_at', charges[s.ord].created_at,
                   'balance_after_fen', own.balances[s.ord],
                   'payers', charge_payers_view(charges[s.ord].person_key, charges[s.ord].charge_id, false))
               WHEN 'replayed' THEN stored.outcomes[s.ord] END
          FROM unnest(own.statuses) WITH ORDINALITY AS s (status, ord) ORDER BY s.ord);
    PERFORM charge_answer(
        'create_charge', 'created', own.statuses, provider_ids, person_keys,
        ARRAY(SELECT c.charge_id FROM unnest(charges) WITH ORDINALITY AS c ORDER BY c.ordinality), charge_ids,
        own.pools, amounts_fen, outcomes, keys, content_hashes, event_ids, request_ids,
        real_instants);
    PERFORM charge_payer_events('create_charge', charges, shares, request_ids, real_instants);
    RETURN QUERY
    SELECT s.ord, CASE s.status WHEN 'good' THEN 'created' WHEN 'replayed' THEN stored.statuses[s.ord]
                       ELSE s.status END,
           s.status = 'replayed', charge.charge_id, (outcomes[s.ord] -> 'current_year_fen')::bigint,
           (outcomes[s.ord] -> 'carried_over_fen')::bigint, (outcomes[s.ord] ->> 'created_at')::timestamptz,
           (outcomes[s.ord] ->> 'balance_after_fen')::bigint, charge.account_id, charge.business_date,
           outcomes[s.ord] -> 'payers'
      FROM unnest(own.statuses) WITH ORDINALITY AS s (status, ord)
     CROSS JOIN LATERAL (SELECT CASE s.status WHEN 'good' THEN charge_ids[s.ord]
                                              WHEN 'replayed' THEN stored.ids[s.ord] END) AS named (charge_id)
      LEFT JOIN charge ON charge.person_key = person_key_of(named.charge_id) AND charge.charge_id = named.charge_id
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION shared_charge_create(uuid[], uuid[], bigint[], uuid[], text[], text[], text[], bigint[],
    timestamptz[], date[], timestamptz[], text[], bytea[], uuid[], uuid[], uuid[], text[], timestamptz[], text[],
    boolean[]) IS
    'Charges people who have several payers, or holds money on them; one status row for each member: created, or why '
    'not';
