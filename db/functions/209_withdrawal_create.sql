-- Applies for withdrawals, each with its idempotency key and audit event.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. visibles: comma-joined LIKE patterns of pool codes, null for
-- citizens and for who sees all. actor_kinds: citizen or staff. name_hashes: keyed hash of the payee's name. instants
-- in business time, real_instants in real time. Ids come from the caller.
-- Locks, in this order: keys (advisory, tried and never waited for), people in the order of their keys, as applications
-- for transfers do, so that never both are begun; then accounts.
-- Outcomes: one row for each member, in order. status is `done`, or by precedence:
--   deferred, idempotency_key_reused, request_in_progress   of idempotency_claim, person_claim and account_claim
--   not_found           no such account, or its pool is not the caller's to see
--   account_<status>, withdrawal_under_way, transfer_under_way, withdrawal_not_eligible, nothing_to_withdraw
--                       of withdrawal_refusal
--   payee_not_accepted  the name is not the person's own, or, when the person has died, it is
-- outcome: withdrawal_outcome. is_replayed: it was answered before, with status, id and outcome as they were.
CREATE OR REPLACE FUNCTION withdrawal_create(
    withdrawal_ids uuid[], principal_ids uuid[], actor_kinds text[], visibles text[], person_keys bigint[],
    account_ids uuid[], reasons text[], name_hashes bytea[], bank_cards bytea[], payee_names bytea[],
    instants timestamptz[], keys text[], content_hashes bytea[], event_ids uuid[], request_ids text[],
    real_instants timestamptz[], waits boolean[])
RETURNS TABLE (ord bigint, status text, is_replayed boolean, withdrawal_id uuid, outcome jsonb)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    members integer := cardinality(withdrawal_ids);
    verdicts text[];
    statuses text[];
    stored_statuses text[];
    stored_ids uuid[];
    wanted uuid[];
    claimed bigint[];
    is_waiting boolean := waits[1] AND members = 1;
    outcomes jsonb[];
    pools text[];
