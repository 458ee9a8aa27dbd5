-- Who did it: each document has one audit event of who handed it in, and, where it was taken back, one of who did that.
-- SPDX-License-Identifier: Apache-2.0
-- An event of what was refused says so and counts for nothing here.
WITH done AS (
    SELECT person_key, document_id, object_id, uploaded_by, uploader_kind, one.action, one.column_name
    FROM document
    CROSS JOIN LATERAL (SELECT 'create_' || object_kind || '_document', 'document_id' UNION ALL
                        SELECT 'remove_document', 'removed_at'
                        WHERE removed_at IS NOT NULL) AS one (action, column_name)
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
), event AS (
    SELECT person_key, object_id, detail ->> 'document_id' AS document_id, action, actor_kind, actor_id
    FROM audit_event
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND detail -> 'refused' IS NULL
      AND action IN ('create_transfer_document', 'create_withdrawal_document', 'remove_document')
), paired AS (
    SELECT done.*, event.actor_kind, event.actor_id, event.object_id AS event_object_id,
           count(event.action) OVER (PARTITION BY done.person_key, done.document_id, done.action) AS events
    FROM done
    LEFT JOIN event ON event.person_key = done.person_key AND event.document_id = done.document_id::text
                   AND event.action = done.action
)
SELECT DISTINCT 'document', document_id::text, column_name, '1 audit event ' || action, events::text
FROM paired
WHERE events <> 1
UNION ALL
SELECT 'document', document_id::text, fault.column_name, fault.expected, fault.found
FROM paired
CROSS JOIN LATERAL (
    SELECT 'object_id', event_object_id::text, object_id::text WHERE event_object_id <> object_id
    UNION ALL
    SELECT 'uploaded_by', coalesce(actor_id::text, 'nobody'), uploaded_by::text
    WHERE action <> 'remove_document' AND actor_id IS DISTINCT FROM uploaded_by
    UNION ALL
    SELECT 'uploader_kind', actor_kind, uploader_kind WHERE action <> 'remove_document' AND actor_kind <> uploader_kind
) AS fault (column_name, expected, found)
WHERE events = 1
UNION ALL
SELECT 'document', event.document_id, 'removed_at', 'taken back', 'no document that was'
FROM event
WHERE event.action = 'remove_document'
  AND NOT EXISTS (SELECT FROM done WHERE done.person_key = event.person_key AND done.action = event.action
                                     AND done.document_id::text = event.document_id)
