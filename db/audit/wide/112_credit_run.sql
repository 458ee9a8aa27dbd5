-- I5: what runs and recomputations of pensioner credits say they posted is what they posted.
-- SPDX-License-Identifier: Apache-2.0
-- They concern nobody in particular: they are looked at with the person of key 0, who does not exist, and all in one
-- statement that reads the credits once. A slice posts, and adds to the sums, in one transaction.
-- Copies of merges count for no run.
WITH credited AS MATERIALIZED (
    SELECT job_id, pool_code, plan_code, min_age, revision > 0 AS is_difference, reason, count(*) AS credits,
           sum(gross_fen) AS gross_fen, sum(deduction_fen) AS deduction_fen,
           sum(greatest(gross_fen, 0)) AS gross_up_fen, sum(greatest(-gross_fen, 0)) AS gross_down_fen,
           sum(greatest(gross_fen - deduction_fen, 0)) AS net_up_fen,
           sum(greatest(deduction_fen - gross_fen, 0)) AS net_down_fen, sum(receivable_fen) AS receivable_fen
    FROM pensioner_credit
    WHERE 0 BETWEEN $1::bigint AND $2::bigint AND origin_credit_id IS NULL
    GROUP BY job_id, pool_code, plan_code, min_age, revision > 0, reason
), tier AS (
    SELECT job_id, pool_code, plan_code, min_age, people, gross_fen, deduction_fen
    FROM credit_run_tier
    WHERE 0 BETWEEN $1::bigint AND $2::bigint AND phase = 'posting'
), posted AS (
    SELECT job_id, pool_code, plan_code, min_age, sum(credits) AS people, sum(gross_fen) AS gross_fen,
           sum(deduction_fen) AS deduction_fen
    FROM credited
    WHERE NOT is_difference
    GROUP BY job_id, pool_code, plan_code, min_age
), summed AS (
    SELECT job_id, pool_code, plan_code, reason, sum(credits) AS credits, sum(gross_up_fen) AS gross_up_fen,
           sum(gross_down_fen) AS gross_down_fen, sum(deduction_fen) AS deduction_fen, sum(net_up_fen) AS net_up_fen,
           sum(net_down_fen) AS net_down_fen, sum(receivable_fen) AS receivable_fen
    FROM credited
    WHERE is_difference
    GROUP BY job_id, pool_code, plan_code, reason
), told AS (
    SELECT * FROM credit_difference_sum
    WHERE 0 BETWEEN $1::bigint AND $2::bigint AND phase = 'posting' AND status = 'posted'
), difference AS (
    SELECT credit_id, job_id, person_key, period_start, plan_code, pool_code, gross_fen, deduction_fen, total_gross_fen,
           total_deduction_fen, account_id, policy_id, age_years, reason
    FROM pensioner_credit
    WHERE 0 BETWEEN $1::bigint AND $2::bigint AND origin_credit_id IS NULL AND revision > 0
), shown AS (
    SELECT *, concat_ws('/', job_id, person_key, to_char(period_start, 'YYYY-MM'), plan_code, pool_code) AS row_key
    FROM credit_difference
    WHERE 0 BETWEEN $1::bigint AND $2::bigint
)
SELECT 'credit_run_tier', concat_ws('/', job_id, pool_code, plan_code, min_age), fault.column_name, fault.expected,
       fault.found
FROM tier
FULL JOIN posted USING (job_id, pool_code, plan_code, min_age)
CROSS JOIN LATERAL (VALUES
    ('people', posted.people, tier.people), ('gross_fen', posted.gross_fen, tier.gross_fen),
    ('deduction_fen', posted.deduction_fen, tier.deduction_fen)) AS pair (column_name, expected, found)
CROSS JOIN LATERAL (SELECT pair.column_name, coalesce(pair.expected, 0)::text, coalesce(pair.found::text, 'none'))
    AS fault (column_name, expected, found)
WHERE fault.expected <> fault.found
UNION ALL
SELECT 'credit_difference_sum', concat_ws('/', job_id, pool_code, plan_code, reason), fault.column_name, fault.expected,
       fault.found
FROM told
FULL JOIN summed USING (job_id, pool_code, plan_code, reason)
CROSS JOIN LATERAL (VALUES
    ('differences', summed.credits, told.differences), ('gross_up_fen', summed.gross_up_fen, told.gross_up_fen),
    ('gross_down_fen', summed.gross_down_fen, told.gross_down_fen),
    ('deduction_fen', summed.deduction_fen, told.deduction_fen),
    ('net_up_fen', summed.net_up_fen, told.net_up_fen), ('net_down_fen', summed.net_down_fen, told.net_down_fen),
    ('receivable_fen', summed.receivable_fen, told.receivable_fen)) AS pair (column_name, expected, found)
