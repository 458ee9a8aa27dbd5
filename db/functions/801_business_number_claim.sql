-- Claims numbers that outsiders give to what they ask for, without using them up.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; a number that is null is not asked for.
-- Locks: an advisory transaction lock for each number, tried and never waited for, kept until the transaction ends.
-- Outcomes: one row for each member, in order. verdict, by precedence:
--   null      no number was asked for
--   used      somebody has it; object_id says what
--   deferred  an earlier member, or another transaction, is about to take it: ask again
--   free      nobody has it: the caller inserts the row of business_number where the request succeeds
CREATE OR REPLACE FUNCTION business_number_claim(scope_ids uuid[], asked_kind text, numbers text[])
RETURNS TABLE (ord bigint, verdict text, object_id uuid)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    is_first boolean[];
    is_locked boolean[];
BEGIN
    SELECT array_agg(a.place = 1 ORDER BY a.ord) INTO is_first
      FROM (SELECT asked.ord, row_number() OVER (PARTITION BY asked.scope_id, asked.number ORDER BY asked.ord) AS place
              FROM unnest(scope_ids, numbers) WITH ORDINALITY AS asked (scope_id, number, ord)) AS a;
    SELECT array_agg(a.number IS NOT NULL AND a.first AND pg_try_advisory_xact_lock(
               hashtextextended(a.scope_id::text || asked_kind || ' ' || a.number, 2)) ORDER BY a.ord)
      INTO is_locked
      FROM unnest(scope_ids, numbers, is_first) WITH ORDINALITY AS a (scope_id, number, first, ord);
    -- In a statement of its own, which sees what was committed before the locks were got.
    RETURN QUERY
    SELECT a.ord,
           CASE WHEN a.number IS NULL THEN NULL
                WHEN stored.object_id IS NOT NULL THEN 'used'
                WHEN NOT a.locked THEN 'deferred'
                ELSE 'free' END,
           stored.object_id
      FROM unnest(scope_ids, numbers, is_locked) WITH ORDINALITY AS a (scope_id, number, locked, ord)
      LEFT JOIN business_number AS stored ON stored.scope_id = a.scope_id
           AND stored.kind = asked_kind AND stored.number = a.number
     ORDER BY a.ord;
END
$$;
COMMENT ON FUNCTION business_number_claim(uuid[], text, text[]) IS
    'Claims numbers of outsiders without waiting; a verdict for each: used, deferred or free, null for none';
