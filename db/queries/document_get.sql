-- Reads what is known of documents.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: read
-- repeatable: yes
-- param: person_key int8
-- param: document_id uuid
-- param: visible text
-- column: ord int8
-- column: document_id uuid
-- column: object_kind text
-- column: object_id uuid
-- column: document_kind text
-- column: content_type text
-- column: size_bytes int4
-- column: uploaded_by text
-- column: created_at instant
SELECT asked.ord, document.document_id, document.object_kind, document.object_id, document.document_kind,
       document.content_type, document.size_bytes,
       CASE document.uploader_kind WHEN 'citizen' THEN 'person' ELSE document.uploader_kind END, document.created_at
  FROM unnest($1::bigint[], $2::uuid[], $3::text[]) WITH ORDINALITY AS asked (person_key, document_id, visible, ord)
  JOIN document ON document.person_key = asked.person_key AND document.document_id = asked.document_id
       AND document.removed_at IS NULL
 CROSS JOIN LATERAL document_thing(document.object_kind, document.person_key, document.object_id) AS thing
 WHERE document_is_visible(thing.pool_codes, asked.visible)
 ORDER BY asked.ord
