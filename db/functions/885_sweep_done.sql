-- Ends the lease of a sweep and says when it is due again.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: real time. Locks: the one row. Outcomes: false when the lease was lost; then nothing is changed.
CREATE OR REPLACE FUNCTION sweep_done(name text, owner text, instant timestamptz, next_at timestamptz)
RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_variable
BEGIN
    UPDATE sweep AS s
       SET lease_owner = NULL, lease_until = NULL, last_at = instant, next_at = sweep_done.next_at
     WHERE s.name = sweep_done.name AND s.lease_owner = owner;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION sweep_done(text, text, timestamptz, timestamptz) IS
    'Ends the lease of a sweep; false when it was lost';
