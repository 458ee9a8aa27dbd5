-- The contributions of one record as a merge copies them to another: the same content,
-- told apart where both have the same.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. A copy whose month, scheme, kind and document the other record has too gets another document
-- (merge_document). origin_contribution_id is that of the record which has the entry:
-- of a copy of a copy still the first.
CREATE OR REPLACE FUNCTION merge_contribution_copies(survivor_key bigint, duplicate_key bigint)
RETURNS TABLE (contribution_id uuid, origin_contribution_id uuid, source_document text)
    LANGUAGE sql STABLE AS $$
SELECT given.contribution_id, coalesce(given.origin_contribution_id, given.contribution_id),
       CASE WHEN own.person_key IS NULL THEN given.source_document
            ELSE merge_document(given.source_document, given.contribution_id) END
  FROM contribution AS given
  LEFT JOIN contribution AS own ON own.person_key = survivor_key AND own.period = given.period
       AND own.scheme = given.scheme AND own.kind = given.kind AND own.source_document = given.source_document
 WHERE given.person_key = duplicate_key
$$;
COMMENT ON FUNCTION merge_contribution_copies(bigint, bigint) IS
    'The contributions of one record as a merge copies them to another: each with its origin and its document there';
