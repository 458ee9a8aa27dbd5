-- Takes the locks of plans, so that their versions are counted and activated one after another.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: advisory, one for each plan in every region, in the order of their keys, until the transaction ends. What must
-- see the versions as they are by then stands in a later statement of the caller.
CREATE OR REPLACE FUNCTION credit_plan_lock(plan_codes text[]) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(plan.key)
       FROM (SELECT DISTINCT hashtextextended('credit_plan ' || code, 0) AS key FROM unnest(plan_codes) AS code
              ORDER BY key) AS plan;
END
$$;
COMMENT ON FUNCTION credit_plan_lock(text[]) IS
    'Takes the locks of plans, so that their versions are counted and activated one after another';