CROSS JOIN LATERAL (SELECT pair.column_name, coalesce(pair.expected, 0)::text, coalesce(pair.found::text, 'none'))
    AS fault (column_name, expected, found)
WHERE fault.expected <> fault.found
UNION ALL
SELECT 'credit_difference', shown.row_key, fault.column_name, fault.expected, fault.found
FROM shown
LEFT JOIN difference USING (credit_id)
LEFT JOIN person ON person.person_key = shown.person_key
CROSS JOIN LATERAL (
    SELECT 'credit_id', CASE shown.status WHEN 'posted' THEN 'the row that posted it'
                             ELSE 'null: it was not posted' END,
           coalesce(shown.credit_id::text, 'null')
    WHERE (shown.status = 'posted') <> (shown.credit_id IS NOT NULL)
       OR (shown.credit_id IS NOT NULL
           AND (difference.job_id, difference.person_key, difference.period_start, difference.plan_code,
                difference.pool_code)
               IS DISTINCT FROM (shown.job_id, shown.person_key, shown.period_start, shown.plan_code, shown.pool_code))
    UNION ALL
    SELECT 'credited_gross_fen', (difference.total_gross_fen - difference.gross_fen)::text,
           shown.credited_gross_fen::text
    WHERE difference.total_gross_fen - difference.gross_fen <> shown.credited_gross_fen
    UNION ALL
    SELECT 'credited_deduction_fen', (difference.total_deduction_fen - difference.deduction_fen)::text,
           shown.credited_deduction_fen::text
    WHERE difference.total_deduction_fen - difference.deduction_fen <> shown.credited_deduction_fen
    UNION ALL
    SELECT 'due_gross_fen', difference.total_gross_fen::text, shown.due_gross_fen::text
    WHERE difference.total_gross_fen <> shown.due_gross_fen
    UNION ALL
    SELECT 'due_deduction_fen', difference.total_deduction_fen::text, shown.due_deduction_fen::text
    WHERE difference.total_deduction_fen <> shown.due_deduction_fen
    UNION ALL
    SELECT 'account_id', difference.account_id::text, coalesce(shown.account_id::text, 'null')
    WHERE difference.account_id IS NOT NULL AND shown.account_id IS DISTINCT FROM difference.account_id
    UNION ALL
    SELECT 'policy_id', difference.policy_id::text, coalesce(shown.policy_id::text, 'null')
    WHERE difference.total_gross_fen > 0 AND shown.policy_id IS DISTINCT FROM difference.policy_id
    UNION ALL
    SELECT 'person_id', coalesce(person.person_id::text, 'a person'), shown.person_id::text
    WHERE person.person_id IS DISTINCT FROM shown.person_id
    UNION ALL
    SELECT 'reason', difference.reason, shown.reason WHERE difference.reason <> shown.reason
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'pensioner_credit', difference.credit_id::text, 'job_id', 'a recomputation that showed it',
       difference.job_id::text
FROM difference
LEFT JOIN shown USING (credit_id)
WHERE shown.job_id IS NULL
UNION ALL
SELECT 'credit_run', run.job_id::text, fault.column_name, fault.expected, fault.found
FROM credit_run AS run
LEFT JOIN job USING (job_id)
LEFT JOIN (SELECT pool.job_id, count(*) AS pools
           FROM credit_run_pool AS pool
           JOIN credit_run AS of USING (job_id)
           WHERE of.region_code NOT IN (pool.pool_code, left(pool.pool_code, 2) || '0000', '000000')
           GROUP BY pool.job_id) AS foreign_pool USING (job_id)
CROSS JOIN LATERAL (
    SELECT 'kind', coalesce(job.kind, 'a job'), run.kind WHERE job.kind IS DISTINCT FROM run.kind
    UNION ALL
    SELECT 'region_code', coalesce(job.parameters ->> 'region_code', 'none'), run.region_code
    WHERE job.parameters ->> 'region_code' <> run.region_code
    UNION ALL
    SELECT 'region_code', 'one of all its pools', run.region_code WHERE foreign_pool.pools > 0
    UNION ALL
    SELECT 'from_month', coalesce(job.parameters ->> 'month', job.parameters ->> 'from_month'),
           to_char(run.from_month, 'YYYY-MM')
    WHERE coalesce(job.parameters ->> 'month', job.parameters ->> 'from_month') <> to_char(run.from_month, 'YYYY-MM')
    UNION ALL
    SELECT 'to_month', coalesce(job.parameters ->> 'month', job.parameters ->> 'to_month'),
           to_char(run.to_month, 'YYYY-MM')
    WHERE coalesce(job.parameters ->> 'month', job.parameters ->> 'to_month') <> to_char(run.to_month, 'YYYY-MM')
) AS fault (column_name, expected, found)
WHERE 0 BETWEEN $1::bigint AND $2::bigint
