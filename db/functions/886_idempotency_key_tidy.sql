-- Deletes old idempotency keys from some blocks of their table: one slice of a sweep.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: real time before which keys are old; the first block, and how many. By place and not by an index on
-- created_at: new keys take the room of deleted ones, so ranges of blocks soon hold old and new ones alike.
-- Locks: the rows it deletes; nobody waits for them but who sends the same key again.
-- Outcomes: how many were deleted, and the block to go on with; null when the table ends.
CREATE OR REPLACE FUNCTION idempotency_key_tidy(before timestamptz, from_block bigint, blocks bigint)
RETURNS TABLE (deleted bigint, next_block bigint)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    first tid := format('(%s,0)', from_block)::tid;
    behind tid := format('(%s,0)', from_block + blocks)::tid;
BEGIN
    DELETE FROM idempotency_key AS k WHERE k.ctid >= first AND k.ctid < behind AND k.created_at < before;
    GET DIAGNOSTICS deleted = ROW_COUNT;
    IF (from_block + blocks) * current_setting('block_size')::bigint < pg_relation_size('idempotency_key') THEN
        next_block := from_block + blocks;
    END IF;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION idempotency_key_tidy(timestamptz, bigint, bigint) IS
    'Deletes the idempotency keys of some blocks that are older than an instant; how many, and where to go on';
