-- Claims what is needed to change charges with several payers: keys, refund numbers, and the accounts of all payers.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: those of charge_claim. Locks: as there, but the accounts of all payers of all members, in id order. They
-- protect the charge and its shares: whoever changes them holds all. What is read of them must be read in a LATER
-- statement than this.
-- Outcomes: those of charge_claim, with the accounts that are locked;
-- `deferred` where any of them is somebody else's for the moment.
CREATE OR REPLACE FUNCTION shared_charge_claim(
    asked_operation text, provider_ids uuid[], person_keys bigint[], charge_ids uuid[], refund_nos text[], keys text[],
    content_hashes bytea[], is_waiting boolean)
RETURNS TABLE (ord bigint, verdict text, account_ids uuid[], stored_status text, stored_id uuid, stored_outcome jsonb)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    stored record;
    verdicts text[];
    payer record;
    claims text[];
BEGIN
    SELECT array_agg(c.verdict ORDER BY c.ord) AS verdicts, array_agg(c.status ORDER BY c.ord) AS statuses,
           array_agg(c.object_id ORDER BY c.ord) AS ids, array_agg(c.outcome ORDER BY c.ord) AS outcomes
      INTO stored
      FROM idempotency_claim(provider_ids, asked_operation, keys, content_hashes) AS c;
    SELECT array_agg(CASE WHEN stored.verdicts[a.ord] = 'new' AND charge.charge_id IS NULL THEN 'not_found'
                          ELSE stored.verdicts[a.ord] END ORDER BY a.ord) INTO verdicts
      FROM unnest(provider_ids, person_keys, charge_ids) WITH ORDINALITY AS a (provider_id, person_key, charge_id, ord)
      LEFT JOIN charge ON charge.person_key = a.person_key AND charge.charge_id = a.charge_id
           AND charge.provider_id = a.provider_id;
    SELECT array_agg(CASE WHEN verdicts[c.ord] <> 'new' THEN verdicts[c.ord]
                          WHEN c.verdict = 'used' THEN 'refund_number_used'
                          WHEN c.verdict = 'deferred' THEN 'deferred' ELSE 'new' END ORDER BY c.ord)
      INTO verdicts
      FROM business_number_claim(provider_ids, 'refund', ARRAY(
               SELECT CASE WHEN verdicts[n.ord] = 'new' THEN refund_nos[n.ord] END
                 FROM generate_subscripts(charge_ids, 1) AS n (ord) ORDER BY n.ord)) AS c;
    SELECT array_agg(p.ord ORDER BY p.ord, p.account_id) AS charges,
           array_agg(p.account_key ORDER BY p.ord, p.account_id) AS account_keys,
           array_agg(p.account_id ORDER BY p.ord, p.account_id) AS account_ids
      INTO payer
      FROM (SELECT DISTINCT of_charge.ord, of_charge.account_key, of_charge.account_id
              FROM charge_accounts(person_keys, ARRAY(
                       SELECT CASE WHEN verdicts[n.ord] = 'new' THEN n.charge_id END
                         FROM unnest(charge_ids) WITH ORDINALITY AS n (charge_id, ord) ORDER BY n.ord))
                        AS of_charge) AS p;
    SELECT array_agg(c.verdict ORDER BY c.ord) INTO claims
      FROM account_claim(payer.account_keys, payer.account_ids, is_waiting) AS c;
    RETURN QUERY
    SELECT v.ord,
           CASE WHEN v.verdict <> 'new' THEN v.verdict
                WHEN EXISTS (SELECT FROM unnest(payer.charges, claims) AS mine (charge, claim)
                              WHERE mine.charge = v.ord AND mine.claim <> 'locked') THEN 'deferred'
                ELSE 'locked' END,
           ARRAY(SELECT mine.account_id FROM unnest(payer.charges, payer.account_ids) AS mine (charge, account_id)
                  WHERE mine.charge = v.ord),
           stored.statuses[v.ord], stored.ids[v.ord], stored.outcomes[v.ord]
      FROM unnest(verdicts) WITH ORDINALITY AS v (verdict, ord)
     ORDER BY v.ord;
END
$$;
COMMENT ON FUNCTION shared_charge_claim(text, uuid[], bigint[], uuid[], text[], text[], bytea[], boolean) IS
    'Claims keys, refund numbers and all payers'' accounts of changes of charges; a verdict for each';
