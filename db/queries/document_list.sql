-- Lists the documents of transfers or withdrawals in the order in which they came;
-- one row without any where there is none.
-- SPDX-License-Identifier: Apache-2.0
-- No row at all when there is no such thing, or none of its pools is visible.
-- mode: set
-- lane: read
-- repeatable: yes
-- param: object_kind text
-- param: person_key int8
-- param: object_id uuid
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
  FROM unnest($1::text[], $2::bigint[], $3::uuid[], $4::text[]) WITH ORDINALITY
       AS asked (object_kind, person_key, object_id, visible, ord)
 CROSS JOIN LATERAL document_thing(asked.object_kind, asked.person_key, asked.object_id) AS thing
  LEFT JOIN document ON document.person_key = asked.person_key AND document.object_id = asked.object_id
       AND document.object_kind = asked.object_kind AND document.removed_at IS NULL
 WHERE document_is_visible(thing.pool_codes, asked.visible)
 ORDER BY asked.ord, document.created_at, document.document_id
