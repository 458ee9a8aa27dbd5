-- Keeps a document of a transfer or withdrawal.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- writes: yes
-- param: operation text
-- param: object_kind text
-- param: person_key int8
-- param: object_id uuid
-- param: document_id uuid
-- param: document_kind text
-- param: content_type text
-- param: size_bytes int4
-- param: content_hash bytea
-- param: sealed bytea
-- param: chunk_bytes int4
-- param: documents_max int8
-- param: bytes_max int8
-- param: visible text
-- param: actor_kind text
-- param: actor_id uuid
-- param: instant instant
-- param: event_id uuid
-- param: request_id text
-- param: real_instant instant
-- column: status text
-- column: document_id uuid
-- column: object_kind text
-- column: object_id uuid
-- column: document_kind text
-- column: content_type text
-- column: size_bytes int4
-- column: uploaded_by text
-- column: created_at instant
-- column: state text
-- column: possible text
SELECT kept.status, kept.document_id, $2, $4, $6, $7, $8,
       CASE kept.made_by WHEN 'citizen' THEN 'person' ELSE kept.made_by END, kept.made_at, kept.outcome ->> 'state',
       (kept.outcome -> 'possible')::text
  FROM document_store($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) AS kept
