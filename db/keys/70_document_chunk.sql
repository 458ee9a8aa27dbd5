-- Pieces of documents, each of which is sealed as such a piece of so many.
-- SPDX-License-Identifier: Apache-2.0
-- scan: document_chunk 1
SELECT 'document_chunk.sealed.' || piece.seq || '/' || whole.pieces AS name, piece.document_id, piece.sealed,
       piece.person_key, piece.document_id AS object_id, true AS is_free
  FROM document_chunk AS piece
 CROSS JOIN LATERAL (SELECT count(*) AS pieces FROM document_chunk AS other
                      WHERE other.person_key = piece.person_key AND other.document_id = piece.document_id) AS whole
 WHERE piece.ctid >= $2::tid AND piece.ctid < $3::tid
   AND get_byte(piece.sealed, 1) * 256 + get_byte(piece.sealed, 2) <> $1::integer
-- store
UPDATE document_chunk SET sealed = $2::bytea
 WHERE person_key = $4::bigint AND document_id = $5::uuid AND sealed = $1::bytea
   AND seq = split_part(split_part($3::text, '.', 3), '/', 1)::integer
