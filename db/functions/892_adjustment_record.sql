-- Keeps the answers to proposals of adjustments with their idempotency keys, and records what was refused.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; proposal_insert has recorded what is proposed. Neither faults
-- of form, nor what was answered before, nor what concerns an account out of the caller's reach leaves a key behind.
CREATE OR REPLACE FUNCTION adjustment_record(
    statuses text[], proposal_ids uuid[], person_keys bigint[], account_ids uuid[], pools text[], amounts_fen bigint[],
    proposed_bys uuid[], instants timestamptz[], event_ids uuid[], request_ids text[], keys text[],
    content_hashes bytea[])
RETURNS void
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    WITH asked AS MATERIALIZED (
        SELECT a.*, a.status = 'proposed' AS is_proposed
          FROM unnest(statuses, proposal_ids, person_keys, account_ids, pools, amounts_fen, proposed_bys, instants,
                      event_ids, request_ids, keys, content_hashes)
               AS a (status, proposal_id, person_key, account_id, pool_code, amount_fen, proposed_by, instant, event_id,
                     request_id, key, content_hash)
         WHERE a.status NOT IN ('deferred', 'replayed', 'idempotency_key_reused', 'request_in_progress', 'malformed',
                                'not_found', 'unknown_entry')
    ), answered AS (
        INSERT INTO idempotency_key (principal_id, operation, key, content_hash, status, object_id, created_at)
        SELECT asked.proposed_by, 'propose_adjustment', asked.key, asked.content_hash, asked.status,
               CASE WHEN asked.is_proposed THEN asked.proposal_id END, asked.instant
          FROM asked
    )
    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, pool_code, request_id,
                             detail)
    SELECT asked.event_id, asked.instant, 'staff', asked.proposed_by, 'propose_adjustment', asked.person_key,
           asked.account_id, asked.pool_code, asked.request_id,
           jsonb_build_object('refused', asked.status, 'amount_fen', asked.amount_fen)
      FROM asked
     WHERE NOT asked.is_proposed;
END
$$;
COMMENT ON FUNCTION adjustment_record(text[], uuid[], bigint[], uuid[], text[], bigint[], uuid[], timestamptz[], uuid[],
    text[], text[], bytea[]) IS
    'Keeps the answers to proposals of adjustments with their keys, and records what was refused';
