-- The next accounts of a yearly run, in the order of pool and person; at the first of a phase,
-- what is passed over as a whole.
-- SPDX-License-Identifier: Apache-2.0
-- Which pools a run is about is settled when its check begins: one whose day comes later was not in what is approved.
-- So are its terms: of a pool with another rule or rate since then, nothing more is posted.
-- Locks: the run's row. Outcomes: one row: the accounts (none when there are no more, or all are passed over), how many
-- the phase has looked at with them, how many there are, and whether these are the last.
CREATE OR REPLACE FUNCTION interest_run_slice(asked_job_id uuid, asked_phase text, today date, slice_accounts integer)
RETURNS TABLE (person_keys bigint[], account_ids uuid[], interest_year integer, done bigint,
               total bigint, is_over boolean)
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    run interest_run;
    changed text[];
    slice_pools text[];
    pools text[] := ARRAY(
        SELECT pool.pool_code FROM interest_run_pool AS pool
         WHERE pool.job_id = asked_job_id AND pool.posts_from <= today
           AND NOT EXISTS (SELECT FROM interest_run_skip AS passed
                            WHERE passed.job_id = asked_job_id AND passed.phase = 'checking'
                              AND passed.pool_code = pool.pool_code AND passed.reason = 'year_not_over'));
    last_pool_code text;
    last_person_key bigint;
BEGIN
    SELECT r.* INTO STRICT run FROM interest_run AS r WHERE r.job_id = asked_job_id FOR NO KEY UPDATE;
    IF run.phase <> asked_phase OR run.after_pool_code = '' THEN
        run.phase := asked_phase;
        run.accounts_done := 0;
        run.after_pool_code := '';
        run.after_person_key := 0;
        IF asked_phase = 'checking' THEN
            UPDATE interest_run_pool AS pool
               SET terms = interest_terms(pool.pool_code, pool.starts_on, pool.ends_before)
             WHERE pool.job_id = asked_job_id AND pool.pool_code = ANY (pools);
        END IF;
        SELECT count(*) INTO run.accounts_total FROM account WHERE account.pool_code = ANY (pools);
        INSERT INTO interest_run_skip (job_id, phase, pool_code, reason, accounts)
        SELECT asked_job_id, asked_phase, pool.pool_code,
               CASE WHEN pool.posts_from IS NULL THEN 'no_rule' ELSE 'year_not_over' END, count(*)
          FROM interest_run_pool AS pool
          JOIN account ON account.pool_code = pool.pool_code
         WHERE pool.job_id = asked_job_id AND pool.pool_code <> ALL (pools)
         GROUP BY pool.pool_code, pool.posts_from
            ON CONFLICT DO NOTHING;
    END IF;
    SELECT coalesce(array_agg(next.pool_code ORDER BY next.pool_code, next.person_key), '{}'),
           coalesce(array_agg(next.person_key ORDER BY next.pool_code, next.person_key), '{}'),
           coalesce(array_agg(next.account_id ORDER BY next.pool_code, next.person_key), '{}'), max(next.pool_code),
           (array_agg(next.person_key ORDER BY next.pool_code DESC, next.person_key DESC))[1]
      INTO slice_pools, person_keys, account_ids, last_pool_code, last_person_key
      FROM (SELECT account.pool_code, account.person_key, account.account_id
              FROM account
             WHERE (account.pool_code, account.person_key) > (run.after_pool_code, run.after_person_key)
               AND account.pool_code = ANY (pools)
             ORDER BY account.pool_code, account.person_key
             LIMIT slice_accounts) AS next;
    interest_year := run.interest_year;
    done := run.accounts_done + cardinality(person_keys);
    total := greatest(run.accounts_total, done);
    is_over := cardinality(person_keys) < slice_accounts;
    UPDATE interest_run AS r
       SET phase = asked_phase, accounts_done = done, accounts_total = total,
           after_pool_code = coalesce(last_pool_code, nullif(run.after_pool_code, ''), '~'),
           after_person_key = coalesce(last_person_key, run.after_person_key)
     WHERE r.job_id = asked_job_id;
    changed := ARRAY(
        SELECT pool.pool_code
          FROM interest_run_pool AS pool
         WHERE asked_phase = 'posting' AND pool.job_id = asked_job_id AND pool.pool_code = ANY (slice_pools)
           AND pool.terms <> interest_terms(pool.pool_code, pool.starts_on, pool.ends_before));
    IF changed <> '{}' THEN
        INSERT INTO interest_run_skip AS skip (job_id, phase, pool_code, reason, accounts)
        SELECT asked_job_id, 'posting', passed.pool_code, 'rules_changed', count(*)
          FROM unnest(slice_pools) AS passed (pool_code)
         WHERE passed.pool_code = ANY (changed)
         GROUP BY passed.pool_code
            ON CONFLICT (job_id, phase, pool_code, reason) DO UPDATE SET accounts = skip.accounts + excluded.accounts;
        SELECT coalesce(array_agg(kept.person_key ORDER BY kept.ord), '{}'),
               coalesce(array_agg(kept.account_id ORDER BY kept.ord), '{}')
          INTO person_keys, account_ids
          FROM unnest(slice_pools, person_keys, account_ids) WITH ORDINALITY AS kept (pool_code,
                                                                                      person_key, account_id, ord)
         WHERE kept.pool_code <> ALL (changed);
    END IF;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION interest_run_slice(uuid, text, date, integer) IS
    'The next accounts of a yearly run; how many the phase has looked at, how many there are, and whether these are '
    'the last';
