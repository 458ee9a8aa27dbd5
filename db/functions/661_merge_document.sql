-- The document of a contribution that a merge copies to a person who has the same already:
-- ' #' and the first half of its id behind.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: at most 128 bytes of UTF-8, the document cut at a character where it must be.
CREATE OR REPLACE FUNCTION merge_document(source_document text, contribution_id uuid) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT left(source_document, max(length))
          FROM generate_series(0, length(source_document)) AS length
         WHERE octet_length(left(source_document, length)) <= 110)
       || ' #' || left(replace(contribution_id::text, '-', ''), 16);
