-- Takes channels out of the directory, with one audit event each.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. instants: real time.
-- Locks: the rows, in key order. The row stays, marked, so that no file brings the channel back.
-- Outcomes: one row for each member, in order: removed (also when asked again with the same event id), else absent.
CREATE OR REPLACE FUNCTION channel_remove(
    pool_codes text[], kinds text[], channel_codes text[], event_ids uuid[], instants timestamptz[], actor_ids uuid[],
    request_ids text[])
RETURNS TABLE (ord bigint, status text)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
BEGIN
    PERFORM FROM channel
       JOIN unnest(pool_codes, kinds, channel_codes) AS a (pool_code, kind, channel_code)
         ON channel.pool_code = a.pool_code AND channel.kind = a.kind AND channel.channel_code = a.channel_code
      ORDER BY channel.pool_code, channel.kind, channel.channel_code
        FOR NO KEY UPDATE OF channel;
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT a.*
          FROM unnest(pool_codes, kinds, channel_codes, event_ids, instants, actor_ids, request_ids) WITH ORDINALITY
               AS a (pool_code, kind, channel_code, event_id, instant, actor_id, request_id, ord)
    ), first AS MATERIALIZED (
        SELECT DISTINCT ON (asked.pool_code, asked.kind, asked.channel_code) asked.*
          FROM asked
         ORDER BY asked.pool_code, asked.kind, asked.channel_code, asked.ord
    ), removed AS (
        UPDATE channel
           SET removed_at = first.instant, maintained_by = 'staff'
          FROM first
         WHERE channel.pool_code = first.pool_code AND channel.kind = first.kind
           AND channel.channel_code = first.channel_code AND channel.removed_at IS NULL
        RETURNING first.event_id
    ), recorded AS (
        INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, pool_code, request_id, detail)
        SELECT first.event_id, first.instant, 'staff', first.actor_id, 'delete_channel', first.pool_code,
               first.request_id, jsonb_build_object('kind', first.kind, 'channel_code', first.channel_code)
          FROM first
          JOIN removed ON removed.event_id = first.event_id
    )
    SELECT asked.ord,
           CASE WHEN removed.event_id IS NOT NULL
                     OR EXISTS (SELECT FROM audit_event WHERE audit_event.event_id = asked.event_id) THEN 'removed'
                ELSE 'absent' END
      FROM asked
      LEFT JOIN removed ON removed.event_id = asked.event_id
     ORDER BY asked.ord;
END
$$;
COMMENT ON FUNCTION channel_remove(text[], text[], text[], uuid[], timestamptz[], uuid[], text[]) IS
    'Takes channels out of the directory with an audit event each; one status row for each member: removed or absent';
