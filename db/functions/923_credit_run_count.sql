-- Adds the outcomes of a slice of a monthly run to its sums.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the phase; the pool and plan of the slice; arrays with one element for each person. `due` and `posted`
-- count for their tier, every other status as a reason to pass somebody over. Locks: the rows of the sums, which nobody
-- else writes.
CREATE OR REPLACE FUNCTION credit_run_count(
    asked_job_id uuid, asked_phase text, of_pool_code text, of_plan_code text, statuses text[], min_ages smallint[],
    gross_fens bigint[], deduction_fens bigint[])
RETURNS void
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    INSERT INTO credit_run_tier AS tier (job_id, phase, pool_code, plan_code, min_age, people, gross_fen, deduction_fen)
    SELECT asked_job_id, asked_phase, of_pool_code, of_plan_code, one.min_age, count(*), sum(one.gross_fen),
           sum(one.deduction_fen)
      FROM unnest(statuses, min_ages, gross_fens, deduction_fens) AS one (status, min_age, gross_fen, deduction_fen)
     WHERE one.status IN ('due', 'posted')
     GROUP BY one.min_age
        ON CONFLICT (job_id, phase, pool_code, plan_code, min_age)
           DO UPDATE SET people = tier.people + excluded.people, gross_fen = tier.gross_fen + excluded.gross_fen,
                         deduction_fen = tier.deduction_fen + excluded.deduction_fen;
    INSERT INTO credit_run_skip AS skip (job_id, phase, pool_code, plan_code, reason, people)
    SELECT asked_job_id, asked_phase, of_pool_code, of_plan_code, one.status, count(*)
      FROM unnest(statuses) AS one (status)
     WHERE one.status NOT IN ('due', 'posted')
     GROUP BY one.status
        ON CONFLICT (job_id, phase, pool_code, plan_code, reason) DO UPDATE SET people = skip.people + excluded.people;
END
$$;
COMMENT ON FUNCTION credit_run_count(uuid, text, text, text, text[], smallint[], bigint[], bigint[]) IS
    'Adds the outcomes of a slice of a monthly run to its sums by tier, and to those by reason';
