-- The next people of a monthly run, of one pool and plan, in the order of pool, plan and person.
-- SPDX-License-Identifier: Apache-2.0
-- Looked at is who is or was enrolled as an employee in the pool, once for each plan. The first slice of the check
-- counts them, up to 3 million; those of the posting are as many as were checked. What is passed over as a whole has a
-- row from the first slice on, even with nobody in it.
-- Locks: the run's row. Outcomes: one row: the people (an empty array when there are no more); those of them who are or
-- were retired there (retired_keys), the only ones whose accounts a posting needs; the version that was
-- pinned when the run was asked for; refusal: why nobody of them is credited, policy_changed when another version is in
-- force by now, so that what was approved is what is posted, or null; how many people the phase has looked at with
-- these, how many there are, and whether these are the last.
CREATE OR REPLACE FUNCTION credit_run_slice(asked_job_id uuid, asked_phase text, slice_people integer)
RETURNS TABLE (pool_code text, plan_code text, policy_id uuid, refusal text, month date, person_keys bigint[],
               retired_keys bigint[], done bigint, total bigint, is_over boolean)
    LANGUAGE plpgsql VOLATILE
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    run credit_run;
    pair credit_run_pool;
BEGIN
    SELECT r.* INTO STRICT run FROM credit_run AS r WHERE r.job_id = asked_job_id FOR NO KEY UPDATE;
    IF run.phase <> asked_phase OR run.after_pool_code = '' THEN
        IF run.phase = asked_phase THEN
            SELECT count(*) INTO run.people_total
              FROM (SELECT FROM credit_run_pool AS unit
                     CROSS JOIN LATERAL (SELECT DISTINCT e.person_key FROM enrolment AS e
                                          WHERE e.pool_code = unit.pool_code AND e.scheme = 'employee') AS someone
                     WHERE unit.job_id = asked_job_id
                     LIMIT 3000000) AS everybody;
        ELSE
            run.people_total := run.people_done;
        END IF;
        run.people_done := 0;
        run.after_pool_code := '';
        run.after_plan_code := '';
        run.after_person_key := 0;
        INSERT INTO credit_run_skip (job_id, phase, pool_code, plan_code, reason, people)
        SELECT asked_job_id, asked_phase, unit.pool_code, unit.plan_code, unit.refusal, 0
          FROM credit_run_pool AS unit
         WHERE unit.job_id = asked_job_id AND unit.refusal IS NOT NULL
            ON CONFLICT DO NOTHING;
    END IF;
    person_keys := '{}';
    FOR pair IN
        SELECT unit.* FROM credit_run_pool AS unit
         WHERE unit.job_id = asked_job_id
           AND (unit.pool_code, unit.plan_code) >= (run.after_pool_code, run.after_plan_code)
         ORDER BY unit.pool_code, unit.plan_code
    LOOP
        SELECT coalesce(array_agg(next.person_key ORDER BY next.person_key), '{}'),
               array_agg(next.person_key ORDER BY next.person_key) FILTER (WHERE next.is_retired)
          INTO person_keys, retired_keys
          FROM (SELECT e.person_key, bool_or(e.retired_on IS NOT NULL) AS is_retired
                  FROM enrolment AS e
                 WHERE e.pool_code = pair.pool_code AND e.scheme = 'employee'
                   AND e.person_key > CASE WHEN pair.pool_code = run.after_pool_code
                                                AND pair.plan_code = run.after_plan_code
                                           THEN run.after_person_key ELSE 0 END
                 GROUP BY e.person_key
                 ORDER BY e.person_key
                 LIMIT slice_people) AS next;
        EXIT WHEN cardinality(person_keys) > 0;
    END LOOP;
    done := run.people_done + cardinality(person_keys);
    total := greatest(run.people_total, done);
    is_over := cardinality(person_keys) = 0
               OR (cardinality(person_keys) < slice_people
                   AND NOT EXISTS (SELECT FROM credit_run_pool AS later
                                    WHERE later.job_id = asked_job_id
                                      AND (later.pool_code, later.plan_code) > (pair.pool_code, pair.plan_code)));
    IF cardinality(person_keys) > 0 THEN
        pool_code := pair.pool_code;
        plan_code := pair.plan_code;
        policy_id := pair.policy_id;
        month := run.from_month;
        refusal := CASE WHEN pair.policy_id IS DISTINCT FROM
                             (SELECT valid.policy_id
                                FROM credit_policy_at(pair.pool_code, pair.plan_code, run.from_month) AS valid)
                        THEN 'policy_changed' ELSE pair.refusal END;
        run.after_pool_code := pair.pool_code;
        run.after_plan_code := pair.plan_code;
        run.after_person_key := person_keys[cardinality(person_keys)];
    END IF;
    UPDATE credit_run AS r
       SET phase = asked_phase, people_done = done, people_total = total,
           after_pool_code = coalesce(nullif(run.after_pool_code, ''), '~'), after_plan_code = run.after_plan_code,
           after_person_key = run.after_person_key
     WHERE r.job_id = asked_job_id;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION credit_run_slice(uuid, text, integer) IS
    'The next people of a monthly run, of one pool and plan; how far the phase is, and whether these are the last';
