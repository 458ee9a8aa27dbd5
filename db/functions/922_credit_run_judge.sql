-- What a monthly run would credit people of a pool for a plan, where the plan may be refused as a whole.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: as credit_judge; plan_refusal: that of credit_run_slice, or null. Locks: none.
-- Outcomes: one row for each person, in any order: the statuses of credit_judge; with a refusal those of credit_entitle
-- that are about the person, and the refusal for everybody else, who would be entitled.
CREATE OR REPLACE FUNCTION credit_run_judge(
    person_keys bigint[], pool_code text, plan_code text, policy_id uuid, asked_month date, plan_refusal text)
RETURNS TABLE (status text, min_age smallint, gross_fen bigint, deduction_fen bigint)
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    IF plan_refusal IS NULL THEN
        RETURN QUERY
        SELECT j.status, j.min_age, j.gross_fen, j.deduction_fen
          FROM credit_judge(credit_run_judge.person_keys, credit_run_judge.pool_code, credit_run_judge.plan_code,
                            credit_run_judge.policy_id, asked_month) AS j;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT CASE WHEN e.status IN ('policy_missing', 'policy_incomplete', 'no_tier', 'nothing_due', 'due')
                THEN plan_refusal ELSE e.status END, e.min_age, e.gross_fen, e.deduction_fen
      FROM credit_entitle(credit_run_judge.person_keys, credit_run_judge.pool_code, credit_run_judge.policy_id,
                          asked_month) AS e;
END
$$;
COMMENT ON FUNCTION credit_run_judge(bigint[], text, text, uuid, date, text) IS
    'What a monthly run would credit people of a pool for a plan that may be refused as a whole; a status row for each';
