-- Locks the people of a batch and their transfers that are to be decided about,
-- each for the first member that wants it.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; a transfer that is null is not asked for. is_waiting: wait for
-- what somebody else holds, no longer than lock_timeout.
-- Locks: people in the order of their keys, then transfers in the order of their ids, both before anybody's accounts.
-- The people, so that no enrolment or account of theirs begins meanwhile, and no application or cancellation runs.
-- Outcomes: one row for each member, in order. verdict, by precedence:
--   null      no transfer was asked for
--   locked    it is this member's until the transaction ends
--   absent    there is no such transfer
--   deferred  an earlier member has it, or another transaction does: ask again
CREATE OR REPLACE FUNCTION transfer_desk_claim(person_keys bigint[], transfer_ids uuid[], is_waiting boolean)
RETURNS TABLE (ord bigint, verdict text)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    locked uuid[];
    people bigint[];
BEGIN
    IF is_waiting THEN
        PERFORM FROM person WHERE person.person_key = ANY (person_keys) ORDER BY person.person_key FOR NO KEY UPDATE;
        PERFORM FROM transfer WHERE transfer.person_key = ANY (person_keys)
                AND transfer.transfer_id = ANY (transfer_ids)
          ORDER BY transfer.transfer_id FOR NO KEY UPDATE;
    END IF;
    SELECT array_agg(got.person_key) INTO people
      FROM (SELECT person.person_key FROM person
             WHERE person.person_key IN (SELECT a.person_key FROM unnest(person_keys, transfer_ids)
                                                                  AS a (person_key, transfer_id)
                                          WHERE a.transfer_id IS NOT NULL)
             ORDER BY person.person_key FOR NO KEY UPDATE SKIP LOCKED) AS got;
    SELECT array_agg(got.transfer_id) INTO locked
      FROM (SELECT transfer.transfer_id FROM transfer
             WHERE transfer.person_key = ANY (people) AND transfer.transfer_id = ANY (transfer_ids)
             ORDER BY transfer.transfer_id FOR NO KEY UPDATE SKIP LOCKED) AS got;
    RETURN QUERY
    SELECT a.ord,
           CASE WHEN a.transfer_id IS NULL THEN NULL
                WHEN transfer.transfer_id IS NULL THEN 'absent'
                WHEN a.transfer_id = ANY (locked)
                     AND row_number() OVER (PARTITION BY a.person_key, a.transfer_id ORDER BY a.ord) = 1 THEN 'locked'
                ELSE 'deferred' END
      FROM unnest(person_keys, transfer_ids) WITH ORDINALITY AS a (person_key, transfer_id, ord)
      LEFT JOIN transfer ON transfer.person_key = a.person_key AND transfer.transfer_id = a.transfer_id
     ORDER BY a.ord;
END
$$;
COMMENT ON FUNCTION transfer_desk_claim(bigint[], uuid[], boolean) IS
    'Locks the people of a batch and their transfers, each for its first member; a verdict for each: locked, deferred, '
    'absent or null';
