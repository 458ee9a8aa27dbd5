-- Each document that stands has exactly its pieces, of the lengths that its size makes; what was taken back has none.
-- SPDX-License-Identifier: Apache-2.0
-- A piece seals 262144 bytes, the last one what is left; a seal takes 31 more. Whether it opens,
-- only the program can tell.
WITH kept AS (
    SELECT person_key, document_id, size_bytes, removed_at, (size_bytes + 262143) / 262144 AS pieces
    FROM document
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
), piece AS (
    SELECT person_key, document_id, seq, octet_length(sealed) AS bytes, get_byte(sealed, 0) AS algorithm
    FROM document_chunk
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
)
SELECT 'document', kept.document_id::text, 'document_id', 'piece ' || wanted.seq || ' of ' || kept.pieces, 'none'
FROM kept
CROSS JOIN LATERAL generate_series(1, kept.pieces) AS wanted (seq)
LEFT JOIN piece ON piece.person_key = kept.person_key AND piece.document_id = kept.document_id
               AND piece.seq = wanted.seq
WHERE kept.removed_at IS NULL AND piece.seq IS NULL
UNION ALL
SELECT 'document_chunk', piece.document_id || '/' || piece.seq, fault.column_name, fault.expected, fault.found
FROM piece
LEFT JOIN kept ON kept.person_key = piece.person_key AND kept.document_id = piece.document_id
CROSS JOIN LATERAL (
    SELECT 'document_id', 'a document of that person', 'none' WHERE kept.document_id IS NULL
    UNION ALL
    SELECT 'document_id', 'a document that stands', 'one that was taken back' WHERE kept.removed_at IS NOT NULL
    UNION ALL
    SELECT 'seq', 'from 1 to ' || kept.pieces, piece.seq::text WHERE piece.seq NOT BETWEEN 1 AND kept.pieces
    UNION ALL
    SELECT 'sealed', wanted.bytes || ' bytes', piece.bytes || ' bytes'
    FROM (SELECT 31 + CASE WHEN piece.seq < kept.pieces THEN 262144
                           ELSE kept.size_bytes - (kept.pieces - 1) * 262144 END AS bytes) AS wanted
    WHERE piece.seq <= kept.pieces AND piece.bytes <> wanted.bytes
    UNION ALL
    SELECT 'sealed', 'algorithm 1', 'algorithm ' || piece.algorithm WHERE piece.algorithm <> 1
) AS fault (column_name, expected, found)
