-- Returns transfers to wallets that were not accepted in time. One slice of a sweep.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: instant in business time, real_instant for the audit events; row_limit: how many transfers to look at,
-- those due first. Call again until nothing is left; one that somebody else has locked, or whose account, is passed
-- over for a later sweep.
-- Locks: the transfers in id order, then the accounts in id order, never waited for. Two sweeps at once share the work.
-- Outcomes: how many were returned. Frozen accounts and those of the dead receive too (account_status_rule: refund).
CREATE OR REPLACE FUNCTION wallet_transfer_return(instant timestamptz, real_instant timestamptz, row_limit integer)
    RETURNS bigint
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    tick bigint := person_id_tick();
    own record;
    due record;
    mine uuid[];
    count integer;
BEGIN
    SELECT array_agg(oldest.person_key) AS person_keys, array_agg(oldest.wallet_transfer_id) AS ids INTO due
      FROM (SELECT sent.person_key, sent.wallet_transfer_id
              FROM wallet_transfer AS sent
             WHERE sent.state = 'pending' AND sent.returns_at <= instant
             ORDER BY sent.returns_at
             LIMIT row_limit) AS oldest;
    mine := wallet_transfer_lock(due.person_keys, due.ids, false);
    SELECT array_agg(a.person_key) AS person_keys, array_agg(a.account_id) AS account_ids INTO own
      FROM (SELECT DISTINCT sent.person_key, sent.account_id
              FROM unnest(due.person_keys, due.ids) AS asked (person_key, id)
              JOIN wallet_transfer AS sent ON sent.person_key = asked.person_key AND sent.wallet_transfer_id = asked.id
             WHERE asked.id = ANY (mine)) AS a;
    SELECT array_agg(got.person_key) AS person_keys, array_agg(got.account_id) AS account_ids INTO own
      FROM account_lock(own.person_keys, own.account_ids, false) AS got;
    -- In a statement of its own, which sees what was committed before the locks were got.
    SELECT array_agg(sent.person_key) AS person_keys, array_agg(sent.wallet_transfer_id) AS ids,
           array_agg(sent.pool_code) AS pools
      INTO due
      FROM (SELECT pending.*, sum(pending.amount_fen) OVER (PARTITION BY pending.account_id
                                                            ORDER BY pending.wallet_transfer_id) AS together_fen
              FROM unnest(own.person_keys, own.account_ids) AS a (person_key, account_id)
              JOIN wallet_transfer AS pending ON pending.person_key = a.person_key AND pending.account_id = a.account_id
             WHERE pending.wallet_transfer_id = ANY (mine) AND pending.state = 'pending') AS sent
      JOIN account ON account.person_key = sent.person_key AND account.account_id = sent.account_id
      JOIN account_status_rule AS rule ON rule.status = account.status AND rule.operation = 'refund' AND rule.allowed
     WHERE sent.together_fen <= 9007199254740991 - account.current_year_fen - account.carried_over_fen;
    count := coalesce(cardinality(due.ids), 0);
    IF count = 0 THEN
        RETURN 0;
    END IF;
    PERFORM wallet_transfer_settle(
        'return', array_fill('good'::text, ARRAY[count]), due.person_keys, due.ids,
        array_fill('system'::text, ARRAY[count]), array_fill('system'::text, ARRAY[count]),
        array_fill(NULL::uuid, ARRAY[count]),
        array_fill((instant AT TIME ZONE 'Asia/Shanghai')::date, ARRAY[count]), instant,
        account_chain_hash(due.person_keys[1]));
    INSERT INTO audit_event (event_id, at, actor_kind, action, person_key, object_id, pool_code)
    SELECT person_id_at(e.person_key, tick + e.ord), real_instant, 'system', 'return_wallet_transfer', e.person_key,
           e.id, e.pool_code
      FROM unnest(due.person_keys, due.ids, due.pools) WITH ORDINALITY AS e (person_key, id, pool_code, ord);
    RETURN count;
END
$$;
COMMENT ON FUNCTION wallet_transfer_return(timestamptz, timestamptz, integer) IS
    'Returns transfers to wallets that were not accepted in time, one slice; how many';
