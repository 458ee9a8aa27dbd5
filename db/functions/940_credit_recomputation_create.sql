-- Stores new recomputations of pensioner credits: a job and an audit event each.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each recomputation; a region is a pool, a province or 000000; the first days
-- of the first and the last month; a plan, null for all; instants in real time. Ids come from the caller, so executing
-- it again stores nothing twice.
-- Locks: none but those of the inserted rows. Outcomes: one row for each member, in order. status:
--   conflict   the region has no pool
--   created    it will be checked
CREATE OR REPLACE FUNCTION credit_recomputation_create(
    job_ids uuid[], region_codes text[], from_months date[], to_months date[], plan_codes text[], reasons text[],
    created_bys uuid[], instants timestamptz[], event_ids uuid[], request_ids text[])
RETURNS TABLE (ord bigint, status text)
    LANGUAGE sql VOLATILE AS $$
WITH asked AS MATERIALIZED (
    SELECT a.*, CASE WHEN EXISTS (SELECT FROM pool
                                  WHERE a.region_code IN ('000000', pool.province_code, pool.pool_code))
                     THEN 'created' ELSE 'conflict' END AS status
      FROM unnest(job_ids, region_codes, from_months, to_months, plan_codes, reasons, created_bys, instants, event_ids,
                  request_ids) WITH ORDINALITY
           AS a (job_id, region_code, from_month, to_month, plan_code, reason, created_by, instant,
                 event_id, request_id, ord)
), stored AS (
    INSERT INTO job (job_id, kind, state, phase, parameters, regions, created_by, created_at)
    SELECT asked.job_id, 'credit_recomputation', 'waiting', 'checking',
           jsonb_strip_nulls(jsonb_build_object(
               'region_code', asked.region_code, 'from_month', to_char(asked.from_month, 'YYYY-MM'),
               'to_month', to_char(asked.to_month, 'YYYY-MM'), 'plan_code', asked.plan_code, 'reason', asked.reason)),
           ARRAY[asked.region_code], asked.created_by, asked.instant
      FROM asked
     WHERE asked.status = 'created'
     ORDER BY asked.job_id
        ON CONFLICT DO NOTHING
    RETURNING job.job_id
), run AS (
    INSERT INTO credit_run (job_id, kind, region_code, from_month, to_month)
    SELECT asked.job_id, 'credit_recomputation', asked.region_code, asked.from_month, asked.to_month
      FROM asked
      JOIN stored ON stored.job_id = asked.job_id
), recorded AS (
    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, object_id, pool_code, request_id, detail)
    SELECT asked.event_id, asked.instant, 'staff', asked.created_by, 'create_credit_recomputation', asked.job_id,
           nullif(asked.region_code, '000000'), asked.request_id,
           jsonb_strip_nulls(jsonb_build_object('from_month', to_char(asked.from_month, 'YYYY-MM'),
                                                'to_month', to_char(asked.to_month, 'YYYY-MM'),
                                                'plan_code', asked.plan_code))
      FROM asked
      JOIN stored ON stored.job_id = asked.job_id
)
SELECT asked.ord, asked.status FROM asked ORDER BY asked.ord
$$;
COMMENT ON FUNCTION credit_recomputation_create(uuid[], text[], date[], date[], text[], text[], uuid[], timestamptz[],
    uuid[], text[]) IS
    'Stores new recomputations of pensioner credits with their jobs; one status row for each member: created or '
    'conflict';
