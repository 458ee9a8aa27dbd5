-- Locks people for what concerns more than one of their accounts, before any of these is locked.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: keys of people, null for none, each as often as it comes. is_waiting: wait for people whom somebody else
-- has locked, no longer than lock_timeout; else they are passed over.
-- Locks: FOR NO KEY UPDATE on each person, in the order of the keys. Outcomes: the keys that are locked now.
CREATE OR REPLACE FUNCTION person_claim(person_keys bigint[], is_waiting boolean) RETURNS bigint[]
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    claimed bigint[];
BEGIN
    IF is_waiting THEN
        SELECT array_agg(mine.person_key) INTO claimed
          FROM (SELECT person.person_key FROM person WHERE person.person_key = ANY (person_keys)
                 ORDER BY person.person_key
                   FOR NO KEY UPDATE) AS mine;
    ELSE
        SELECT array_agg(mine.person_key) INTO claimed
          FROM (SELECT person.person_key FROM person WHERE person.person_key = ANY (person_keys)
                 ORDER BY person.person_key
                   FOR NO KEY UPDATE SKIP LOCKED) AS mine;
    END IF;
    RETURN coalesce(claimed, '{}');
END
$$;
COMMENT ON FUNCTION person_claim(bigint[], boolean) IS
    'Locks people in the order of their keys; the keys of those that are locked now';
