-- Takes a document back while nothing has been decided about its transfer or withdrawal: its bytes are gone then.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: of one request. visible: as for document_store. Instants likewise.
-- Locks: the thing (document_lock). Outcomes: one row. status, by precedence:
--   not_found          there is no such document, or its thing is not the caller's to see
--   removed            it is taken back, now or before
--   forbidden          a citizen takes back what staff have handed in
--   not_possible_now   something was decided about the thing: outcome is state_possible
CREATE OR REPLACE FUNCTION document_remove(
    asked_person_key bigint, asked_document_id uuid, visible text, asked_actor_kind text, asked_actor_id uuid,
    instant timestamptz, asked_event_id uuid, asked_request_id text, real_instant timestamptz)
RETURNS TABLE (status text, outcome jsonb)
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    known document;
    thing record;
    verdict text;
BEGIN
    SELECT d.* INTO known FROM document AS d
     WHERE d.person_key = asked_person_key AND d.document_id = asked_document_id;
    PERFORM document_lock(known.object_kind, known.person_key, known.object_id);
    -- In statements of their own, which see what was committed before the lock was got.
    SELECT * INTO thing FROM document_thing(known.object_kind, known.person_key, known.object_id);
    SELECT d.* INTO known FROM document AS d
     WHERE d.person_key = asked_person_key AND d.document_id = asked_document_id;
    verdict := CASE
        WHEN thing.person_id IS NULL OR NOT document_is_visible(thing.pool_codes, visible) THEN 'not_found'
        WHEN known.removed_at IS NOT NULL THEN 'removed'
        WHEN asked_actor_kind = 'citizen' AND known.uploader_kind <> 'citizen' THEN 'forbidden'
        WHEN NOT thing.is_undecided THEN 'not_possible_now'
        ELSE 'remove' END;
    IF verdict = 'remove' THEN
        UPDATE document SET removed_at = greatest(instant, created_at)
         WHERE person_key = asked_person_key AND document_id = asked_document_id;
        DELETE FROM document_chunk WHERE person_key = asked_person_key AND document_id = asked_document_id;
    END IF;
    IF verdict IN ('remove', 'not_possible_now') THEN
        INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, pool_code,
                                 request_id, detail)
        VALUES (asked_event_id, real_instant, asked_actor_kind, asked_actor_id, 'remove_document', asked_person_key,
                known.object_id, thing.pool_codes[1], asked_request_id,
                jsonb_strip_nulls(jsonb_build_object(
                    'document_id', asked_document_id, 'document_kind', known.document_kind,
                    'refused', nullif(verdict, 'remove'))));
    END IF;
    RETURN QUERY SELECT CASE verdict WHEN 'remove' THEN 'removed' ELSE verdict END,
                        CASE verdict WHEN 'not_possible_now' THEN state_possible(thing.machine, thing.state) END;
END
$$;
COMMENT ON FUNCTION document_remove(bigint, uuid, text, text, uuid, timestamptz, uuid, text, timestamptz) IS
    'Takes a document back while nothing has been decided about its thing; status removed or why not';
