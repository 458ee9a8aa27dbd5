-- Keeps the answers to decisions about transfers with their keys, with an audit event of the desk's pool each.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; before: the transfers as they were.
CREATE OR REPLACE FUNCTION transfer_desk_answer(
    statuses text[], before transfer[], events text[], desks text[], decisions text[], reason_codes text[],
    actor_ids uuid[], outcomes jsonb[], keys text[], content_hashes bytea[], event_ids uuid[], request_ids text[],
    real_instants timestamptz[])
RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    was record;
BEGIN
    SELECT array_agg(a.person_key) AS person_keys, array_agg(a.transfer_id) AS transfer_ids,
           array_agg(CASE desks[a.ord] WHEN 'out' THEN a.from_pool_code ELSE a.to_pool_code END) AS pools
      INTO was
      FROM (SELECT (before[i]).*, i AS ord FROM generate_subscripts(before, 1) AS i ORDER BY i) AS a;
    PERFORM state_answer(
        'decide_transfer', 'done', statuses, actor_ids, array_fill('staff'::text, ARRAY[cardinality(statuses)]),
        was.person_keys, was.transfer_ids, was.pools,
        ARRAY(SELECT jsonb_strip_nulls(jsonb_build_object(
                         'desk', d.desk, 'decision', d.decision, 'event', d.event, 'reason_code', d.reason_code))
                FROM unnest(desks, decisions, events, reason_codes) WITH ORDINALITY
                     AS d (desk, decision, event, reason_code, ord)
               ORDER BY d.ord),
        outcomes, keys, content_hashes, event_ids, request_ids, real_instants);
END
$$;
COMMENT ON FUNCTION transfer_desk_answer(text[], transfer[], text[], text[], text[], text[], uuid[], jsonb[], text[],
    bytea[], uuid[], text[], timestamptz[]) IS
    'Keeps the answers to decisions about transfers with their keys, with an audit event of the desk''s pool each';
