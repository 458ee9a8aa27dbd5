-- Settles a provider's day: compares its list with ours, with its idempotency key and an audit event.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: of one request, for it may take a second; it runs on the slow lane. business_date: a day that has been
-- over for so long that nothing can still be posted on it (LIMIT_SETTLEMENT_WAIT_S). instant in business time,
-- real_instant in real time. Ids come from the caller. operation: which of the two ways the list came.
-- Locks: the key, and the day of the provider (both advisory, tried and never waited for).
-- Outcomes: one row. status created and the settlement's id, or by precedence:
--   idempotency_key_reused, request_in_progress  of idempotency_claim; the latter also when the same day is settled
--   just now
--   already_exists  the day is agreed, and final
-- is_replayed: it was answered before.
CREATE OR REPLACE FUNCTION settlement_create(
    operation text, settlement_id uuid, provider_id uuid, business_date date, stated_charges_count bigint,
    stated_charges_fen bigint, stated_refunds_count bigint, stated_refunds_fen bigint, items text, instant timestamptz,
    key text, content_hash bytea, event_id uuid, request_id text, real_instant timestamptz)
RETURNS TABLE (status text, is_replayed boolean, object_id uuid)
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_variable
DECLARE
    claim record;
    latest integer;
    is_agreed boolean;
    outcome text := 'created';
BEGIN
    SELECT * INTO claim FROM idempotency_claim(ARRAY[provider_id], operation, ARRAY[key], ARRAY[content_hash]) AS c;
    IF claim.verdict <> 'new' THEN
        RETURN QUERY SELECT CASE claim.verdict WHEN 'replayed' THEN claim.status ELSE claim.verdict END,
                            claim.verdict = 'replayed', CASE claim.verdict WHEN 'replayed' THEN claim.object_id END;
        RETURN;
    END IF;
    IF NOT pg_try_advisory_xact_lock(hashtextextended(provider_id::text || business_date, 3)) THEN
        RETURN QUERY SELECT 'request_in_progress', false, NULL::uuid;
        RETURN;
    END IF;
    -- In a statement of its own, which sees what was committed before the lock was got.
    SELECT coalesce(max(s.attempt), 0), coalesce(bool_or(s.state = 'agreed'), false) INTO latest, is_agreed
      FROM settlement AS s
     WHERE s.provider_id = settlement_create.provider_id AND s.business_date = settlement_create.business_date;
    IF is_agreed THEN
        outcome := 'already_exists';
    ELSE
        PERFORM settlement_compare(
            settlement_id, provider_id, business_date, latest + 1, stated_charges_count, stated_charges_fen,
            stated_refunds_count, stated_refunds_fen, items, instant);
    END IF;
    INSERT INTO idempotency_key (principal_id, operation, key, content_hash, status, object_id, created_at)
    VALUES (provider_id, operation, key, content_hash, outcome,
            CASE WHEN outcome = 'created' THEN settlement_id END, real_instant);
    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, object_id, request_id, detail)
    SELECT event_id, real_instant, 'client', provider_id, operation,
           CASE WHEN outcome = 'created' THEN settlement_id END, request_id,
           jsonb_strip_nulls(jsonb_build_object(
               'business_date', business_date, 'refused', nullif(outcome, 'created'),
               'state', (SELECT s.state FROM settlement AS s WHERE s.settlement_id = settlement_create.settlement_id)));
    RETURN QUERY SELECT outcome, false, CASE WHEN outcome = 'created' THEN settlement_id END;
END
$$;
COMMENT ON FUNCTION settlement_create(text, uuid, uuid, date, bigint, bigint, bigint, bigint, text, timestamptz, text,
    bytea, uuid, text, timestamptz) IS
    'Settles a provider''s day; status created or why not, and the settlement''s id';
