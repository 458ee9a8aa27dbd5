-- Reads a document with its sealed pieces, in their order; one row without a piece where there is none.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- param: person_key int8
-- param: document_id uuid
-- param: visible text
-- column: content_type text
-- column: size_bytes int4
-- column: seq int4
-- column: sealed bytea
SELECT document.content_type, document.size_bytes, chunk.seq, chunk.sealed
  FROM document
 CROSS JOIN LATERAL document_thing(document.object_kind, document.person_key, document.object_id) AS thing
  LEFT JOIN document_chunk AS chunk
       ON chunk.person_key = document.person_key AND chunk.document_id = document.document_id
 WHERE document.person_key = $1 AND document.document_id = $2 AND document.removed_at IS NULL
   AND document_is_visible(thing.pool_codes, $3)
 ORDER BY chunk.seq
