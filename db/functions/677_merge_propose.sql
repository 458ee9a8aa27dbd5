-- Proposes to merge records of one person: judges whether each may be, and stores it to be decided.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. visibles: comma-joined LIKE patterns of pool codes, null for
-- every pool; are_confirmed: that birth date or sex may differ (an unknown sex does not). Instants in real time.
-- Locks: none but those of the inserted rows.
-- Outcomes: one row for each member, in order. status, by precedence:
--   malformed          something no row can have: a caller checks before
--   absent             there is no such survivor, or it is not the caller's to see
--   itself             the duplicate is the survivor
--   unknown_duplicate  there is no such duplicate, or it is not the caller's to see
--   differs            they differ, and that is not confirmed
--   conflict, not_allowed_in_status   of merge_refusal
--   already_exists     a merge of the duplicate is proposed already, and not decided yet
--   proposed           it is open now (or was stored already, when asked again)
CREATE OR REPLACE FUNCTION merge_propose(
    proposal_ids uuid[], person_keys bigint[], person_ids uuid[], duplicate_keys bigint[], duplicate_ids uuid[],
    are_confirmed boolean[], visibles text[], reasons text[], source_documents text[], proposed_bys uuid[],
    instants timestamptz[], event_ids uuid[], request_ids text[])
RETURNS TABLE (ord bigint, status text, proposal_id uuid)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    statuses text[];
    payloads jsonb[];
BEGIN
    SELECT array_agg(CASE
               WHEN octet_length(a.source_document) > 512 THEN 'malformed'
               WHEN survivor.person_key IS NULL OR NOT (a.visible IS NULL OR person_is_visible(a.person_key, a.visible))
                    THEN 'absent'
               WHEN a.duplicate_id = a.person_id THEN 'itself'
               WHEN duplicate.person_key IS NULL
                    OR NOT (a.visible IS NULL OR person_is_visible(a.duplicate_key, a.visible)) THEN 'unknown_duplicate'
               WHEN a.is_confirmed IS NOT TRUE
                    AND (survivor.birth_date <> duplicate.birth_date
                         OR (survivor.sex <> duplicate.sex AND 'unknown' NOT IN (survivor.sex, duplicate.sex)))
                    THEN 'differs'
               ELSE coalesce(merge_refusal(a.person_key, a.duplicate_key), 'proposed') END ORDER BY a.ord),
           array_agg(jsonb_strip_nulls(jsonb_build_object('source_document', a.source_document))
                     || jsonb_build_object('changes', merge_changes(duplicate, survivor)) ORDER BY a.ord)
      INTO statuses, payloads
      FROM unnest(person_keys, person_ids, duplicate_keys, duplicate_ids, are_confirmed, visibles, source_documents)
           WITH ORDINALITY AS a (person_key, person_id, duplicate_key, duplicate_id, is_confirmed, visible,
                                 source_document, ord)
      LEFT JOIN person AS survivor ON survivor.person_key = a.person_key AND survivor.person_id = a.person_id
      LEFT JOIN person AS duplicate ON duplicate.person_key = a.duplicate_key AND duplicate.person_id = a.duplicate_id;

    RETURN QUERY
    SELECT made.ord, made.status, made.proposal_id
      FROM proposal_insert('merge_people', 'propose_merge', statuses, proposal_ids, person_keys, duplicate_ids,
                           array_fill(NULL::text, ARRAY[cardinality(proposal_ids)]), payloads, reasons, proposed_bys,
                           instants, event_ids, request_ids) AS made;
END
$$;
COMMENT ON FUNCTION merge_propose(uuid[], bigint[], uuid[], bigint[], uuid[], boolean[], text[], text[], text[], uuid[],
    timestamptz[], uuid[], text[]) IS 'Proposes to merge records of one person; one status row for each member';
