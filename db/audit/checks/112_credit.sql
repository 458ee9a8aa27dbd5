-- I5: each credit of a pensioner follows from its own inputs and its version of the plan, once for each person, plan and period, by an approved run.
-- SPDX-License-Identifier: Apache-2.0
-- Age, tier, months and amounts are reckoned again from the tables of policies. What many rows have in common (policy, age, run) is
-- looked at once a slice. Which levels a pool had is told by pool and, before it was changed, by the log; whether a nearer one
-- had an active version then cannot be told any more. Copies that a merge made are held by 116_credit_copy.
WITH credited AS MATERIALIZED (
    SELECT credit.*, row_number() OVER of_period - 1 AS place, first_value(credit_id) OVER of_period AS first_id,
           sum(gross_fen) OVER of_pool AS gross_so_far, sum(deduction_fen) OVER of_pool AS deduction_so_far
    FROM pensioner_credit AS credit
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
    WINDOW of_period AS (PARTITION BY person_key, period_start, plan_code ORDER BY revision),
           of_pool AS (PARTITION BY person_key, period_start, plan_code, pool_code ORDER BY revision)
), version AS MATERIALIZED (
    SELECT used.*, policy.period = 'year' AND NOT policy.is_pro_rated AS is_whole, span.last_start,
           CASE policy.age_basis
               WHEN 'credit_month' THEN (span.basis_month + interval '1 month' - interval '1 day')::date
               WHEN 'year_start' THEN date_trunc('year', span.basis_month)::date
               ELSE (date_trunc('year', span.basis_month - interval '6 months') + interval '6 months')::date END AS true_age_on,
           policy.activated_at IS NOT NULL AND policy.plan_code = used.plan_code AND policy.period = used.period
               AND policy.effective_from <= span.last_start
               AND CASE WHEN policy.region_code IN (used.pool_code, pool.policy_parent_code, pool.province_code, '000000') THEN true
                        ELSE EXISTS (SELECT FROM audit_event AS event
                                     WHERE event.action = 'put_pool' AND event.pool_code = used.pool_code
                                       AND event.detail #>> '{before,policy_parent_code}' = policy.region_code) END AS is_in_force
    FROM (SELECT DISTINCT policy_id, period_start, period, plan_code, pool_code FROM credited) AS used
    JOIN credit_policy AS policy USING (policy_id)
    LEFT JOIN pool ON pool.pool_code = used.pool_code
    CROSS JOIN LATERAL (
        SELECT used.period_start + make_interval(months => coalesce(policy.posting_month, 1) - 1) AS basis_month,
               (used.period_start + CASE policy.period WHEN 'year' THEN interval '11 months' ELSE interval '0' END)::date AS last_start
    ) AS span
), aged AS MATERIALIZED (
    SELECT credited.*, version.true_age_on, version.last_start, version.is_in_force,
           extract(year FROM age(version.true_age_on, credited.birth_date))::int AS true_age,
           CASE WHEN share.months > 0 AND version.is_whole THEN 12 ELSE share.months END AS true_months
    FROM credited
    LEFT JOIN version USING (policy_id, period_start, period, plan_code, pool_code)
    CROSS JOIN LATERAL (SELECT greatest(credited.first_month, credited.period_start) AS since,
                               least(credited.last_month, version.last_start) + interval '1 month' AS before) AS entitled
    CROSS JOIN LATERAL (SELECT CASE WHEN entitled.before > entitled.since
                                    THEN extract(year FROM age(entitled.before, entitled.since)) * 12
                                         + extract(month FROM age(entitled.before, entitled.since)) ELSE 0 END::int AS months) AS share
), due AS MATERIALIZED (
    SELECT asked.*, tier.min_age AS true_min_age, exact.gross_fen AS due_gross_fen,
           least(exact.deduction_fen, exact.gross_fen) AS due_deduction_fen
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
                               CASE policy.rounding WHEN 'half_up' THEN round(deduction) ELSE trunc(deduction) END AS deduction_fen
    ) AS exact
), run AS MATERIALIZED (
    SELECT used.*, run.kind AS run_kind, run.from_month, run.to_month,
           job.kind = run.kind AND job.proposal_id = used.proposal_id
               AND run.region_code IN (used.pool_code, left(used.pool_code, 2) || '0000', '000000') AS is_job,
           proposal.state = 'approved' AND proposal.kind = 'post_' || run.kind AND proposal.object_id = used.job_id
               AND proposal.decided_by <> proposal.proposed_by AS is_approved
    FROM (SELECT DISTINCT job_id, proposal_id, pool_code FROM credited) AS used
    LEFT JOIN credit_run AS run USING (job_id)
    LEFT JOIN job USING (job_id)
    LEFT JOIN proposal ON proposal.proposal_id = used.proposal_id
), shown AS MATERIALIZED (
    SELECT used.*, pool.policy_id AS shown_policy_id
    FROM (SELECT DISTINCT job_id, pool_code, plan_code FROM credited) AS used
    JOIN credit_run_pool AS pool USING (job_id, pool_code, plan_code)
)
SELECT 'pensioner_credit', aged.credit_id::text, fault.column_name, fault.expected, fault.found
FROM aged
LEFT JOIN account ON account.person_key = aged.person_key AND account.account_id = aged.account_id
CROSS JOIN LATERAL (
    SELECT 'revision', aged.place::text, aged.revision::text WHERE aged.place <> aged.revision
    UNION ALL
    SELECT 'first_credit_id', CASE aged.place WHEN 0 THEN 'null' ELSE aged.first_id::text END, aged.first_credit_id::text
    WHERE aged.first_credit_id IS DISTINCT FROM CASE WHEN aged.place > 0 THEN aged.first_id END
    UNION ALL
    SELECT 'total_gross_fen', aged.gross_so_far::text, aged.total_gross_fen::text WHERE aged.total_gross_fen <> aged.gross_so_far
    UNION ALL
    SELECT 'total_deduction_fen', aged.deduction_so_far::text, aged.total_deduction_fen::text
    WHERE aged.total_deduction_fen <> aged.deduction_so_far
    UNION ALL
    SELECT 'gross_fen', 'above 0', aged.gross_fen::text WHERE aged.revision = 0 AND aged.gross_fen <= 0
    UNION ALL
    SELECT 'deduction_fen', 'at least 0', aged.deduction_fen::text WHERE aged.revision = 0 AND aged.deduction_fen < 0
    UNION ALL
    SELECT 'reason', CASE aged.revision WHEN 0 THEN 'credit' ELSE 'what changed' END, aged.reason
    WHERE aged.origin_credit_id IS NULL AND (aged.reason = 'credit') <> (aged.revision = 0)
    UNION ALL
    SELECT 'period', 'no credit by month in the same year', 'year'
    WHERE aged.period = 'year' AND aged.origin_credit_id IS NULL
      AND EXISTS (SELECT FROM pensioner_credit AS monthly
                  WHERE monthly.person_key = aged.person_key AND monthly.plan_code = aged.plan_code AND monthly.period = 'month'
                    AND monthly.origin_credit_id IS NULL AND monthly.period_start >= aged.period_start
                    AND monthly.period_start < aged.period_start + interval '1 year')
    UNION ALL
    SELECT 'account_id', 'an account in pool ' || aged.pool_code, coalesce(account.pool_code, 'none')
    WHERE account.pool_code IS DISTINCT FROM aged.pool_code
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'pensioner_credit', aged.credit_id::text, fault.column_name, fault.expected, fault.found
FROM aged
LEFT JOIN due USING (policy_id, true_age, months)
LEFT JOIN run USING (job_id, proposal_id, pool_code)
LEFT JOIN shown USING (job_id, pool_code, plan_code)
LEFT JOIN person ON person.person_key = aged.person_key
CROSS JOIN LATERAL (
    SELECT 'birth_date', coalesce(person.birth_date::text, 'a person'), aged.birth_date::text
    WHERE person.birth_date IS DISTINCT FROM aged.birth_date
      AND NOT EXISTS (SELECT FROM proposal
                      WHERE proposal.person_key = aged.person_key AND proposal.kind = 'correct_person' AND proposal.state = 'approved'
                        AND proposal.payload -> 'changes' @> '[{"field": "birth_date"}]')
    UNION ALL
    SELECT 'policy_id', 'an active version of the plan in force at a level of pool ' || aged.pool_code, aged.policy_id::text
    WHERE aged.is_in_force IS NOT TRUE
    UNION ALL
    SELECT 'policy_id', 'that which was shown: ' || coalesce(shown.shown_policy_id::text, 'none'), aged.policy_id::text
    WHERE run.run_kind = 'credit_run' AND shown.shown_policy_id IS DISTINCT FROM aged.policy_id
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
    SELECT 'total_gross_fen', coalesce(due.due_gross_fen, 0)::text, aged.total_gross_fen::text
    WHERE aged.total_gross_fen <> coalesce(due.due_gross_fen, 0)
    UNION ALL
    SELECT 'total_deduction_fen', coalesce(due.due_deduction_fen, 0)::text, aged.total_deduction_fen::text
    WHERE aged.total_deduction_fen <> coalesce(due.due_deduction_fen, 0)
    UNION ALL
    SELECT 'job_id', 'a run of region and period', coalesce(run.run_kind, 'none')
    WHERE NOT (run.is_job IS TRUE
               AND CASE WHEN run.run_kind = 'credit_run'
                        THEN aged.revision = 0 AND run.from_month BETWEEN aged.period_start AND aged.last_start
                        ELSE run.from_month <= aged.last_start AND run.to_month >= aged.period_start END IS TRUE)
    UNION ALL
    SELECT 'proposal_id', 'an approved proposal of its run', 'none' WHERE run.is_approved IS NOT TRUE
) AS fault (column_name, expected, found)
WHERE aged.origin_credit_id IS NULL
