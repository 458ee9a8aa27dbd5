-- Locks withdrawals, and the transfers that they belong to.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each member, of which those whose verdict is `new` are asked for, each
-- withdrawal once. Locks: FOR NO KEY UPDATE on the withdrawals, then on the transfers, in the order of ids; passed over
-- where somebody else has them, or waited for no longer than lock_timeout.
-- Outcomes: the verdicts; `deferred` where something could not be had.
CREATE OR REPLACE FUNCTION withdrawal_lock(
    verdicts text[], person_keys bigint[], withdrawal_ids uuid[], is_waiting boolean) RETURNS text[]
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    had uuid[] := ARRAY[]::uuid[];
    had_transfers uuid[] := ARRAY[]::uuid[];
    one record;
BEGIN
    FOR one IN
        SELECT a.person_key, a.withdrawal_id, NULL::uuid AS transfer_id
          FROM unnest(verdicts, person_keys, withdrawal_ids) AS a (verdict, person_key, withdrawal_id)
         WHERE a.verdict = 'new'
         ORDER BY a.withdrawal_id
    LOOP
        IF is_waiting THEN
            PERFORM FROM withdrawal AS w
              WHERE w.person_key = one.person_key AND w.withdrawal_id = one.withdrawal_id FOR NO KEY UPDATE;
        ELSE
            PERFORM FROM withdrawal AS w
              WHERE w.person_key = one.person_key AND w.withdrawal_id = one.withdrawal_id
                FOR NO KEY UPDATE SKIP LOCKED;
        END IF;
        IF FOUND THEN
            had := had || one.withdrawal_id;
        END IF;
    END LOOP;
    FOR one IN
        SELECT w.person_key, w.transfer_id
          FROM unnest(person_keys, withdrawal_ids) AS a (person_key, withdrawal_id)
          JOIN withdrawal AS w ON w.person_key = a.person_key AND w.withdrawal_id = a.withdrawal_id
         WHERE a.withdrawal_id = ANY (had) AND w.transfer_id IS NOT NULL
         ORDER BY w.transfer_id
    LOOP
        IF is_waiting THEN
            PERFORM FROM transfer AS t
              WHERE t.person_key = one.person_key AND t.transfer_id = one.transfer_id FOR NO KEY UPDATE;
        ELSE
            PERFORM FROM transfer AS t
              WHERE t.person_key = one.person_key AND t.transfer_id = one.transfer_id FOR NO KEY UPDATE SKIP LOCKED;
        END IF;
        IF FOUND THEN
            had_transfers := had_transfers || one.transfer_id;
        END IF;
    END LOOP;
    RETURN (SELECT array_agg(CASE WHEN a.verdict = 'new'
                                       AND NOT (a.withdrawal_id = ANY (had)
                                                AND (w.transfer_id IS NULL OR w.transfer_id = ANY (had_transfers)))
                                  THEN 'deferred' ELSE a.verdict END ORDER BY a.ord)
              FROM unnest(verdicts, person_keys, withdrawal_ids) WITH ORDINALITY
                   AS a (verdict, person_key, withdrawal_id, ord)
              LEFT JOIN withdrawal AS w ON w.person_key = a.person_key AND w.withdrawal_id = a.withdrawal_id);
END
$$;
COMMENT ON FUNCTION withdrawal_lock(text[], bigint[], uuid[], boolean) IS
    'Locks withdrawals and the transfers that they belong to; the verdicts, deferred where something could not be had';
