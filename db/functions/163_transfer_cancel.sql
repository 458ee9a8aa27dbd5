-- Cancels transfers, each with its idempotency key: what has moved comes back, and the old enrolment is what it was.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. visibles: comma-joined LIKE patterns, null for citizens and
-- for who sees all; whos: person or staff; notes: the reason, in words. instants in business time; waits: wait for
-- the one person.
-- Locks: those of transfer_claim; the transfers' rows; then the old accounts, all at once (account_claim); then
-- rows of enrolments.
-- Outcomes: one row for each member, in order. status, by precedence:
--   deferred, idempotency_key_reused, request_in_progress   of transfer_claim, or an account is locked
--   not_found          no such transfer, or out of the caller's reach
--   not_possible_now   its state does not allow it: outcome has state and possible
--   balance_overflow   the old account could not take its money back
--   done               it is cancelled
-- is_replayed: it was answered before, with status and outcome as they were.
CREATE OR REPLACE FUNCTION transfer_cancel(
    transfer_ids uuid[], person_keys bigint[], visibles text[], whos text[], actor_kinds text[], principal_ids uuid[],
    notes text[], instants timestamptz[], keys text[], content_hashes bytea[], event_ids uuid[], request_ids text[],
    real_instants timestamptz[], hash_algorithms text[], waits boolean[])
RETURNS TABLE (ord bigint, status text, is_replayed boolean, state text, possible text)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    is_waiting boolean := waits[1] AND cardinality(waits) = 1;
    claims jsonb[];
    found jsonb[];
    statuses text[];
    outcomes jsonb[];
    ends text[];
BEGIN
    SELECT array_agg(to_jsonb(c) ORDER BY c.ord) INTO claims
      FROM transfer_claim('cancel_transfer', principal_ids, person_keys, keys, content_hashes, is_waiting) AS c;
    SELECT array_agg(CASE WHEN t.transfer_id IS NOT NULL
                          THEN jsonb_build_object('account_id', t.from_account_id, 'pool_code', t.from_pool_code) END
                     ORDER BY a.ord) INTO found
      FROM unnest(transfer_ids, person_keys, visibles) WITH ORDINALITY AS a (transfer_id, person_key, visible, ord)
      LEFT JOIN transfer AS t ON t.person_key = a.person_key AND t.transfer_id = a.transfer_id
           AND claims[a.ord] ->> 'verdict' = 'locked'
           AND (a.visible IS NULL OR t.from_pool_code LIKE ANY (string_to_array(a.visible, ','))
                OR t.to_pool_code LIKE ANY (string_to_array(a.visible, ',')));
    -- Before the accounts, as those do who settle a payout: who waits for a transfer holds no account.
    PERFORM transfer_lock(ARRAY(SELECT CASE WHEN f.found IS NOT NULL THEN 'good' ELSE 'not_found' END
                                  FROM unnest(found) WITH ORDINALITY AS f (found, ord) ORDER BY f.ord),
                          person_keys, transfer_ids);
    SELECT array_agg(CASE WHEN claims[c.ord] ->> 'verdict' <> 'locked' THEN claims[c.ord] ->> 'verdict'
                          WHEN found[c.ord] IS NULL THEN 'not_found'
                          WHEN c.verdict = 'deferred' THEN 'deferred' ELSE 'good' END ORDER BY c.ord) INTO statuses
      FROM account_claim(person_keys, ARRAY(SELECT (f.found ->> 'account_id')::uuid
                                              FROM unnest(found) WITH ORDINALITY AS f (found, ord) ORDER BY f.ord),
                         is_waiting) AS c;
    -- In a later statement than the locks.
    SELECT array_agg(CASE WHEN a.status <> 'good' THEN a.status
                          WHEN step.event IS NULL THEN 'not_possible_now' ELSE 'good' END ORDER BY a.ord),
           array_agg(CASE WHEN a.status = 'good' AND step.event IS NULL THEN state_possible(t.machine, t.state) END
                     ORDER BY a.ord),
           array_agg(CASE WHEN a.status = 'good' THEN step.effect END ORDER BY a.ord)
      INTO statuses, outcomes, ends
      FROM unnest(statuses, transfer_ids, person_keys) WITH ORDINALITY AS a (status, transfer_id, person_key, ord)
      LEFT JOIN transfer AS t ON t.person_key = a.person_key AND t.transfer_id = a.transfer_id
      LEFT JOIN state_step AS step ON step.machine = t.machine AND step.state = t.state AND step.event = 'cancel';
    statuses := transfer_end(statuses, ends, transfer_ids, person_keys, 'cancel', whos, actor_kinds, principal_ids,
                             array_fill(NULL::text, ARRAY[cardinality(statuses)]), notes, instants, hash_algorithms[1]);
    PERFORM state_answer(
        'cancel_transfer', 'done', statuses, principal_ids, actor_kinds, person_keys, transfer_ids,
        ARRAY(SELECT f.found ->> 'pool_code' FROM unnest(found) WITH ORDINALITY AS f (found, ord) ORDER BY f.ord),
        array_fill(NULL::jsonb, ARRAY[cardinality(keys)]), outcomes, keys, content_hashes, event_ids, request_ids,
        real_instants);
    RETURN QUERY
    SELECT s.ord,
           CASE s.status WHEN 'good' THEN 'done' WHEN 'replayed' THEN claims[s.ord] ->> 'stored_status'
                         ELSE s.status END,
           s.status = 'replayed', said.outcome ->> 'state', (said.outcome -> 'possible')::text
      FROM unnest(statuses) WITH ORDINALITY AS s (status, ord)
     CROSS JOIN LATERAL (SELECT CASE s.status WHEN 'replayed' THEN claims[s.ord] -> 'stored_outcome'
                                              ELSE outcomes[s.ord] END AS outcome) AS said
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION transfer_cancel(uuid[], bigint[], text[], text[], text[], uuid[], text[], timestamptz[], text[],
    bytea[], uuid[], text[], timestamptz[], text[], boolean[]) IS
    'Cancels transfers, each with its idempotency key; one status row for each member, done or a refusal';
