-- Keeps the answers to requests that change things with states with their idempotency keys, with an audit event each.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. success: the word stored for what is `good`. object_ids: what is
-- made or changed then, or what was asked about. outcomes: what the answer is made of, also of a refusal
-- (state_possible). details: for the audit event, without personal data; null without. actor_kinds: of the principals.
-- Neither what was deferred or answered before, nor what the caller may not know of, nor a fault of form leaves
-- anything behind.
CREATE OR REPLACE FUNCTION state_answer(
    asked_operation text, success text, statuses text[], principal_ids uuid[], actor_kinds text[], person_keys bigint[],
    object_ids uuid[], pools text[], details jsonb[], outcomes jsonb[], keys text[], content_hashes bytea[],
    event_ids uuid[], request_ids text[], real_instants timestamptz[])
RETURNS void
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    WITH asked AS MATERIALIZED (
        SELECT a.*, a.status = 'good' AS is_good
          FROM unnest(statuses, principal_ids, actor_kinds, person_keys, object_ids, pools, details, outcomes, keys,
                      content_hashes, event_ids, request_ids, real_instants)
               AS a (status, principal_id, actor_kind, person_key, object_id, pool_code, detail, outcome, key,
                     content_hash, event_id, request_id, real_instant)
         WHERE a.status NOT IN ('deferred', 'replayed', 'idempotency_key_reused', 'request_in_progress', 'not_found',
                                'malformed')
    ), answered AS (
        INSERT INTO idempotency_key (principal_id, operation, key, content_hash, status, object_id, outcome, created_at)
        SELECT asked.principal_id, asked_operation, asked.key, asked.content_hash,
               CASE WHEN asked.is_good THEN success ELSE asked.status END,
               CASE WHEN asked.is_good THEN asked.object_id END, asked.outcome, asked.real_instant
          FROM asked
    )
    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, pool_code, request_id,
                             detail)
    SELECT asked.event_id, asked.real_instant, asked.actor_kind, asked.principal_id, asked_operation, asked.person_key,
           asked.object_id, asked.pool_code, asked.request_id,
           CASE WHEN asked.is_good THEN asked.detail
                ELSE coalesce(asked.detail, '{}') || jsonb_build_object('refused', asked.status) END
      FROM asked;
END
$$;
COMMENT ON FUNCTION state_answer(text, text, text[], uuid[], text[], bigint[], uuid[], text[], jsonb[], jsonb[], text[],
    bytea[], uuid[], text[], timestamptz[]) IS
    'Keeps the answers to requests that change things with states with their keys, with an audit event each';
