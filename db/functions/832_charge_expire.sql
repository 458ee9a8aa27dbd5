-- Expires holds that are past their time: what they reserved is available again. One slice of a sweep.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: instant in business time, real_instant for the audit events; row_limit: how many holds to look at, those
-- that ended first. Call again until nothing is left; a hold whose account somebody else has locked is passed over for
-- a later sweep.
-- Locks: those of account_lock, never waited for. Two sweeps at once share the work.
-- Outcomes: how many were expired; those with several payers come when no other is left. Event ids are made as
-- person_id_tick says: an id decides nothing.
CREATE OR REPLACE FUNCTION charge_expire(instant timestamptz, real_instant timestamptz, row_limit integer)
    RETURNS bigint
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    tick bigint := person_id_tick();
    account_keys bigint[];
    account_ids uuid[];
    due record;
    nothing bigint[];
BEGIN
    SELECT array_agg(held.person_key), array_agg(held.account_id) INTO account_keys, account_ids
      FROM (SELECT DISTINCT oldest.person_key, oldest.account_id
              FROM (SELECT charge.person_key, charge.account_id
                      FROM charge
                     WHERE charge.state = 'held' AND charge.expires_at <= instant AND charge.shared_fen = 0
                     ORDER BY charge.expires_at
                     LIMIT row_limit) AS oldest) AS held;
    SELECT array_agg(got.person_key), array_agg(got.account_id) INTO account_keys, account_ids
      FROM account_lock(account_keys, account_ids, false) AS got;
    -- In a statement of its own, which sees what was committed before the locks were got.
    SELECT array_agg('good'::text) AS statuses, array_agg(charge.person_key) AS person_keys,
           array_agg(charge.account_id) AS account_ids, array_agg(charge.charge_id) AS charge_ids,
           array_agg(charge.amount_fen) AS amounts, array_agg(charge.pool_code) AS pools
      INTO due
      FROM unnest(account_keys, account_ids) AS mine (person_key, account_id)
      JOIN charge ON charge.person_key = mine.person_key AND charge.account_id = mine.account_id
          AND charge.state = 'held' AND charge.expires_at <= instant AND charge.shared_fen = 0;
    IF due.statuses IS NULL THEN
        RETURN shared_charge_expire(instant, real_instant, row_limit);
    END IF;
    nothing := array_fill(0::bigint, ARRAY[cardinality(due.statuses)]);
    PERFORM hold_release(due.person_keys, due.account_ids, due.amounts);
    PERFORM hold_end(
        due.statuses, due.person_keys, due.charge_ids, 'expired', nothing, nothing, nothing, NULL, NULL, NULL,
        array_fill(instant, ARRAY[cardinality(due.statuses)]));
    INSERT INTO audit_event (event_id, at, actor_kind, action, person_key, object_id, pool_code)
    SELECT person_id_at(e.person_key, tick + e.ord), real_instant, 'system', 'expire_charge', e.person_key, e.charge_id,
           e.pool_code
      FROM unnest(due.person_keys, due.charge_ids, due.pools) WITH ORDINALITY
          AS e (person_key, charge_id, pool_code, ord);
    RETURN cardinality(due.statuses);
END
$$;
COMMENT ON FUNCTION charge_expire(timestamptz, timestamptz, integer) IS
    'Expires holds that are past their time, one slice; how many';
