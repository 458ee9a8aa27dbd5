-- The instant at which a batch changes charges: the latest of its requests, and not before what happened to them last.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; verdicts are those of charge_claim, whose locks are held.
-- Locks: none. Clocks of two servers may differ by a little; the events of a charge follow each other all the same.
CREATE OR REPLACE FUNCTION charge_instant(
    verdicts text[], person_keys bigint[], charge_ids uuid[], instants timestamptz[]) RETURNS timestamptz
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (SELECT max(greatest(a.instant, charge.changed_at))
              FROM unnest(verdicts, person_keys, charge_ids, instants) AS a (verdict, person_key, charge_id, instant)
              LEFT JOIN charge ON a.verdict = 'locked' AND charge.person_key = a.person_key
                  AND charge.charge_id = a.charge_id);
END
$$;
COMMENT ON FUNCTION charge_instant(text[], bigint[], uuid[], timestamptz[]) IS
    'The instant at which a batch changes charges: the latest of its requests and of the changes before';
