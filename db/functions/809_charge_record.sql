-- Keeps the answers to charges with their idempotency keys, and records them for the audit.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each charge. Neither deferred, nor what was answered before, nor what
-- concerns an account that the provider cannot see, nor what only a slow clock has refused leaves a key behind.
CREATE OR REPLACE FUNCTION charge_record(
    statuses text[], charge_ids uuid[], provider_ids uuid[], person_keys bigint[], pools text[], amounts_fen bigint[],
    posted_ats timestamptz[], current_years bigint[], carried_overs bigint[], balances bigint[], keys text[],
    content_hashes bytea[], event_ids uuid[], request_ids text[], real_instants timestamptz[])
RETURNS void
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    WITH asked AS MATERIALIZED (
        SELECT a.*, a.status = 'good' AS is_good
          FROM unnest(statuses, charge_ids, provider_ids, person_keys, pools, amounts_fen, posted_ats, current_years,
                      carried_overs, balances, keys, content_hashes, event_ids, request_ids, real_instants)
               AS a (status, charge_id, provider_id, person_key, pool_code, amount_fen, posted_at, current_year_fen,
                     carried_over_fen, balance_after_fen, key, content_hash, event_id, request_id, real_instant)
         WHERE a.status NOT IN ('deferred', 'replayed', 'idempotency_key_reused', 'request_in_progress', 'not_found',
                                'day_settled', 'more_payers')
    ), answered AS (
        INSERT INTO idempotency_key (principal_id, operation, key, content_hash, status, object_id, outcome, created_at)
        SELECT asked.provider_id, 'create_charge', asked.key, asked.content_hash,
               CASE WHEN asked.is_good THEN 'created' ELSE asked.status END,
               CASE WHEN asked.is_good THEN asked.charge_id END,
               CASE WHEN asked.is_good THEN jsonb_build_object(
                   'current_year_fen', asked.current_year_fen, 'carried_over_fen', asked.carried_over_fen,
                   'created_at', asked.posted_at, 'balance_after_fen', asked.balance_after_fen) END,
               asked.real_instant
          FROM asked
    )
    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, pool_code, request_id,
                             detail)
    SELECT asked.event_id, asked.real_instant, 'client', asked.provider_id, 'create_charge', asked.person_key,
           CASE WHEN asked.is_good THEN asked.charge_id END, asked.pool_code, asked.request_id,
           CASE WHEN NOT asked.is_good THEN
               jsonb_build_object('refused', asked.status, 'amount_fen', asked.amount_fen) END
      FROM asked;
END
$$;
COMMENT ON FUNCTION charge_record(text[], uuid[], uuid[], bigint[], text[], bigint[], timestamptz[], bigint[], bigint[],
    bigint[], text[], bytea[], uuid[], text[], timestamptz[]) IS
    'Keeps the answers to charges with their idempotency keys, with an audit event each';
