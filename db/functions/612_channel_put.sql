-- Adds channels to the directory, or replaces them, with one audit event each.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. Lists are joined by semicolons. The place is a pool, a province
-- or 000000.
-- Locks: the rows, in key order. From then on migrate leaves the row as it is (maintained_by).
-- Outcomes: one row for each member, in order: absent (no such place), created or replaced. Of several for one channel
-- the last one holds.
CREATE OR REPLACE FUNCTION channel_put(
    pool_codes text[], kinds text[], channel_codes text[], names text[], can_dos text[], hotlines text[], urls text[],
    addresses text[], openings text[], brings text[], all_steps text[], event_ids uuid[], instants timestamptz[],
    actor_ids uuid[], request_ids text[])
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
        SELECT a.*, row_number() OVER (PARTITION BY a.pool_code, a.kind, a.channel_code ORDER BY a.ord) = 1 AS is_first,
               row_number() OVER (PARTITION BY a.pool_code, a.kind, a.channel_code ORDER BY a.ord DESC) = 1 AS is_last
          FROM unnest(pool_codes, kinds, channel_codes, names, can_dos, hotlines, urls, addresses, openings, brings,
                      all_steps, event_ids, instants, actor_ids, request_ids) WITH ORDINALITY
               AS a (pool_code, kind, channel_code, name, can_do, hotline, url, address, opening, bring, steps,
                     event_id, instant, actor_id, request_id, ord)
    ), judged AS MATERIALIZED (
        SELECT asked.*,
               CASE WHEN pool.pool_code IS NULL AND region.region_code IS NULL THEN 'absent'
                    WHEN asked.is_first AND (channel.pool_code IS NULL OR channel.removed_at IS NOT NULL) THEN 'created'
                    ELSE 'replaced' END AS status
          FROM asked
          LEFT JOIN pool ON pool.pool_code = asked.pool_code
          LEFT JOIN region ON region.region_code = asked.pool_code AND region.level IN ('nation', 'province')
          LEFT JOIN channel ON channel.pool_code = asked.pool_code AND channel.kind = asked.kind
                AND channel.channel_code = asked.channel_code
    ), stored AS (
        INSERT INTO channel (pool_code, kind, channel_code, name, can_do, hotline, url, address, opening_hours,
                             what_to_bring, steps, source, maintained_by)
        SELECT judged.pool_code, judged.kind, judged.channel_code, judged.name, judged.can_do, judged.hotline,
               judged.url, judged.address, judged.opening, judged.bring, judged.steps, 'staff', 'staff'
          FROM judged
         WHERE judged.is_last AND judged.status <> 'absent'
         ORDER BY judged.pool_code, judged.kind, judged.channel_code
            ON CONFLICT (pool_code, kind, channel_code) DO UPDATE
           SET name = excluded.name, can_do = excluded.can_do, hotline = excluded.hotline, url = excluded.url,
               address = excluded.address, opening_hours = excluded.opening_hours,
               what_to_bring = excluded.what_to_bring, steps = excluded.steps, source = 'staff',
               maintained_by = 'staff', removed_at = NULL
    ), recorded AS (
        INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, pool_code, request_id, detail)
        SELECT judged.event_id, judged.instant, 'staff', judged.actor_id, 'put_channel', judged.pool_code,
               judged.request_id, jsonb_build_object('kind', judged.kind, 'channel_code', judged.channel_code,
                                                     'outcome', judged.status)
          FROM judged
         WHERE judged.status <> 'absent'
            ON CONFLICT (event_id) DO NOTHING
    )
    SELECT judged.ord, judged.status FROM judged ORDER BY judged.ord;
END
$$;
COMMENT ON FUNCTION channel_put(text[], text[], text[], text[], text[], text[], text[], text[], text[], text[], text[],
    uuid[], timestamptz[], uuid[], text[]) IS
    'Adds or replaces channels with an audit event each; one status row for each member: absent, created or replaced';
