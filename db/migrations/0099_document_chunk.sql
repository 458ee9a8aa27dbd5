-- The bytes of documents, sealed piece by piece.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE document_chunk (
    person_key bigint NOT NULL,
    seq integer NOT NULL CHECK (seq BETWEEN 1 AND 40),
    document_id uuid NOT NULL,
    sealed bytea NOT NULL CHECK (octet_length(sealed) BETWEEN 32 AND 262175),
    PRIMARY KEY (person_key, document_id, seq)
);
-- What is sealed does not get shorter by being compressed.
ALTER TABLE document_chunk ALTER COLUMN sealed SET STORAGE EXTERNAL;
COMMENT ON TABLE document_chunk IS 'The bytes of documents, in pieces that are sealed each by itself; none of documents that were taken back';
COMMENT ON COLUMN document_chunk.person_key IS 'Person whose document it is';
COMMENT ON COLUMN document_chunk.seq IS 'Number of the piece: 1, 2, 3, …';
COMMENT ON COLUMN document_chunk.document_id IS 'The document';
COMMENT ON COLUMN document_chunk.sealed IS 'Sealed piece: 262144 bytes of content, the last one of a document what is left, and 31 more of the seal (associated data document_chunk.sealed.<seq>/<number of pieces>, document_id)';

GRANT SELECT, INSERT, DELETE ON document_chunk TO yibao_app;

-- migrate:down
DROP TABLE document_chunk;
