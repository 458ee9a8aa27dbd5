-- I5: each credit of a pensioner follows from its inputs and its version of the plan, once for each person,
-- plan and period, by an approved run.
-- SPDX-License-Identifier: Apache-2.0
-- Age, tier, months and amounts are reckoned again from the tables of policies. What many rows have in common (policy,
-- age, run) is looked at once a slice, and rows are sorted only where there are differences. Which levels a pool had is
-- told by pool and, before it was changed, by the log; whether a nearer one had an active version then cannot be told
-- any more. Copies that a merge made are held by 116_credit_copy. A row is looked at more closely where something does
-- not fit: the long conditions are the sum of the faults.
WITH credited AS MATERIALIZED (
    SELECT * FROM pensioner_credit WHERE person_key BETWEEN $1::bigint AND $2::bigint
), version AS MATERIALIZED (
    SELECT used.*, policy.period = 'year' AND NOT policy.is_pro_rated AS is_whole, span.last_start,
           CASE policy.age_basis
               WHEN 'credit_month' THEN (span.basis_month + interval '1 month' - interval '1 day')::date
               WHEN 'year_start' THEN date_trunc('year', span.basis_month)::date
               ELSE (date_trunc('year', span.basis_month - interval '6 months') + interval '6 months')::date
                    END AS true_age_on,
           policy.activated_at IS NOT NULL AND policy.plan_code = used.plan_code AND policy.period = used.period
               AND policy.effective_from <= span.last_start
               AND CASE WHEN policy.region_code IN (used.pool_code, pool.policy_parent_code,
                             pool.province_code, '000000') THEN true
                        ELSE EXISTS (SELECT FROM audit_event AS event
                                     WHERE event.action = 'put_pool' AND event.pool_code = used.pool_code
                                       AND event.detail #>> '{before,policy_parent_code}'
                                               = policy.region_code) END AS is_in_force
    FROM (SELECT DISTINCT policy_id, period_start, period, plan_code, pool_code FROM credited) AS used
    JOIN credit_policy AS policy USING (policy_id)
    LEFT JOIN pool ON pool.pool_code = used.pool_code
    CROSS JOIN LATERAL (
        SELECT used.period_start + make_interval(months => coalesce(policy.posting_month, 1) - 1) AS basis_month,
               (used.period_start + CASE policy.period WHEN 'year' THEN interval '11 months'
                                         ELSE interval '0' END)::date AS last_start
    ) AS span
), aged AS MATERIALIZED (
    SELECT credited.*, version.true_age_on, version.last_start, version.is_in_force,
           extract(year FROM age(version.true_age_on, credited.birth_date))::int AS true_age,
           CASE WHEN credited.first_month > version.last_start OR credited.last_month < credited.period_start THEN 0
                WHEN credited.period = 'month' THEN 1
                WHEN version.is_whole THEN 12
                ELSE 1 + extract(month FROM age(least(credited.last_month, version.last_start),
                                                greatest(credited.first_month,
                                                         credited.period_start)))::int END AS true_months
    FROM credited
    LEFT JOIN version USING (policy_id, period_start, period, plan_code, pool_code)
    WHERE credited.origin_credit_id IS NULL
), due AS MATERIALIZED (
    SELECT asked.*, tier.min_age AS true_min_age, exact.gross_fen::bigint AS due_gross_fen,
           least(exact.deduction_fen, exact.gross_fen)::bigint AS due_deduction_fen
    FROM (SELECT DISTINCT policy_id, true_age, months FROM aged WHERE months > 0) AS asked
    JOIN credit_policy AS policy USING (policy_id)
    LEFT JOIN LATERAL (SELECT reached.*
                       FROM credit_policy_tier AS reached
                       WHERE reached.policy_id = asked.policy_id AND reached.min_age <= asked.true_age
                       ORDER BY reached.min_age DESC LIMIT 1) AS tier ON true
    CROSS JOIN LATERAL (SELECT CASE policy.plan_kind WHEN 'fixed' THEN tier.amount_fen
                                                     ELSE policy.base_fen * tier.ratio_bp / 10000.0 END AS of_tier,
                               (SELECT coalesce(sum(amount_fen), 0) FROM credit_policy_deduction AS taken
                                WHERE taken.policy_id = asked.policy_id) AS of_deductions,
                               CASE policy.period WHEN 'year' THEN 12 ELSE 1 END AS parts) AS whole
    CROSS JOIN LATERAL (SELECT whole.of_tier * asked.months / whole.parts AS gross,
                               whole.of_deductions * asked.months / whole.parts AS deduction) AS fraction
    CROSS JOIN LATERAL (SELECT CASE policy.rounding WHEN 'half_up' THEN round(gross) ELSE trunc(gross) END AS gross_fen,
                               CASE policy.rounding WHEN 'half_up' THEN round(deduction)
                                    ELSE trunc(deduction) END AS deduction_fen
    ) AS exact
), run AS MATERIALIZED (
    SELECT used.*, run.kind AS run_kind, run.from_month, run.to_month, shown.policy_id AS shown_policy_id,
           job.kind = run.kind AND job.proposal_id = used.proposal_id
               AND run.region_code IN (used.pool_code, left(used.pool_code, 2) || '0000', '000000') AS is_job,
           proposal.state = 'approved' AND proposal.kind = 'post_' || run.kind AND proposal.object_id = used.job_id
               AND proposal.decided_by <> proposal.proposed_by AS is_approved
    FROM (SELECT DISTINCT job_id, proposal_id, pool_code, plan_code FROM credited) AS used
    LEFT JOIN credit_run AS run USING (job_id)
    LEFT JOIN job USING (job_id)
    LEFT JOIN proposal ON proposal.proposal_id = used.proposal_id
    LEFT JOIN credit_run_pool AS shown ON shown.job_id = used.job_id AND shown.pool_code = used.pool_code
                                      AND shown.plan_code = used.plan_code
), several AS (
    SELECT credited.person_key, credited.credit_id, row_number() OVER of_period - 1 AS place,
           first_value(credit_id) OVER of_period AS first_id,
           sum(gross_fen) OVER of_pool AS gross_so_far, sum(deduction_fen) OVER of_pool AS deduction_so_far
    FROM credited
    JOIN (SELECT DISTINCT person_key, period_start, plan_code FROM credited WHERE revision <> 0) AS changed
         USING (person_key, period_start, plan_code)
    WINDOW of_period AS (PARTITION BY person_key, period_start, plan_code ORDER BY revision),
           of_pool AS (PARTITION BY person_key, period_start, plan_code, pool_code ORDER BY revision)
), placed AS (
    SELECT credited.*, account.pool_code AS account_pool_code, coalesce(several.place, 0) AS place, several.first_id,
           coalesce(several.gross_so_far, gross_fen) AS gross_so_far,
           coalesce(several.deduction_so_far, deduction_fen) AS deduction_so_far
    FROM credited
    LEFT JOIN several USING (person_key, credit_id)
    LEFT JOIN account USING (person_key, account_id)
)
SELECT 'pensioner_credit', placed.credit_id::text, fault.column_name, fault.expected, fault.found
FROM placed
CROSS JOIN LATERAL (
    SELECT 'revision', placed.place::text, placed.revision::text WHERE placed.place <> placed.revision
    UNION ALL
    SELECT 'first_credit_id', CASE placed.place WHEN 0 THEN 'null' ELSE placed.first_id::text END,
           placed.first_credit_id::text
    WHERE placed.first_credit_id IS DISTINCT FROM CASE WHEN placed.place > 0 THEN placed.first_id END
    UNION ALL
    SELECT 'total_gross_fen', placed.gross_so_far::text, placed.total_gross_fen::text
    WHERE placed.total_gross_fen <> placed.gross_so_far
    UNION ALL
    SELECT 'total_deduction_fen', placed.deduction_so_far::text, placed.total_deduction_fen::text
    WHERE placed.total_deduction_fen <> placed.deduction_so_far
    UNION ALL
    SELECT 'gross_fen', 'above 0', placed.gross_fen::text WHERE placed.revision = 0 AND placed.gross_fen <= 0
    UNION ALL
    SELECT 'deduction_fen', 'at least 0', placed.deduction_fen::text
    WHERE placed.revision = 0 AND placed.deduction_fen < 0
    UNION ALL
    SELECT 'reason', CASE placed.revision WHEN 0 THEN 'credit' ELSE 'what changed' END, placed.reason
    WHERE placed.origin_credit_id IS NULL AND (placed.reason = 'credit') <> (placed.revision = 0)
    UNION ALL
    SELECT 'account_id', 'an account in pool ' || placed.pool_code, coalesce(placed.account_pool_code, 'none')
    WHERE placed.account_pool_code IS DISTINCT FROM placed.pool_code
) AS fault (column_name, expected, found)
WHERE (placed.account_pool_code, placed.revision, placed.total_gross_fen, placed.total_deduction_fen)
      IS DISTINCT FROM (placed.pool_code, placed.place, placed.gross_so_far, placed.deduction_so_far)
   OR placed.first_credit_id IS DISTINCT FROM CASE WHEN placed.place > 0 THEN placed.first_id END
   OR (placed.revision = 0 AND (placed.gross_fen <= 0 OR placed.deduction_fen < 0))
   OR (placed.reason = 'credit') <> (placed.revision = 0)
