-- Decides about transfers at the desks of the old and the new pool, each with its idempotency key and audit event.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. visibles: comma-joined LIKE patterns of pool codes, null for
-- every pool. instants in business time, real_instants in real time. Ids come from the caller: of the enrolment and
-- the account that may have to be opened, of the operation that takes money in, of the audit event. hash_algorithms and
-- waits: that of the first member holds for all; what is locked is waited for only in a batch of one.
-- Locks, in this order: keys (advisory, tried and never waited for), people, transfers, then all accounts of the
-- people.
-- Outcomes: one row for each member, in order. status is `done`, `deferred` (ask again), a verdict of
-- idempotency_claim, or a refusal of transfer_desk_judge or transfer_step. outcome: what the step came to; of
-- not_possible_now the state and what is possible. is_replayed: it was answered before.
CREATE OR REPLACE FUNCTION transfer_decide(
    transfer_ids uuid[], person_keys bigint[], visibles text[], desks text[], decisions text[], reason_codes text[],
    notes text[], moves_ons date[], actor_ids uuid[], instants timestamptz[], enrolment_ids uuid[], account_ids uuid[],
    operation_ids uuid[], keys text[], content_hashes bytea[], event_ids uuid[], request_ids text[],
    real_instants timestamptz[], hash_algorithms text[], waits boolean[])
RETURNS TABLE (ord bigint, status text, is_replayed boolean, outcome jsonb)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    instant timestamptz := (SELECT max(i) FROM unnest(instants) AS i);
    is_waiting boolean := waits[1] AND cardinality(waits) = 1;
    claimed record;
    judged record;
    statuses text[];
    before transfer[];
    outcomes jsonb[];
BEGIN
    SELECT array_agg(c.verdict ORDER BY c.ord) AS verdicts, array_agg(c.status ORDER BY c.ord) AS statuses,
           array_agg(c.outcome ORDER BY c.ord) AS outcomes
      INTO claimed
      FROM idempotency_claim(actor_ids, 'decide_transfer', keys, content_hashes) AS c;
    SELECT array_agg(coalesce(c.verdict, claimed.verdicts[c.ord]) ORDER BY c.ord) INTO statuses
      FROM transfer_desk_claim(person_keys, ARRAY(
               SELECT CASE WHEN claimed.verdicts[t.ord] = 'new' THEN t.transfer_id END
                 FROM unnest(transfer_ids) WITH ORDINALITY AS t (transfer_id, ord) ORDER BY t.ord), is_waiting) AS c;
    SELECT array_agg(j.status ORDER BY j.ord) AS statuses, array_agg(j.event ORDER BY j.ord) AS events
      INTO judged
      FROM transfer_desk_judge(statuses, person_keys, transfer_ids, visibles, desks, decisions, reason_codes, notes,
                               moves_ons, actor_ids) AS j;
    statuses := transfer_accounts_claim(
        ARRAY(SELECT CASE WHEN s.event IN ('check_out', 'check_in') AND s.status = 'good' THEN 'checks'
                          ELSE s.status END
                FROM unnest(judged.statuses, judged.events) WITH ORDINALITY AS s (status, event, ord) ORDER BY s.ord),
        person_keys, is_waiting);
    statuses := ARRAY(SELECT CASE s.status WHEN 'checks' THEN 'good' ELSE s.status END
                        FROM unnest(statuses) WITH ORDINALITY AS s (status, ord) ORDER BY s.ord);
    SELECT array_agg(transfer ORDER BY a.ord) INTO before
      FROM unnest(person_keys, transfer_ids) WITH ORDINALITY AS a (person_key, transfer_id, ord)
      LEFT JOIN transfer ON transfer.person_key = a.person_key AND transfer.transfer_id = a.transfer_id;
    FOR i IN 1 .. cardinality(transfer_ids) LOOP
        IF statuses[i] = 'good' THEN
            statuses[i] := transfer_step(before[i], judged.events[i], moves_ons[i], actor_ids[i], enrolment_ids[i],
                                         account_ids[i], operation_ids[i], instant, hash_algorithms[1]);
        END IF;
    END LOOP;
    PERFORM transfer_desk_record(statuses, before, judged.events, desks, reason_codes, notes, actor_ids, instant);
    outcomes := transfer_desk_outcomes(statuses, person_keys, transfer_ids, judged.events, desks);
    PERFORM transfer_desk_answer(
        statuses, before, judged.events, desks, decisions, reason_codes, actor_ids, outcomes, keys, content_hashes,
        event_ids, request_ids, real_instants);
    RETURN QUERY
    SELECT s.ord, CASE s.status WHEN 'good' THEN 'done' WHEN 'replayed' THEN claimed.statuses[s.ord] ELSE s.status END,
           s.status = 'replayed',
           CASE s.status WHEN 'replayed' THEN claimed.outcomes[s.ord] ELSE outcomes[s.ord] END
      FROM unnest(statuses) WITH ORDINALITY AS s (status, ord)
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION transfer_decide(uuid[], bigint[], text[], text[], text[], text[], text[], date[], uuid[],
    timestamptz[], uuid[], uuid[], uuid[], text[], bytea[], uuid[], text[], timestamptz[], text[], boolean[]) IS
    'Decides about transfers at the desks of the old and the new pool; one status row for each member: done, or why '
    'not';
