-- Locks the records of people with whom accounts are to be shared: what is judged of them stays so.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: keys, null where nobody is asked for. is_waiting: wait for whoever has one, no longer than lock_timeout.
-- Locks: FOR NO KEY UPDATE on each record, in the order of the keys; always before accounts, as a merge does.
-- Outcomes: the keys that are locked now; a record may be asked for by several members of a batch.
CREATE OR REPLACE FUNCTION family_person_lock(person_keys bigint[], is_waiting boolean)
RETURNS bigint[]
LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF is_waiting THEN
        RETURN ARRAY(SELECT person.person_key FROM person WHERE person.person_key = ANY (person_keys)
                      ORDER BY person.person_key FOR NO KEY UPDATE);
    END IF;
    RETURN ARRAY(SELECT person.person_key FROM person WHERE person.person_key = ANY (person_keys)
                  ORDER BY person.person_key FOR NO KEY UPDATE SKIP LOCKED);
END
$$;
COMMENT ON FUNCTION family_person_lock(bigint[], boolean) IS
    'Locks the records of people with whom accounts are to be shared; the keys that are locked';