UNION ALL
SELECT 'pensioner_credit', aged.credit_id::text, 'period', 'no credit by month in the same year', 'year'
FROM aged
WHERE aged.period = 'year' AND aged.revision = 0 -- copies, and differences of them, may come of two records
  AND EXISTS (SELECT FROM pensioner_credit AS monthly
              WHERE monthly.person_key = aged.person_key AND monthly.plan_code = aged.plan_code
                AND monthly.period = 'month'
                AND monthly.revision = 0 AND monthly.origin_credit_id IS NULL
                AND monthly.period_start >= aged.period_start
                AND monthly.period_start < aged.period_start + interval '1 year')
UNION ALL
SELECT 'pensioner_credit', aged.credit_id::text, 'birth_date', coalesce(person.birth_date::text, 'a person'),
       aged.birth_date::text
FROM aged
LEFT JOIN person USING (person_key)
WHERE CASE WHEN person.birth_date = aged.birth_date THEN false
           ELSE NOT EXISTS (SELECT FROM proposal
                            WHERE proposal.person_key = aged.person_key AND proposal.kind = 'correct_person'
                              AND proposal.state = 'approved'
                              AND proposal.payload -> 'changes' @> '[{"field": "birth_date"}]') END
UNION ALL
SELECT 'pensioner_credit', aged.credit_id::text, fault.column_name, fault.expected, fault.found
FROM aged
LEFT JOIN due USING (policy_id, true_age, months)
LEFT JOIN run USING (job_id, proposal_id, pool_code, plan_code)
CROSS JOIN LATERAL (SELECT coalesce(due.due_gross_fen, 0) AS gross_fen,
                    coalesce(due.due_deduction_fen, 0) AS deduction_fen,
                           CASE WHEN run.is_job IS NOT TRUE THEN false
                                WHEN run.run_kind = 'credit_run'
                                THEN aged.revision = 0 AND run.from_month BETWEEN aged.period_start AND aged.last_start
                                ELSE run.from_month <= aged.last_start
                                     AND run.to_month >= aged.period_start END IS TRUE AS is_of_run,
                           run.run_kind = 'credit_run' AND run.shown_policy_id
                               IS DISTINCT FROM aged.policy_id AS is_unseen) AS want
