-- Ends the invitations of accounts that nobody has answered in time.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: the caller has locked the accounts. Outcomes: how many ran out.
CREATE OR REPLACE FUNCTION family_invitations_expire(
    person_keys bigint[], account_ids uuid[], instant timestamptz, real_instant timestamptz)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    due record;
BEGIN
    SELECT array_agg(f.person_key) AS person_keys, array_agg(f.family_member_id) AS ids,
           array_fill('expire'::text, ARRAY[count(*)::integer]) AS events,
           array_fill(NULL::text, ARRAY[count(*)::integer]) AS reasons
      INTO due
      FROM unnest(person_keys, account_ids) AS a (person_key, account_id)
      JOIN family_member AS f ON f.person_key = a.person_key AND f.account_id = a.account_id
     WHERE f.state = 'invited' AND f.invited_until < (instant AT TIME ZONE 'Asia/Shanghai')::date;
    IF due.person_keys IS NULL THEN
        RETURN 0;
    END IF;
    RETURN family_member_finish(due.person_keys, due.ids, due.events, due.reasons, instant, real_instant);
END
$$;
COMMENT ON FUNCTION family_invitations_expire(bigint[], uuid[], timestamptz, timestamptz) IS
    'Ends the invitations of locked accounts that nobody has answered in time; how many';
