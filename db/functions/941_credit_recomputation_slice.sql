-- The next people of a recomputation, all of one pool, in the order of pool and person.
-- SPDX-License-Identifier: Apache-2.0
-- Checking goes through whoever is or was enrolled as an employee in a pool of the region (index
-- enrolment_employee_pool); posting through those whose differences are due. Nobody is in two slices of a pool. The
-- first slice counts them, up to 3 million and to one million, so that it ends well within the time that a statement
-- has.
-- Locks: the run's row. Outcomes: one row: the pool and its people (an empty array when there are no more), how many
-- the phase has looked at with them, how many there are, and whether these are the last.
CREATE OR REPLACE FUNCTION credit_recomputation_slice(asked_job_id uuid, asked_phase text, slice_people integer)
RETURNS TABLE (pool_code text, person_keys bigint[], from_month date, to_month date, done bigint,
               total bigint, is_over boolean)
    LANGUAGE plpgsql VOLATILE SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    run credit_run;
    pools text[];
BEGIN
    SELECT r.* INTO STRICT run FROM credit_run AS r WHERE r.job_id = asked_job_id FOR NO KEY UPDATE;
    pools := ARRAY(SELECT pool.pool_code FROM pool
                   WHERE run.region_code IN ('000000', pool.province_code, pool.pool_code));
    IF run.phase <> asked_phase OR run.after_pool_code = '' THEN
        run.phase := asked_phase;
        run.people_done := 0;
        run.after_pool_code := '';
        run.after_person_key := 0;
        run.people_total := CASE asked_phase
            WHEN 'checking' THEN (SELECT count(*)
                                   FROM (SELECT FROM unnest(pools) AS p (code)
                                          CROSS JOIN LATERAL (SELECT DISTINCT e.person_key FROM enrolment AS e
                                                               WHERE e.pool_code = p.code
                                                                 AND e.scheme = 'employee') AS someone
                                          LIMIT 3000000) AS everybody)
            ELSE (SELECT count(*)
                    FROM (SELECT DISTINCT d.pool_code, d.person_key FROM credit_difference AS d
                           WHERE d.job_id = asked_job_id AND d.status = 'due'
                           LIMIT 1000000) AS everybody) END;
    END IF;
    pool_code := run.after_pool_code;
    person_keys := credit_recomputation_people(asked_job_id, asked_phase, pool_code,
                                               run.after_person_key, slice_people);
    IF person_keys = '{}' THEN
        pool_code := CASE asked_phase
            WHEN 'checking' THEN (SELECT min(p.code) FROM unnest(pools) AS p (code)
                                   WHERE p.code > run.after_pool_code
                                     AND EXISTS (SELECT FROM enrolment AS e
                                                 WHERE e.scheme = 'employee' AND e.pool_code = p.code))
            ELSE (SELECT min(d.pool_code) FROM credit_difference AS d
                   WHERE d.job_id = asked_job_id AND d.status = 'due' AND d.pool_code > run.after_pool_code) END;
        person_keys := credit_recomputation_people(asked_job_id, asked_phase, pool_code, 0, slice_people);
    END IF;
    from_month := run.from_month;
    to_month := run.to_month;
    done := run.people_done + cardinality(person_keys);
    total := greatest(run.people_total, done);
    is_over := pool_code IS NULL;
    UPDATE credit_run AS r
       SET phase = asked_phase, people_done = done, people_total = total, after_pool_code = coalesce(pool_code, '~'),
           after_person_key = coalesce(person_keys[cardinality(person_keys)], run.after_person_key)
     WHERE r.job_id = asked_job_id;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION credit_recomputation_slice(uuid, text, integer) IS
    'The next people of a recomputation, of one pool; how many the phase has looked at, how many there are, and '
    'whether it is over';
