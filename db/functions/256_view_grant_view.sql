-- A grant to look at an account, as it is now: also what the calling statement has just made.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. VOLATILE, so that it sees what a function before it in the same statement has inserted.
CREATE OR REPLACE FUNCTION view_grant_view(asked_person_key bigint, asked_view_grant_id uuid)
RETURNS SETOF view_grant
    LANGUAGE plpgsql VOLATILE ROWS 1 SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY
    SELECT *
      FROM view_grant
     WHERE view_grant.person_key = asked_person_key AND view_grant.view_grant_id = asked_view_grant_id;
END
$$;
COMMENT ON FUNCTION view_grant_view(bigint, uuid) IS 'A grant to look at an account, as it is now';
