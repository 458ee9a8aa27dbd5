-- I7: a key that succeeded names what it made or changed, and nothing else does; what was refused named nothing.
-- SPDX-License-Identifier: Apache-2.0
-- Keys are keyed by who asked, so they are matched by the id of what they name: its low 62 bits are the person's key.
-- What names nothing is looked at with the person of key 0, who does not exist. Keys are kept for 7 days of real time:
-- what is recorded in the log and younger than 6 has its key. Words of success are the auditor's own list.
WITH success (operation, status) AS (VALUES
    ('create_charge', 'created'), ('capture_charge', 'captured'), ('void_charge', 'voided'),
    ('create_refund', 'created')
), answered AS (
    SELECT stored.*, success.operation IS NOT NULL AS is_success,
           CASE stored.operation WHEN 'create_refund' THEN 'charge_refund' ELSE 'charge' END AS table_name,
           concat_ws('/', stored.principal_id, stored.operation, stored.key) AS row_key,
           count(*) OVER (PARTITION BY stored.operation, stored.object_id) AS keys
    FROM (SELECT principal_id, operation, key, status, object_id, outcome,
                 coalesce(('x' || right(replace(object_id::text, '-', ''), 16))::bit(64)::bigint
                          & 4611686018427387903, 0) AS object_key
          FROM idempotency_key
          WHERE operation IN (SELECT operation FROM success)) AS stored
    LEFT JOIN success ON success.operation = stored.operation AND success.status = stored.status
    WHERE stored.object_key BETWEEN $1::bigint AND $2::bigint
), object AS (
    SELECT 'charge' AS table_name, charge_id AS object_id, provider_id, expires_at IS NULL AS is_at_once, state,
           created_at, current_year_fen, carried_over_fen
    FROM charge WHERE person_key BETWEEN $1::bigint AND $2::bigint
    UNION ALL
    SELECT 'charge_refund', refund_id, provider_id, true, 'captured', created_at, -- by the parts that received
           CASE current_year_into WHEN 'current_year' THEN current_year_fen ELSE 0 END,
           carried_over_fen + CASE current_year_into WHEN 'carried_over' THEN current_year_fen ELSE 0 END
    FROM charge_refund WHERE person_key BETWEEN $1::bigint AND $2::bigint
), paired AS (
    SELECT answered.*, object.provider_id, object.is_at_once, object.state, object.created_at, object.current_year_fen,
           object.carried_over_fen
    FROM answered
    LEFT JOIN object ON object.table_name = answered.table_name AND object.object_id = answered.object_id
), recent AS (
    SELECT action, actor_id, object_id
    FROM audit_event
    WHERE action IN ('create_charge', 'capture_charge', 'void_charge', 'create_refund')
      AND at > now() - interval '6 days'
      AND actor_kind = 'client' AND object_id IS NOT NULL AND detail -> 'refused' IS NULL
      AND detail -> 'payer_kind' IS NULL -- not what relatives are told of it
      AND ('x' || right(replace(object_id::text, '-', ''), 16))::bit(64)::bigint & 4611686018427387903
          BETWEEN $1::bigint AND $2::bigint
)
SELECT 'idempotency_key', row_key, fault.column_name, fault.expected, fault.found
FROM paired
CROSS JOIN LATERAL (
    SELECT 'object_id', CASE WHEN is_success THEN 'what was made or changed' ELSE 'null: it was refused' END,
           coalesce(object_id::text, 'null')
    WHERE (object_id IS NOT NULL) <> is_success
    UNION ALL
    SELECT 'object_id', 'a row of ' || table_name, 'none' WHERE object_id IS NOT NULL AND provider_id IS NULL
    UNION ALL
    SELECT 'principal_id', provider_id::text, principal_id::text WHERE principal_id <> provider_id
    UNION ALL
    SELECT 'object_id', 'what no other key of ' || operation || ' names', keys || ' keys'
    WHERE object_id IS NOT NULL AND keys > 1
    UNION ALL
    SELECT 'status', 'that of a charge that is ' || state, status
    WHERE (operation = 'capture_charge' AND state <> 'captured') OR (operation = 'void_charge' AND state <> 'voided')
    UNION ALL
    SELECT 'outcome', 'null: it was refused', outcome::text WHERE NOT is_success AND outcome IS NOT NULL
    UNION ALL
    SELECT 'outcome', concat_ws(' + ', current_year_fen, carried_over_fen) || ' fen',
           concat_ws(' + ', coalesce(outcome ->> 'current_year_fen', 'null'),
                     coalesce(outcome ->> 'carried_over_fen', 'null'))
    WHERE is_success AND provider_id IS NOT NULL
      AND (operation IN ('capture_charge', 'create_refund') OR (operation = 'create_charge' AND is_at_once))
      AND (outcome ->> 'current_year_fen', outcome ->> 'carried_over_fen')
          IS DISTINCT FROM (current_year_fen::text, carried_over_fen::text)
    UNION ALL
    SELECT 'outcome', created_at::text, coalesce(outcome ->> 'created_at', 'null')
    WHERE is_success AND operation IN ('create_charge', 'create_refund') AND provider_id IS NOT NULL
      AND CASE WHEN outcome ->> 'created_at' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d:\d\d$'
               THEN (outcome ->> 'created_at')::timestamptz IS DISTINCT FROM created_at ELSE true END
) AS fault (column_name, expected, found)
UNION ALL
SELECT CASE recent.action WHEN 'create_refund' THEN 'charge_refund' ELSE 'charge' END, recent.object_id::text,
       CASE recent.action WHEN 'create_refund' THEN 'refund_id' ELSE 'charge_id' END,
       'an idempotency key of ' || recent.action, 'none'
FROM recent
WHERE NOT EXISTS (SELECT FROM answered
                  WHERE answered.operation = recent.action AND answered.object_id = recent.object_id
                    AND answered.principal_id = recent.actor_id)
