-- The people of a pool after one of them that a phase of a recomputation looks at, in order.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: at most so many keys, an empty array when there are no more or without a pool.
CREATE OR REPLACE FUNCTION credit_recomputation_people(
    asked_job_id uuid, asked_phase text, asked_pool_code text, after_person_key bigint, slice_people integer)
RETURNS bigint[]
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    IF asked_phase = 'checking' THEN
        RETURN ARRAY(SELECT DISTINCT e.person_key FROM enrolment AS e
                      WHERE e.scheme = 'employee' AND e.pool_code = asked_pool_code AND e.person_key > after_person_key
                      ORDER BY e.person_key LIMIT slice_people);
    END IF;
    RETURN ARRAY(SELECT DISTINCT d.person_key FROM credit_difference AS d
                  WHERE d.job_id = asked_job_id AND d.pool_code = asked_pool_code AND d.person_key > after_person_key
                    AND d.status = 'due'
                  ORDER BY d.person_key LIMIT slice_people);
END
$$;
COMMENT ON FUNCTION credit_recomputation_people(uuid, text, text, bigint, integer) IS
    'The next people of a pool that a phase of a recomputation looks at';
