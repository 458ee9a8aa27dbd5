-- Stores new monthly runs of pensioner credits: a job, the plans of its pools with their versions, an audit event each.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each run; a region is a pool, a province or 000000; months by their first day;
-- instants in real time, business_dates the day it is asked for. Ids come from the caller, so executing it again stores
-- nothing twice.
-- Locks: none but those of the inserted rows.
-- Outcomes: one row for each member, in order. status:
--   conflict   the month has not begun, or no pool of the region has a plan that was ever put in force
--   created    it will be checked
CREATE OR REPLACE FUNCTION credit_run_create(
    job_ids uuid[], region_codes text[], months date[], reasons text[], dry_runs boolean[], created_bys uuid[],
    business_dates date[], instants timestamptz[], event_ids uuid[], request_ids text[])
RETURNS TABLE (ord bigint, status text)
    LANGUAGE sql VOLATILE AS $$
WITH asked AS MATERIALIZED (
    SELECT a.*
      FROM unnest(job_ids, region_codes, months, reasons, dry_runs, created_bys, business_dates, instants, event_ids,
                  request_ids) WITH ORDINALITY
           AS a (job_id, region_code, month, reason, dry_run, created_by, business_date, instant, event_id, request_id,
                 ord)
), plan AS MATERIALIZED (
    SELECT asked.ord, asked.job_id, pool.pool_code, held.plan_code, policy.policy_id,
           CASE WHEN policy.policy_id IS NULL THEN 'policy_missing'
                WHEN policy.plan_kind = 'ratio' AND policy.base_fen IS NULL THEN 'policy_incomplete'
                WHEN extract(month FROM asked.month) < policy.posting_month THEN 'posting_month_not_reached'
                END AS refusal
      FROM asked
      JOIN pool ON asked.region_code IN ('000000', pool.province_code, pool.pool_code)
     CROSS JOIN LATERAL (
           SELECT DISTINCT version.plan_code
             FROM region_levels(pool.pool_code) AS level
             JOIN credit_policy AS version ON version.region_code = level.region_code
            WHERE version.activated_at IS NOT NULL) AS held
      LEFT JOIN LATERAL credit_policy_at(pool.pool_code, held.plan_code, asked.month) AS policy ON true
     WHERE asked.month <= asked.business_date
), judged AS MATERIALIZED (
    SELECT asked.*,
           CASE WHEN EXISTS (SELECT FROM plan WHERE plan.ord = asked.ord) THEN 'created' ELSE 'conflict' END AS status
      FROM asked
), stored AS (
    INSERT INTO job (job_id, kind, state, phase, parameters, regions, created_by, created_at)
    SELECT judged.job_id, 'credit_run', 'waiting', 'checking',
           jsonb_build_object('region_code', judged.region_code, 'month', to_char(judged.month, 'YYYY-MM'),
                              'reason', judged.reason, 'dry_run', judged.dry_run),
           ARRAY[judged.region_code], judged.created_by, judged.instant
      FROM judged
     WHERE judged.status = 'created'
     ORDER BY judged.job_id
        ON CONFLICT DO NOTHING
    RETURNING job.job_id
), run AS (
    INSERT INTO credit_run (job_id, kind, region_code, from_month, to_month)
    SELECT judged.job_id, 'credit_run', judged.region_code, judged.month, judged.month
      FROM judged
      JOIN stored ON stored.job_id = judged.job_id
), of_pool AS (
    INSERT INTO credit_run_pool (job_id, pool_code, plan_code, policy_id, refusal)
    SELECT plan.job_id, plan.pool_code, plan.plan_code, plan.policy_id, plan.refusal
      FROM plan
      JOIN stored ON stored.job_id = plan.job_id
), recorded AS (
    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, object_id, pool_code, request_id, detail)
    SELECT judged.event_id, judged.instant, 'staff', judged.created_by, 'create_credit_run', judged.job_id,
           nullif(judged.region_code, '000000'), judged.request_id,
           jsonb_build_object('month', to_char(judged.month, 'YYYY-MM'), 'dry_run', judged.dry_run)
      FROM judged
      JOIN stored ON stored.job_id = judged.job_id
)
SELECT judged.ord, judged.status FROM judged ORDER BY judged.ord
$$;
COMMENT ON FUNCTION credit_run_create(uuid[], text[], date[], text[], boolean[], uuid[], date[], timestamptz[], uuid[],
                                      text[]) IS
    'Stores new monthly runs of pensioner credits with their jobs and plans; a row for each: created or conflict';
