-- Locks the accounts of a batch, each for the first member that wants it.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; an account that is null is not asked for. is_waiting: wait for
-- accounts that somebody else holds, no longer than lock_timeout.
-- Locks: those of account_lock.
-- Outcomes: one row for each member, in order. verdict, by precedence:
--   null      no account was asked for
--   locked    it is this member's until the transaction ends
--   deferred  an earlier member has it, or another transaction does: ask again
--   absent    there is no such account
CREATE OR REPLACE FUNCTION account_claim(person_keys bigint[], account_ids uuid[], is_waiting boolean)
RETURNS TABLE (ord bigint, verdict text)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    firsts bigint[];
    locked uuid[];
BEGIN
    SELECT array_agg(a.ord) INTO firsts
      FROM (SELECT DISTINCT ON (asked.person_key, asked.account_id) asked.ord
              FROM unnest(person_keys, account_ids) WITH ORDINALITY AS asked (person_key, account_id, ord)
             WHERE asked.account_id IS NOT NULL
             ORDER BY asked.person_key, asked.account_id, asked.ord) AS a;
    SELECT array_agg(got.account_id) INTO locked
      FROM account_lock(ARRAY(SELECT person_keys[i] FROM unnest(firsts) WITH ORDINALITY AS f (i, place) ORDER BY place),
                        ARRAY(SELECT account_ids[i] FROM unnest(firsts) WITH ORDINALITY AS f (i, place) ORDER BY place),
                        is_waiting) AS got;
    RETURN QUERY
    SELECT a.ord,
           CASE WHEN a.account_id IS NULL THEN NULL
                WHEN mine.account_id IS NOT NULL THEN 'locked'
                WHEN account.account_id IS NULL THEN 'absent'
                ELSE 'deferred' END
      FROM unnest(person_keys, account_ids) WITH ORDINALITY AS a (person_key, account_id, ord)
      LEFT JOIN unnest(firsts) AS f (ord) ON f.ord = a.ord
      LEFT JOIN unnest(locked) AS mine (account_id) ON mine.account_id = a.account_id AND f.ord IS NOT NULL
      LEFT JOIN account ON mine.account_id IS NULL AND account.person_key = a.person_key
           AND account.account_id = a.account_id
     ORDER BY a.ord;
END
$$;
COMMENT ON FUNCTION account_claim(bigint[], uuid[], boolean) IS
    'Locks the accounts of a batch, each for its first member; a verdict for each: locked, deferred, absent or null';
