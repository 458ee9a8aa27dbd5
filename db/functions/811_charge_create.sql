-- Charges accounts, or holds money on them, each with its idempotency key, business number and audit event.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. An expires_at makes it a hold; without one it is charged now.
-- instants and business_dates in business time, real_instants in real time. Ids come from the caller: of the charge, of
-- the entries of each part, and of the audit event. hash_algorithms and waits: that of the first member holds for all;
-- a locked account is waited for only in a batch of one.
-- Locks, in this order: keys and numbers (advisory, tried and never waited for), then accounts in id order.
-- Outcomes: one row for each member, in order. status is `created`, `deferred` (ask again), not_found, a verdict of
-- idempotency_claim, charge_number_used, or a refusal of charge_judge. is_replayed: it was answered before.
-- A refusal uses up neither money nor number; final ones are kept with the key. `more_payers` is no answer: the account
-- does not suffice, but others might pay the rest, so nothing was done or kept,
-- and shared_charge_create is to be asked.
CREATE OR REPLACE FUNCTION charge_create(
    charge_ids uuid[], provider_ids uuid[], person_keys bigint[], account_ids uuid[], charge_nos text[], usages text[],
    items text[], amounts_fen bigint[], expires_ats timestamptz[], business_dates date[], instants timestamptz[],
    keys text[], content_hashes bytea[], current_year_entry_ids uuid[], carried_over_entry_ids uuid[], event_ids uuid[],
    request_ids text[], real_instants timestamptz[], hash_algorithms text[], waits boolean[])
RETURNS TABLE (ord bigint, status text, is_replayed boolean, charge_id uuid, current_year_fen bigint,
               carried_over_fen bigint, created_at timestamptz, balance_after_fen bigint, account_id uuid,
               business_date date)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    instant timestamptz := (SELECT max(i) FROM unnest(instants) AS i);
    verdicts text[];
    stored_statuses text[];
    stored_ids uuid[];
    stored_outcomes jsonb[];
    claims text[];
    statuses text[];
    pools text[];
    current_years bigint[];
    carried_overs bigint[];
    balances bigint[];
    posted_ats timestamptz[];
BEGIN
    SELECT array_agg(c.verdict ORDER BY c.ord), array_agg(c.status ORDER BY c.ord),
           array_agg(c.object_id ORDER BY c.ord), array_agg(c.outcome ORDER BY c.ord)
      INTO verdicts, stored_statuses, stored_ids, stored_outcomes
      FROM idempotency_claim(provider_ids, 'create_charge', keys, content_hashes) AS c;
    SELECT array_agg(CASE WHEN verdicts[c.ord] <> 'new' THEN verdicts[c.ord]
                          WHEN c.verdict = 'used' THEN 'charge_number_used'
                          ELSE c.verdict END ORDER BY c.ord) INTO verdicts
      FROM business_number_claim(provider_ids, 'charge', ARRAY(
               SELECT CASE WHEN verdicts[n.ord] = 'new' THEN n.charge_no END
                 FROM unnest(charge_nos) WITH ORDINALITY AS n (charge_no, ord) ORDER BY n.ord)) AS c;
    SELECT array_agg(c.verdict ORDER BY c.ord) INTO claims
      FROM account_claim(person_keys, ARRAY(
               SELECT CASE WHEN verdicts[a.ord] = 'free' THEN a.account_id END
                 FROM unnest(account_ids) WITH ORDINALITY AS a (account_id, ord) ORDER BY a.ord),
               waits[1] AND cardinality(waits) = 1) AS c;
    SELECT array_agg(CASE WHEN verdicts[j.ord] = 'free' THEN j.status ELSE verdicts[j.ord] END ORDER BY j.ord),
           array_agg(j.pool_code ORDER BY j.ord), array_agg(j.current_year_fen ORDER BY j.ord),
           array_agg(j.carried_over_fen ORDER BY j.ord), array_agg(j.balance_after_fen ORDER BY j.ord)
      INTO statuses, pools, current_years, carried_overs, balances
      FROM charge_judge(claims, provider_ids, person_keys, account_ids, usages, amounts_fen, expires_ats,
                        business_dates, instant) AS j;
    IF 'insufficient_balance' = ANY (statuses) THEN
        SELECT array_agg(CASE WHEN s.status = 'insufficient_balance'
                                   AND charge_has_more_payers(person_keys[s.ord], account_ids[s.ord])
                              THEN 'more_payers' ELSE s.status END ORDER BY s.ord)
          INTO statuses
          FROM unnest(statuses) WITH ORDINALITY AS s (status, ord);
    END IF;
    posted_ats := charge_post(
        statuses, charge_ids, provider_ids, person_keys, account_ids, pools, charge_nos, current_years, carried_overs,
        business_dates, current_year_entry_ids, carried_over_entry_ids, instant, hash_algorithms[1]);
    PERFORM charge_store(
        statuses, charge_ids, provider_ids, person_keys, account_ids, pools, charge_nos, usages, items, amounts_fen,
        expires_ats, business_dates, posted_ats, current_years, carried_overs, current_year_entry_ids,
        carried_over_entry_ids);
    PERFORM charge_record(
        statuses, charge_ids, provider_ids, person_keys, pools, amounts_fen, posted_ats, current_years, carried_overs,
        balances, keys, content_hashes, event_ids, request_ids, real_instants);
    RETURN QUERY
    SELECT s.ord,
           CASE s.status WHEN 'good' THEN 'created' WHEN 'replayed' THEN stored_statuses[s.ord] ELSE s.status END,
           s.status = 'replayed',
           CASE s.status WHEN 'good' THEN charge_ids[s.ord] WHEN 'replayed' THEN stored_ids[s.ord] END,
           CASE s.status WHEN 'good' THEN current_years[s.ord]
                WHEN 'replayed' THEN (stored_outcomes[s.ord] -> 'current_year_fen')::bigint END,
           CASE s.status WHEN 'good' THEN carried_overs[s.ord]
                WHEN 'replayed' THEN (stored_outcomes[s.ord] -> 'carried_over_fen')::bigint END,
           CASE s.status WHEN 'good' THEN posted_ats[s.ord]
                WHEN 'replayed' THEN (stored_outcomes[s.ord] ->> 'created_at')::timestamptz END,
           CASE s.status WHEN 'good' THEN balances[s.ord]
                WHEN 'replayed' THEN (stored_outcomes[s.ord] ->> 'balance_after_fen')::bigint END,
           CASE s.status WHEN 'good' THEN account_ids[s.ord] WHEN 'replayed' THEN
               (SELECT charge.account_id FROM charge
                 WHERE charge.person_key = person_key_of(stored_ids[s.ord])
                   AND charge.charge_id = stored_ids[s.ord]) END,
           CASE s.status WHEN 'good' THEN business_dates[s.ord] WHEN 'replayed' THEN
               (SELECT charge.business_date FROM charge
                 WHERE charge.person_key = person_key_of(stored_ids[s.ord])
                   AND charge.charge_id = stored_ids[s.ord]) END
      FROM unnest(statuses) WITH ORDINALITY AS s (status, ord)
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION charge_create(uuid[], uuid[], bigint[], uuid[], text[], text[], text[], bigint[], timestamptz[],
    date[], timestamptz[], text[], bytea[], uuid[], uuid[], uuid[], text[], timestamptz[], text[], boolean[]) IS
    'Charges accounts, or holds money on them; one status row for each member: created, or why not';
