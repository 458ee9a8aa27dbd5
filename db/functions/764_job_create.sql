-- Stores new jobs with one audit event each.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each job; regions comma-joined; parameters as JSON; instants in real time. Ids
-- come from the caller, so executing it again stores nothing twice.
-- Locks: none but those of the inserted rows.
-- Outcomes: one row for each member, in order; status created.
CREATE OR REPLACE FUNCTION job_create(
    job_ids uuid[], kinds text[], parameters text[], regions text[], spool_ids uuid[], created_bys uuid[],
    instants timestamptz[], event_ids uuid[], request_ids text[])
RETURNS TABLE (ord bigint, status text)
LANGUAGE sql VOLATILE
AS $$
WITH asked AS MATERIALIZED (
    SELECT a.*
      FROM unnest(job_ids, kinds, parameters, regions, spool_ids, created_bys, instants, event_ids, request_ids)
           WITH ORDINALITY AS a (job_id, kind, parameters, regions, spool_id, created_by, instant, event_id, request_id,
                                 ord)
), stored AS (
    INSERT INTO job (job_id, kind, state, phase, parameters, regions, spool_id, created_by, created_at)
    SELECT asked.job_id, asked.kind, 'waiting', 'checking', asked.parameters::jsonb,
           string_to_array(asked.regions, ','), asked.spool_id, asked.created_by, asked.instant
      FROM asked
     ORDER BY asked.job_id
        ON CONFLICT DO NOTHING
    RETURNING job.job_id
), recorded AS (
    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, object_id, request_id, detail)
    SELECT asked.event_id, asked.instant, 'staff', asked.created_by, 'create_' || asked.kind, asked.job_id,
           asked.request_id, asked.parameters::jsonb - 'reason'
      FROM asked
      JOIN stored ON stored.job_id = asked.job_id
)
SELECT asked.ord, 'created' FROM asked ORDER BY asked.ord
$$;
COMMENT ON FUNCTION job_create(uuid[], text[], text[], text[], uuid[], uuid[], timestamptz[], uuid[], text[]) IS
    'Stores new jobs with an audit event each; one status row for each member';