CROSS JOIN LATERAL (
    SELECT 'policy_id', 'an active version of the plan in force at a level of pool ' || aged.pool_code,
           aged.policy_id::text
    WHERE aged.is_in_force IS NOT TRUE
    UNION ALL
    SELECT 'policy_id', 'that which was shown: ' || coalesce(run.shown_policy_id::text, 'none'), aged.policy_id::text
    WHERE want.is_unseen
    UNION ALL
    SELECT 'age_on', aged.true_age_on::text, aged.age_on::text WHERE aged.age_on <> aged.true_age_on
    UNION ALL
    SELECT 'age_years', aged.true_age::text, aged.age_years::text WHERE aged.age_years <> aged.true_age
    UNION ALL
    SELECT 'months', aged.true_months::text, aged.months::text
    WHERE aged.months <> aged.true_months AND (aged.months > 0 OR aged.revision = 0)
    UNION ALL
    SELECT 'min_age', coalesce(due.true_min_age::text, 'no tier'), aged.min_age::text
    WHERE aged.months > 0 AND due.true_min_age IS DISTINCT FROM aged.min_age
    UNION ALL
    SELECT 'total_gross_fen', want.gross_fen::text, aged.total_gross_fen::text
    WHERE aged.total_gross_fen <> want.gross_fen
    UNION ALL
    SELECT 'total_deduction_fen', want.deduction_fen::text, aged.total_deduction_fen::text
    WHERE aged.total_deduction_fen <> want.deduction_fen
    UNION ALL
    SELECT 'job_id', 'a run of region and period', coalesce(run.run_kind, 'none') WHERE NOT want.is_of_run
    UNION ALL
    SELECT 'proposal_id', 'an approved proposal of its run', 'none' WHERE run.is_approved IS NOT TRUE
) AS fault (column_name, expected, found)
WHERE (aged.age_on, aged.age_years, aged.months, aged.min_age, aged.total_gross_fen,
       aged.total_deduction_fen, true, true)
      IS DISTINCT FROM (aged.true_age_on, aged.true_age, aged.true_months, due.true_min_age, want.gross_fen,
                        want.deduction_fen, aged.is_in_force, run.is_approved)
   OR want.is_unseen OR NOT want.is_of_run
