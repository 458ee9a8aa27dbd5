-- Keeps a document of a transfer or withdrawal with its sealed pieces, and an audit event.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: of one request, for it brings up to 10 MiB; it runs on the slow lane. asked_object_kind: transfer or
-- withdrawal. sealed: the pieces one after another, each chunk_bytes long but for the last one. visible: comma-joined
-- LIKE patterns of pool codes, null for every pool and for the person. instant in business time, real_instant in real
-- time. Ids come from the caller, so that the same call may be done again.
-- Locks: the thing (document_lock).
-- Outcomes: one row. status, by precedence:
--   not_found, not_possible_now   of document_refusal
--   exists      the same bytes are there already as that kind of document of the thing: document_id says which
--   kind_not_allowed, documents_full   of document_refusal and document_has_room
--   created     it is kept now
-- made_at: when the document came, business time. outcome: of not_possible_now, state_possible.
CREATE OR REPLACE FUNCTION document_store(
    asked_operation text, asked_object_kind text, asked_person_key bigint, asked_object_id uuid, asked_document_id uuid,
    asked_kind text, asked_type text, asked_bytes integer, asked_hash bytea, sealed bytea, chunk_bytes integer,
    documents_max bigint, bytes_max bigint, visible text, asked_actor_kind text, asked_actor_id uuid,
    instant timestamptz, asked_event_id uuid, asked_request_id text, real_instant timestamptz)
RETURNS TABLE (status text, document_id uuid, made_at timestamptz, made_by text, outcome jsonb)
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    thing record;
    known document;
    verdict text;
BEGIN
    PERFORM document_lock(asked_object_kind, asked_person_key, asked_object_id);
    -- In statements of their own, which see what was committed before the lock was got.
    SELECT * INTO thing FROM document_thing(asked_object_kind, asked_person_key, asked_object_id);
    SELECT d.* INTO known
      FROM document AS d
     WHERE d.person_key = asked_person_key AND d.object_id = asked_object_id AND d.removed_at IS NULL
       AND (d.document_id = asked_document_id
            OR (d.document_kind = asked_kind AND d.content_hash = asked_hash AND d.size_bytes = asked_bytes))
     ORDER BY d.document_id = asked_document_id DESC
     LIMIT 1;
    verdict := coalesce(document_refusal(asked_object_kind, asked_person_key, asked_object_id, visible, asked_kind,
                                         asked_bytes, documents_max, bytes_max),
                        CASE WHEN NOT document_has_room(asked_person_key, instant)
                                  THEN 'documents_full' END, 'created');
    IF verdict NOT IN ('not_found', 'not_possible_now') AND known.document_id IS NOT NULL THEN
        RETURN QUERY SELECT CASE WHEN known.document_id = asked_document_id THEN 'created' ELSE 'exists' END,
                            known.document_id, known.created_at, known.uploader_kind, NULL::jsonb;
        RETURN;
    END IF;
    IF verdict = 'created' THEN
        INSERT INTO document (person_key, document_id, object_kind, object_id, document_kind, content_type, size_bytes,
                              content_hash, uploaded_by, uploader_kind, created_at)
        VALUES (asked_person_key, asked_document_id, asked_object_kind, asked_object_id, asked_kind, asked_type,
                asked_bytes, asked_hash, asked_actor_id, asked_actor_kind, instant);
        INSERT INTO document_chunk (person_key, document_id, seq, sealed)
        SELECT asked_person_key, asked_document_id, piece.seq,
               substring(sealed FROM (piece.seq - 1) * chunk_bytes + 1 FOR chunk_bytes)
          FROM generate_series(1, (octet_length(sealed) + chunk_bytes - 1) / chunk_bytes) AS piece (seq);
    END IF;
    IF verdict <> 'not_found' THEN
        INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, pool_code,
                                 request_id, detail)
        VALUES (asked_event_id, real_instant, asked_actor_kind, asked_actor_id, asked_operation, asked_person_key,
                asked_object_id, thing.pool_codes[1], asked_request_id,
                jsonb_strip_nulls(jsonb_build_object(
                    'document_id', CASE WHEN verdict = 'created' THEN asked_document_id END,
                    'document_kind', asked_kind,
                    'content_type', asked_type, 'size_bytes', asked_bytes, 'refused', nullif(verdict, 'created'))));
    END IF;
    RETURN QUERY SELECT verdict, asked_document_id, instant, asked_actor_kind,
                        CASE verdict WHEN 'not_possible_now' THEN state_possible(thing.machine, thing.state) END;
END
$$;
COMMENT ON FUNCTION document_store(text, text, bigint, uuid, uuid, text, text, integer, bytea, bytea, integer, bigint,
    bigint, text, text, uuid, timestamptz, uuid, text, timestamptz) IS
    'Keeps a document of a transfer or withdrawal with its sealed pieces; status created, exists or why not';
