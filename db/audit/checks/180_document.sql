-- Each document is of a transfer or withdrawal of that person, of a kind that is asked for somewhere,
-- and came while it went on.
-- SPDX-License-Identifier: Apache-2.0
-- The limits are the auditor's own. Instants are those at which servers were asked, whose clocks may differ a little.
WITH thing AS (
    SELECT person_key, 'transfer' AS object_kind, transfer_id AS object_id, created_at, ended_at
    FROM transfer
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
    UNION ALL
    SELECT person_key, 'withdrawal', withdrawal_id, created_at, ended_at
    FROM withdrawal
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
), kept AS (
    SELECT document.*, thing.object_id AS thing_id, thing.created_at AS thing_created_at,
           thing.ended_at AS thing_ended_at,
           ('x' || right(replace(document_id::text, '-', ''), 16))::bit(64)::bigint & 4611686018427387903 AS id_key,
           count(*) FILTER (WHERE removed_at IS NULL) OVER one AS standing,
           sum(size_bytes) FILTER (WHERE removed_at IS NULL) OVER one AS standing_bytes,
           count(*) FILTER (WHERE removed_at IS NULL)
               OVER (PARTITION BY document.person_key, document.object_id, document_kind,
                     content_hash, size_bytes) AS alike
    FROM document
    LEFT JOIN thing ON thing.person_key = document.person_key AND thing.object_kind = document.object_kind
                   AND thing.object_id = document.object_id
    WHERE document.person_key BETWEEN $1::bigint AND $2::bigint
    WINDOW one AS (PARTITION BY document.person_key, document.object_id)
)
SELECT 'document', document_id::text, fault.column_name, fault.expected, fault.found
FROM kept
CROSS JOIN LATERAL (
    SELECT 'document_id', 'an id of person ' || person_key, 'one of ' || id_key WHERE id_key <> person_key
    UNION ALL
    SELECT 'object_id', 'a ' || object_kind || ' of that person', 'none' WHERE thing_id IS NULL
    UNION ALL
    SELECT 'object_kind', 'transfer or withdrawal', object_kind WHERE object_kind NOT IN ('transfer', 'withdrawal')
    UNION ALL
    SELECT 'document_kind', 'a kind of material_rule', document_kind
    WHERE NOT EXISTS (SELECT FROM material_rule AS rule
                      WHERE rule.document_kind = kept.document_kind
                        AND (rule.purpose = 'transfer') = (kept.object_kind = 'transfer'))
    UNION ALL
    SELECT 'content_type', 'application/pdf, image/jpeg or image/png', content_type
    WHERE content_type NOT IN ('application/pdf', 'image/jpeg', 'image/png')
    UNION ALL
    SELECT 'size_bytes', 'from 1 to 10485760', size_bytes::text WHERE size_bytes NOT BETWEEN 1 AND 10485760
    UNION ALL
    SELECT 'size_bytes', 'up to 67108864 together', standing_bytes::text WHERE standing_bytes > 67108864
    UNION ALL
    SELECT 'removed_at', 'up to 20 that stand', standing::text WHERE standing > 20 AND removed_at IS NULL
    UNION ALL
    SELECT 'removed_at', 'not before ' || created_at, removed_at::text WHERE removed_at < created_at
    UNION ALL
    SELECT 'created_at', 'not before ' || thing_created_at, created_at::text
    WHERE created_at < thing_created_at - interval '5 minutes'
    UNION ALL
    SELECT 'created_at', 'not after ' || thing_ended_at, created_at::text
    WHERE created_at > thing_ended_at + interval '5 minutes'
    UNION ALL
    SELECT 'uploader_kind', 'citizen, client or staff', uploader_kind
    WHERE uploader_kind NOT IN ('citizen', 'client', 'staff')
    UNION ALL
    SELECT 'content_hash', '1 of these bytes', alike::text WHERE alike > 1 AND removed_at IS NULL
) AS fault (column_name, expected, found)
