-- Accepts, declines or cancels transfers to wallets, each with its idempotency key and audit event.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: asked_event accept, decline or cancel, and the operation's name, for all; then arrays with one element for
-- each request: person_keys are the keys in transfer_ids, caller_keys those of the citizens who ask. hash_algorithms
-- and waits: that of the first member holds for all; wait only in a batch of one.
-- Locks: keys (advisory, tried and never waited for); the transfers in id order; then the accounts that receive, in id
-- order. A transfer is changed by nobody who has not locked its row.
-- Outcomes: one row for each member, in order. status, by precedence:
--   deferred, replayed, idempotency_key_reused, request_in_progress   of idempotency_claim; deferred also: locked
--   not_found         no such transfer, or it is not the caller's to end in this way: the sender cancels; the receiver
--                     accepts or declines, and for a receiver under eighteen with a guardian that guardian
--   guardian_needed   the receiver asks, and is under eighteen: the guardian has to
--   not_possible_now  it has ended; or it is to be accepted at the instant of its return or later. possible: what then
--   account_<status>  of account_status_rule: the wallet takes nothing in (take_in); the sender's account is closed
--                     (refund), which money on its way does not let happen
--   balance_overflow  no account can hold that much
--   done              it is, with its money where it belongs
CREATE OR REPLACE FUNCTION wallet_transfer_end(
    asked_event text, asked_operation text, person_keys bigint[], transfer_ids uuid[], caller_keys bigint[],
    business_dates date[], instants timestamptz[], principal_ids uuid[], keys text[], content_hashes bytea[],
    event_ids uuid[], request_ids text[], real_instants timestamptz[], hash_algorithms text[], waits boolean[])
RETURNS TABLE (ord bigint, status text, is_replayed boolean, possible jsonb)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    is_waiting boolean := waits[1] AND cardinality(waits) = 1;
    citizens text[] := array_fill('citizen'::text, ARRAY[cardinality(keys)]);
    instant timestamptz;
    stored record;
    claimed record;
    judged record;
BEGIN
    SELECT array_agg(c.verdict ORDER BY c.ord) AS verdicts, array_agg(c.status ORDER BY c.ord) AS statuses,
           array_agg(c.outcome ORDER BY c.ord) AS outcomes
      INTO stored
      FROM idempotency_claim(principal_ids, asked_operation, keys, content_hashes) AS c;
    SELECT array_agg(c.verdict ORDER BY c.ord) AS verdicts, array_agg(c.who ORDER BY c.ord) AS whos
      INTO claimed
      FROM wallet_transfer_claim(asked_event, stored.verdicts, person_keys, transfer_ids, caller_keys, business_dates,
                                 is_waiting) AS c;
    instant := (SELECT max(greatest(a.instant, sent.created_at))
                  FROM unnest(claimed.verdicts, person_keys, transfer_ids, instants)
                       AS a (verdict, person_key, transfer_id, instant)
                  LEFT JOIN wallet_transfer AS sent ON a.verdict = 'locked' AND sent.person_key = a.person_key
                       AND sent.wallet_transfer_id = a.transfer_id);
    SELECT array_agg(CASE
               WHEN a.verdict <> 'locked' THEN a.verdict
               WHEN state_next('wallet_transfer', sent.state, asked_event) IS NULL
                    OR (asked_event = 'accept' AND sent.returns_at <= greatest(instant, taking.last_posted_at))
                    THEN 'not_possible_now'
               WHEN rule.allowed IS NOT TRUE THEN 'account_' || taking.status
               WHEN sent.amount_fen > 9007199254740991 - taking.current_year_fen - taking.carried_over_fen
                    THEN 'balance_overflow'
               ELSE 'good' END ORDER BY a.ord) AS statuses,
           array_agg(CASE WHEN sent.state = 'pending' AND sent.returns_at > instant
                          THEN state_possible('wallet_transfer', sent.state)
                          ELSE jsonb_set(state_possible('wallet_transfer', sent.state), '{possible}',
                                         (state_possible('wallet_transfer', sent.state) -> 'possible') - 'accept')
                          END ORDER BY a.ord) AS possibles,
           array_agg(sent.pool_code ORDER BY a.ord) AS pools
      INTO judged
      FROM unnest(claimed.verdicts, person_keys, transfer_ids) WITH ORDINALITY
           AS a (verdict, person_key, transfer_id, ord)
      LEFT JOIN wallet_transfer AS sent ON a.verdict = 'locked' AND sent.person_key = a.person_key
           AND sent.wallet_transfer_id = a.transfer_id
      LEFT JOIN account AS taking
             ON CASE asked_event
                WHEN 'accept' THEN taking.person_key = sent.receiver_person_key AND taking.pool_code = '000000'
                ELSE taking.person_key = sent.person_key AND taking.account_id = sent.account_id END
      LEFT JOIN account_status_rule AS rule ON rule.status = taking.status
           AND rule.operation = CASE asked_event WHEN 'accept' THEN 'take_in' ELSE 'refund' END;
    PERFORM wallet_transfer_settle(asked_event, judged.statuses, person_keys, transfer_ids, claimed.whos, citizens,
                                   principal_ids, business_dates, instant, hash_algorithms[1]);
    judged.possibles := ARRAY(SELECT CASE a.status WHEN 'not_possible_now' THEN a.possible END
                                FROM unnest(judged.statuses, judged.possibles) WITH ORDINALITY
                                     AS a (status, possible, ord)
                               ORDER BY a.ord);
    PERFORM state_answer(
        asked_operation, 'done', judged.statuses, principal_ids, citizens, person_keys, transfer_ids, judged.pools,
        NULL, judged.possibles, keys, content_hashes, event_ids, request_ids, real_instants);
    RETURN QUERY
    SELECT s.ord, CASE s.status WHEN 'good' THEN 'done' WHEN 'replayed' THEN stored.statuses[s.ord]
                       ELSE s.status END,
           s.status = 'replayed',
           CASE s.status WHEN 'replayed' THEN stored.outcomes[s.ord] ELSE judged.possibles[s.ord] END
      FROM unnest(judged.statuses) WITH ORDINALITY AS s (status, ord)
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION wallet_transfer_end(text, text, bigint[], uuid[], bigint[], date[], timestamptz[], uuid[], text[],
    bytea[], uuid[], text[], timestamptz[], text[], boolean[]) IS
    'Accepts, declines or cancels transfers to wallets; one status row for each member: done, or why not';