BEGIN
    SELECT array_agg(c.verdict ORDER BY c.ord), array_agg(c.status ORDER BY c.ord),
           array_agg(c.object_id ORDER BY c.ord), array_agg(c.outcome ORDER BY c.ord)
      INTO verdicts, stored_statuses, stored_ids, outcomes
      FROM idempotency_claim(principal_ids, 'create_withdrawal', keys, content_hashes) AS c;
    SELECT array_agg(CASE WHEN verdicts[a.ord] = 'new' THEN account.account_id END ORDER BY a.ord) INTO wanted
      FROM unnest(person_keys, account_ids, visibles) WITH ORDINALITY AS a (person_key, account_id, visible, ord)
      LEFT JOIN account ON account.person_key = a.person_key AND account.account_id = a.account_id
           AND (a.visible IS NULL OR account.pool_code LIKE ANY (string_to_array(a.visible, ',')));
    claimed := person_claim(ARRAY(SELECT w.person_key FROM unnest(wanted, person_keys) AS w (account_id, person_key)
                                   WHERE w.account_id IS NOT NULL), is_waiting);
    SELECT array_agg(CASE WHEN verdicts[c.ord] <> 'new' THEN verdicts[c.ord]
                          WHEN wanted[c.ord] IS NULL THEN 'not_found'
                          WHEN c.verdict = 'locked' THEN 'locked' ELSE 'deferred' END ORDER BY c.ord)
      INTO verdicts
      FROM account_claim(person_keys, ARRAY(
               SELECT CASE WHEN w.person_key = ANY (claimed) THEN w.account_id END
                 FROM unnest(wanted, person_keys) WITH ORDINALITY AS w (account_id, person_key, ord)
                ORDER BY w.ord), is_waiting) AS c;
    SELECT array_agg(CASE WHEN verdicts[a.ord] <> 'locked' THEN verdicts[a.ord]
                          ELSE coalesce(
                              withdrawal_refusal(account, a.reason, a.actor_kind = 'staff',
                                                 (a.instant AT TIME ZONE 'Asia/Shanghai')::date, NULL, NULL),
                              CASE WHEN hash_is(person.name_hash, a.name_hash) = (a.reason = 'death')
                                   THEN 'payee_not_accepted' END, 'good') END ORDER BY a.ord),
           array_agg(account.pool_code ORDER BY a.ord)
      INTO statuses, pools
      FROM unnest(person_keys, account_ids, reasons, actor_kinds, name_hashes, instants) WITH ORDINALITY
           AS a (person_key, account_id, reason, actor_kind, name_hash, instant, ord)
      LEFT JOIN account ON verdicts[a.ord] = 'locked' AND account.person_key = a.person_key
           AND account.account_id = a.account_id
      LEFT JOIN person ON person.person_key = account.person_key;
    INSERT INTO withdrawal (person_key, created_at, changed_at, withdrawal_id, person_id, account_id, pool_code, reason,
                            state, payee_kind, bank_card_sealed, payee_name_sealed)
    SELECT a.person_key, a.instant, a.instant, a.withdrawal_id, account.person_id, a.account_id, account.pool_code,
           a.reason, 'submitted', CASE a.reason WHEN 'death' THEN 'heir' ELSE 'person' END, a.bank_card, a.payee_name
      FROM unnest(statuses, person_keys, instants, withdrawal_ids, account_ids, reasons, bank_cards, payee_names)
           AS a (status, person_key, instant, withdrawal_id, account_id, reason, bank_card, payee_name)
      JOIN account ON account.person_key = a.person_key AND account.account_id = a.account_id
     WHERE a.status = 'good';
    PERFORM state_record(
        'withdrawal', statuses, person_keys, withdrawal_ids, pools, array_fill('submit'::text, ARRAY[members]),
        array_fill(''::text, ARRAY[members]),
        ARRAY(SELECT CASE k.kind WHEN 'citizen' THEN 'person' ELSE 'staff' END
                FROM unnest(actor_kinds) WITH ORDINALITY AS k (kind, ord) ORDER BY k.ord),
        actor_kinds, principal_ids, array_fill(NULL::text, ARRAY[members]), array_fill(NULL::text, ARRAY[members]),
        instants);
    SELECT array_agg(CASE s.status WHEN 'good' THEN withdrawal_outcome(w) ELSE outcomes[s.ord] END ORDER BY s.ord)
      INTO outcomes
      FROM unnest(statuses, person_keys, withdrawal_ids) WITH ORDINALITY AS s (status, person_key, withdrawal_id, ord)
      LEFT JOIN withdrawal AS w ON s.status = 'good' AND w.person_key = s.person_key
           AND w.withdrawal_id = s.withdrawal_id;
    PERFORM state_answer(
        'create_withdrawal', 'done', statuses, principal_ids, actor_kinds, person_keys,
        ARRAY(SELECT CASE s.status WHEN 'good' THEN withdrawal_ids[s.ord] ELSE account_ids[s.ord] END
                FROM unnest(statuses) WITH ORDINALITY AS s (status, ord) ORDER BY s.ord),
        pools, ARRAY(SELECT jsonb_build_object('reason', r.reason)
                       FROM unnest(reasons) WITH ORDINALITY AS r (reason, ord) ORDER BY r.ord),
        outcomes, keys, content_hashes, event_ids, request_ids, real_instants);
    RETURN QUERY
    SELECT s.ord, CASE s.status WHEN 'good' THEN 'done' WHEN 'replayed' THEN stored_statuses[s.ord] ELSE s.status END,
           s.status = 'replayed',
           CASE s.status WHEN 'good' THEN withdrawal_ids[s.ord] WHEN 'replayed' THEN stored_ids[s.ord] END,
           outcomes[s.ord]
      FROM unnest(statuses) WITH ORDINALITY AS s (status, ord)
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION withdrawal_create(uuid[], uuid[], text[], text[], bigint[], uuid[], text[], bytea[], bytea[],
    bytea[], timestamptz[], text[], bytea[], uuid[], text[], timestamptz[], boolean[]) IS
    'Applies for withdrawals; one status row for each member: done, or why not';
