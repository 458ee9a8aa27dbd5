-- Keeps the answers to requests that change charges with their idempotency keys, with an audit event each.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. success: the word stored for what is `good`. object_ids: what is
-- made or changed then; a refusal is recorded under the charge. Neither deferred, nor what was answered before, nor
-- what concerns a charge that is not the provider's, nor what only a slow clock has refused leaves anything behind.
CREATE OR REPLACE FUNCTION charge_answer(
    asked_operation text, success text, statuses text[], provider_ids uuid[], person_keys bigint[], charge_ids uuid[],
    object_ids uuid[], pools text[], amounts_fen bigint[], outcomes jsonb[], keys text[], content_hashes bytea[],
    event_ids uuid[], request_ids text[], real_instants timestamptz[])
RETURNS void
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    WITH asked AS MATERIALIZED (
        SELECT a.*, a.status = 'good' AS is_good
          FROM unnest(statuses, provider_ids, person_keys, charge_ids, object_ids, pools, amounts_fen, outcomes, keys,
                      content_hashes, event_ids, request_ids, real_instants)
               AS a (status, provider_id, person_key, charge_id, object_id, pool_code, amount_fen, outcome, key,
                     content_hash, event_id, request_id, real_instant)
         WHERE a.status NOT IN ('deferred', 'replayed', 'idempotency_key_reused', 'request_in_progress', 'not_found',
                                'day_settled', 'more_payers')
    ), answered AS (
        INSERT INTO idempotency_key (principal_id, operation, key, content_hash, status, object_id, outcome, created_at)
        SELECT asked.provider_id, asked_operation, asked.key, asked.content_hash,
               CASE WHEN asked.is_good THEN success ELSE asked.status END,
               CASE WHEN asked.is_good THEN asked.object_id END,
               CASE WHEN asked.is_good THEN asked.outcome END, asked.real_instant
          FROM asked
    )
    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, pool_code, request_id,
                             detail)
    SELECT asked.event_id, asked.real_instant, 'client', asked.provider_id, asked_operation, asked.person_key,
           CASE WHEN asked.is_good THEN asked.object_id ELSE asked.charge_id END, asked.pool_code, asked.request_id,
           CASE WHEN NOT asked.is_good THEN jsonb_build_object('refused', asked.status, 'amount_fen', asked.amount_fen)
                WHEN asked.object_id <> asked.charge_id THEN jsonb_build_object('charge_id', asked.charge_id) END
      FROM asked;
END
$$;
COMMENT ON FUNCTION charge_answer(text, text, text[], uuid[], bigint[], uuid[], uuid[], text[], bigint[], jsonb[],
    text[], bytea[], uuid[], text[], timestamptz[]) IS
    'Keeps the answers to requests that change charges with their idempotency keys, with an audit event each';
