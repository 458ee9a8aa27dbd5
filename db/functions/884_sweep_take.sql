-- Takes the sweep that has been due for longest into a lease.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: real time; names: those that the caller knows. A lease that is over was somebody's who is gone.
-- Locks: the one row, skipping those that another process is taking.
-- Outcomes: no row, or its name, and whether it was never done before.
CREATE OR REPLACE FUNCTION sweep_take(instant timestamptz, owner text, lease_until timestamptz, names text[])
RETURNS TABLE (name text, is_first boolean)
LANGUAGE sql VOLATILE AS $$
WITH due AS MATERIALIZED (
    SELECT s.name
      FROM sweep AS s
     WHERE s.name = ANY (names) AND s.next_at <= instant AND (s.lease_until IS NULL OR s.lease_until <= instant)
     ORDER BY s.next_at
     LIMIT 1
       FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE sweep AS s
   SET lease_owner = owner, lease_until = sweep_take.lease_until
  FROM due
 WHERE s.name = due.name
RETURNING s.name, s.last_at IS NULL
$$;
COMMENT ON FUNCTION sweep_take(timestamptz, text, timestamptz, text[]) IS
    'Takes the sweep that has been due for longest into a lease; no row when none is due';
