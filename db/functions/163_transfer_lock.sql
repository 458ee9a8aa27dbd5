-- Locks transfers of persons who are locked already.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; those whose status is not `good` are left alone.
-- Locks: the rows, in the order of their ids. Nobody who holds one waits for a person or an account, so the wait is
-- short.
CREATE OR REPLACE FUNCTION transfer_lock(statuses text[], person_keys bigint[], transfer_ids uuid[])
RETURNS void
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM FROM unnest(statuses, person_keys, transfer_ids) AS a (status, person_key, transfer_id)
      JOIN transfer ON transfer.person_key = a.person_key AND transfer.transfer_id = a.transfer_id
     WHERE a.status = 'good'
     ORDER BY transfer.transfer_id FOR NO KEY UPDATE OF transfer;
END
$$;
COMMENT ON FUNCTION transfer_lock(text[], bigint[], uuid[]) IS 'Locks transfers of persons who are locked already';
