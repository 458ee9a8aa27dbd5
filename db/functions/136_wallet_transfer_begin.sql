-- Claims what is needed to send money to wallets: keys, both people, and the account.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; person_keys are the senders', the keys in account_ids.
-- Locks: keys (advisory, tried and never waited for); senders and receivers in the order of their keys, so that the
-- limit of a day holds for all accounts of a sender, and nobody is merged meanwhile; then the accounts in id order.
-- Outcomes: one row for each member, in order. verdict, by precedence:
--   replayed, idempotency_key_reused, request_in_progress   of idempotency_claim; stored_… with replayed
--   malformed   an amount that none can be: a caller checks before
--   not_found   no such account, or no such member of it
--   deferred    an earlier member is of the same sender, or somebody else has the key, a person or the account: ask
--               again
--   locked      people and account are this member's
CREATE OR REPLACE FUNCTION wallet_transfer_begin(
    person_keys bigint[], account_ids uuid[], family_member_ids uuid[], amounts_fen bigint[], principal_ids uuid[],
    keys text[], content_hashes bytea[], is_waiting boolean)
RETURNS TABLE (ord bigint, verdict text, stored_status text, stored_id uuid, stored_outcome jsonb)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    stored record;
    about record;
    claimed bigint[];
    verdicts text[];
BEGIN
    SELECT array_agg(c.verdict ORDER BY c.ord) AS verdicts, array_agg(c.status ORDER BY c.ord) AS statuses,
           array_agg(c.object_id ORDER BY c.ord) AS ids, array_agg(c.outcome ORDER BY c.ord) AS outcomes
      INTO stored
      FROM idempotency_claim(principal_ids, 'create_wallet_transfer', keys, content_hashes) AS c;
    SELECT array_agg(CASE WHEN a.verdict <> 'new' THEN a.verdict
                          WHEN (a.amount_fen BETWEEN 1 AND 9007199254740991) IS NOT TRUE THEN 'malformed'
                          WHEN account.account_id IS NULL OR member.family_member_id IS NULL THEN 'not_found'
                          ELSE 'new' END ORDER BY a.ord) AS verdicts,
           array_agg(member.member_person_key ORDER BY a.ord) AS receiver_keys
      INTO about
      FROM unnest(stored.verdicts, person_keys, account_ids, family_member_ids, amounts_fen) WITH ORDINALITY
           AS a (verdict, person_key, account_id, family_member_id, amount_fen, ord)
      LEFT JOIN account ON account.person_key = a.person_key AND account.account_id = a.account_id
      LEFT JOIN family_member AS member ON member.person_key = a.person_key
           AND member.family_member_id = a.family_member_id AND member.account_id = a.account_id;
    claimed := person_claim(
        ARRAY(SELECT unnest(ARRAY[a.sender, a.receiver])
                FROM unnest(about.verdicts, person_keys, about.receiver_keys) AS a (verdict, sender, receiver)
               WHERE a.verdict = 'new'), is_waiting);
    verdicts := ARRAY(
        SELECT CASE WHEN a.verdict = 'new' AND NOT (ARRAY[a.sender, a.receiver] <@ claimed AND a.place = 1)
                    THEN 'deferred' ELSE a.verdict END
          FROM (SELECT asked.*,
                       row_number() OVER (PARTITION BY asked.sender, asked.verdict ORDER BY asked.ord) AS place
                  FROM unnest(about.verdicts, person_keys, about.receiver_keys) WITH ORDINALITY
                       AS asked (verdict, sender, receiver, ord)) AS a
         ORDER BY a.ord);
    RETURN QUERY
    SELECT c.ord,
           CASE WHEN verdicts[c.ord] <> 'new' THEN verdicts[c.ord] WHEN c.verdict = 'locked' THEN 'locked'
                ELSE 'deferred' END,
           stored.statuses[c.ord], stored.ids[c.ord], stored.outcomes[c.ord]
      FROM account_claim(person_keys, ARRAY(
               SELECT CASE WHEN verdicts[a.ord] = 'new' THEN a.account_id END
                 FROM unnest(account_ids) WITH ORDINALITY AS a (account_id, ord) ORDER BY a.ord), is_waiting) AS c
     ORDER BY c.ord;
END
$$;
COMMENT ON FUNCTION wallet_transfer_begin(bigint[], uuid[], uuid[], bigint[], uuid[], text[], bytea[], boolean) IS
    'Claims keys, both people and the account of transfers to wallets; a verdict for each, locked for what may go on';
