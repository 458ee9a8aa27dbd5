-- Stores applications for transfers, and the old enrolments are closing from then: effect `begin_moving`.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; those whose status is not `good` are left out. plans: rows
-- of transfer_plan, with to_pool_code and person_id. Locks: the enrolments' rows; the caller has locked the
-- persons. What is insured goes on: a closing enrolment covers, its account pays and receives as before.
CREATE OR REPLACE FUNCTION transfer_store(
    statuses text[], plans jsonb[], transfer_ids uuid[], person_keys bigint[], to_schemes text[],
    bank_cards_sealed bytea[], whos text[], actor_kinds text[], principal_ids uuid[], business_dates date[],
    instants timestamptz[])
RETURNS void
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    machine record;
    machines text[] := ARRAY(SELECT CASE p.plan ->> 'way' WHEN 'payout' THEN 'transfer_payout' ELSE 'transfer' END
                               FROM unnest(plans) WITH ORDINALITY AS p (plan, ord) ORDER BY p.ord);
    pools text[] := ARRAY(SELECT p.plan ->> 'from_pool_code'
                            FROM unnest(plans) WITH ORDINALITY AS p (plan, ord) ORDER BY p.ord);
BEGIN
    INSERT INTO transfer (person_key, created_at, entered_at, due_on, transfer_id, person_id, from_enrolment_id,
                          from_enrolment_status, to_enrolment_id, from_account_id, machine, way, state, from_pool_code,
                          to_pool_code, from_scheme, to_scheme, bank_card_sealed)
    SELECT a.person_key, a.instant, a.instant,
           transfer_due_on(machines[a.ord], 'submitted', pools[a.ord], a.plan ->> 'to_pool_code', a.today),
           a.transfer_id, (a.plan ->> 'person_id')::uuid, (a.plan ->> 'from_enrolment_id')::uuid,
           a.plan ->> 'from_enrolment_status', (a.plan ->> 'to_enrolment_id')::uuid,
           (a.plan ->> 'from_account_id')::uuid, machines[a.ord], a.plan ->> 'way',
           state_next(machines[a.ord], '', 'submit'), pools[a.ord], a.plan ->> 'to_pool_code',
           a.plan ->> 'from_scheme', a.to_scheme, CASE a.plan ->> 'way' WHEN 'payout' THEN a.card END
      FROM unnest(statuses, plans, transfer_ids, person_keys, to_schemes, bank_cards_sealed, business_dates, instants)
           WITH ORDINALITY AS a (status, plan, transfer_id, person_key, to_scheme, card, today, instant, ord)
     WHERE a.status = 'good';
    UPDATE enrolment
       SET status = 'closing'
      FROM unnest(statuses, plans, person_keys) AS a (status, plan, person_key)
     WHERE a.status = 'good' AND enrolment.person_key = a.person_key
       AND enrolment.enrolment_id = (a.plan ->> 'from_enrolment_id')::uuid;
    FOR machine IN SELECT DISTINCT m FROM unnest(machines) AS m ORDER BY m LOOP
        PERFORM state_record(
            machine.m, ARRAY(SELECT CASE WHEN machines[s.ord] = machine.m THEN s.status ELSE 'another' END
                               FROM unnest(statuses) WITH ORDINALITY AS s (status, ord) ORDER BY s.ord),
            person_keys, transfer_ids, pools, array_fill('submit'::text, ARRAY[cardinality(statuses)]),
            array_fill(''::text, ARRAY[cardinality(statuses)]), whos, actor_kinds, principal_ids,
            array_fill(NULL::text, ARRAY[cardinality(statuses)]), array_fill(NULL::text, ARRAY[cardinality(statuses)]),
            instants);
    END LOOP;
END
$$;
COMMENT ON FUNCTION transfer_store(text[], jsonb[], uuid[], bigint[], text[], bytea[], text[], text[], uuid[], date[],
    timestamptz[]) IS
    'Stores applications for transfers, and the old enrolments are closing from then';
