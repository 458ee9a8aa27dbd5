-- Claims idempotency keys for a batch of requests, or finds what was answered to them before.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; content_hashes are SHA-256 over its arguments.
-- Locks: an advisory transaction lock for each key, tried and never waited for. It is kept until the transaction ends.
-- Outcomes: one row for each member, in order. verdict, by precedence:
--   deferred                shares its key with an earlier member: ask again, it will be told the earlier one's answer
--   replayed                answered before: status, object_id and outcome are what was stored
--   idempotency_key_reused  the key was used for something else
--   request_in_progress     another transaction is at work with this key
--   new                     nobody has it: the caller inserts the row of idempotency_key with the effect
CREATE OR REPLACE FUNCTION idempotency_claim(
    principal_ids uuid[], asked_operation text, keys text[], content_hashes bytea[])
RETURNS TABLE (ord bigint, verdict text, status text, object_id uuid, outcome jsonb)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    is_first boolean[];
    is_locked boolean[];
BEGIN
    -- With a synchronous stand-by no answer leaves that it does not stand behind, also where nothing is written:
    -- neither a repetition of what it has not got yet, nor a refusal by a primary that is one no longer. A commit only
    -- waits if it has a record of its own.
    PERFORM pg_logical_emit_message(true, 'yibaod', '');
    SELECT array_agg(a.place = 1 ORDER BY a.ord) INTO is_first
      FROM (SELECT asked.ord, row_number() OVER (PARTITION BY asked.principal_id, asked.key ORDER BY asked.ord) AS place
              FROM unnest(principal_ids, keys) WITH ORDINALITY AS asked (principal_id, key, ord)) AS a;
    SELECT array_agg(a.first AND pg_try_advisory_xact_lock(
               hashtextextended(a.principal_id::text || asked_operation || ' ' || a.key, 1)) ORDER BY a.ord)
      INTO is_locked
      FROM unnest(principal_ids, keys, is_first) WITH ORDINALITY AS a (principal_id, key, first, ord);
    -- In a statement of its own, which sees what was committed before the locks were got.
    RETURN QUERY
    SELECT a.ord,
           CASE WHEN NOT a.first THEN 'deferred'
                WHEN stored.content_hash = a.content_hash THEN 'replayed'
                WHEN stored.content_hash <> a.content_hash THEN 'idempotency_key_reused'
                WHEN NOT a.locked THEN 'request_in_progress'
                ELSE 'new' END,
           stored.status, stored.object_id, stored.outcome
      FROM unnest(principal_ids, keys, content_hashes, is_first, is_locked) WITH ORDINALITY
           AS a (principal_id, key, content_hash, first, locked, ord)
      LEFT JOIN idempotency_key AS stored ON stored.principal_id = a.principal_id
           AND stored.operation = asked_operation AND stored.key = a.key
     ORDER BY a.ord;
END
$$;
COMMENT ON FUNCTION idempotency_claim(uuid[], text, text[], bytea[]) IS
    'Claims idempotency keys without waiting; a verdict for each: deferred, replayed, idempotency_key_reused, '
    'request_in_progress or new';
