-- Removes a slice of messages that were over before an instant.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: the rows it removes, skipping those that another worker is removing. Call it again while it returns row_limit.
CREATE OR REPLACE FUNCTION outbox_tidy(before timestamptz, row_limit integer)
RETURNS bigint
LANGUAGE sql VOLATILE
AS $$
WITH old AS MATERIALIZED (
    SELECT o.outbox_id
      FROM outbox AS o
     WHERE o.state <> 'waiting' AND o.created_at < before
     ORDER BY o.created_at
     LIMIT row_limit
       FOR UPDATE SKIP LOCKED
), removed AS (
    DELETE FROM outbox AS o USING old WHERE o.outbox_id = old.outbox_id
    RETURNING 1
)
SELECT count(*) FROM removed
$$;
COMMENT ON FUNCTION outbox_tidy(timestamptz, integer) IS
    'Removes at most row_limit messages made before the instant that are sent, failed or expired; returns how many';
