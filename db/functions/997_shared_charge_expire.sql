-- Expires holds over several payers that are past their time: all is available again. One slice of a sweep.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: those of charge_expire, which calls this when no other hold is due.
-- Locks: those of account_lock on the accounts of all payers, never waited for; a hold of which somebody else has an
-- account is passed over for a later sweep. Outcomes: how many were expired.
CREATE OR REPLACE FUNCTION shared_charge_expire(instant timestamptz, real_instant timestamptz, row_limit integer)
    RETURNS bigint
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    due record;
    locked uuid[];
    one charge;
    charges charge[] := ARRAY[]::charge[];
    shares charge_share[];
    tick bigint;
BEGIN
    SELECT array_agg(oldest.person_key) AS person_keys, array_agg(oldest.charge_id) AS charge_ids INTO due
      FROM (SELECT charge.person_key, charge.charge_id
              FROM charge
             WHERE charge.state = 'held' AND charge.expires_at <= instant AND charge.shared_fen > 0
             ORDER BY charge.expires_at
             LIMIT row_limit) AS oldest;
    SELECT array_agg(got.account_id) INTO locked
      FROM account_lock(
               ARRAY(SELECT DISTINCT ON (payer.account_id) payer.account_key
                       FROM charge_accounts(due.person_keys, due.charge_ids) AS payer ORDER BY payer.account_id),
               ARRAY(SELECT DISTINCT ON (payer.account_id) payer.account_id
                       FROM charge_accounts(due.person_keys, due.charge_ids) AS payer ORDER BY payer.account_id),
               false) AS got;
    -- In a statement of its own, which sees what was committed before the locks were got.
    FOR one IN
        SELECT charge.*
          FROM unnest(due.person_keys, due.charge_ids) WITH ORDINALITY AS a (person_key, charge_id, ord)
          JOIN charge ON charge.person_key = a.person_key AND charge.charge_id = a.charge_id
               AND charge.state = 'held'
         WHERE NOT EXISTS (SELECT FROM charge_accounts(ARRAY[a.person_key], ARRAY[a.charge_id]) AS payer
                            WHERE payer.account_id <> ALL (coalesce(locked, '{}')))
    LOOP
        one.state := 'expired';
        one.changed_at := instant;
        charges := charges || one;
    END LOOP;
    shares := charge_shares_ended(charges);
    PERFORM shared_hold_release(charges, shares);
    PERFORM shared_hold_end(charges, shares, 'expired');
    tick := person_id_tick();
    INSERT INTO audit_event (event_id, at, actor_kind, action, person_key, object_id, pool_code)
    SELECT person_id_at(c.person_key, tick + c.ordinality), real_instant, 'system', 'expire_charge', c.person_key,
           c.charge_id, c.pool_code
      FROM unnest(charges) WITH ORDINALITY AS c;
    PERFORM charge_payer_events('expire_charge', charges, shares, NULL,
                                array_fill(real_instant, ARRAY[cardinality(charges)]));
    RETURN cardinality(charges);
END
$$;
COMMENT ON FUNCTION shared_charge_expire(timestamptz, timestamptz, integer) IS
    'Expires holds over several payers that are past their time, one slice; how many';
