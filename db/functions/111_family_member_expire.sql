-- Ends invitations that nobody has answered in time. One slice of a sweep.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: instant in business time, real_instant for the audit events; row_limit: how many to look at, the oldest
-- first. Call again until nothing is left; one whose account somebody else has locked is passed over for a later sweep.
-- Locks: those of account_lock, never waited for. Outcomes: how many ran out.
CREATE OR REPLACE FUNCTION family_member_expire(instant timestamptz, real_instant timestamptz, row_limit integer)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    owner_keys bigint[];
    account_ids uuid[];
BEGIN
    SELECT array_agg(due.person_key), array_agg(due.account_id) INTO owner_keys, account_ids
      FROM (SELECT DISTINCT oldest.person_key, oldest.account_id
              FROM (SELECT f.person_key, f.account_id
                      FROM family_member AS f
                     WHERE f.state = 'invited' AND f.invited_until < (instant AT TIME ZONE 'Asia/Shanghai')::date
                     ORDER BY f.invited_until
                     LIMIT row_limit) AS oldest) AS due;
    SELECT array_agg(got.person_key), array_agg(got.account_id) INTO owner_keys, account_ids
      FROM account_lock(owner_keys, account_ids, false) AS got;
    -- In a statement of its own, which sees what was committed before the locks were got.
    RETURN family_invitations_expire(owner_keys, account_ids, instant, real_instant);
END
$$;
COMMENT ON FUNCTION family_member_expire(timestamptz, timestamptz, integer) IS
    'Ends invitations that nobody has answered in time, one slice; how many';
