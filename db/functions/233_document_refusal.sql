-- Why a document may not be added to a transfer or withdrawal; null when it may.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none; whoever acts on it has locked the thing. Outcomes, by precedence:
--   not_found          there is no such thing, or none of its pools is the caller's to see
--   not_possible_now   it is over
--   kind_not_allowed   none of its pools asks for documents of that kind
--   documents_full     it has as many documents, or as many bytes of them, as it may (server/limits.h)
CREATE OR REPLACE FUNCTION document_refusal(
    asked_object_kind text, asked_person_key bigint, asked_object_id uuid, visible text, asked_kind text,
    asked_bytes bigint, documents_max bigint, bytes_max bigint)
RETURNS text
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    thing record;
    standing record;
BEGIN
    SELECT * INTO thing FROM document_thing(asked_object_kind, asked_person_key, asked_object_id);
    IF thing.person_id IS NULL OR NOT document_is_visible(thing.pool_codes, visible) THEN
        RETURN 'not_found';
    END IF;
    IF thing.is_over THEN
        RETURN 'not_possible_now';
    END IF;
    IF NOT EXISTS (SELECT FROM unnest(thing.pool_codes) AS pool (code)
                     JOIN LATERAL materials_needed(pool.code, thing.purpose,
                                                   asked_person_key, asked_object_id) AS needed
                          ON needed.document_kind = asked_kind) THEN
        RETURN 'kind_not_allowed';
    END IF;
    SELECT count(*) AS documents, coalesce(sum(document.size_bytes), 0) AS bytes INTO standing
      FROM document
     WHERE document.person_key = asked_person_key AND document.object_id = asked_object_id
       AND document.removed_at IS NULL;
    IF standing.documents >= documents_max OR standing.bytes + asked_bytes > bytes_max THEN
        RETURN 'documents_full';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION document_refusal(text, bigint, uuid, text, text, bigint, bigint, bigint) IS
    'Why a document may not be added to a transfer or withdrawal: not_found, not_possible_now, kind_not_allowed, '
    'documents_full; null when it may';
