-- Ends sharing where nothing can be shared any more. One slice of a sweep that goes through all that is shared.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: instant in business time; after_key: the owner up to whom the sweep has come, 0 at the beginning;
-- row_limit: how many members to look at. Charges judge the same themselves, so nothing is paid in the meantime.
-- Locks: those of account_lock, never waited for; what somebody else has locked waits for the next round.
-- Outcomes: how many ended, and the owner up to whom it has come; null: it is through. Reasons: owner_died, member_died
-- (or merged into another record), account_not_in_use (closed, or only to be spent from),
-- enrolment_ended (the owner's).
CREATE OR REPLACE FUNCTION family_member_close(
    instant timestamptz, real_instant timestamptz, after_key bigint, row_limit integer)
RETURNS TABLE (closed bigint, next_key bigint)
LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    slice record;
    due record;
    last_key bigint;
BEGIN
    SELECT max(s.person_key) AS last_key, count(*) AS looked_at INTO slice
      FROM (SELECT f.person_key FROM family_member AS f
             WHERE f.state = 'active' AND f.person_key > after_key
             ORDER BY f.person_key LIMIT row_limit) AS s;
    last_key := slice.last_key;
    SELECT array_agg(e.person_key) AS keys, array_agg(e.account_id) AS accounts INTO due
      FROM (SELECT DISTINCT f.person_key, f.account_id FROM family_member AS f
             WHERE f.state = 'active' AND f.person_key > after_key AND f.person_key <= last_key
               AND family_ending_reason(f) IS NOT NULL) AS e;
    SELECT array_agg(got.person_key) AS keys, array_agg(got.account_id) AS accounts INTO due
      FROM account_lock(due.keys, due.accounts, false) AS got;
    -- In a statement of its own, which sees what was committed before the locks were got.
    SELECT array_agg(f.person_key) AS keys, array_agg(f.family_member_id) AS ids,
           array_agg(family_ending_reason(f)) AS reasons, array_fill('close'::text, ARRAY[count(*)::integer]) AS events
      INTO due
      FROM unnest(due.keys, due.accounts) AS a (person_key, account_id)
      JOIN family_member AS f ON f.person_key = a.person_key AND f.account_id = a.account_id
     WHERE f.state = 'active' AND family_ending_reason(f) IS NOT NULL;
    closed := CASE WHEN due.keys IS NULL THEN 0
                   ELSE family_member_finish(due.keys, due.ids, due.events, due.reasons, instant, real_instant) END;
    next_key := CASE WHEN slice.looked_at >= row_limit THEN last_key END;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION family_member_close(timestamptz, timestamptz, bigint, integer) IS
    'Ends sharing where nothing can be shared any more, one slice; how many, and how far it has come';
