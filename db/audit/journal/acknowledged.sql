-- I6: what clients were answered ($1, an array of JSON), held against the books: nothing lost, changed, or done twice.
-- SPDX-License-Identifier: Apache-2.0
-- line says where it stands in which journal; object_id is what the reply is about. What the row of an object says is
-- compared by name with what was sent and what was answered, instants as instants; what can change later is left out.
WITH told AS (
    SELECT line.*, ('x' || right(replace(line.object_id::text, '-', ''), 16))::bit(64)::bigint
           & 4611686018427387903 AS object_key,
           CASE line.operation WHEN 'create_refund' THEN 'charge_refund' ELSE 'charge' END AS table_name,
           CASE line.operation WHEN 'create_refund' THEN 'refund_id' ELSE 'charge_id' END AS id_name,
           CASE line.operation WHEN 'create_refund' THEN 'refund' ELSE 'charge' END AS number_kind
    FROM jsonb_to_recordset($1::jsonb) AS line (line text, operation text, is_dry_run boolean, principal_id uuid,
                                                key text, object_id uuid, charge_id uuid, body jsonb, reply jsonb)
), held AS (
    SELECT told.*,
           -- The reply to a refund tells the parts that received.
           coalesce(to_jsonb(charge), to_jsonb(refund) || CASE refund.current_year_into
               WHEN 'carried_over' THEN jsonb_build_object('current_year_fen', 0,
                                                      'carried_over_fen', refund.amount_fen - refund.shared_fen)
               ELSE '{}' END) AS stored,
           CASE told.operation WHEN 'create_refund' THEN refund.provider_id ELSE charge.provider_id END AS provider_id,
           CASE told.operation WHEN 'create_refund' THEN refund.refund_no ELSE charge.charge_no END AS number
    FROM told
    LEFT JOIN charge ON told.table_name = 'charge' AND charge.person_key = told.object_key
                    AND charge.charge_id = told.object_id
    LEFT JOIN charge_refund AS refund ON told.table_name = 'charge_refund' AND refund.person_key = told.object_key
                                     AND refund.refund_id = told.object_id
), compared (operation, name) AS (
    SELECT operation, unnest(names)
    FROM (VALUES
        ('create_charge', '{account_id,provider_id,pool_code,amount_fen,charge_no,usage,item}'::text[]),
        ('create_charge', '{created_at,expires_at,business_date}'),
        ('create_charge at once', '{state,captured_fen,current_year_fen,carried_over_fen,captured_on}'),
        ('capture_charge', '{state,captured_fen,current_year_fen,carried_over_fen,captured_on}'),
        ('capture_charge', '{account_id,amount_fen,charge_no}'),
        ('void_charge', '{state,account_id,amount_fen,charge_no}'),
        ('create_refund', '{charge_id,account_id,provider_id,pool_code,amount_fen,refund_no,reason}'),
        ('create_refund', '{current_year_fen,carried_over_fen,created_at,business_date}')) AS of (operation, names)
), said AS (
    SELECT held.*, compared.name, given.value
    FROM held
    JOIN compared ON compared.operation = held.operation
                  OR (compared.operation = 'create_charge at once' AND held.operation = 'create_charge'
                      AND held.stored ->> 'expires_at' IS NULL)
    CROSS JOIN LATERAL (VALUES
        (held.reply ->> compared.name),
        (CASE compared.name WHEN 'pool_code' THEN held.reply ->> 'region_code' END),
        (CASE WHEN held.operation <> 'capture_charge' THEN held.body ->> compared.name
              WHEN compared.name = 'captured_fen' THEN held.body ->> 'amount_fen' END)) AS given (value)
    WHERE held.stored IS NOT NULL AND NOT held.is_dry_run AND given.value IS NOT NULL
)
SELECT table_name, object_id::text, id_name, fault.expected, fault.found
FROM held
CROSS JOIN LATERAL (
    SELECT 'acknowledged in ' || line, 'none' WHERE stored IS NULL AND NOT is_dry_run
    UNION ALL
    SELECT 'none: ' || line || ' was a dry run', 'a row'
    WHERE stored IS NOT NULL AND is_dry_run AND operation IN ('create_charge', 'create_refund')
) AS fault (expected, found)
UNION ALL
SELECT table_name, object_id::text, 'provider_id', principal_id::text, provider_id::text
FROM held
WHERE provider_id <> principal_id
UNION ALL
SELECT table_name, object_id::text, 'charge_id', charge_id::text, stored ->> 'charge_id'
FROM held
WHERE stored ->> 'charge_id' <> charge_id::text
UNION ALL
SELECT DISTINCT table_name, object_id::text, name, value, coalesce(stored ->> name, 'null')
FROM said
WHERE CASE WHEN name NOT IN ('created_at', 'expires_at') THEN lower(value) IS DISTINCT FROM lower(stored ->> name)
           WHEN value ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$'
               THEN value::timestamptz IS DISTINCT FROM (stored ->> name)::timestamptz
           ELSE true END
UNION ALL
SELECT 'idempotency_key', concat_ws('/', held.principal_id, held.operation, held.key),
       CASE WHEN kept.key IS NULL THEN 'key' ELSE 'object_id' END,
       CASE WHEN kept.key IS NULL THEN 'kept for 7 days' ELSE held.object_id::text END,
       CASE WHEN kept.key IS NULL THEN 'none' ELSE coalesce(kept.object_id::text, 'null: ' || kept.status) END
FROM held
LEFT JOIN idempotency_key AS kept ON kept.principal_id = held.principal_id AND kept.operation = held.operation
                              AND kept.key = held.key
WHERE NOT held.is_dry_run AND held.stored IS NOT NULL AND kept.object_id IS DISTINCT FROM held.object_id
  AND (kept.key IS NOT NULL
       OR EXISTS (SELECT FROM audit_event AS event
                  WHERE event.person_key = held.object_key AND event.object_id = held.object_id
                    AND event.action = held.operation
                    AND event.at > now() - interval '6 days'))
UNION ALL
SELECT 'business_number', concat_ws('/', held.principal_id, held.number_kind, held.number), 'object_id',
       held.object_id::text,
       coalesce(named.object_id::text, 'none')
FROM held
LEFT JOIN business_number AS named ON named.scope_id = held.principal_id AND named.kind = held.number_kind
                                  AND named.number = held.number
WHERE NOT held.is_dry_run AND held.operation IN ('create_charge', 'create_refund') AND held.stored IS NOT NULL
  AND named.object_id IS DISTINCT FROM held.object_id
