-- Changes what staff may say of a pool, with one audit event each that holds the reason and both states.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request.
-- Locks: the rows, in code order. From then on migrate leaves the row as it is (maintained_by).
-- Outcomes: one row for each pool that is there; of several for one pool the last one holds.
CREATE OR REPLACE FUNCTION pool_put(
    pool_codes text[], names text[], are_connected boolean[], start_months smallint[], parents text[], reasons text[],
    event_ids uuid[], instants timestamptz[], actor_ids uuid[], request_ids text[])
RETURNS TABLE (ord bigint, province_code text)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
BEGIN
    PERFORM FROM pool WHERE pool.pool_code = ANY (pool_codes) ORDER BY pool.pool_code FOR NO KEY UPDATE;
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT a.*, pool.province_code, to_jsonb(pool) - 'source' AS before
          FROM unnest(pool_codes, names, are_connected, start_months, parents, reasons, event_ids, instants, actor_ids,
                      request_ids) WITH ORDINALITY
               AS a (pool_code, name, connected, start_month, parent, reason, event_id, instant, actor_id, request_id,
                     ord)
          JOIN pool ON pool.pool_code = a.pool_code
    ), changed AS (
        UPDATE pool
           SET name = last.name, connected = last.connected, account_year_starts_month = last.start_month,
               policy_parent_code = last.parent, source = 'staff', maintained_by = 'staff'
          FROM (SELECT DISTINCT ON (asked.pool_code) asked.*
                  FROM asked
                 ORDER BY asked.pool_code, asked.ord DESC) AS last
         WHERE pool.pool_code = last.pool_code
    ), recorded AS (
        INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, pool_code, request_id, detail)
        SELECT asked.event_id, asked.instant, 'staff', asked.actor_id, 'put_pool', asked.pool_code, asked.request_id,
               jsonb_build_object('reason', asked.reason, 'before', asked.before, 'after', jsonb_build_object(
                   'name', asked.name, 'connected', asked.connected, 'account_year_starts_month', asked.start_month,
                   'policy_parent_code', asked.parent))
          FROM asked
            ON CONFLICT (event_id) DO NOTHING
    )
    SELECT asked.ord, asked.province_code FROM asked ORDER BY asked.ord;
END
$$;
COMMENT ON FUNCTION pool_put(text[], text[], boolean[], smallint[], text[], text[], uuid[], timestamptz[], uuid[],
    text[]) IS 'Changes pools with an audit event each; one row for each request whose pool is there';
