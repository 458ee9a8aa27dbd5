-- Claims what is needed to change charges: idempotency keys, refund numbers, and the accounts whose locks protect them.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; person_keys are the keys in charge_ids; refund_nos: null where
-- none is asked for.
-- Locks, in this order: keys and numbers (advisory, tried and never waited for), then accounts in id order. A row of
-- `charge` has no lock of its own: whoever changes it holds the account of its person in its pool, after a merge that
-- of the current person. (A merge holds both.) So what is read of a charge must be read in a LATER statement than this.
-- Outcomes: one row for each member, in order. verdict, by precedence:
--   deferred, replayed, idempotency_key_reused, request_in_progress   as idempotency_claim has them; stored_… with
--                                                                     replayed
--   more_payers          others pay for it too: nothing is locked or done, shared_charge_… is to be asked
--   not_found            no such charge, or another provider's
--   refund_number_used   the provider gave it to another refund
--   deferred             the number or the account is somebody else's for the moment: ask again
--   locked               the account is this member's: account_key and account_id
CREATE OR REPLACE FUNCTION charge_claim(
    asked_operation text, provider_ids uuid[], person_keys bigint[], charge_ids uuid[], refund_nos text[], keys text[],
    content_hashes bytea[], is_waiting boolean)
RETURNS TABLE (ord bigint, verdict text, account_key bigint, account_id uuid, stored_status text, stored_id uuid,
               stored_outcome jsonb)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    verdicts text[];
    stored_statuses text[];
    stored_ids uuid[];
    stored_outcomes jsonb[];
    account_keys bigint[];
    account_ids uuid[];
BEGIN
    SELECT array_agg(c.verdict ORDER BY c.ord), array_agg(c.status ORDER BY c.ord),
           array_agg(c.object_id ORDER BY c.ord), array_agg(c.outcome ORDER BY c.ord)
      INTO verdicts, stored_statuses, stored_ids, stored_outcomes
      FROM idempotency_claim(provider_ids, asked_operation, keys, content_hashes) AS c;
    SELECT array_agg(CASE WHEN verdicts[a.ord] = 'new' AND charge.shared_fen > 0 THEN 'more_payers'
                          WHEN verdicts[a.ord] = 'new' AND account.account_id IS NULL THEN 'not_found'
                          ELSE verdicts[a.ord] END ORDER BY a.ord),
           array_agg(account.person_key ORDER BY a.ord), array_agg(account.account_id ORDER BY a.ord)
      INTO verdicts, account_keys, account_ids
      FROM unnest(provider_ids, person_keys, charge_ids) WITH ORDINALITY AS a (provider_id, person_key, charge_id, ord)
      LEFT JOIN charge ON charge.person_key = a.person_key AND charge.charge_id = a.charge_id
           AND charge.provider_id = a.provider_id
      LEFT JOIN person_alias AS alias ON alias.person_key = charge.person_key
      LEFT JOIN account ON account.person_key = coalesce(alias.current_person_key, charge.person_key)
           AND account.pool_code = charge.pool_code;
    SELECT array_agg(CASE WHEN verdicts[c.ord] <> 'new' THEN verdicts[c.ord]
                          WHEN c.verdict = 'used' THEN 'refund_number_used'
                          WHEN c.verdict = 'deferred' THEN 'deferred' ELSE 'new' END ORDER BY c.ord)
      INTO verdicts
      FROM business_number_claim(provider_ids, 'refund', ARRAY(
               SELECT CASE WHEN verdicts[n.ord] = 'new' THEN n.refund_no END
                 FROM unnest(refund_nos) WITH ORDINALITY AS n (refund_no, ord) ORDER BY n.ord)) AS c;
    RETURN QUERY
    SELECT c.ord,
           CASE WHEN verdicts[c.ord] <> 'new' THEN verdicts[c.ord] WHEN c.verdict = 'locked' THEN 'locked'
                ELSE 'deferred' END,
           account_keys[c.ord], account_ids[c.ord], stored_statuses[c.ord], stored_ids[c.ord], stored_outcomes[c.ord]
      FROM account_claim(account_keys, ARRAY(
               SELECT CASE WHEN verdicts[a.ord] = 'new' THEN a.account_id END
                 FROM unnest(account_ids) WITH ORDINALITY AS a (account_id, ord) ORDER BY a.ord), is_waiting) AS c
     ORDER BY c.ord;
END
$$;
COMMENT ON FUNCTION charge_claim(text, uuid[], bigint[], uuid[], text[], text[], bytea[], boolean) IS
    'Claims keys, refund numbers and accounts of changes of charges; a verdict for each, locked for what may go on';
