-- Stores new yearly runs of interest: a job, the pools it is about with their days, and an audit event each.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each run; a region is a pool, a province or 000000; instants in real time,
-- business_dates the day it is asked for. Ids come from the caller, so executing it again stores nothing twice.
-- Locks: none but those of the inserted rows.
-- Outcomes: one row for each member, in order. status:
--   conflict   no pool of the region may be posted yet: the year is not over, its day of posting has not come, or no
--              rule
--   created    it will be checked
CREATE OR REPLACE FUNCTION interest_run_create(
    job_ids uuid[], region_codes text[], interest_years bigint[], reasons text[], created_bys uuid[],
    business_dates date[], instants timestamptz[], event_ids uuid[], request_ids text[])
RETURNS TABLE (ord bigint, status text)
    LANGUAGE sql VOLATILE AS $$
WITH asked AS MATERIALIZED (
    SELECT a.*
      FROM unnest(job_ids, region_codes, interest_years, reasons, created_bys, business_dates, instants, event_ids,
                  request_ids) WITH ORDINALITY
           AS a (job_id, region_code, interest_year, reason, created_by, business_date, instant,
                 event_id, request_id, ord)
), term AS MATERIALIZED (
    SELECT asked.ord, asked.job_id, pool.pool_code, year.starts_on, year.ends_before,
           CASE WHEN rule.posting_month IS NOT NULL
                THEN posting.day + CASE WHEN posting.day < year.ends_before THEN interval '1 year' ELSE interval '0' END
                END::date AS posts_from
      FROM asked
      JOIN pool ON asked.region_code IN ('000000', pool.province_code, pool.pool_code)
     CROSS JOIN LATERAL (
           SELECT make_date(asked.interest_year::int, pool.account_year_starts_month, 1) AS starts_on,
                  make_date(asked.interest_year::int + 1, pool.account_year_starts_month, 1) AS ends_before) AS year
      LEFT JOIN LATERAL interest_rule_at(pool.pool_code, year.starts_on) AS rule ON true
     CROSS JOIN LATERAL (
           SELECT make_date(extract(year FROM year.ends_before)::int,
                            rule.posting_month, rule.posting_day) AS day) AS posting
), judged AS MATERIALIZED (
    SELECT asked.*, CASE WHEN EXISTS (SELECT FROM term
                                      WHERE term.ord = asked.ord AND term.posts_from <= asked.business_date)
                         THEN 'created' ELSE 'conflict' END AS status
      FROM asked
), stored AS (
    INSERT INTO job (job_id, kind, state, phase, parameters, regions, created_by, created_at)
    SELECT judged.job_id, 'interest', 'waiting', 'checking',
           jsonb_build_object('region_code', judged.region_code, 'year', judged.interest_year, 'reason', judged.reason),
           ARRAY[judged.region_code], judged.created_by, judged.instant
      FROM judged
     WHERE judged.status = 'created'
     ORDER BY judged.job_id
        ON CONFLICT DO NOTHING
    RETURNING job.job_id
), run AS (
    INSERT INTO interest_run (job_id, region_code, interest_year)
    SELECT judged.job_id, judged.region_code, judged.interest_year
      FROM judged
      JOIN stored ON stored.job_id = judged.job_id
), of_pool AS (
    INSERT INTO interest_run_pool (job_id, pool_code, starts_on, ends_before, posts_from)
    SELECT term.job_id, term.pool_code, term.starts_on, term.ends_before, term.posts_from
      FROM term
      JOIN stored ON stored.job_id = term.job_id
), recorded AS (
    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, object_id, pool_code, request_id, detail)
    SELECT judged.event_id, judged.instant, 'staff', judged.created_by, 'create_interest_run', judged.job_id,
           nullif(judged.region_code, '000000'), judged.request_id, jsonb_build_object('year', judged.interest_year)
      FROM judged
      JOIN stored ON stored.job_id = judged.job_id
)
SELECT judged.ord, judged.status FROM judged ORDER BY judged.ord
$$;
COMMENT ON FUNCTION interest_run_create(uuid[], text[], bigint[], text[], uuid[], date[], timestamptz[], uuid[],
    text[]) IS
    'Stores new yearly runs of interest with their jobs and pools; one status row for each member: created or conflict';
