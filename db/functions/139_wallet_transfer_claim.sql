-- Claims transfers to wallets that are to be ended, and the accounts that would receive.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: asked_event accept, decline or cancel for all; then arrays with one element for each request. verdicts are
-- those of idempotency_claim, and pass through unless `new`; caller_keys: the citizens who ask.
-- Locks: the transfers in id order, then the accounts in id order; passed over where somebody else holds them, unless
-- is_waiting. What is read of a transfer must be read in a LATER statement than this.
-- Outcomes: one row for each member, in order. verdict, by precedence: not_found, guardian_needed (wallet_transfer_end
-- says of whom), deferred (the transfer or the account is somebody else's for the moment: ask again), locked. who: the
-- part that the caller plays, of state_step.
CREATE OR REPLACE FUNCTION wallet_transfer_claim(
    asked_event text, verdicts text[], person_keys bigint[], transfer_ids uuid[], caller_keys bigint[],
    business_dates date[], is_waiting boolean)
RETURNS TABLE (ord bigint, verdict text, who text)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    asked record;
    mine uuid[];
BEGIN
    SELECT array_agg(CASE WHEN p.verdict <> 'new' THEN p.verdict
                          WHEN asked_event = 'cancel' AND p.is_sender THEN 'new'
                          WHEN asked_event = 'cancel' THEN 'not_found'
                          WHEN p.is_guardian AND p.is_minor THEN 'new'
                          WHEN p.is_receiver AND p.is_minor THEN 'guardian_needed'
                          WHEN p.is_receiver THEN 'new'
                          ELSE 'not_found' END ORDER BY p.ord) AS verdicts,
           array_agg(CASE WHEN asked_event = 'cancel' THEN 'sender' WHEN p.is_receiver THEN 'receiver'
                          ELSE 'guardian' END ORDER BY p.ord) AS whos,
           array_agg(p.account_key ORDER BY p.ord) AS account_keys,
           array_agg(p.account_id ORDER BY p.ord) AS account_ids
      INTO asked
      FROM (SELECT a.ord, a.verdict, a.caller_key = sent.person_key AS is_sender,
                   a.caller_key = sent.receiver_person_key AS is_receiver,
                   a.caller_key = member.guardian_person_key AS is_guardian,
                   member.guardian_person_key IS NOT NULL
                       AND receiver.birth_date + interval '18 years' > a.business_date AS is_minor,
                   CASE asked_event WHEN 'accept' THEN wallet.person_key ELSE sent.person_key END AS account_key,
                   CASE asked_event WHEN 'accept' THEN wallet.account_id ELSE sent.account_id END AS account_id
              FROM unnest(verdicts, person_keys, transfer_ids, caller_keys, business_dates) WITH ORDINALITY
                   AS a (verdict, person_key, transfer_id, caller_key, business_date, ord)
              LEFT JOIN wallet_transfer AS sent ON sent.person_key = a.person_key
                   AND sent.wallet_transfer_id = a.transfer_id
              LEFT JOIN family_member AS member ON member.person_key = sent.person_key
                   AND member.family_member_id = sent.family_member_id
              LEFT JOIN person AS receiver ON receiver.person_key = sent.receiver_person_key
              LEFT JOIN account AS wallet ON wallet.person_key = sent.receiver_person_key
                   AND wallet.pool_code = '000000') AS p;
    mine := wallet_transfer_lock(person_keys, ARRAY(
        SELECT CASE WHEN a.verdict = 'new' THEN a.transfer_id END
          FROM unnest(asked.verdicts, transfer_ids) WITH ORDINALITY AS a (verdict, transfer_id, ord)
         ORDER BY a.ord), is_waiting);
    asked.verdicts := ARRAY(
        SELECT CASE WHEN a.verdict = 'new' AND (a.place > 1 OR NOT a.transfer_id = ANY (mine)) THEN 'deferred'
                    ELSE a.verdict END
          FROM (SELECT t.*, row_number() OVER (PARTITION BY t.transfer_id, t.verdict ORDER BY t.ord) AS place
                  FROM unnest(asked.verdicts, transfer_ids) WITH ORDINALITY AS t (verdict, transfer_id, ord)) AS a
         ORDER BY a.ord);
    RETURN QUERY
    SELECT c.ord,
           CASE WHEN asked.verdicts[c.ord] <> 'new' THEN asked.verdicts[c.ord] WHEN c.verdict = 'locked' THEN 'locked'
                ELSE 'deferred' END,
           asked.whos[c.ord]
      FROM account_claim(asked.account_keys, ARRAY(
               SELECT CASE WHEN a.verdict = 'new' THEN a.account_id END
                 FROM unnest(asked.verdicts, asked.account_ids) WITH ORDINALITY AS a (verdict, account_id, ord)
                ORDER BY a.ord), is_waiting) AS c
     ORDER BY c.ord;
END
$$;
COMMENT ON FUNCTION wallet_transfer_claim(text, text[], bigint[], uuid[], bigint[], date[], boolean) IS
    'Claims transfers to wallets that are to be ended, and the accounts that would receive; a verdict for each';
